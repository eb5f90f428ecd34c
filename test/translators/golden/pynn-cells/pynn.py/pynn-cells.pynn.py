"""net

Usage: python pynn-cells.pynn.py neuron
"""

# The cells and synapses of PyNN.

from pyNN.utility import get_simulator

sim, options = get_simulator()
sim.setup(timestep=0.01, min_delay=0.01, spike_precision="on_grid")

# --- Populations

currAlphas = sim.Population(
    1,
    sim.IF_curr_alpha(
        tau_refrac=5, tau_syn_E=2, i_offset=0.9, v_reset=-68, v_thresh=-52
    ),
    label="currAlphas",
)
currExps = sim.Population(
    1,
    sim.IF_curr_exp(tau_refrac=3, tau_syn_I=4, i_offset=1, v_reset=-68, v_thresh=-52),
    label="currExps",
)
condAlphas = sim.Population(
    1,
    sim.IF_cond_alpha(
        tau_refrac=5, tau_syn_E=3, v_thresh=-52, v_reset=-68, i_offset=0.9
    ),
    label="condAlphas",
)
condExps = sim.Population(
    1,
    sim.IF_cond_exp(tau_refrac=5, v_thresh=-52, v_reset=-68, i_offset=1),
    label="condExps",
)
eifExps = sim.Population(
    1,
    sim.EIF_cond_exp_isfa_ista(
        tau_refrac=2, v_reset=-68, i_offset=0.9, a=0, v_thresh=-52
    ),
    initial_values={"v": -65},
    label="eifExps",
)
eifAlphas = sim.Population(
    1,
    sim.EIF_cond_exp_isfa_ista(
        tau_refrac=5, v_spike=-52, v_reset=-68, i_offset=0.7, delta_T=0, v_thresh=-52
    ),
    initial_values={"v": -65},
    label="eifAlphas",
)
hhs = sim.Population(
    1,
    sim.HH_cond_exp(e_rev_leak=-35, tau_syn_E=5),
    initial_values={"h": 0},
    label="hhs",
)

# --- Projections

currExps_condExps_expCond = sim.Projection(
    currExps,
    condExps,
    sim.FromListConnector([(0, 0)]),
    sim.StaticSynapse(weight=0.02, delay=2),
    receptor_type="excitatory",
    label="currExps_condExps_expCond",
)
currExps_condAlphas_alphaCond = sim.Projection(
    currExps,
    condAlphas,
    sim.FromListConnector([(0, 0)]),
    sim.StaticSynapse(weight=0.02, delay=2),
    receptor_type="excitatory",
    label="currExps_condAlphas_alphaCond",
)
eifExps_currExps_expCurr = sim.Projection(
    eifExps,
    currExps,
    sim.FromListConnector([(0, 0)]),
    sim.StaticSynapse(weight=-0.5, delay=1),
    receptor_type="inhibitory",
    label="eifExps_currExps_expCurr",
)
eifExps_currAlphas_alphaCurr = sim.Projection(
    eifExps,
    currAlphas,
    sim.FromListConnector([(0, 0)]),
    sim.StaticSynapse(weight=0.5, delay=1),
    receptor_type="excitatory",
    label="eifExps_currAlphas_alphaCurr",
)
eifExps_hhs_expCond = sim.Projection(
    eifExps,
    hhs,
    sim.FromListConnector([(0, 0)]),
    sim.StaticSynapse(weight=0.005, delay=1),
    receptor_type="excitatory",
    label="eifExps_hhs_expCond",
)

# --- Recordings

currAlphas.record("v")
currExps.record("v")
condAlphas.record("v")
condExps.record("v")
eifExps.record("v")
eifAlphas.record(["v", "w"])
hhs.record("v")
currAlphas.record("spikes")
currExps.record("spikes")
eifExps.record("spikes")

# --- Run

sim.run(100)

# --- Results

currAlphas.write_data("pynn-cells.pynn-currAlphas.pkl")
currExps.write_data("pynn-cells.pynn-currExps.pkl")
condAlphas.write_data("pynn-cells.pynn-condAlphas.pkl")
condExps.write_data("pynn-cells.pynn-condExps.pkl")
eifExps.write_data("pynn-cells.pynn-eifExps.pkl")
eifAlphas.write_data("pynn-cells.pynn-eifAlphas.pkl")
hhs.write_data("pynn-cells.pynn-hhs.pkl")
sim.end()
