"""HH_cond_exp

Two HH_cond_exp cells: one with a constant current, one that receives excitatory and inhibitory spikes.
"""

from brian2 import *

defaultclock.dt = 0.1 * ms

# --- Constants
gbar_Na = 20 * uS
gbar_K = 6 * uS
g_leak = 10 * nS
C_m = 200 * pF
v_offset = -63 * mV
e_rev_Na = 50 * mV
e_rev_K = -90 * mV
e_rev_leak = -65 * mV
e_rev_E = 0 * mV
e_rev_I = -80 * mV
tau_syn_E = 0.2 * ms
tau_syn_I = 2 * ms

# --- Equations
eqs = """
dv/dt = (g_leak*(e_rev_leak - v) + gbar_Na*m**3*h*(e_rev_Na - v) +
         gbar_K*n**4*(e_rev_K - v) + gsyn_exc*(e_rev_E - v) + gsyn_inh*(e_rev_I - v) +
         i_offset)/C_m : volt
dm/dt = alpha_m*(1 - m) - beta_m*m : 1
dh/dt = alpha_h*(1 - h) - beta_h*h : 1
dn/dt = alpha_n*(1 - n) - beta_n*n : 1
dgsyn_exc/dt = -gsyn_exc/tau_syn_E : siemens
dgsyn_inh/dt = -gsyn_inh/tau_syn_I : siemens
alpha_m = 1.28/ms/exprel((13*mV - (v - v_offset))/(4*mV)) : Hz
beta_m = 1.4/ms/exprel((v - v_offset - 40*mV)/(5*mV)) : Hz
alpha_h = 0.128/ms*exp((17*mV - (v - v_offset))/(18*mV)) : Hz
beta_h = 4/ms/(1 + exp((40*mV - (v - v_offset))/(5*mV))) : Hz
alpha_n = 0.16/ms/exprel((15*mV - (v - v_offset))/(5*mV)) : Hz
beta_n = 0.5/ms*exp((10*mV - (v - v_offset))/(40*mV)) : Hz
i_offset : amp (constant)
"""

# --- Groups
driven = NeuronGroup(
    1, eqs, threshold="v > 0*mV", refractory="v > 0*mV", method="exponential_euler"
)
driven.i_offset = 1 * nA
driven.v = -65 * mV
driven.h = 1
receiver = NeuronGroup(
    1, eqs, threshold="v > 0*mV", refractory="v > 0*mV", method="exponential_euler"
)
receiver.v = -65 * mV
receiver.h = 1
excitation = SpikeGeneratorGroup(1, [0, 0], [10, 30] * ms)
inhibition = SpikeGeneratorGroup(1, [0], [60] * ms)

# --- Synapses
excitation_to_receiver = Synapses(
    excitation, receiver, on_pre="gsyn_exc += 10*nS", delay=1 * ms
)
excitation_to_receiver.connect()
inhibition_to_receiver = Synapses(
    inhibition, receiver, on_pre="gsyn_inh += 20*nS", delay=1 * ms
)
inhibition_to_receiver.connect()

# --- Monitors
driven_spikes = SpikeMonitor(driven)
driven_v = StateMonitor(driven, "v", record=True)
receiver_v = StateMonitor(receiver, "v", record=True)
receiver_signals = StateMonitor(receiver, ["gsyn_exc", "gsyn_inh"], record=True)

# --- Run
run(200 * ms)
