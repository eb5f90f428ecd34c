"""The cells of `cable.py` in Arbor, on one thread: seconds of the processor in the run phase.

Arguments: cells, milliseconds.
"""

import sys
import time

import arbor
from arbor import units as U


#: Ten micrometres each: 101 compartments, since the soma has two.
POLICY = "(max-extent 10 (all))"


def cell():
    tree = arbor.segment_tree()
    soma = tree.append(arbor.mnpos, arbor.mpoint(0, 0, 0, 10), arbor.mpoint(20, 0, 0, 10), tag=1)
    trunk = tree.append(soma, arbor.mpoint(20, 0, 0, 1), arbor.mpoint(350, 0, 0, 1), tag=2)
    for k, y in enumerate((330, -330)):
        tree.append(trunk, arbor.mpoint(350, 0, 0, 0.5), arbor.mpoint(350, y, 0, 0.5), tag=3 + k)
    decor = (
        arbor.decor()
        .set_property(Vm=-65 * U.mV, cm=0.01 * U.F / U.m2, rL=100 * U.Ohm * U.cm, tempK=(6.3 + 273.15) * U.Kelvin)
        .paint("(all)", arbor.density("hh"))
        .place("(location 0 0)", arbor.i_clamp(1 * U.ms, 1e9 * U.ms, 0.5 * U.nA))
    )
    return arbor.cable_cell(tree, decor, arbor.label_dict(), arbor.cv_policy(POLICY))


class Cells(arbor.recipe):
    def __init__(self, count):
        arbor.recipe.__init__(self)
        self.count = count
        self.cell = cell()
        self.properties = arbor.neuron_cable_properties()

    def num_cells(self):
        return self.count

    def cell_kind(self, _):
        return arbor.cell_kind.cable

    def cell_description(self, _):
        return self.cell

    def global_properties(self, _):
        return self.properties


def main(cells, duration):
    recipe = Cells(cells)
    context = arbor.context(threads=1)
    simulation = arbor.simulation(recipe, context)
    simulation.run(1 * U.ms, 0.025 * U.ms)
    began = time.process_time()
    simulation.run((1 + duration) * U.ms, 0.025 * U.ms)
    print(time.process_time() - began)


main(int(sys.argv[1]), float(sys.argv[2]))
