"""net"""

# The cells and synapses of PyNN.

from brian2 import *

defaultclock.dt = 0.01 * ms
seed(1234)

# --- Constants
v_reset = -68.0
v_thresh = -52.0
tau_syn_alphaCurr = 2.0
tau_syn_expCurr = 4.0
tau_syn_alphaCond = 3.0
e_rev_alphaCond = 0.0
tau_syn_expCond = 5.0
e_rev_expCond = 0.0
delta_T = 2.0
tau_w = 144.0
b = 0.0805
g_leak = 0.01
e_rev_leak = -65.0
gbar_Na = 20.0
e_rev_Na = 50.0
gbar_K = 6.0
e_rev_K = -90.0
v_offset = -63.0

# --- Groups
currAlphas = NeuronGroup(
    1,
    """
    dv/dt = mV*(i_offset + (v_rest - v/mV)/tau_m)/ms +
            I_syn/nF : volt (unless refractory)
    dI_alphaCurr/dt = (2.7182818*A_alphaCurr - I_alphaCurr)/(tau_syn_alphaCurr*ms) : 1
    dA_alphaCurr/dt = -A_alphaCurr/(tau_syn_alphaCurr*ms) : 1
    I_syn = I_alphaCurr*nA : amp
    """,
    threshold="v > v_thresh*mV",
    reset="v = v_reset*mV",
    refractory="tau_refrac*ms",
    method="euler",
    namespace={"tau_refrac": 5.0, "i_offset": 0.9, "v_rest": -65.0, "tau_m": 20.0},
)
currAlphas.v = -65 * mV
currExps = NeuronGroup(
    1,
    """
    dv/dt = mV*(i_offset + (v_rest - v/mV)/tau_m)/ms +
            I_syn/nF : volt (unless refractory)
    dI_expCurr/dt = -I_expCurr/(tau_syn_expCurr*ms) : 1
    I_syn = I_expCurr*nA : amp
    """,
    threshold="v > v_thresh*mV",
    reset="v = v_reset*mV",
    refractory="tau_refrac*ms",
    method="euler",
    namespace={"tau_refrac": 3.0, "i_offset": 1.0, "v_rest": -65.0, "tau_m": 20.0},
)
currExps.v = -65 * mV
condAlphas = NeuronGroup(
    1,
    """
    dv/dt = mV*(i_offset + (v_rest - v/mV)/tau_m)/ms +
            I_syn/nF : volt (unless refractory)
    dg_alphaCond/dt = (2.7182818*A_alphaCond - g_alphaCond)/(tau_syn_alphaCond*ms) : 1
    dA_alphaCond/dt = -A_alphaCond/(tau_syn_alphaCond*ms) : 1
    I_syn = g_alphaCond*(e_rev_alphaCond - v/mV)*nA : amp
    """,
    threshold="v > v_thresh*mV",
    reset="v = v_reset*mV",
    refractory="tau_refrac*ms",
    method="euler",
    namespace={"tau_refrac": 5.0, "i_offset": 0.9, "v_rest": -65.0, "tau_m": 20.0},
)
condAlphas.v = -65 * mV
condExps = NeuronGroup(
    1,
    """
    dv/dt = mV*(i_offset + (v_rest - v/mV)/tau_m)/ms +
            I_syn/nF : volt (unless refractory)
    dg_expCond/dt = -g_expCond/(tau_syn_expCond*ms) : 1
    I_syn = g_expCond*(e_rev_expCond - v/mV)*nA : amp
    """,
    threshold="v > v_thresh*mV",
    reset="v = v_reset*mV",
    refractory="tau_refrac*ms",
    method="euler",
    namespace={"tau_refrac": 5.0, "i_offset": 1.0, "v_rest": -65.0, "tau_m": 20.0},
)
condExps.v = -65 * mV
eifExps = NeuronGroup(
    1,
    """
    dv/dt = mV*((v_rest - v/mV + delta_I)/tau_m +
                (i_offset - w)/C_m)/ms : volt (unless refractory)
    dw/dt = (a*(v/mV - v_rest) - w)/tau_w/ms : 1
    delta_I = delta_T*exp((v/mV - v_thresh)/delta_T) : 1
    """,
    threshold="v > eif_threshold*mV",
    reset="""
    v = v_reset*mV
    w += b
    """,
    refractory="tau_refrac*ms",
    method="euler",
    namespace={
        "a": 0.0,
        "v_rest": -70.6,
        "tau_refrac": 2.0,
        "tau_m": 9.3667,
        "i_offset": 0.9,
        "C_m": 0.281,
        "eif_threshold": -40.0,
    },
)
eifExps.v = -65 * mV
eifAlphas = NeuronGroup(
    1,
    """
    dv/dt = mV*((v_rest - v/mV + delta_I)/tau_m +
                (i_offset - w)/C_m)/ms : volt (unless refractory)
    dw/dt = (a*(v/mV - v_rest) - w)/tau_w/ms : 1
    delta_I = 0 : 1
    """,
    threshold="v > eif_threshold*mV",
    reset="""
    v = v_reset*mV
    w += b
    """,
    refractory="tau_refrac*ms",
    method="euler",
    namespace={
        "a": 0.004,
        "v_rest": -70.6,
        "tau_refrac": 5.0,
        "tau_m": 9.3667,
        "i_offset": 0.7,
        "C_m": 0.281,
        "eif_threshold": -52.0,
    },
)
eifAlphas.v = -65 * mV
hhs = NeuronGroup(
    1,
    """
    dv/dt = mV*(I_m/C_m)/ms + I_syn/(C_m*nF) : volt
    dm/dt = (alpham*(1 - m) - betam*m)/ms : 1
    dh/dt = (alphah*(1 - h) - betah*h)/ms : 1
    dn/dt = (alphan*(1 - n) - betan*n)/ms : 1
    dg_expCond/dt = -g_expCond/(tau_syn_expCond*ms) : 1
    I_syn = g_expCond*(e_rev_expCond - v/mV)*nA : amp
    iLeak = g_leak*(e_rev_leak - v/mV) : 1
    iNa = gbar_Na*m*m*m*h*(e_rev_Na - v/mV) : 1
    iK = gbar_K*n*n*n*n*(e_rev_K - v/mV) : 1
    I_m = iLeak + iNa + iK + i_offset : 1
    xam = (13 - (v/mV - v_offset))/4 : 1
    xbm = (v/mV - v_offset - 40)/5 : 1
    xan = (15 - (v/mV - v_offset))/5 : 1
    alphah = 0.128*exp((17 - (v/mV - v_offset))/18) : 1
    betah = 4/(1 + exp((40 - (v/mV - v_offset))/5)) : 1
    betan = 0.5*exp((10 - (v/mV - v_offset))/40) : 1
    alpham = 1.28*int(abs(xam) < 0.0001)*(1 - xam/2 + xam*xam/12) +
             1.28*xam*int(abs(xam) >= 0.0001)/(exp(xam) - 1) : 1
    betam = 1.4*int(abs(xbm) < 0.0001)*(1 - xbm/2 + xbm*xbm/12) +
            1.4*xbm*int(abs(xbm) >= 0.0001)/(exp(xbm) - 1) : 1
    alphan = 0.16*int(abs(xan) < 0.0001)*(1 - xan/2 + xan*xan/12) +
             0.16*xan*int(abs(xan) >= 0.0001)/(exp(xan) - 1) : 1
    """,
    method="euler",
    namespace={"i_offset": 0.3, "C_m": 0.2},
)
hhs.v = -65 * mV

