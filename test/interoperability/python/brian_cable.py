"""Hodgkin and Huxley's channels on a branched cable in Brian: voltages each half millisecond, as JSON.

Argument: time steps in ms. One list of rows (volts at five compartments) for each.
"""

import json
import sys

from brian2 import (
    Cylinder,
    SpatialNeuron,
    StateMonitor,
    cm,
    defaultclock,
    ms,
    msiemens,
    mV,
    nA,
    ohm,
    prefs,
    run,
    start_scope,
    uF,
    um,
)

prefs.codegen.target = "numpy"

EQUATIONS = """
Im = gl*(El - v) + gNa*m**3*h*(ENa - v) + gK*n**4*(EK - v) : amp/meter**2
I : amp (point current)
dm/dt = (1 - m)/exprel((25*mV - v)/(10*mV))/ms - 4*exp(-v/(18*mV))/ms*m : 1
dn/dt = 0.1*(1 - n)/exprel((10*mV - v)/(10*mV))/ms - 0.125*exp(-v/(80*mV))/ms*n : 1
dh/dt = 0.07*exp(-v/(20*mV))/ms*(1 - h) - h/(exp((30*mV - v)/(10*mV)) + 1)/ms : 1
gNa : siemens/meter**2
"""
CONSTANTS = {
    "El": 10.613 * mV,
    "ENa": 115 * mV,
    "EK": -12 * mV,
    "gl": 0.3 * msiemens / cm**2,
    "gK": 36 * msiemens / cm**2,
}


def voltages(step):
    start_scope()
    defaultclock.dt = step * ms
    tree = Cylinder(diameter=8 * um, length=400 * um, n=8)
    tree.left = Cylinder(diameter=4 * um, length=300 * um, n=6)
    tree.right = Cylinder(diameter=3 * um, length=200 * um, n=4)
    neuron = SpatialNeuron(
        tree, EQUATIONS, method="exponential_euler", Cm=1 * uF / cm**2, Ri=35.4 * ohm * cm, namespace=CONSTANTS
    )
    neuron.m, neuron.h, neuron.n = 0.0529, 0.5961, 0.3177
    neuron.gNa = 120 * msiemens / cm**2
    neuron.right.gNa = 60 * msiemens / cm**2
    neuron.I[0] = 5 * nA
    monitor = StateMonitor(neuron, "v", record=[0, 7, 10, 13, 17], dt=0.5 * ms)
    run(6 * ms)
    return [[float(v) for v in row] for row in monitor.v.T]


print(json.dumps([voltages(float(step)) for step in sys.argv[1:]]))
