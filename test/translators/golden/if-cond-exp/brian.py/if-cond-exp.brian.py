"""IF_cond_exp

Two IF_cond_exp cells: one with a constant current, one that receives excitatory and inhibitory spikes.
"""

from brian2 import *

defaultclock.dt = 0.1 * ms

# --- Constants
v_rest = -65 * mV
C_m = 1 * nF
tau_m = 20 * ms
tau_refrac = 0.1 * ms
tau_syn_E = 5 * ms
tau_syn_I = 5 * ms
e_rev_E = 0 * mV
e_rev_I = -70 * mV
v_thresh = -50 * mV
v_reset = -65 * mV

# --- Equations
eqs = """
dv/dt = (v_rest - v)/tau_m +
        (gsyn_exc*(e_rev_E - v) + gsyn_inh*(e_rev_I - v) +
         i_offset)/C_m : volt (unless refractory)
dgsyn_exc/dt = -gsyn_exc/tau_syn_E : siemens
dgsyn_inh/dt = -gsyn_inh/tau_syn_I : siemens
i_offset : amp (constant)
"""

# --- Groups
driven = NeuronGroup(
    1,
    eqs,
    threshold="v > v_thresh",
    reset="v = v_reset",
    refractory=tau_refrac,
    method="rk4",
)
driven.i_offset = 1 * nA
driven.v = -65 * mV
receiver = NeuronGroup(
    1,
    eqs,
    threshold="v > v_thresh",
    reset="v = v_reset",
    refractory=tau_refrac,
    method="rk4",
)
receiver.v = -65 * mV
excitation = SpikeGeneratorGroup(1, [0, 0], [10, 30] * ms)
inhibition = SpikeGeneratorGroup(1, [0], [60] * ms)

# --- Synapses
excitation_to_receiver = Synapses(
    excitation, receiver, on_pre="gsyn_exc += 10*nS", delay=1 * ms
)
excitation_to_receiver.connect()
inhibition_to_receiver = Synapses(
    inhibition, receiver, on_pre="gsyn_inh += 50*nS", delay=1 * ms
)
inhibition_to_receiver.connect()

# --- Monitors
driven_spikes = SpikeMonitor(driven)
driven_v = StateMonitor(driven, "v", record=True)
receiver_v = StateMonitor(receiver, "v", record=True)
receiver_signals = StateMonitor(receiver, ["gsyn_exc", "gsyn_inh"], record=True)

# --- Run
run(200 * ms)
