"""fixtures/cells/branched-cell.xml built by hand for NEURON: voltages every millisecond and spike times, as JSON.

Arguments: steps per millisecond, and NEURON's `secondorder` (0 or 2).
"""

import json
import sys

from neuron import h

h.load_file("stdrun.hoc")


def section(name, points, divisions):
    made = h.Section(name=name)
    made.pt3dclear()
    for x, y, z, diameter in points:
        made.pt3dadd(x, y, z, diameter)
    made.nseg = divisions
    made.cm = 1
    made.Ra = 150
    return made


def cell(name):
    soma = section(name + "soma", [(0, 0, 0, 20), (20, 0, 0, 20)], 1)
    trunk = section(name + "trunk", [(20, 0, 0, 4), (120, 0, 0, 3)], 4)
    end = section(name + "end", [(120, 0, 0, 3), (220, 0, 0, 2)], 4)
    left = section(name + "left", [(220, 0, 0, 1), (220, 150, 0, 1)], 5)
    right = section(name + "right", [(120, 0, 0, 1.5), (120, 0, 100, 0.5)], 3)
    trunk.connect(soma(1))
    end.connect(trunk(1))
    left.connect(end(1))
    right.connect(trunk(1))
    soma.insert("hh")
    for dendrite in (trunk, end, left, right):
        dendrite.insert("pas")
        dendrite.g_pas = 1e-4
        dendrite.e_pas = -65
    return soma, trunk, end, left, right


def synapse(place, weight):
    made = h.ExpSyn(place)
    made.tau = 2
    made.e = 0
    wire = h.NetCon(None, made)
    wire.weight[0] = weight
    return made, wire


def main(steps, secondorder):
    h.celsius = 6.3
    h.usetable_hh = 0
    h.secondorder = secondorder
    one, other = cell("a"), cell("b")
    clamp = h.IClamp(one[0](0.5))
    clamp.delay, clamp.dur, clamp.amp = 12, 100, 0.6
    synapses = [synapse(one[3](0.7), 6e-3), synapse(other[4](0.5), 12e-3)]
    spikes = h.Vector()
    detector = h.NetCon(one[0](0.5)._ref_v, None, sec=one[0])
    detector.threshold = 0
    detector.record(spikes)
    places = [one[0](0.5), one[3](0.5), other[0](0.5), other[4](0.5)]
    voltages = [h.Vector().record(place._ref_v, 1) for place in places]
    h.dt = 1 / steps
    h.steps_per_ms = steps
    handler = h.FInitializeHandler(lambda: [wire.event(t) for _, wire in synapses for t in (3, 5, 31)])
    h.finitialize(-65)
    h.continuerun(50)
    assert handler is not None
    print(json.dumps({"spikes": list(spikes), "voltages": [list(v) for v in voltages]}))


main(int(sys.argv[1]), int(sys.argv[2]))
