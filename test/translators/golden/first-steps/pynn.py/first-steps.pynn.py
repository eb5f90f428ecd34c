"""First steps

Usage: python first-steps.pynn.py nest
"""

from pyNN.random import NumpyRNG
from pyNN.utility import get_simulator

sim, options = get_simulator()
sim.setup(timestep=0.1, min_delay=0.1, spike_precision="on_grid")
# PyNN has no names for what this cell records in NEST
if sim.__name__ == "pyNN.nest":
    sim.IF_curr_delta.variable_map = {"v": "V_m"}
    sim.IF_curr_delta.scale_factors = {"v": 1}
rng = NumpyRNG(seed=1)

# --- Populations

cells = sim.Population(
    20,
    sim.IF_curr_delta(v_rest=0, tau_m=10, tau_refrac=2, v_reset=0, v_thresh=10),
    initial_values={"v": 0},
    label="cells",
)
input = sim.Population(100, sim.SpikeSourcePoisson(rate=50), label="input")

# --- Projections

drive = sim.Projection(
    input,
    cells,
    sim.FixedProbabilityConnector(p_connect=0.3, rng=rng),
    sim.StaticSynapse(weight=0.8, delay=1),
    receptor_type="excitatory",
    label="drive",
)

# --- Recordings

cells.record("spikes")
cells[:2].record("v")

# --- Run

sim.run(500)

# --- Results

cells.write_data("first-steps.pynn-cells.pkl")
sim.end()
