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
dv/dt = (g_leak*(e_rev_leak - v) + gbar_Na*gate_m**3*gate_h*(e_rev_Na - v) +
         gbar_K*gate_n**4*(e_rev_K - v) + gsyn_exc*(e_rev_E - v) +
         gsyn_inh*(e_rev_I - v) + i_offset)/C_m : volt
dgate_m/dt = alpha_m*(1 - gate_m) - beta_m*gate_m : 1
dgate_h/dt = alpha_h*(1 - gate_h) - beta_h*gate_h : 1
dgate_n/dt = alpha_n*(1 - gate_n) - beta_n*gate_n : 1
dgsyn_exc/dt = -gsyn_exc/tau_syn_E : siemens
dgsyn_inh/dt = -gsyn_inh/tau_syn_I : siemens
alpha_m = 1.28*kHz/exprel((13*mV - (v - v_offset))/(4*mV)) : Hz
beta_m = 1.4*kHz/exprel((v - v_offset - 40*mV)/(5*mV)) : Hz
alpha_h = 128*Hz*exp((17*mV - (v - v_offset))/(18*mV)) : Hz
beta_h = 4*kHz/(1 + exp((40*mV - (v - v_offset))/(5*mV))) : Hz
alpha_n = 160*Hz/exprel((15*mV - (v - v_offset))/(5*mV)) : Hz
beta_n = 500*Hz*exp((10*mV - (v - v_offset))/(40*mV)) : Hz
i_offset : amp (constant)
"""

# --- Groups
driven = NeuronGroup(
    1, eqs, threshold="v > 0*mV", refractory="v > 0*mV", method="exponential_euler"
)
driven.i_offset = 1 * nA
driven.v = -65 * mV
driven.gate_h = 1
receiver = NeuronGroup(
    1, eqs, threshold="v > 0*mV", refractory="v > 0*mV", method="exponential_euler"
)
receiver.v = -65 * mV
receiver.gate_h = 1
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
