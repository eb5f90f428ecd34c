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

from brian2 import *

defaultclock.dt = 0.1 * ms

# --- Constants
taupre = 20 * ms
taupost = 25 * ms
dApre = 0.01
wmax = 1
dApost = -0.0105

# --- Groups
pre = SpikeGeneratorGroup(4, [0, 1, 2, 3, 3, 3], [10, 30, 40, 50, 70, 90] * ms)
post = SpikeGeneratorGroup(4, [0, 1, 2, 3, 3, 3], [20, 20, 40, 55, 62, 93] * ms)

# --- Synapses
S = Synapses(
    pre,
    post,
    """
    dApre/dt = -Apre/taupre : 1 (event-driven)
    dApost/dt = -Apost/taupost : 1 (event-driven)
    w : 1
    """,
    on_pre="""
    Apre += dApre
    w = clip(w + Apost, 0, wmax)
    """,
    on_post="""
    Apost += dApost
    w = clip(w + Apre, 0, wmax)
    """,
)
S.connect(j="i")
S.w = 0.5

# --- Monitors
presynaptic = SpikeMonitor(pre)
postsynaptic = SpikeMonitor(post)
weights = StateMonitor(S, "w", record=True, dt=1 * ms)

# --- Run
run(100 * ms)
