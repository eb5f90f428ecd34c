"""Runs a script for PyNN under NEURON, on any number of ranks, and prints its connections as JSON.

The argument is the script. For each projection, the list has its label, and source, target, weight and delay of each
connection.
"""

import json
import runpy
import sys

import pyNN.neuron as sim

projections = []
make = sim.Projection.__init__


def make_known(projection, *given, **named):
    make(projection, *given, **named)
    projections.append(projection)


def print_connections():
    found = [(each.label, each.get(["weight", "delay"], format="list", gather=True)) for each in projections]
    if sim.rank() == 0:
        lists = [[label, sorted([int(i), int(j), weight, delay] for i, j, weight, delay in own)] for label, own in found]
        print("\n" + json.dumps(lists))


sim.Projection.__init__ = make_known
sim.end = print_connections
sys.argv = [sys.argv[1], "neuron"]
runpy.run_path(sys.argv[0], run_name="__main__")
