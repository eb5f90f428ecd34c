"""AdditiveWeightDependence

Pairs of spikes at five lags move five weights; the receivers are made to fire.

Usage: python stdp-additive.pynn.py nest
"""

import numpy as np
from pyNN.parameters import Sequence
from pyNN.utility import get_simulator


class SynapseRecorder:
    """Reads a variable of a projection's synapses at regular times, as run() calls it."""

    def __init__(self, projection, variable, interval):
        self.projection = projection
        self.variable = variable
        self.interval = interval
        self.times = []
        self.values = []

    def __call__(self, t):
        rows = self.projection.get([self.variable], format="list")
        rows = sorted(rows, key=lambda row: (row[1], row[0]))
        self.times.append(float(t))
        self.values.append([float(row[2]) for row in rows])
        return t + self.interval


sim, options = get_simulator()
sim.setup(timestep=0.1, min_delay=0.1)
# PyNN has no names for what this cell records in NEST
if sim.__name__ == "pyNN.nest":
    sim.IF_curr_delta.variable_map = {"v": "V_m"}
    sim.IF_curr_delta.scale_factors = {"v": 1}

# --- Populations

pre = sim.Population(
    5,
    sim.SpikeSourceArray(
        spike_times=[
            Sequence([80, 180, 280]),
            Sequence([95, 195, 295]),
            Sequence([100, 200, 300]),
            Sequence([105, 205, 305]),
            Sequence([120, 220, 320]),
        ]
    ),
    label="pre",
)
drive = sim.Population(
    1, sim.SpikeSourceArray(spike_times=[99.5, 199.5, 299.5]), label="drive"
)
post = sim.Population(5, sim.IF_curr_delta(), label="post")

# --- Projections

driver = sim.Projection(
    drive,
    post,
    sim.AllToAllConnector(),
    sim.StaticSynapse(weight=100, delay=0.1),
    receptor_type="excitatory",
    label="driver",
)
plastic = sim.Projection(
    pre,
    post,
    sim.OneToOneConnector(),
    sim.STDPMechanism(
        timing_dependence=sim.SpikePairRule(A_minus=0.012),
        weight_dependence=sim.AdditiveWeightDependence(w_max=0.000001),
        weight=5e-7,
        delay=1,
    ),
    receptor_type="excitatory",
    label="plastic",
)
if sim.__name__ == "pyNN.nest":  # where PyNN takes w_max in V
    plastic.set(w_max=1e-9)

# --- Recordings

post.record("spikes")
plastic_weight = SynapseRecorder(plastic, "weight", interval=0.1)

# --- Run

sim.run(400, callbacks=[plastic_weight])

# --- Results

post.write_data("stdp-additive.pynn-post.pkl")
np.savez(
    "stdp-additive.pynn-plastic_weight.npz",
    times=plastic_weight.times,
    values=plastic_weight.values,
)
sim.end()
