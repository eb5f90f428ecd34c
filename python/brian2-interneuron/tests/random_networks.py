"""Networks put together at random, as scripts without random numbers: every feature beside every other one.

    python random_networks.py SEED      prints the script of a seed
"""

import random
import sys

import brian2

from random_extras import Extras

#: The object that a script calls `results`: what its monitors, neurons and synapses hold in the end.
_HARVEST = """
results = {}
for name, thing in list(locals().items()):
    if isinstance(thing, EventMonitor):
        results[f"{name}.count"] = thing.count[:]
        if thing.record:
            results.update({f"{name}.i": thing.i[:], f"{name}.t": thing.t_[:]})
        if "v" in thing.record_variables:
            results[f"{name}.v"] = thing.v[:]
    elif isinstance(thing, StateMonitor):
        results.update({f"{name}.{one}": getattr(thing, one) for one in thing.record_variables})
    elif isinstance(thing, PopulationRateMonitor):
        results.update({f"{name}.t": thing.t_[:], f"{name}.rate": thing.rate_[:]})
    elif isinstance(thing, Synapses) and len(thing) and "w" in thing.variables:
        results.update({f"{name}.w_end": thing.w[:], f"{name}.pre": thing.i[:], f"{name}.post": thing.j[:]})
    elif isinstance(thing, NeuronGroup):
        results[f"{name}.v_end"] = thing.v[:]
"""


class Group:
    """A group of neurons: its script, and what others may use of it."""

    def __init__(self, pick, number, has_stimulus):
        chance, one_of = pick.random, pick.choice
        self.size = pick.randint(1, 9)
        # Objects of one slot and order go by their names.
        self.name = f"{one_of(['G', 'G', 'zed', 'alpha'])}{number}"
        self.has_g, has_u = chance() < 0.7, chance() < 0.5
        self.variables = ["v"]
        self.after = []
        drive = one_of(["I0", "E + b*k", "I0*(1 + 0.5*sin(t/h))", *(["stim(t)"] if has_stimulus else [])])
        inputs = drive + (" + g" if self.has_g else "") + (" - u" if has_u else "")
        shape = one_of(["", "", " + 0.2*v**2", " + 0.05*exp(clip(v - 1, -9, 2)/0.3)", " + abs(v)*0.1"])
        equations = [f"dv/dt = ({inputs} - v{shape})/tau : 1{one_of(['', ' (unless refractory)'])}"]
        equations += [f"I0 : 1{one_of(['', ' (constant)'])}", "k : 1 (constant)"]
        threshold, reset = "v > 1", one_of(["v = 0", "v = 0", "v -= 1"])
        if has_u:
            equations.append(f"du/dt = ({one_of(['0', 'b*v'])} - u)/tau2 : 1{one_of(['', ' (unless refractory)'])}")
            self.variables.append("u")
            reset += one_of(["", "; u += b"])
        if self.has_g:
            self.g = one_of(["dg/dt = -g/tau2 : 1", "g : 1"])
            self.variables.append("g")
        if chance() < 0.3:
            equations.append("dlevel/dt = (1 - level)/tau2 : 1")
            threshold, reset = "v > level", f"{reset}; level += 0.2"
            self.variables.append("level")
            self.after.append("level = 1")
        if chance() < 0.25:
            equations.append(f"x = v*2 + I0 : 1{one_of(['', ' (constant over dt)'])}")
            self.variables.append("x")
        if chance() < 0.3:
            equations.append("n : integer")
            reset += "; n += 1"
            self.variables.append("n")
        if chance() < 0.2:
            equations.append("able : boolean")
            threshold = f"({threshold}) and able"
            self.after.append("able = 'i != 1'")
        is_shared = chance() < 0.25
        if is_shared:
            equations.append("s : 1 (shared)")
            self.variables.append("s")
        refractory = one_of([None, "2*ms", "h", "'(1 + i)*ms'", "0.35*ms", "'pause'", "'v > 0.5'"])
        if refractory == "'pause'":
            equations.append("pause : second")
            self.after.append("pause = '(1 + 0.5*i)*ms'")
        # SymPy takes minutes to solve three coupled equations.
        is_linear = shape == "" and not has_u and drive in ("I0", "E + b*k")
        method = one_of(["euler", "rk2", "rk4", *(["exact", None, None] if is_linear else [])])
        self.has_event = chance() < 0.2
        self.equations = equations
        self.options = [f"threshold='{threshold}'", f"reset='{reset}'", f"name='{self.name}'"]
        self.options += [f"refractory={refractory}"] if refractory else []
        self.options += [f"method='{method}'"] if method else []
        self.options += ["events={'large': 'v > 0.7'}"] if self.has_event else []
        self.options += [f"order={one_of([-1, 1, 2])}"] if chance() < 0.2 else []
        self.after += [f"I0 = '{one_of(['1.3', '1.1 + 0.1*i', '1.5*(i % 2) + 0.9', '0.8 + 0.9*i/N'])}'", "k = 'i/5.0'"]
        self.after.append(f"v = '{one_of(['0', '0.1*i', 'i/(2.0*N)'])}'")
        self.operations = []
        if self.has_event:
            self.operations.append("run_on_event('large', 'v += 0.01')")
        if chance() < 0.4:
            code = one_of(["v += 0.05", "v = clip(v, -1, 3)*0.99", *(["s += 1", "s = t/ms"] if is_shared else [])])
            slot = one_of(["start", "before_groups", "after_groups", "after_thresholds", "before_synapses", "end"])
            self.operations.append(
                f"run_regularly('{code}', dt={one_of(['1*ms', '2*ms', '5*ms'])}, when='{slot}', "
                f"order={one_of([0, 0, 1, -1])}, name='{one_of(['a', 'm', 'z'])}_operation{number}')"
            )

    def script(self):
        """Its lines."""
        equations = "\n    ".join([*self.equations, *([self.g] if self.has_g else [])])
        yield f"{self.name} = NeuronGroup({self.size}, '''\n    {equations}''',\n    {', '.join(self.options)})"
        yield from (f"{self.name}.{line}" for line in self.after)
        yield from (
            f"{self.name}_operation{at} = {self.name}.{line}" for at, line in enumerate(self.operations)
        )


