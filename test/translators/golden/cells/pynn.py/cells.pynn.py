"""small"""

# A network with places, connections with segments and delays, and inputs, as a document of NeuroML.

import interneuron_pynn as sim

sim.setup(timestep=0.005, min_delay=0.005)

# --- Types of cells and synapses

sim.native.model(timing="lems-euler")
pulseGenerator_cell = sim.native.cell(
    "pulseGenerator",
    equations="""
        i_ : A
    """,
    parameters={
        "delay": "5 ms",
        "duration": "60 ms",
        "weight": 1,
        "amplitude": "0.2 nA",
    },
    events={
        "condition": {"when": "t < delay", "do": ["i_ = 0*nA"], "emits": None},
        "condition_2": {
            "when": "t >= delay and t < duration + delay",
            "do": ["i_ = weight*amplitude"],
            "order": 1,
            "emits": None,
        },
        "condition_3": {
            "when": "t >= duration + delay",
            "do": ["i_ = 0*nA"],
            "order": 2,
            "emits": None,
        },
    },
    sequence=[{"events": ["condition", "condition_2", "condition_3"]}],
)
soma_cell = sim.native.cell(
    "soma",
    equations="""
        dv/dt = (i_leak + i_na + i_k + I_syn/area)/C_m : V
        spiking : 1
        # leak
        i_leak = g_leak*(E_leak - v) : A*m**-2
        # na
        i_na = g_na*(E_na - v) : A*m**-2
        g_na = gbar_na*m_fcond*h_fcond : S*m**-2
        m_fcond = m**3 : 1
        h_fcond = h : 1
        dm/dt = (m_inf - m)/tau_m : 1
        m_inf = alpha_m/(alpha_m + beta_m) : 1
        tau_m = 1/(alpha_m + beta_m) : s
        alpha_m = 1/exprel(-(na_v + 40*mV)/(10*mV))/ms : Hz
        beta_m = 4*exp(-(na_v + 65*mV)/(18*mV))/ms : Hz
        na_v = naAll_v : V
        naAll_v = v : V
        dh/dt = (h_inf - h)/tau_h : 1
        h_inf = alpha_h/(alpha_h + beta_h) : 1
        tau_h = 1/(alpha_h + beta_h) : s
        alpha_h = 0.07*exp(-(na_v + 65*mV)/(20*mV))/ms : Hz
        beta_h = 1/(1 + exp(-(na_v + 35*mV)/(10*mV)))/ms : Hz
        # k
        i_k = g_k*(E_k - v) : A*m**-2
        g_k = gbar_k*n_fcond : S*m**-2
        n_fcond = n**4 : 1
        dn/dt = (n_inf - n)/tau_n : 1
        n_inf = alpha_n/(alpha_n + beta_n) : 1
        tau_n = 1/(alpha_n + beta_n) : s
        alpha_n = 0.1/exprel(-(k_v + 55*mV)/(10*mV))/ms : Hz
        beta_n = 0.125*exp(-(k_v + 65*mV)/(80*mV))/ms : Hz
        k_v = kAll_v : V
        kAll_v = v : V
    """,
    parameters={
        "E_leak": "-54.387 mV",
        "gbar_na": "120 mS/cm**2",
        "E_na": "50 mV",
        "gbar_k": "36 mS/cm**2",
        "E_k": "-77 mV",
        "g_leak": "0.3 mS/cm**2",
        "initMembPot": "-65 mV",
        "thresh": "-20 mV",
        "area": "1000.0000928499317 um**2",
        "C_m": "1 uF/cm**2",
    },
    initial={"m": "m_inf", "h": "h_inf", "n": "n_inf", "v": "initMembPot"},
    inputs={"I_syn": {"unit": "A"}},
    events={
        "spike": {"when": "v > thresh and spiking < 0.5", "do": ["spiking = 1"]},
        "condition": {
            "when": "v < thresh",
            "do": ["spiking = 0"],
            "order": 1,
            "emits": None,
        },
    },
    sequence=[
        {"derived": ["i_leak"]},
        {"derived": ["alpha_m"]},
        {"derived": ["beta_m"]},
        {"derived": ["m_fcond", "m_inf", "tau_m"], "state": ["m"]},
        {"derived": ["alpha_h"]},
        {"derived": ["beta_h"]},
        {"derived": ["h_fcond", "h_inf", "tau_h"], "state": ["h"]},
        {"derived": ["na_v"]},
        {"derived": ["naAll_v", "g_na", "i_na"]},
        {"derived": ["alpha_n"]},
        {"derived": ["beta_n"]},
        {"derived": ["n_fcond", "n_inf", "tau_n"], "state": ["n"]},
        {"derived": ["k_v"]},
        {"derived": ["kAll_v", "g_k", "i_k"]},
        {"state": ["v"], "events": ["spike", "condition"]},
    ],
)
expTwoSynapse_synapse = sim.native.synapse(
    "expTwoSynapse",
    equations="""
        dA/dt = -A/riseTime : 1
        dB/dt = -B/tauDecay : 1
        g = gbase*(B - A) : S
        i_ = g*(erev - post.v) : A
    """,
    parameters={
        "gbase": "0.8 nS",
        "erev": "0 mV",
        "tauRise": "0.5 ms",
        "tauDecay": "3 ms",
        "equalTimes": {
            "unit": "1",
            "value": "4*(0.5*(sign((tauDecay - tauRise)/tauDecay) + 1))*(0.5*(sign((tauRise - tauDecay)/tauDecay) + 1))",
        },
        "noRise": {"unit": "1", "value": "2*(0.5*(sign(-tauRise/tauDecay) + 1))"},
        "riseTime": {
            "unit": "s",
            "value": "tauRise*(1 - 0.0001*equalTimes) + tauDecay*0.001*noRise",
        },
        "weight": 1,
        "peakTime": {
            "unit": "s",
            "value": "log(tauDecay/riseTime)*(riseTime*tauDecay)/(tauDecay - riseTime)",
        },
        "waveformFactor": {
            "unit": "1",
            "value": "noRise + (1 - noRise)/(exp(-peakTime/tauDecay) - exp(-peakTime/riseTime))",
        },
    },
    pathways={
        "pre": {
            "on": "pre.spike",
            "slot": "before_resets",
            "do": [
                "A = A + weight*waveformFactor*(1 - noRise)",
                "B = B + weight*waveformFactor",
            ],
        }
    },
    contributes={"post.I_syn": "i_"},
    sequence=[{"derived": ["g", "i_"], "state": ["A", "B"]}],
)
expOneSynapse_synapse = sim.native.synapse(
    "expOneSynapse",
    equations="""
        dg/dt = -g/tauDecay : S
        i_ = g*(erev - post.v) : A
    """,
    parameters={"erev": "-75 mV", "tauDecay": "6 ms", "weight": 1, "gbase": "1 nS"},
    pathways={
        "pre": {
            "on": "pre.spike",
            "slot": "before_resets",
            "do": ["g = g + weight*gbase"],
        }
    },
    contributes={"post.I_syn": "i_"},
    sequence=[{"derived": ["i_"], "state": ["g"]}],
)
attached_synapses_synapse = sim.native.synapse(
    "attached_synapses", contributes={"post.I_syn": "pre.i_"}
)

# --- Populations

strong = sim.Population(
    3, pulseGenerator_cell(weight={"array": [1, 1, 0.6]}), label="strong"
)
exc = sim.Population(
    3,
    soma_cell().beside(
        positions=[0, 0, 0, 0.00005, 0, 0, 0, 0.00005, 0.00001], order=1
    ),
    label="exc",
)
inh = sim.Population(
    1, soma_cell().beside(positions=[0.000025, 0.000025, 0], order=2), label="inh"
)

# --- Projections

excInh = sim.Projection(
    exc,
    inh,
    sim.FromListConnector([(0, 0), (1, 0)]),
    expTwoSynapse_synapse(),
    label="excInh",
)
inhExc = sim.Projection(
    inh,
    exc,
    sim.FromListConnector([(0, 0), (0, 2)]),
    expOneSynapse_synapse(weight={"array": [2, 1]}).beside(
        delays={"pre": {"array": [0.0015, 0.0005]}}, order=1
    ),
    label="inhExc",
)
strong_to_exc = sim.Projection(
    strong,
    exc,
    sim.FromListConnector([(0, 0), (1, 1), (2, 2)]),
    attached_synapses_synapse().beside(order=2),
    label="strong_to_exc",
)
sim.end()
