"""Sections that NEURON's Import3d makes of shapes in SWC: name, parent, length and diameter of each, in NEURON's order.

Arguments are files; the last line printed is a JSON list with a list of sections for each.
"""

import json
import sys

from neuron import h

h.load_file("stdlib.hoc")
h.load_file("import3d.hoc")
h(
    """
begintemplate ImportedShape
public all, somatic, axonal, basal, apical, soma, axon, dend, apic
objref all, somatic, axonal, basal, apical, this
create soma[1], axon[1], dend[1], apic[1]
proc init() {
    all = new SectionList()
    somatic = new SectionList()
    axonal = new SectionList()
    basal = new SectionList()
    apical = new SectionList()
    forall delete_section()
}
endtemplate ImportedShape
"""
)


def sections_of(path):
    shape, read = h.ImportedShape(), h.Import3d_SWC_read()
    read.input(path)
    h.Import3d_GUI(read, False).instantiate(shape)
    own = [each for each in h.allsec() if each.name().startswith(f"{shape}.")]
    found = []
    for each in own:
        parent = each.parentseg()
        found.append(
            [
                each.name().rpartition(".")[2],
                None if parent is None else [parent.sec.name().rpartition(".")[2], parent.x],
                each.L,
                each(0.5).diam,
            ]
        )
    return found


print(json.dumps([sections_of(path) for path in sys.argv[1:]]))