def _part(pick, name, size):
    """A group, or a part of it."""
    if pick.random() < 0.75 or size < 3 or name == "given":
        return name
    first = pick.randint(0, size - 2)
    return f"{name}[{first}:{pick.randint(first + 1, size)}]"


def _synapses(pick, number, sources, groups):
    """The lines of synapses, their name and the variables that they have."""
    chance, one_of = pick.random, pick.choice
    (source, size), group = one_of(sources), one_of(groups)
    name = f"{one_of(['S', 'a', 'z', 'Q'])}_syn{number}"
    kind = one_of(["plain", "plain", "stdp", "stp", "post", "two", "clock", *(["sum", "gap"] if group.has_g else [])])
    if (kind == "gap" and source == "given") or (kind in ("sum", "gap") and getattr(group, "is_sum", False)):
        kind = "plain"
    hit = f"{'g' if group.has_g else 'v'}_post"
    model, pre, post, method, variables = ["w : 1"], f"on_pre='{hit} += w'", "", "", ["w"]
    if kind == "stdp":
        flag = one_of(["event-driven", "clock-driven"])
        model += [f"dap/dt = -ap/tau : 1 ({flag})", f"daq/dt = -aq/tau2 : 1 ({flag})"]
        pre = f"on_pre='{hit} += w; ap += 0.1; w = clip(w - aq, 0, 3)'"
        post = "on_post='aq += 0.05; w = clip(w + ap, 0, 3)'"
        method = one_of(["method='euler'", "method='exact'", ""]) if flag == "clock-driven" else ""
    elif kind == "stp":
        model.append("dr/dt = (1 - r)/tau : 1 (event-driven)")
        pre = f"on_pre='{hit} += w*r; r *= 0.6'"
    elif kind == "post":
        post = f"on_post='v_post {one_of(['+=', '-='])} 0.05*w'"
    elif kind == "two":
        pre = f"on_pre={{'one': '{hit} += w', 'other': 'v_post -= 0.3*w'}}"
    elif kind == "clock":
        model.append("dz/dt = (v_post*0.1 - z)/tau2 : 1 (clock-driven)")
        pre, method = f"on_pre='{hit} += w*(1 + z); z += 0.2'", f"method='{one_of(['euler', 'exact', 'rk4'])}'"
        variables.append("z")
    elif kind == "sum":
        model += ["dz/dt = -z/tau2 : 1 (clock-driven)", "g_post = z*w : 1 (summed)"]
        pre, method = "on_pre='z += 1'", f"method='{one_of(['euler', 'exact'])}'"
        variables.append("z")
    elif kind == "gap":
        model.append("g_post = 0.1*w*(v_pre - v_post) : 1 (summed)")
        pre = ""
    if kind in ("sum", "gap"):
        group.is_sum, group.g = True, "g : 1"
    has_delay = pre != "" and kind in ("plain", "stdp", "stp", "post") and chance() < 0.3
    words = [f"'''\n    {chr(10).join(model)}'''", pre, post, method, f"name='{name}'"]
    words.append(f"delay={one_of(['1*ms', '0.3*ms', '2.5*ms'])}" if has_delay else "")
    ends = f"{_part(pick, source, size)}, {_part(pick, group.name, group.size)}"
    connection = one_of(
        [
            *["", "i=0, j=0", "'i != j'", "'(i + j) % 2 == 0'", "'i <= j', n=2", "j='i', skip_if_invalid=True"],
            *["j='(i + k) % N_post for k in range(2)'", "i=[0, 0], j=[0, 0]", "'abs(i - j) < 2'", "p=1"],
        ]
    )
    lines = [f"{name} = Synapses({ends}, {', '.join(filter(None, words))})", f"{name}.connect({connection})"]
    weights = ["0.4", "0.1 + 0.05*i", "0.2*(j + 1)", "0.3/(1 + i + j)", "0.1*(v_post + 1)", "0.2 + 0.1*int(i == j)"]
    values = [f"w = '{one_of(weights)}'"]
    if kind == "stp":
        values.append("r = 1")
    if pre != "" and not has_delay and kind != "two" and chance() < 0.6:
        values.append(f"pre.delay = '{one_of(['1*ms', '(0.5 + 0.1*i)*ms', '(i + j)*0.3*ms', '0.25*ms'])}'")
    if kind == "two" and chance() < 0.6:
        values.append(f"other.delay = '{one_of(['1*ms', '(0.5 + 0.1*j)*ms'])}'")
    if post != "" and chance() < 0.4:
        values.append(f"post.delay = '{one_of(['1*ms', '0.2*j*ms'])}'")
    if pre != "" and chance() < 0.2:
        lines.append(f"{name}.{'one' if kind == 'two' else 'pre'}.order = {one_of([-1, 1])}")
    lines += [f"if len({name}):", *(f"    {name}.{value}" for value in values)]
    return lines, name, variables


