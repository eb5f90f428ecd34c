"""TsodyksMarkramSynapse

Short-term depression at a regular train of spikes.

Usage: python tsodyks-markram.pynn.py neuron
"""

import numpy as np
from pyNN.utility import get_simulator

sim, options = get_simulator()
sim.setup(timestep=0.1, min_delay=0.1)

# --- Populations

in_2 = sim.Population(
    1, sim.SpikeSourceArray(spike_times=np.arange(10, 210, 20)), label="in"
)
receivers = sim.Population(5, sim.IF_cond_exp(tau_syn_E=3), label="receivers")

# --- Projections

synapses = sim.Projection(
    in_2,
    receivers,
    sim.AllToAllConnector(),
    sim.TsodyksMarkramSynapse(weight=0.01, tau_rec=800, tau_facil=0.01, delay=1),
    receptor_type="excitatory",
    label="synapses",
)

# --- Recordings

receivers.record(["v", "gsyn_exc"])

# --- Run

sim.run(250)

# --- Results

receivers.write_data("tsodyks-markram.pynn-receivers.pkl")
sim.end()
