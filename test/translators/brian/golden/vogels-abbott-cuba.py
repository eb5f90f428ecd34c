"""Balanced network with current-based synapses

3200 excitatory and 800 inhibitory leaky integrate-and-fire neurons, connected with probability 0.02, exponential currents.

Source: Brette et al. (2007), benchmark 2, with the parameters of Brian 2's example CUBA
doi: 10.1523/JNEUROSCI.3508-05.2005
"""

from brian2 import *

defaultclock.dt = 0.1 * ms
seed(42)

# --- Constants
El = -49 * mV
taum = 20 * ms
taue = 5 * ms
taui = 10 * ms
Vt = -50 * mV
Vr = -60 * mV
we = 1.6200000000000003 * mV
wi = -0.009 * volt

# --- Groups
P = NeuronGroup(
    4000,
    """
    dv/dt = (ge + gi - (v - El))/taum : volt (unless refractory)
    dge/dt = -ge/taue : volt
    dgi/dt = -gi/taui : volt
    """,
    threshold="v > Vt",
    reset="v = Vr",
    refractory=5 * ms,
    method="exact",
)
P.v = "Vr + rand()*(Vt - Vr)"

# --- Synapses
Ce = Synapses(P[:3200], P, on_pre="ge += we")
Ce.connect(p=0.02)
Ci = Synapses(P[3200:], P, on_pre="gi += wi")
Ci.connect(p=0.02)

# --- Monitors
s_mon = SpikeMonitor(P)

# --- Run
run(1 * second)
