"""
Brunel's network with an input that ends after 100 ms.

Brian 2.4 repeats the last spikes of an inactive group in each step (issue 1319 of Brian), so that the network fires on.
"""

import numpy as np
from brian2 import *

defaultclock.dt = 0.1 * ms
tau, theta, reset = 20 * ms, 20 * mV, 10 * mV
J, g = 0.41 * mV, 5.1
rng = np.random.RandomState(1)


def connected(synapses, senders, receivers, probability):
    i, j = np.nonzero(rng.rand(senders, receivers) < probability)
    synapses.connect(i=i, j=j)


cells = NeuronGroup(
    500,
    "dv/dt = -v / tau : volt (unless refractory)",
    threshold="v > theta",
    reset="v = reset",
    refractory=2 * ms,
    method="exact",
)
inputs = NeuronGroup(400, "phase : integer (constant)", threshold="timestep(t, dt) % 250 == phase", reset="")
inputs.phase = rng.randint(250, size=400)
excitatory = Synapses(cells[:400], cells, on_pre="v += J", delay=1.5 * ms)
inhibitory = Synapses(cells[400:], cells, on_pre="v -= g * J", delay=1.5 * ms)
external = Synapses(inputs, cells, on_pre="v += J", delay=1.5 * ms)
connected(excitatory, 400, 500, 0.1)
connected(inhibitory, 100, 500, 0.1)
connected(external, 400, 500, 0.2)
spikes = SpikeMonitor(cells)

run(100 * ms)
inputs.active = False
run(100 * ms)
