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

import interneuron_pynn as sim

sim.setup(timestep=0.01, min_delay=0.01)

# --- Types of cells and synapses

sim.native.model(timing="brian")
G_cell = sim.native.cell(
    "G",
    equations="""
        dv/dt = (I - gNa*m**3*h*(v - ENa) - gK*n**4*(v - EK) - gL*(v - EL))/C : V
        dm/dt = alpha_m*(1 - m) - beta_m*m : 1
        dh/dt = alpha_h*(1 - h) - beta_h*h : 1
        dn/dt = alpha_n*(1 - n) - beta_n*n : 1
        alpha_m = 1/exprel(-(v + 40*mV)/(10*mV))/ms : Hz
        beta_m = 4*exp(-(v + 65*mV)/(18*mV))/ms : Hz
        alpha_h = 0.07*exp(-(v + 65*mV)/(20*mV))/ms : Hz
        beta_h = 1/(1 + exp(-(v + 35*mV)/(10*mV)))/ms : Hz
        alpha_n = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms : Hz
        beta_n = 0.125*exp(-(v + 65*mV)/(80*mV))/ms : Hz
    """,
    parameters={
        "gNa": "120 mS/cm**2 (shared)",
        "ENa": "50 mV (shared)",
        "gK": "36 mS/cm**2 (shared)",
        "EK": "-77 mV (shared)",
        "gL": "0.3 mS/cm**2 (shared)",
        "EL": "-54.387 mV (shared)",
        "C": "1 uF/cm**2 (shared)",
        "I": "0 uA/cm**2",
    },
    initial={"v": "-65 mV", "m": 0.0529, "h": 0.5961, "n": 0.3177},
    method="exponentialEuler",
    events={
        "spike": {
            "when": "v > 0*mV",
            "refractory": {"while": "v > -20*mV", "evaluated": "eachStep"},
        }
    },
)

# --- Populations

G = sim.Population(1, G_cell(), label="G")

# --- Recordings

G.record("spikes")
G.record(["v", "m", "h", "n"], sampling_interval=0.05)

# --- Run

sim.run(10)
sim.native.phase(set={"G.I": "10 uA/cm**2"})
sim.run(80)
sim.native.phase(set={"G.I": "0 uA/cm**2"})
sim.run(10)

# --- Results

G.write_data("single-hh.pynn-G.pkl")
sim.end()
