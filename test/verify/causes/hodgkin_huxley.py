"""Runs Hodgkin and Huxley's cells of PyNN with constant currents under NEST.

    python hodgkin_huxley.py NAME      writes [[id, time in ms], ...] as JSON
"""

import json

import pyNN.nest as sim

N = 20

sim.setup(timestep=0.1, min_delay=0.1, spike_precision='on_grid')
cells = sim.Population(N, sim.HH_cond_exp(i_offset=[0.6 + 0.1 * k for k in range(N)]))
cells.record('spikes')
sim.run(200.0)
trains = cells.get_data().segments[0].spiketrains
print(json.dumps([[k, round(float(t), 4)] for k, train in enumerate(trains) for t in train.magnitude]))