def _has_extras(seed):
    return seed % 2 == 1


def script(seed):
    """The script of a seed, without Brian's import; it leaves its arrays in `results`.

    Every second one has inputs, links and parts of parts, and changes between runs, besides.
    """
    pick = random.Random(seed)
    chance, one_of = pick.random, pick.choice
    step, has_stimulus = one_of([0.1, 0.2, 0.25, 0.5]), chance() < 0.5
    lines = [f"defaultclock.dt = {step}*ms", "tau, tau2, h, E, b = 10*ms, 7*ms, 3*ms, 2.0, 0.3"]
    if has_stimulus:
        lines.append(f"stim = TimedArray([1.32, 0.33, 2.09, 0.88, 1.54], dt={one_of([5, 4, 3])}*ms)")
    groups = [Group(pick, number, has_stimulus) for number in range(pick.randint(1, 3))]
    sources = [(group.name, group.size) for group in groups]
    given = []
    if chance() < 0.6:
        trains = sorted({(pick.randrange(4), pick.randrange(76)) for _ in range(pick.randint(3, 25))})
        given = [
            f"given = SpikeGeneratorGroup(4, {[cell for cell, _ in trains]}, "
            f"{[at / 2 for _, at in trains]}*ms, name='given')"
        ]
        sources.append(("given", 4))
    synapses = [_synapses(pick, number, sources, groups) for number in range(pick.randint(1, 4))]
    for group in groups:
        lines += group.script()
    lines += given
    for connected, _, _ in synapses:
        lines += connected
    for number, group in enumerate(groups):
        recorded = one_of(["", ", variables='v'"])
        lines.append(f"spikes{number} = SpikeMonitor({group.name}{recorded}, name='{one_of('agz')}_spikes{number}')")
        when = one_of(["", "when='end'", "when='after_resets'", "when='thresholds'", f"dt={2 * step}*ms"])
        lines.append(f"samples{number} = StateMonitor({group.name}, {group.variables}, record=True, {when})")
        if group.has_event:
            lines.append(f"large{number} = EventMonitor({group.name}, 'large')")
    for number, (_, name, variables) in enumerate(synapses):
        if chance() < 0.6:
            lines += [f"if len({name}):", f"    synaptic{number} = StateMonitor({name}, {variables}, record=True)"]
    lines.append(f"run({one_of([20, 25, 40])}*ms)")
    if chance() < 0.4:
        group, (_, synapse, _) = one_of(groups), synapses[0]
        change = one_of(["v = 0.2", "v = 'v*0.5'", "v[0] = 0.9", f"I0 = {one_of([1.6, 1.2])}"])
        changes = [f"{group.name}.{change}", f"if len({synapse}): {synapse}.w = 'w*1.5'", "tau = 12*ms"]
        lines += [one_of(changes), "run(15*ms)"]
    if _has_extras(seed):
        extras = Extras(pick, groups, synapses, bool(given))
        first = next(at for at, line in enumerate(lines) if line.startswith("run("))
        lines = [*lines[:first], *extras.before, *lines[first:], *extras.runs()]
    return "\n".join(lines) + _HARVEST


def of(seed):
    """The scenario of a seed: a function that runs its script on the device that is set, and gives its arrays."""

    def network():
        # Brian looks names up where `run` is called, which is the script.
        space = {name: thing for name, thing in vars(brian2).items() if not name.startswith("_")}
        exec(compile(script(seed), f"network {seed}", "exec"), space)
        return space["results"]

    # Between runs scripts may do what the device leaves to Brian's runtime.
    network.lenient = _has_extras(seed)
    return network


if __name__ == "__main__":
    print("from brian2 import *\n\n" + script(int(sys.argv[1])))
