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
e_rev_E = 0 * mV
v_thresh = -50 * mV
v_reset = -65 * mV
weight = 10 * nS
U = 0.5
tau_rec = 800 * ms
tau_facil = 10 * us

# --- Groups
receivers = NeuronGroup(
    5,
    """
    dv/dt = (v_rest - v)/tau_m + gsyn_exc*(e_rev_E - v)/C_m : volt (unless refractory)
    dgsyn_exc/dt = -gsyn_exc/tau_syn_E : siemens
    tau_syn_E : second (constant)
    """,
    threshold="v > v_thresh",
    reset="v = v_reset",
    refractory="tau_refrac",
    method="rk4",
)
receivers.tau_syn_E = 3 * ms
receivers.v = -65 * mV
in_ = SpikeGeneratorGroup(1, [0] * 10, np.arange(10, 210, 20) * ms, name="in")

# --- Synapses
synapses = Synapses(
    in_,
    receivers,
    """
    u : 1
    y : 1
    z : 1
    last : second
    tau_syn : second (constant)
    """,
    on_pre="""
    elapsed = t - last
    last = t
    z = z*exp(-elapsed/tau_rec) + y*elapsed/tau_syn*exp(-elapsed/(int(tau_rec >= tau_syn)*tau_rec + int(tau_rec < tau_syn)*tau_syn))*exprel(-elapsed*abs(1/tau_rec - 1/tau_syn))
    y *= exp(-elapsed/tau_syn)
    u = U + u*(1 - U)*exp(-elapsed/tau_facil)
    released = clip((1 - y - z)*u, 0, 1)
    gsyn_exc += weight*clip(released, 0, 1)
    y += released
    """,
    delay=1 * ms,
)
synapses.connect()
synapses.tau_syn = "tau_syn_E_post"

# --- Monitors
receivers_signals = StateMonitor(receivers, ["v", "gsyn_exc"], record=True)

# --- Run
run(250 * ms)
