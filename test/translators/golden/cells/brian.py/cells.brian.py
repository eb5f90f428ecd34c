"""small"""

# A network with places, connections with segments and delays, and inputs, as a document of NeuroML.

from brian2 import *

defaultclock.dt = 5 * us

# --- Constants
E_leak = -54.387 * mV
gbar_na = 120 * msiemens / cm**2
E_na = 50 * mV
gbar_k = 36 * msiemens / cm**2
E_k = -77 * mV
tauDecay_expOne = 6 * ms
erev_expOne = -75 * mV
g_leak = 0.3 * msiemens / cm**2
thresh = -20 * mV
area = 1000.0000928499317 * um**2
C_m = 1 * ufarad / cm**2
riseTime_expTwo = 0.5 * ms
tauDecay_expTwo = 3 * ms
gbase_expTwo = 0.8 * nS
erev_expTwo = 0 * mV
waveformFactor = 1.7171628973263064
gbase = 1 * nS

# --- Groups
exc = NeuronGroup(
    3,
    """
    dv/dt = (i_leak + i_na + i_k + (I_ext + g_expOne*(erev_expOne - v))/area)/C_m : volt
    dg_expOne/dt = -g_expOne/tauDecay_expOne : siemens
    strong = 0.2*nA*int(t > 5*ms - dt/2 and t < 65*ms - dt/2) : amp (constant over dt)
    strong_2 = 0.12*nA*int(t > 5*ms - dt/2 and
                           t < 65*ms - dt/2) : amp (constant over dt)
    I_ext = int(i < 2)*strong + int(i == 2)*strong_2 : amp (constant over dt)
    # leak
    i_leak = g_leak*(E_leak - v) : amp/meter**2
    # na
    i_na = g_na*(E_na - v) : amp/meter**2
    g_na = gbar_na*m**3*h : siemens/meter**2
    dm/dt = (m_inf - m)/tau_m : 1
    m_inf = alpha_m/(alpha_m + beta_m) : 1
    tau_m = 1/(alpha_m + beta_m) : second
    alpha_m = 1/exprel(-(v + 40*mV)/(10*mV))/ms : Hz
    beta_m = 4*exp(-(v + 65*mV)/(18*mV))/ms : Hz
    dh/dt = (h_inf - h)/tau_h : 1
    h_inf = alpha_h/(alpha_h + beta_h) : 1
    tau_h = 1/(alpha_h + beta_h) : second
    alpha_h = 0.07*exp(-(v + 65*mV)/(20*mV))/ms : Hz
    beta_h = 1/(1 + exp(-(v + 35*mV)/(10*mV)))/ms : Hz
    # k
    i_k = g_k*(E_k - v) : amp/meter**2
    g_k = gbar_k*n**4 : siemens/meter**2
    dn/dt = (n_inf - n)/tau_n : 1
    n_inf = alpha_n/(alpha_n + beta_n) : 1
    tau_n = 1/(alpha_n + beta_n) : second
    alpha_n = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms : Hz
    beta_n = 0.125*exp(-(v + 65*mV)/(80*mV))/ms : Hz
    """,
    threshold="v > thresh",
    refractory="v >= thresh",
    method="euler",
)
exc.v = -65 * mV
exc.m = "m_inf"
exc.h = "h_inf"
exc.n = "n_inf"
inh = NeuronGroup(
    1,
    """
    dv/dt = (i_leak + i_na + i_k +
             gbase_expTwo*B_expTwo*(erev_expTwo - v)/area)/C_m : volt
    dB_expTwo/dt = A_expTwo*(1/riseTime_expTwo - 1/tauDecay_expTwo) -
                   B_expTwo/tauDecay_expTwo : 1
    dA_expTwo/dt = -A_expTwo/riseTime_expTwo : 1
    # leak
    i_leak = g_leak*(E_leak - v) : amp/meter**2
    # na
    i_na = g_na*(E_na - v) : amp/meter**2
    g_na = gbar_na*m**3*h : siemens/meter**2
    dm/dt = (m_inf - m)/tau_m : 1
    m_inf = alpha_m/(alpha_m + beta_m) : 1
    tau_m = 1/(alpha_m + beta_m) : second
    alpha_m = 1/exprel(-(v + 40*mV)/(10*mV))/ms : Hz
    beta_m = 4*exp(-(v + 65*mV)/(18*mV))/ms : Hz
    dh/dt = (h_inf - h)/tau_h : 1
    h_inf = alpha_h/(alpha_h + beta_h) : 1
    tau_h = 1/(alpha_h + beta_h) : second
    alpha_h = 0.07*exp(-(v + 65*mV)/(20*mV))/ms : Hz
    beta_h = 1/(1 + exp(-(v + 35*mV)/(10*mV)))/ms : Hz
    # k
    i_k = g_k*(E_k - v) : amp/meter**2
    g_k = gbar_k*n**4 : siemens/meter**2
    dn/dt = (n_inf - n)/tau_n : 1
    n_inf = alpha_n/(alpha_n + beta_n) : 1
    tau_n = 1/(alpha_n + beta_n) : second
    alpha_n = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms : Hz
    beta_n = 0.125*exp(-(v + 65*mV)/(80*mV))/ms : Hz
    """,
    threshold="v > thresh",
    refractory="v >= thresh",
    method="euler",
)
inh.v = -65 * mV
inh.m = "m_inf"
inh.h = "h_inf"
inh.n = "n_inf"

# --- Synapses
excInh = Synapses(exc, inh, on_pre="A_expTwo += waveformFactor")
excInh.pre.order = 0
excInh.connect(i=[0, 1], j=[0, 0])
inhExc = Synapses(inh, exc, "weight : 1 (constant)", on_pre="g_expOne += weight*gbase")
inhExc.pre.order = 0
inhExc.connect(i=[0, 0], j=[0, 2])
inhExc.weight = [2, 1]
inhExc.delay = [1.5, 0.5] * ms

# --- Run
run(0 * second)  # the model says of no duration
