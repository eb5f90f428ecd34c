"""HH_cond_exp

Two HH_cond_exp cells: one with a constant current, one that receives excitatory and inhibitory spikes.

Usage: python hh-cond-exp.pynn.py neuron
"""

from pyNN.utility import get_simulator

sim, options = get_simulator()
sim.setup(timestep=0.1, min_delay=0.1)

# --- Populations

driven = sim.Population(1, sim.HH_cond_exp(i_offset=1), label="driven")
excitation = sim.Population(
    1, sim.SpikeSourceArray(spike_times=[10, 30]), label="excitation"
)
inhibition = sim.Population(
    1, sim.SpikeSourceArray(spike_times=[60]), label="inhibition"
)
receiver = sim.Population(1, sim.HH_cond_exp(), label="receiver")

# --- Projections

excitation_to_receiver = sim.Projection(
    excitation,
    receiver,
    sim.AllToAllConnector(),
    sim.StaticSynapse(weight=0.01, delay=1),
    receptor_type="excitatory",
    label="excitation to receiver",
)
inhibition_to_receiver = sim.Projection(
    inhibition,
    receiver,
    sim.AllToAllConnector(),
    sim.StaticSynapse(weight=0.02, delay=1),
    receptor_type="inhibitory",
    label="inhibition to receiver",
)

# --- Recordings

driven.record(["spikes", "v"])
receiver.record(["v", "gsyn_exc", "gsyn_inh"])

# --- Run

sim.run(200)

# --- Results

driven.write_data("hh-cond-exp.pynn-driven.pkl")
receiver.write_data("hh-cond-exp.pynn-receiver.pkl")
sim.end()
