"""Networks of fixtures/cells built by hand for NEURON: voltages every millisecond and spike times, as JSON.

Arguments: steps per millisecond, NEURON's `secondorder` (0 or 2), and `network` for network-of-cells.xml.
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


def synapse(place, weight, times, tau=2, reversal=0):
    made = h.ExpSyn(place)
    made.tau = tau
    made.e = reversal
    wire = h.NetCon(None, made)
    wire.weight[0] = weight
    return made, wire, times


def clamp(place, delay, duration, amplitude):
    made = h.IClamp(place)
    made.delay, made.dur, made.amp = delay, duration, amplitude
    return made


def contacts(pairs, conductance):
    """Conductances (uS) between pairs of places, solved for together with the cells."""
    places = [place for pair in pairs for place in pair]
    count = len(places)
    g, c, y, b = h.Matrix(count, count), h.Matrix(count, count), h.Vector(count), h.Vector(count)
    for k, place in enumerate(places):
        # Rows are densities: S/cm2 of the compartment's own area.
        density = conductance * 1e-6 / (place.area() * 1e-8)
        g.setval(k, k, density)
        g.setval(k, k ^ 1, -density)
    sections = h.SectionList()
    for place in places:
        sections.append(place.sec)
    along = h.Vector([place.x for place in places])
    return [h.LinearMechanism(c, g, y, b, sections, along), g, c, y, b, sections, along]


def two_cells():
    one, other = cell("a"), cell("b")
    arrivals = (3, 5, 31)
    kept = [other, clamp(one[0](0.5), 12, 100, 0.6)]
    synapses = [synapse(one[3](0.7), 6e-3, arrivals), synapse(other[4](0.5), 12e-3, arrivals)]
    return one, synapses, [one[0](0.5), one[3](0.5), other[0](0.5), other[4](0.5)], kept, 50


def network():
    cells = [cell(name) for name in "abc"]
    # Sections in the order of the segments' ids: soma, trunk, its end, left, right.
    at = lambda k, segment, fraction: cells[k][segment](fraction)
    synapses = [
        synapse(place, 2e-3 * weight, [t + delay for t in (2, 15)])
        for place, weight, delay in [
            (at(0, 3, 0.9), 1, 1),
            (at(0, 3, 0.1), 1.5, 2),
            (at(1, 4, 0.5), 2, 1),
            (at(1, 2, 0.4), 1, 1),
            (at(2, 0, 0.5), 3, 3),
            (at(2, 1, 0.8), 1, 1),
        ]
    ]
    synapses += [synapse(place, 3e-3, (6, 20), 6, -80) for place in (at(0, 3, 0.7), at(0, 4, 0.7), at(2, 2, 0.2))]
    kept = cells + [clamp(place, 10, 20, 0.05) for place in (at(0, 0, 0.5), at(1, 3, 0.3), at(2, 4, 0.1))]
    pairs = [
        (at(0, 3, 0.5), at(1, 4, 0.9)),
        (at(1, 2, 0.9), at(2, 3, 0.7)),
        (at(2, 0, 0.5), at(0, 1, 0.2)),
    ]
    kept += contacts(pairs, 2e-3)
    places = [at(0, 0, 0.5), at(0, 3, 0.5), at(1, 0, 0.5), at(1, 4, 0.5), at(2, 0, 0.5), at(2, 3, 0.5)]
    return cells[0], synapses, places, kept, 40


def main(steps, secondorder, build):
    h.celsius = 6.3
    h.usetable_hh = 0
    h.secondorder = secondorder
    one, synapses, places, kept, duration = build()
    spikes = h.Vector()
    detector = h.NetCon(one[0](0.5)._ref_v, None, sec=one[0])
    detector.threshold = 0
    detector.record(spikes)
    voltages = [h.Vector().record(place._ref_v, 1) for place in places]
    h.dt = 1 / steps
    h.steps_per_ms = steps
    handler = h.FInitializeHandler(lambda: [wire.event(t) for _, wire, times in synapses for t in times])
    h.finitialize(-65)
    h.continuerun(duration)
    assert handler is not None and kept
    print(json.dumps({"spikes": list(spikes), "voltages": [list(v) for v in voltages]}))


main(int(sys.argv[1]), int(sys.argv[2]), network if sys.argv[3:] == ["network"] else two_cells)
