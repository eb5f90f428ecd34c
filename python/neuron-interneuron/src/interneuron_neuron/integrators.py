"""NEURON's integrate-and-fire cells, which solve their linear equations from event to event."""

from __future__ import annotations

from typing import Any

#: A state that decays, and fires above 1. Arrivals while it is refractory are lost.
_INTFIRE1 = {
    "parameters": {"tau": {"unit": "ms", "value": 10}, "refrac": {"unit": "ms", "value": 5}},
    "state": {"m": {"unit": 1}},
    "derivatives": {"m": "-m/tau"},
    "events": {
        "spike": {
            "when": "m > 1",
            "do": ["m = 0"],
            "refractory": {"for": "refrac", "rate": ["m"], "writes": "block", "rounding": "up"},
        }
    },
    "method": "exact",
}


def _spike(before: list[str], rest: str, rate: str, level: str, slope: str, tau: str) -> dict[str, Any]:
    """Returns the event of a cell that fires when m crosses a level, between two steps.

    Three steps of Newton's method find the time since the crossing, `late`. The reset at that time and its decay until
    the end of the step are one subtraction, because the equations are linear.

    Args:
        before: statements that set what the expressions read.
        rest: m before the end of the step by `late`.
        rate: its derivative with respect to `late`.
        level: the level.
        slope: the rate of m at the end of the step.
        tau: time constant of m.
    """
    newton = f"late = clip(late - ({rest} - {level})/min({rate}, -1e-9/ms), 0*ms, 2*dt)"
    first = f"late = clip((m - {level})/max({slope}, 1e-9/ms), 0*ms, 2*dt)"
    do = [*before, first, *([newton] * 3), f"m -= {level}*exp(-late/{tau})"]
    return {"spike": {"when": f"m > {level}", "do": do}}


#: A synaptic current that decays, and a leaky integral of it.
_INTFIRE2 = {
    "parameters": {
        "taus": {"unit": "ms", "value": 20},
        "taum": {"unit": "ms", "value": 10},
        "ib": {"unit": 1, "value": 0},
    },
    "state": {"current": {"unit": 1, "initial": "ib"}, "m": {"unit": 1}, "late": {"unit": "ms"}},
    "derivatives": {"current": "(ib - current)/taus", "m": "(current - m)/taum"},
    "events": _spike(
        ["p = taus/(taus - taum)*(current - ib)", "own = m - ib - p"],
        "(ib + p*exp(late/taus) + own*exp(late/taum))",
        "(p/taus*exp(late/taus) + own/taum*exp(late/taum))",
        "1",
        "((current - m)/taum)",
        "taum",
    ),
    "method": "exact",
}

#: Factors of the solution, by their names in NEURON's file.
_FACTORS = ["be = ae/(1/taue - 1/taum)", "bi1 = ai1/(1/taui1 - 1/taui2)", "bi2 = ai2/(1/taui2 - 1/taum)"]

#: An excitatory current that decays, an inhibitory one that rises and decays, and a leaky integral of both.
_INTFIRE4 = {
    "parameters": {
        **{name: {"unit": "ms", "value": value} for name, value in (("taue", 5), ("taui1", 10), ("taui2", 20), ("taum", 50))},
        **{name: {"unit": "kHz", "value": 0} for name in ("ae", "ai1", "ai2")},
    },
    "state": {**{name: {"unit": 1} for name in ("exc", "inh1", "inh2", "m")}, "late": {"unit": "ms"}},
    "derivatives": {
        "exc": "-exc/taue",
        "inh1": "-inh1/taui1",
        "inh2": "-inh2/taui2 + ai1*inh1",
        "m": "-m/taum + ae*exc + ai2*inh2",
    },
    "events": _spike(
        [
            *_FACTORS,
            "p = -be*exc",
            "q = -bi2*(inh2 + bi1*inh1)",
            "r = bi2*bi1*(1/taui2 - 1/taum)/(1/taui1 - 1/taum)*inh1",
            "own = m - p - q - r",
        ],
        "(own*exp(late/taum) + p*exp(late/taue) + q*exp(late/taui2) + r*exp(late/taui1))",
        "(own/taum*exp(late/taum) + p/taue*exp(late/taue) + q/taui2*exp(late/taui2) + r/taui1*exp(late/taui1))",
        "0.999999",
        "(ae*exc + ai2*inh2 - m/taum)",
        "taum",
    ),
    "method": "exact",
}

#: Types by NEURON's names.
INTEGRATORS: dict[str, dict[str, Any]] = {"IntFire1": _INTFIRE1, "IntFire2": _INTFIRE2, "IntFire4": _INTFIRE4}

#: Effects of an event of the weight `w` that arrived a time `d` before the end of the step.
_ARRIVALS = {
    "IntFire2": [
        "post.m += w*post.taus/(post.taus - post.taum)*(exp(-d/post.taus) - exp(-d/post.taum))",
        "post.current += w*exp(-d/post.taus)",
    ],
    "IntFire4": [
        *(each.replace("a", "post.a", 1).replace("tau", "post.tau") for each in _FACTORS),
        "up = max(w, 0)",
        "down = min(w, 0)",
        "b = bi2*bi1*(1/post.taui2 - 1/post.taum)/(1/post.taui1 - 1/post.taum)",
        "post.m += up*be*(exp(-d/post.taum) - exp(-d/post.taue)) + down*bi2*bi1*(exp(-d/post.taum) - exp(-d/post.taui2))"
        " - down*b*(exp(-d/post.taum) - exp(-d/post.taui1))",
        "post.inh2 += down*bi1*(exp(-d/post.taui2) - exp(-d/post.taui1))",
        "post.exc += up*exp(-d/post.taue)",
        "post.inh1 += down*exp(-d/post.taui1)",
    ],
}


def connection_to(kind: str, is_between: bool) -> dict[str, Any]:
    """Returns a type of connections to integrate-and-fire cells.

    Args:
        kind: of the target.
        is_between: whether the source fires between steps: its `late` is the time from the spike to the end of the step.

    Returns:
        the type. Its parameter `rest` is the time by which the delay of the pathway `pre` is longer than that of the
        connection. The delay of `earlier` is one step less.
    """
    if kind == "IntFire1":
        return {
            "parameters": {"weight": {"unit": 1, "value": 0}},
            "ports": {"port": {"unit": 1}},
            "pathways": {"pre": {"on": "pre.spike", "do": ["port += weight"]}},
        }
    arrivals = {"pre": ["d = rest", "w = weight"]}
    if is_between:
        # An event acts at the end of the step of its arrival: after one of two delays.
        arrivals = {
            "pre": ["d = rest + pre.late", "w = weight if d < dt else 0"],
            "earlier": ["d = rest + pre.late - dt", "w = weight if d >= 0*ms else 0"],
        }
    return {
        "parameters": {"weight": {"unit": 1, "value": 0}, "rest": {"unit": "ms", "value": 0}},
        "pathways": {name: {"on": "pre.spike", "do": [*do, *_ARRIVALS[kind]]} for name, do in arrivals.items()},
    }
