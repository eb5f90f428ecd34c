"""Poisson input

200 leaky integrators with Poisson input, the first half of them with more.

Source: written for interneuron
"""

# Neurons driven by many independent Poisson inputs each, without the sources (PoissonInput), next to a Poisson group.
# With N inputs of rate r and weight w the free membrane has the mean w*N*r*tau and, for a small step, the variance w**2*N*r*tau/2.

from brian2 import *

defaultclock.dt = 0.1 * ms
seed(11)

# --- Constants
tau = 20 * ms
w = 0.1 * mV

# --- Groups
G = NeuronGroup(
    200,
    """
    dv/dt = -v/tau : volt
    gain : 1 (constant)
    """,
    method="exact",
)
G.gain = 1
P = PoissonGroup(200, rates="5*Hz + 10*Hz*int(i < 100)")

# --- Synapses
S = Synapses(P, G, on_pre="v += 2*w")
S.connect(j="i")

# --- Inputs
all = PoissonInput(G, "v", N=500, rate=10 * Hz, weight="w")
half = PoissonInput(G[0:100], "v", N=40, rate=50 * Hz, weight="-gain*w", order=1)

# --- Monitors
poisson = SpikeMonitor(P)
trace = StateMonitor(G, "v", record=[0, 150], dt=1 * ms)

# --- Run
run(200 * ms)
