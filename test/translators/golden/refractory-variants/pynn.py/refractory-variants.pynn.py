"""Refractory variants

Four neurons with different forms of refractoriness.

Source: written for interneuron
"""

# Every form of refractoriness that Brian 2 has, and none.
# Steps of the spikes (time step 0.1 ms), worked out from Brian's rules and measured with Brian 2.5.1:
# duration    v' = 1/ms, threshold 0.95, 1 ms                    9, 28, 47
# variable    duration held by a variable that decays            4, 17, 30, 43, 56, 69
# condition   refractory while v < 0.95; no reset                4, 10, 11, 12, ...
# none        threshold without reset                            every step from 4 on

import json

import interneuron_pynn as sim

sim.setup(timestep=0.1, min_delay=0.1)

# --- Types of cells and synapses

sim.native.model(
    timing="brian",
    operations={
        "blocked_run_regularly": {
            "on": {"population": "blocked"},
            "do": ["v += 0.01*int(not_refractory)"],
            "every": 0.0005,
            "order": 0,
        }
    },
)
duration_cell = sim.native.cell(
    "duration",
    equations="""
        dv/dt = 1*kHz : 1
    """,
    events={
        "spike": {
            "when": "v > 0.95",
            "do": ["v = 0"],
            "refractory": {"for": "1*ms", "rate": ["v"], "writes": "block"},
        }
    },
)
variable_cell = sim.native.cell(
    "variable",
    equations="""
        dv/dt = 2*kHz : 1
        dr/dt = -r/ms : s
    """,
    events={
        "spike": {
            "when": "v > 0.9",
            "do": ["v = 0", "r = 2*ms"],
            "refractory": {
                "for": "r",
                "rate": ["v"],
                "writes": "block",
                "evaluated": "eachStep",
            },
        }
    },
)
condition_cell = sim.native.cell(
    "condition",
    equations="""
        dv/dt = 1*kHz : 1
    """,
    events={
        "spike": {
            "when": "v > 0.45",
            "refractory": {"while": "v < 0.95", "evaluated": "eachStep"},
        }
    },
)
none_cell = sim.native.cell(
    "none",
    equations="""
        dv/dt = 1*kHz : 1
    """,
    events={"spike": {"when": "v > 0.45"}},
)
blocked_cell = sim.native.cell(
    "blocked",
    equations="""
        dv/dt = 1*kHz : 1
        dw/dt = 1*kHz : 1
        x : 1
    """,
    events={
        "spike": {
            "when": "v > 0.95 and not_refractory",
            "do": ["v = 0.25", "x = lastspike/ms"],
            "refractory": {"for": "2*ms", "rate": ["v"], "writes": "block"},
        }
    },
)

# --- Populations

duration = sim.Population(1, duration_cell(), label="duration")
variable = sim.Population(1, variable_cell(), label="variable")
condition = sim.Population(1, condition_cell(), label="condition")
none = sim.Population(1, none_cell(), label="none")
# what synapses and operations write meanwhile is lost, what the reset writes is not
blocked = sim.Population(2, blocked_cell(), label="blocked")

# --- Recordings

duration.record("spikes")
variable.record("spikes")
condition.record("spikes")
none.record("spikes")
blocked.record("spikes")
blocked_trace = sim.native.record(blocked[:1], ["v", "w", "x"], name="blocked_trace")

# --- Run

sim.run(8)

# --- Results

duration.write_data("refractory-variants.pynn-duration.pkl")
variable.write_data("refractory-variants.pynn-variable.pkl")
condition.write_data("refractory-variants.pynn-condition.pkl")
none.write_data("refractory-variants.pynn-none.pkl")
blocked.write_data("refractory-variants.pynn-blocked.pkl")
recordings = [blocked_trace]
with open("refractory-variants.pynn-recordings.json", "w") as file:
    json.dump({each.name: each.to_dict() for each in recordings}, file)
sim.end()
