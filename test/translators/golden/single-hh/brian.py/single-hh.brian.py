"""Single Hodgkin-Huxley neuron

A Hodgkin-Huxley neuron with a constant current density.

Source: Hodgkin and Huxley (1952)
doi: 10.1113/jphysiol.1952.sp004764
"""

# One Hodgkin-Huxley neuron with a step of current: no randomness, for comparison spike by spike.
# A. L. Hodgkin, A. F. Huxley: A quantitative description of membrane current and its application to conduction and excitation
# in nerve. Journal of Physiology 117 (1952) 500, doi:10.1113/jphysiol.1952.sp004764
# In the present sign convention with rest at -65 mV, per area of membrane. While it spikes the neuron counts as refractory, so
# that a spike counts once.

from brian2 import *

defaultclock.dt = 0.01 * ms

# --- Constants
gNa = 120 * msiemens / cm**2
ENa = 50 * mV
gK = 36 * msiemens / cm**2
EK = -77 * mV
gL = 0.3 * msiemens / cm**2
EL = -54.387 * mV
C = 1 * ufarad / cm**2

# --- Groups
G = NeuronGroup(
    1,
    """
    dv/dt = (I - gNa*m**3*h*(v - ENa) - gK*n**4*(v - EK) - gL*(v - EL))/C : volt
    dm/dt = alpha_m*(1 - m) - beta_m*m : 1
    dh/dt = alpha_h*(1 - h) - beta_h*h : 1
    dn/dt = alpha_n*(1 - n) - beta_n*n : 1
    alpha_m = 1/exprel(-(v + 40*mV)/(10*mV))/ms : Hz
    beta_m = 4*exp(-(v + 65*mV)/(18*mV))/ms : Hz
    alpha_h = 0.07*exp(-(v + 65*mV)/(20*mV))/ms : Hz
    beta_h = 1/(1 + exp(-(v + 35*mV)/(10*mV)))/ms : Hz
    alpha_n = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms : Hz
    beta_n = 0.125*exp(-(v + 65*mV)/(80*mV))/ms : Hz
    I : amp/meter**2 (constant)
    """,
    threshold="v > 0*mV",
    refractory="v > -20*mV",
    method="exponential_euler",
)
G.v = -65 * mV
G.m = 0.0529
G.h = 0.5961
G.n = 0.3177

# --- Monitors
spikes = SpikeMonitor(G)
trace = StateMonitor(G, ["v", "m", "h", "n"], record=True, dt=0.05 * ms)

# --- Run
run(10 * ms)
G.I = 10 * uA / cm**2
run(80 * ms)
G.I = 0 * uA / cm**2
run(10 * ms)