# --- Synapses
currExps_condExps_expCond = Synapses(
    currExps, condExps, on_pre="g_expCond += 0.02", delay=2 * ms
)
currExps_condExps_expCond.pre.order = 0
currExps_condExps_expCond.connect(i=0, j=0)
currExps_condAlphas_alphaCond = Synapses(
    currExps, condAlphas, on_pre="A_alphaCond += 0.02", delay=2 * ms
)
currExps_condAlphas_alphaCond.pre.order = 0
currExps_condAlphas_alphaCond.connect(i=0, j=0)
eifExps_currExps_expCurr = Synapses(
    eifExps, currExps, on_pre="I_expCurr -= 0.5", delay=1 * ms
)
eifExps_currExps_expCurr.pre.order = 0
eifExps_currExps_expCurr.connect(i=0, j=0)
eifExps_currAlphas_alphaCurr = Synapses(
    eifExps, currAlphas, on_pre="A_alphaCurr += 0.5", delay=1 * ms
)
eifExps_currAlphas_alphaCurr.pre.order = 0
eifExps_currAlphas_alphaCurr.connect(i=0, j=0)
eifExps_hhs_expCond = Synapses(eifExps, hhs, on_pre="g_expCond += 0.005", delay=1 * ms)
eifExps_hhs_expCond.pre.order = 0
eifExps_hhs_expCond.connect(i=0, j=0)

# --- Monitors
currAlphas_spikes = SpikeMonitor(currAlphas)
currExps_spikes = SpikeMonitor(currExps)
eifExps_spikes = SpikeMonitor(eifExps)
currAlphas_v = StateMonitor(currAlphas, "v", record=0)
currExps_v = StateMonitor(currExps, "v", record=0)
condAlphas_v = StateMonitor(condAlphas, "v", record=0)
condExps_v = StateMonitor(condExps, "v", record=0)
eifExps_v = StateMonitor(eifExps, "v", record=0)
eifAlphas_traces = StateMonitor(eifAlphas, ["v", "w"], record=0)
hhs_v = StateMonitor(hhs, "v", record=0)

# --- Run
run(100 * ms)
