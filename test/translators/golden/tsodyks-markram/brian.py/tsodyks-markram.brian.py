"""TsodyksMarkramSynapse

Short-term depression at a regular train of spikes.
"""

import numpy as np
from brian2 import *

defaultclock.dt = 0.1 * ms

# --- Constants
v_rest = -65 * mV
C_m = 1 * nF
tau_m = 20 * ms
tau_refrac = 0.1 * ms
tau_syn_E = 3 * ms
e_rev_E = 0 * mV
v_thresh = -50 * mV
v_reset = -65 * mV
weight = 10 * nS
U = 0.5
tau_rec = 800 * ms
tau_facil = 0.01 * ms
tau_syn = 3 * ms

# --- Groups
receivers = NeuronGroup(
    5,
    """
    dv/dt = (v_rest - v)/tau_m + gsyn_exc*(e_rev_E - v)/C_m : volt (unless refractory)
    dgsyn_exc/dt = -gsyn_exc/tau_syn_E : siemens
    """,
    threshold="v > v_thresh",
    reset="v = v_reset",
    refractory=tau_refrac,
    method="rk4",
)
receivers.v = -65 * mV
in_ = SpikeGeneratorGroup(1, [0] * 10, np.arange(10, 210, 20) * ms, name="in")

# --- Synapses
synapses = Synapses(
    in_,
    receivers,
    """
    du/dt = -u/tau_facil : 1 (event-driven)
    dx/dt = (1 - x - y)/tau_rec : 1 (event-driven)
    dy/dt = -y/tau_syn : 1 (event-driven)
    """,
    on_pre="""
    u += U*(1 - u)
    gsyn_exc += weight*u*x
    y += u*x
    x -= u*x
    """,
    delay=1 * ms,
)
synapses.connect()
synapses.x = 1

# --- Monitors
receivers_signals = StateMonitor(receivers, ["v", "gsyn_exc"], record=True)

# --- Run
run(250 * ms)
