"""STDP of given spikes

Four plastic synapses between given spike trains.

Source: written for interneuron after Song, Miller and Abbott (2000)
doi: 10.1038/78829
"""

# Spike-timing-dependent plasticity with given spikes: the weights after them have a closed form.
# S. Song, K. D. Miller, L. F. Abbott: Competitive Hebbian learning through spike-timing-dependent synaptic plasticity.
# Nature Neuroscience 3 (2000) 919, doi:10.1038/78829
# Synapse 0 sees pre 10 ms before post, synapse 1 pre 10 ms after post, synapse 2 both in one step (pre counts first),
# synapse 3 three pairs.

import interneuron_pynn as sim
from neo.io import PickleIO
from pyNN.parameters import Sequence

sim.setup(timestep=0.1, min_delay=0.1)

# --- Types of cells and synapses

sim.native.model(timing="brian")
S_synapse = sim.native.synapse(
    "S",
    equations="""
        w : 1
        dApre/dt = -Apre/taupre : 1 (event-driven)
        dApost/dt = -Apost/taupost : 1 (event-driven)
    """,
    parameters={
        "taupre": "20 ms (shared)",
        "taupost": "25 ms (shared)",
        "dApre": "0.01 (shared)",
        "wmax": "1 (integer, shared)",
        "dApost": "-0.0105 (shared)",
    },
    initial={"w": 0.5},
    pathways={
        "pre": {
            "on": "pre.spike",
            "do": ["Apre += dApre", "w = clip(w + Apost, 0, wmax)"],
        },
        "post": {
            "on": "post.spike",
            "do": ["Apost += dApost", "w = clip(w + Apre, 0, wmax)"],
        },
    },
)

# --- Populations

pre = sim.Population(
    4,
    sim.SpikeSourceArray(
        spike_times=[
            Sequence([10]),
            Sequence([30]),
            Sequence([40]),
            Sequence([50, 70, 90]),
        ]
    ),
    label="pre",
)
post = sim.Population(
    4,
    sim.SpikeSourceArray(
        spike_times=[
            Sequence([20]),
            Sequence([20]),
            Sequence([40]),
            Sequence([55, 62, 93]),
        ]
    ),
    label="post",
)

# --- Projections

S = sim.Projection(pre, post, sim.OneToOneConnector(), S_synapse(), label="S")

# --- Recordings

pre.record("spikes")
post.record("spikes")
S.record(["w"], sampling_interval=1)

# --- Run

sim.run(100)

# --- Results

pre.write_data("stdp-pair.pynn-pre.pkl")
post.write_data("stdp-pair.pynn-post.pkl")
PickleIO("stdp-pair.pynn-S.pkl").write_block(S.get_data())
sim.end()
