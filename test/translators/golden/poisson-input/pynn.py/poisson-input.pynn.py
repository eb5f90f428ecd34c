"""Poisson input

200 leaky integrators with Poisson input, the first half of them with more.

Source: written for interneuron

Usage: python poisson-input.pynn.py nest
"""

# Neurons driven by many independent Poisson inputs each, without the sources (PoissonInput), next to a Poisson group.
# With N inputs of rate r and weight w the free membrane has the mean w*N*r*tau and, for a small step, the variance w**2*N*r*tau/2.

from pyNN.utility import get_simulator

sim, options = get_simulator()
sim.setup(timestep=0.1, min_delay=0.1, spike_precision="on_grid")
# PyNN has no names for what this cell records in NEST
if sim.__name__ == "pyNN.nest":
    sim.IF_curr_delta.variable_map = {"v": "V_m"}
    sim.IF_curr_delta.scale_factors = {"v": 1}

# --- Populations

G = sim.Population(
    200,
    sim.IF_curr_delta(v_rest=0, tau_refrac=0, v_reset=0, v_thresh=1000000),
    initial_values={"v": 0},
    label="G",
)
P = sim.Population(
    200, sim.SpikeSourcePoisson(rate=lambda i: 5.0 + 10.0 * (i < 100)), label="P"
)
all = sim.Population(200, sim.SpikeSourcePoisson(rate=5000), label="all")
half = sim.Population(100, sim.SpikeSourcePoisson(rate=2000), label="half")

# --- Views and assemblies

G_0_150 = G[[0, 150]]

# --- Projections

S = sim.Projection(
    P,
    G,
    sim.OneToOneConnector(),
    sim.StaticSynapse(weight=0.2, delay=0.1),
    receptor_type="excitatory",
    label="S",
)
all_synapses = sim.Projection(
    all,
    G,
    sim.OneToOneConnector(),
    sim.StaticSynapse(weight=0.1, delay=0.1),
    receptor_type="excitatory",
    label="all_synapses",
)
half_synapses = sim.Projection(
    half,
    G[:100],
    sim.OneToOneConnector(),
    sim.StaticSynapse(weight=-0.1, delay=0.1),
    receptor_type="inhibitory",
    label="half_synapses",
)

# --- Recordings

P.record("spikes")
G_0_150.record("v", sampling_interval=1)

# --- Run

sim.run(200)

# --- Results

G.write_data("poisson-input.pynn-G.pkl")
P.write_data("poisson-input.pynn-P.pkl")
sim.end()
