"""Small scripts, one for each feature of Brian: each gives the arrays that both sides must agree in."""

import os
import pickle

import brian2
from brian2 import *  # noqa: F403

ALL = {}

#: Which of many similar numbers are tried.
EVERY = 1 if os.environ.get("INTERNEURON_TESTS") == "thorough" else 9


def scenario(function):
    """Registers a scenario by its name."""
    ALL[function.__name__] = function
    return function


def spikes(monitor, label="spikes"):
    """Indices, times and counts."""
    return {f"{label}.i": monitor.i[:], f"{label}.t": monitor.t_[:], f"{label}.count": monitor.count[:]}


@scenario
def cuba():
    """Vogels and Abbott's benchmark, small."""
    equations = """
    dv/dt = (ge + gi - (v - El))/taum : volt (unless refractory)
    dge/dt = -ge/taue : volt
    dgi/dt = -gi/taui : volt
    """
    taum, taue, taui, Vt, Vr, El = 20 * ms, 5 * ms, 10 * ms, -50 * mV, -60 * mV, -49 * mV
    P = NeuronGroup(400, equations, threshold="v > Vt", reset="v = Vr", refractory=5 * ms, method="exact")
    P.v = "Vr + rand()*(Vt - Vr)"
    we, wi = 16.2 * mV, -90 * mV
    Ce, Ci = Synapses(P, P, on_pre="ge += we"), Synapses(P, P, on_pre="gi += wi")
    Ce.connect("i < 320", p=0.02)
    Ci.connect("i >= 320", p=0.02)
    monitor, samples, rate = SpikeMonitor(P), StateMonitor(P, "v", record=[3, 0]), PopulationRateMonitor(P)
    run(100 * ms)
    return {
        **spikes(monitor),
        "v": samples.v_[:],
        "v.t": samples.t_[:],
        "rate": rate.rate_[:],
        "ge": P.ge_[:],
        "lastspike": P.lastspike_[:],
        "not_refractory": P.not_refractory[:],
        "t": array([P.t_[:]]),
    }


@scenario
def several_runs():
    """Runs go on at the end of the last one: state, refractoriness, spikes under way; constants change in between."""
    tau, drive = 10 * ms, 1.3
    G = NeuronGroup(
        20, "dv/dt = (drive + a - v)/tau : 1 (unless refractory)\na : 1", threshold="v > 1", reset="v = 0", refractory=3 * ms
    )
    G.v, G.a = "i/20.0", "i*0.01"
    S = Synapses(G, G, "w : 1", on_pre="v_post += w", on_post={"up": "w += 0.001"})
    S.connect("i != j", p=0.3)
    S.w, S.delay = "0.02*rand()", "rand()*5*ms"
    S.up.delay = "1.5*ms"
    monitor, samples, rate = SpikeMonitor(G), StateMonitor(G, "v", record=True), PopulationRateMonitor(G[5:15])
    run(30.3 * ms)
    first = S.w_[:].copy()
    drive = 1.5
    run(20 * ms)
    G.v[:5] = 0.9
    G.a = 0.2
    run(10.1 * ms)
    return {
        **spikes(monitor),
        "v": samples.v_[:],
        "v.t": samples.t_[:],
        "rate": rate.rate_[:],
        "w first": first,
        "w": S.w_[:],
        "lastspike": G.lastspike_[:],
        "not_refractory": G.not_refractory[:],
    }


@scenario
def stdp_in_two_runs():
    """Event-driven traces are brought up to date across runs."""
    taupre, taupost, wmax, Apre = 20 * ms, 20 * ms, 0.01, 0.0001
    Apost = -Apre * 1.05
    inputs = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1, 2, 0], [1, 3, 5, 21, 22.1, 24, 38] * ms)
    G = NeuronGroup(1, "dv/dt = -v/(10*ms) : 1", threshold="v > 0.5", reset="v = 0", method="exact")
    S = Synapses(
        inputs,
        G,
        """w : 1
        dapre/dt = -apre/taupre : 1 (event-driven)
        dapost/dt = -apost/taupost : 1 (event-driven)""",
        on_pre="""v_post += w*50
        apre += Apre
        w = clip(w + apost, 0, wmax)""",
        on_post="""apost += Apost
        w = clip(w + apre, 0, wmax)""",
    )
    S.connect()
    S.w = "wmax*(0.5 + 0.2*i)"
    monitor, samples = SpikeMonitor(G), StateMonitor(S, ["w", "apre"], record=[0, 2])
    run(20 * ms)
    run(25 * ms)
    return {
        **spikes(monitor),
        "w": samples.w[:],
        "apre": samples.apre[:],
        "lastupdate": S.lastupdate_[:],
        "final": S.apost[:],
    }


@scenario
def linked_variables():
    """Parameters that stand for variables of other groups: one to one, one for all, by index."""
    A = NeuronGroup(4, "dx/dt = (1 + i - x)/(10*ms) : 1\ny : 1\nz : 1 (shared)", name="source")
    A.z, A.y = 0.3, "i"
    B = NeuronGroup(
        4,
        """dv/dt = (a + b + c + d - v)/(5*ms) : 1
        a : 1 (linked)
        b : 1 (linked)
        c : 1 (linked)
        d : 1 (linked)""",
        threshold="v > 2",
        reset="v = 0",
        name="reader",
    )
    B.a = linked_var(A, "x")
    B.b = linked_var(A, "z")
    B.c = linked_var(A, "x", index=[3, 1, 1, 0])
    B.d = linked_var(A[1:], "y", index=[0, 0, 2, 1])
    # Integrated after the source, whose new values it reads.
    late = NeuronGroup(4, "dv/dt = (f - v)/(5*ms) : 1\nf : 1 (linked)", name="ylate")
    late.f = linked_var(A, "x")
    # Integrated before the source: what tests for its spikes reads new values all the same.
    early = NeuronGroup(4, "dv/dt = (f - v)/(5*ms) : 1\nf : 1 (linked)", threshold="v + f - i > 1.9", reset="v = -1", name="early")
    early.f, A.x = linked_var(A, "x"), "1.9 + i"
    # Synapses read variables of one neuron, or that all share, of a group that is at neither end.
    one = NeuronGroup(1, "du/dt = (0.5 - u)/(7*ms) : 1")
    pairs = Synapses(B, B, "w : 1\ng : 1 (linked)\nh : 1 (linked)\ndx/dt = (g - x)/(3*ms) : 1 (clock-driven)", on_pre="v_post += w*h; w += 0.01*g")
    pairs.connect("i != j")
    pairs.g, pairs.h, pairs.w = linked_var(one, "u"), linked_var(A, "z"), "0.02*(i + 1)"
    monitor, samples = SpikeMonitor(B), StateMonitor(B, ["v", "c"], record=True)
    soon = SpikeMonitor(early)
    others, gated = StateMonitor(late, ["v", "f"], record=True), StateMonitor(pairs, ["x", "w"], record=True)
    run(30 * ms)
    one.u = 3
    run(10 * ms)
    found = {"v": samples.v[:], "c": samples.c[:], "late": others.v[:], "f": others.f[:], "x": gated.x[:], "w": gated.w[:]}
    return {**spikes(monitor), **spikes(soon, "soon"), **found}


@scenario
def writing_links():
    """Resets, code of events and operations that write the variables of links, one to one and by index."""
    scale = 0.3
    A = NeuronGroup(2, "dx/dt = -x/(5*ms) : 1\nn : 1", method="exact")
    G = NeuronGroup(
        4,
        """dv/dt = (1.5 + 0.1*i - v + 0.1*y)/(8*ms) : 1 (unless refractory)
        y : 1 (linked)
        m : 1 (linked)""",
        threshold="v > 1",
        reset="v = 0.1*m; y += scale*(i + 1)/N",
        refractory=1 * ms,
        events={"half": "v > 0.5"},
        method="euler",
    )
    G.y, G.m = linked_var(A, "x", index=[0, 1, 1, 0]), linked_var(A, "n", index=[0, 1, 1, 0])
    G.run_on_event("half", "m += 0.001")
    B = NeuronGroup(2, "z : 1 (linked)\nw : 1")
    B.z, B.w = linked_var(A, "x"), 0.9
    B.run_regularly("z *= w; w -= 0.001", dt=1 * ms)
    samples, monitor = [StateMonitor(A, ["x", "n"], record=True), StateMonitor(G, ["v", "y"], record=True)], SpikeMonitor(G)
    net = Network(A, G, B, samples, monitor)
    net.run(20 * ms)
    scale = 0.2
    net.run(20 * ms)
    return {**spikes(monitor), "x": samples[0].x[:], "n": samples[0].n[:], "v": samples[1].v[:], "y": samples[1].y[:], "w": B.w[:]}


@scenario
def links_to_subexpressions():
    """Parameters that stand for expressions of other groups, which depend on others in turn, on the time and on constants."""
    tau = 7 * ms
    source = NeuronGroup(
        3,
        """dv/dt = (1.2 - v)/tau : 1
        k : 1
        u = 2*v + k*sin(t/ms) : 1
        w = u*u : 1
        high = v > 0.5 : boolean
        volts = 3*volt : volt (shared)
        held = v*2 : 1 (constant over dt)""",
        threshold="v > 1",
        reset="v = 0",
        method="euler",
        name="source",
    )
    source.k = "i*0.1"
    one = NeuronGroup(1, "dH/dt = -H/tau : Hz\nG = H - 3*Hz : Hz", method="exact", name="one")
    one.H = 10 * Hz
    reader = NeuronGroup(
        4,
        """dy/dt = (x + a)/ms + g : 1
        x : 1 (linked)
        a : 1 (linked)
        high : boolean (linked)
        volts : volt (linked)
        held : 1 (linked)
        g : Hz (linked)
        z = int(high) + volts/volt + held : 1""",
        method="euler",
        name="reader",
    )
    reader.x = linked_var(source, "w", index=[2, 0, 1, 1])
    reader.a = linked_var(source, "u", index=[0, 0, 1, 2])
    reader.high = linked_var(source, "high", index=[0, 1, 2, 0])
    reader.held = linked_var(source, "held", index=[0, 1, 2, 0])
    reader.volts = linked_var(source, "volts")
    reader.g = linked_var(one, "G")
    samples = StateMonitor(reader, ["y", "x", "a", "z", "g"], record=True)
    run(10 * ms)
    run(5 * ms)
    return {name: getattr(samples, name)[:] for name in ("y", "x", "a", "z", "g")}


@scenario
def links_of_synapses():
    """Synapses that read variables and expressions of another group, which other synapses change in the same slot."""
    F = NeuronGroup(1, "G = (rate - 5*Hz)*k + 0*Hz*int(t > 1*ms) : Hz\nk : 1\ndrate/dt = -rate/(10*ms) : Hz", method="exact")
    F.k = 2
    A = NeuronGroup(3, "dv/dt = (1.4 - v)/(6*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
    A.v = "0.2*i"
    B = NeuronGroup(2, "x : 1\ny : Hz")
    C = Synapses(A, F, on_pre="rate_post += 10*Hz")
    C.connect()
    found = {}
    for name in ("G", "rate"):
        S = Synapses(A, B, "g : Hz (linked)\nw : 1", on_pre="w += g*ms; x_post += w; y_post = g", name=f"reads_{name}")
        S.connect()
        S.g = linked_var(F, name)
        found[name] = S
    samples, monitor = StateMonitor(B, ["x", "y"], record=True), SpikeMonitor(A)
    net = Network(F, A, B, C, *found.values(), samples, monitor)
    net.run(20 * ms)
    F.k = 3
    net.run(20 * ms)
    return {**spikes(monitor), "x": samples.x[:], "y": samples.y_[:], **{f"{name}.w": each.w[:] for name, each in found.items()}}


@scenario
def links_of_synapses_between_inputs():
    """Synapses that are linked to variables and expressions, with constants, and have no neurons with variables at either end."""
    before = SpikeGeneratorGroup(3, [0, 1, 2, 0, 0, 2], [1, 1, 2, 3, 4, 4.55] * ms)
    after = SpikeGeneratorGroup(2, [0, 1, 0, 1], [1, 2.5, 3.5, 4.2] * ms, period=5 * ms)
    target, table = 0.5, TimedArray([1, 2, 3], dt=2 * ms)
    F = NeuronGroup(1, "dh/dt = -h/(3*ms) : 1\ng = h - target + table(t) : 1\nk : 1", method="exact")
    F.h, F.k = 2, 3
    model = "g : 1 (linked)\nk : 1 (linked)\nw : 1\ndz/dt = -z/(5*ms) : 1 (event-driven)"
    S = Synapses(before, after, model, on_pre="z += 1; w += g*z + k", on_post="w -= g*0.1*z", name="reads")
    S.connect()
    S.g, S.k = linked_var(F, "g"), linked_var(F, "k")
    S.pre.delay = "0.3*ms*i"
    S.post.delay = 0.2 * ms
    R = Synapses(before, F, on_pre="h_post += 0.1", name="changes")
    R.connect()
    B = NeuronGroup(2, "v : 1", namespace={"target": 7.0}, threshold="v > target", reset="v = 0")
    T = Synapses(before, B, "g : 1 (linked)", on_pre="v_post += g*(i + 1)", name="reads_too")
    T.connect()
    T.g = linked_var(F, "g")
    samples, monitor = StateMonitor(S, ["w", "g"], record=True), SpikeMonitor(B)
    run(6 * ms)
    F.k = 1
    run(6 * ms)
    S.w = 0
    run(3 * ms)
    return {**spikes(monitor), "w": samples.w[:], "g": samples.g[:], "z": S.z[:]}


@scenario
def methods():
    """Every method of integration that Brian has by name, or as an object for equations with noise."""
    found = {}
    noisy = "dv/dt = w : 1\ndw/dt = none*ms**-1.5*xi_1 + none*ms**-1.5*xi_2 - w/ms - 40*v/ms**2 : Hz"
    for method in (brian2.stateupdaters.euler, brian2.stateupdaters.heun):
        G = NeuronGroup(2, noisy, method=method)
        G.v = [0.5, 1]
        Network(G).run(5 * ms, namespace={"none": 0.0})
        found[f"itself {len(found)}"] = G.v[:]
    models = {
        "exact": "dv/dt = (-v + 2*w)/(10*ms) : 1\ndw/dt = (1 - w)/(3*ms) : 1",
        "exponential_euler": "dv/dt = (-v*(1 + w) + 2)/(10*ms) : 1\ndw/dt = (1 - w)/(3*ms) : 1",
        "euler": "dv/dt = (v - v**3/3 - w)/ms : 1\ndw/dt = 0.1*v/ms : 1",
        "rk2": "dv/dt = (v - v**3/3 - w)/ms : 1\ndw/dt = 0.1*v/ms : 1",
        "rk4": "dv/dt = (v - v**3/3 - w)/ms : 1\ndw/dt = 0.1*v/ms : 1",
        "heun": "dv/dt = (v - v**3/3 - w)/ms : 1\ndw/dt = 0.1*v/ms : 1",
    }
    for method, model in models.items():
        G = NeuronGroup(2, model, method=method)
        G.v, G.w = [1.0, 0.5], [0.2, 0.1]
        samples = StateMonitor(G, ["v", "w"], record=True)
        Network(G, samples).run(10 * ms)
        found[f"{method} v"], found[f"{method} w"] = samples.v[:], samples.w[:]
    return found


@scenario
def custom_events():
    """Events with conditions and code of their own, and synapses that listen to them."""
    G = NeuronGroup(
        3,
        "dv/dt = (1.5 - v)/(10*ms) : 1\nn : 1",
        threshold="v > 1",
        reset="v = 0",
        events={"high": "v > 0.7 and v < 0.75"},
    )
    G.v = "i*0.1"
    G.run_on_event("high", "n += 1")
    H = NeuronGroup(3, "x : 1")
    S = Synapses(G, H, on_pre="x_post += 1", on_event="high")
    S.connect("i >= j")
    monitor, events = SpikeMonitor(G), EventMonitor(G, "high")
    run(40 * ms)
    return {**spikes(monitor), **spikes(events, "events"), "n": G.n[:], "x": H.x[:]}


@scenario
def orders_that_are_text():
    """Objects of a slot in the order of their text, which packages for dendritic cells give."""
    G = NeuronGroup(
        3,
        "dv/dt = (1 + i - v)/(5*ms) : 1\nlate : integer\nx : 1",
        events={"high": "v > 0.9", "low": "v < 0.4"},
        method="euler",
    )
    G.run_on_event("high", "v = 0; late = t_in_timesteps; x = 2*x + 1", order="before_groups")
    G.run_on_event("low", "x = 3*x % 17", order="before_groups")
    samples = StateMonitor(G, ["v", "x"], record=True)
    run(20 * ms)
    return {"v": samples.v[:], "x": samples.x[:], "late": G.late[:]}


@scenario
def refractoriness():
    """All forms of it."""
    found = {}
    for k, refractory in enumerate([2 * ms, "a*ms", "v > 0.5", False, "2*ms"]):
        G = NeuronGroup(
            4, "dv/dt = (1.5 - v)/(5*ms) : 1 (unless refractory)\na : 1", threshold="v > 1", reset="v = 0.8", refractory=refractory
        )
        G.a = "1 + i"
        P = SpikeGeneratorGroup(1, [0] * 8, arange(8) * 3 * ms)
        S = Synapses(P, G, on_pre="v_post -= 0.4")
        S.connect()
        monitor = SpikeMonitor(G)
        net = Network(G, P, S, monitor)
        net.run(13 * ms)
        net.run(12 * ms)
        found.update(spikes(monitor, f"spikes{k}"))
        found[f"v{k}"] = G.v[:]
        for step in range(6 if refractory is not False else 0):
            net.run(0.7 * ms)
            found[f"free{k}.{step}"] = G.not_refractory[:]
    return found


@scenario
def inputs():
    """Generators with a period, timed arrays of one and two dimensions, operations at intervals."""
    one, two = TimedArray([0, 1, 0.5, 2], dt=3 * ms), TimedArray(arange(12).reshape(4, 3) / 6, dt=2.5 * ms)
    P = SpikeGeneratorGroup(3, [0, 1, 2], [1, 2, 4] * ms, period=5 * ms)
    G = NeuronGroup(3, "dv/dt = (one(t) + two(t, i) - v)/(4*ms) : 1\ns : 1 (shared)", threshold="v > 1.2", reset="v = 0")
    G.run_regularly("s = s + 1\nv += 0.1", dt=1.3 * ms)
    S = Synapses(P, G, on_pre="v_post += 0.2", delay=1.1 * ms)
    S.connect(j="i")
    monitor, samples = SpikeMonitor(G), StateMonitor(G, "v", record=[1], dt=0.5 * ms, when="end")
    run(12.4 * ms)
    P.set_spikes([0, 1], [13, 20] * ms)
    run(12 * ms)
    return {**spikes(monitor), "v": samples.v[:], "v.t": samples.t_[:], "s": G.s[:]}


@scenario
def summed_and_clock_driven():
    """Gap junctions by a summed variable, and synapses with equations that run at every step."""
    G = NeuronGroup(5, "dv/dt = (v0 - v + gap)/(10*ms) : 1\nv0 : 1\ngap : 1\ng : 1", threshold="v > 1", reset="v = 0")
    G.v0 = "0.8 + 0.15*i"
    S = Synapses(
        G,
        G,
        """w : 1
        gap_post = w*(v_pre - v_post) : 1 (summed)""",
    )
    S.connect("i != j")
    S.w = 0.05
    # Brian makes sums over slices an order later, also where the slice is all of the group.
    D = Synapses(G, G[:], "dx/dt = -x/(5*ms) : 1 (clock-driven)\ng_post = x : 1 (summed)", on_pre="x += 1", method="exact")
    D.connect("abs(i - j) == 1")
    monitor, samples = SpikeMonitor(G), StateMonitor(D, "x", record=[0, 3])
    run(20 * ms)
    run(15 * ms)
    return {**spikes(monitor), "v": G.v[:], "g": G.g[:], "x": samples.x[:]}


@scenario
def store_and_restore():
    """Brian's own store and restore, with spikes under way."""
    G = NeuronGroup(4, "dv/dt = (1.3 - v)/(8*ms) : 1", threshold="v > 1", reset="v = 0", refractory=1 * ms)
    S = Synapses(G, G, on_pre="v_post += 0.1")
    S.connect("i != j")
    S.delay = "(1 + i)*2*ms"
    monitor = SpikeMonitor(G)
    run(25 * ms)
    store()
    run(10 * ms)
    G.v = 0
    restore()
    run(17 * ms)
    return {**spikes(monitor), "v": G.v[:], "t": array([G.t_[:]])}


@scenario
def subgroups():
    """Ends and monitors that are parts of groups."""
    G = NeuronGroup(10, "dv/dt = (1.2 + 0.02*i - v)/(10*ms) : 1\nx : 1", threshold="v > 1", reset="v = 0")
    A, B = G[:4], G[4:]
    S = Synapses(A, B, "w : 1", on_pre="x_post += w + 0.001*i + 0.01*j", on_post="w += 0.1")
    S.connect(j="i + 1")
    S.w = "i + 1"
    monitors = SpikeMonitor(A), SpikeMonitor(B), PopulationRateMonitor(B)
    samples = StateMonitor(B, "x", record=[0, 2])
    run(40 * ms)
    return {**spikes(monitors[0], "a"), **spikes(monitors[1], "b"), "rate": monitors[2].rate_[:], "x": samples.x[:], "w": S.w[:]}


@scenario
def subgroup_operations():
    """Operations on parts of groups."""
    G = NeuronGroup(6, "dv/dt = (1 - v)/(10*ms) : 1\nx : 1")
    A, B = G[:2], G[2:]
    A.run_regularly("x += 1", dt=0.5 * ms)
    B.run_regularly("x += v", dt=1 * ms)
    run(5.2 * ms)
    return {"x": G.x[:], "v": G.v[:]}


@scenario
def method_of_ones_own():
    """A method that is a function, and a list of methods."""

    def midpoint(equations, variables=None, method_options=None):
        from brian2.stateupdaters.explicit import rk2

        return rk2(equations, variables)

    G = NeuronGroup(2, "dv/dt = (a - v**3)/tau : 1\na : 1", method=midpoint, threshold="v > 1.1", reset="v = 0", refractory=1 * ms)
    H = NeuronGroup(2, "dv/dt = -v/tau : 1", method=["exponential_euler", "euler"])
    tau = 7 * ms
    G.a, H.v = [1, 2], [1, 2]
    monitor, samples = SpikeMonitor(G), StateMonitor(H, "v", record=True)
    run(30 * ms)
    return {**spikes(monitor), "v": G.v[:], "h": samples.v[:]}


@scenario
def recording_through_synapses():
    """Variables of both ends, recorded by synapse."""
    G = NeuronGroup(3, "dv/dt = (1.2 - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0")
    G.v = "0.3*i"
    S = Synapses(G, G[1:], "w : 1", on_pre="w += 1; v_post += 0.01")
    S.connect()
    M = StateMonitor(S, ["w", "v_pre", "v"], record=S[:, 1])
    run(20 * ms)
    return {"w": M.w[:], "pre": M.v_pre[:], "post": M.v[:]}


@scenario
def recording_at_events():
    """Variables at spikes and other events, of whole groups and of parts."""
    G = NeuronGroup(
        4, "dv/dt = (1.5 - v)/(10*ms) : 1\nn : integer\ny = v**2 : 1", threshold="v > 1", reset="v = 0; n += 1", events={"e": "v > 0.9"}
    )
    G.v = "i*0.1"
    a, b, c = SpikeMonitor(G, "v"), SpikeMonitor(G[1:3], "y"), EventMonitor(G, "e", "v")
    d, f = SpikeMonitor(G, "n", when="after_resets"), SpikeMonitor(G, ["n", "y", "v"], when="end")
    run(30 * ms)
    run(10 * ms)
    return {
        **spikes(a, "a"), **spikes(b, "b"), **spikes(c, "c"), "v": a.v[:], "n": d.n[:], "y": b.y[:], "e": c.v[:],
        "late n": f.n[:], "late y": f.y[:], "late v": f.v[:],
        "values": a.values("v")[0],
    }


@scenario
def monitors_before_events():
    """A monitor that Brian runs before the test of its event records the event one step later, and so does one of a part of a group."""
    G = NeuronGroup(
        4, "dv/dt = (1.5 - v)/(10*ms) : 1\nn : integer", threshold="v > 1", reset="v = 0; n += 1", events={"e": "v > 0.9"}
    )
    G.v = "i*0.1"
    early = [SpikeMonitor(G[1:], when="start"), EventMonitor(G[:3], "e"), EventMonitor(G, "e"), SpikeMonitor(G, when="start", record=False)]
    run(25.6 * ms)
    found = {"n before": early[1].count[:]}
    run(15 * ms)
    for k, each in enumerate(early[:3]):
        found.update(spikes(each, str(k)))
    return {**found, "3.count": early[3].count[:]}


@scenario
def code_before_its_event():
    """Code of an event in the slot of its condition, which Brian runs first."""
    G = NeuronGroup(3, "dv/dt = (1.5 - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0", events={"e": "v > 0.9"})
    G.v = "i*0.1"
    G.run_on_event("e", "v -= 0.01", when="after_thresholds")
    samples = StateMonitor(G, "v", record=True)
    run(25 * ms)
    return {"v": samples.v[:]}


@scenario
def code_of_the_step_before():
    """Code of events in slots before their test, in several runs: it acts on the events of the step before, and a new run discards them."""
    G = NeuronGroup(
        5,
        "dv/dt = (2*(1 + 0.2*i) - v)/(10*ms) : 1 (unless refractory)\ndw/dt = -w/(20*ms) : 1\nn : integer",
        threshold="v > 1",
        reset="v = 0; n += 1",
        refractory=1 * ms,
        events={"odd": "n % 2 == 1 and v > 0.5", "high": "v > 0.9"},
        method="exact",
    )
    G.run_on_event("odd", "w += 0.01; v -= 0.1", when="before_groups")
    G.run_on_event("high", "w += 0.1", when="start", order=-2)
    H = NeuronGroup(3, "dv/dt = (1.5 + 0.1*i - v)/(5*ms) : 1", threshold="v > 1", method="exact")
    H.run_on_event("spike", "v = 0", when="before_groups")
    samples, monitor, odd = StateMonitor(G, ["v", "w", "n"], record=True), SpikeMonitor(G, "w"), EventMonitor(G, "odd")
    others = SpikeMonitor(H)
    net = Network(G, H, samples, monitor, odd, others)
    net.run(20 * ms)
    net.run(10.1 * ms)
    net.store()
    net.run(5 * ms)
    G.w = 1
    net.run(5 * ms)
    net.restore()
    net.run(5 * ms)
    found = {**spikes(monitor), **spikes(odd, "odd"), **spikes(others, "others"), "w at": monitor.w[:]}
    return {**found, "v": samples.v[:], "w": samples.w[:], "n": samples.n[:]}


@scenario
def thresholds_and_resets_elsewhere():
    """Thresholds and resets in other slots than Brian's own, such as code for spikes that is given later."""
    G = NeuronGroup(3, "dv/dt = (1.5 + 0.1*i - v)/(5*ms) : 1 (unless refractory)\nn : 1", threshold="v > 1", refractory=2 * ms, method="exact")
    G.run_on_event("spike", "v = 0; n += 1")
    H = NeuronGroup(3, "dv/dt = (1.5 + 0.1*i - v)/(5*ms) : 1", events={"spike": "v > 1"}, method="exact")
    H.run_on_event("spike", "v = 0.1", when="after_end")
    H.set_event_schedule("spike", when="after_resets")
    K = NeuronGroup(3, "dv/dt = (1.5 + 0.1*i - v)/(5*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
    K.resetter["spike"].when = "before_synapses"
    S, T = Synapses(G, K, on_pre="v_post += 0.1", on_post="v_pre += 0.05"), Synapses(K, G, on_pre="v_post += 0.1")
    S.connect("i != j")
    T.connect("i == j")
    found = {}
    monitors = {each.name: (StateMonitor(each, "v", record=True), SpikeMonitor(each, "v")) for each in (G, H, K)}
    rate = PopulationRateMonitor(H)
    Network(G, H, K, S, T, rate, *sum(monitors.values(), ())).run(20 * ms)
    for name, each in zip("GHK", monitors.values()):
        found.update({**spikes(each[1], name), f"{name} v": each[0].v[:], f"{name} at": each[1].v[:]})
    return {**found, "n": G.n[:], "rate": rate.rate_[:]}


@scenario
def exponential_euler_with_functions():
    """A variable within a function of its own equation, which Brian takes."""
    G = NeuronGroup(2, "dv/dt = (a - v*(1 + tanh(v)))/tau : 1\na : 1", method="exponential_euler")
    tau = 7 * ms
    G.a = [1, 2]
    samples = StateMonitor(G, "v", record=True)
    run(10 * ms)
    run(5 * ms)
    return {"v": samples.v[:]}


@scenario
def synapses_of_one_pair():
    """Several synapses of a pair, told apart by their multisynaptic index; a time of the last update of one's own."""
    G = SpikeGeneratorGroup(3, [0, 1, 2, 0], [1, 2, 3, 4] * ms)
    H = NeuronGroup(3, "v : 1")
    code = "w += k + (t - lastupdate)/ms\nlastupdate = t\nv_post += w*(k + 1)"
    S = Synapses(G, H, "w : 1\nlastupdate : second", on_pre=code, multisynaptic_index="k")
    S.connect(i=[0, 0, 0, 1, 2, 2], j=[1, 1, 1, 2, 0, 0], n=2)
    S.delay = "k*ms"
    S.w = "0.1*k"
    samples = StateMonitor(H, "v", record=True)
    run(6 * ms)
    S.w["k > 1"] = "w + 1"
    run(6 * ms)
    return {"v": samples.v[:], "w": S.w[:], "k": S.k[:]}


@scenario
def network_operations():
    """Functions of Python that are called between steps: they read and change any variables, also weights, and stop the network."""
    G = NeuronGroup(
        10, "dv/dt = (I - v)/(10*ms) : 1\nI : 1", threshold="v > 1", reset="v = 0", refractory=2 * ms, method="exact"
    )
    G.v, G.I = "i*0.09", 1.5
    S = Synapses(G, G, "w : 1", on_pre="v_post += w", delay=1.3 * ms)
    S.connect(j="(i + 1) % N_post")
    S.w = 0.02
    monitor, samples = SpikeMonitor(G), StateMonitor(G, "v", record=True)
    seen = []

    def change(t):
        seen.append([t / ms, defaultclock.t / ms, net.t / ms, monitor.num_spikes, float(G.v[3]), len(samples.t)])
        if len(seen) % 3 == 0:
            G.I[2:5] = 1.5 + 0.1 * (len(seen) % 4)
        if len(seen) == 7:
            S.w = 0.03
        if monitor.num_spikes > 40:
            net.stop()

    def count():
        seen.append([monitor.num_spikes, defaultclock.t / ms, 0, 0, 0, 0])

    called, late = NetworkOperation(change, dt=1 * ms), NetworkOperation(count, dt=2.5 * ms, when="end")
    net = Network(G, S, monitor, samples, called, late)
    net.run(20 * ms)
    net.run(35.3 * ms)
    return {**spikes(monitor), "v": samples.v[:], "seen": np.array(seen), "now": [net.t / ms, defaultclock.t / ms]}


@scenario
def spatial_neuron():
    """An axon with Hodgkin and Huxley's channels: gates, distances as selections, thresholds everywhere, several runs."""
    gl, gNa0, gK = 0.3 * msiemens / cm**2, 120 * msiemens / cm**2, 36 * msiemens / cm**2
    El, ENa, EK = 10.613 * mV, 115 * mV, -12 * mV
    equations = """
    Im = gl*(El - v) + gNa*m**3*h*(ENa - v) + gK*n**4*(EK - v) : amp/meter**2
    I : amp (point current)
    dm/dt = alpham*(1 - m) - betam*m : 1
    dn/dt = alphan*(1 - n) - betan*n : 1
    dh/dt = alphah*(1 - h) - betah*h : 1
    alpham = 1/exprel((25*mV - v)/(10*mV))/ms : Hz
    betam = 4*exp(-v/(18*mV))/ms : Hz
    alphah = 0.07*exp(-v/(20*mV))/ms : Hz
    betah = 1/(exp((30*mV - v)/(10*mV)) + 1)/ms : Hz
    alphan = 0.1/exprel((10*mV - v)/(10*mV))/ms : Hz
    betan = 0.125*exp(-v/(80*mV))/ms : Hz
    gNa : siemens/meter**2
    """
    N = SpatialNeuron(
        Cylinder(length=10 * cm, diameter=238 * um, n=60), equations, threshold="m > 0.5", refractory="m > 0.4",
        Cm=1 * uF / cm**2, Ri=35.4 * ohm * cm, method="exponential_euler", dt=0.01 * ms,
    )
    N.h, N.n, N.gNa = 1, 0.5, gNa0
    N[2 * cm : 5 * cm].gNa = 100 * msiemens / cm**2
    N.I[0] = 1 * uA
    monitor, samples = SpikeMonitor(N), StateMonitor(N, ["v", "m", "Ic"], record=[0, 10, 59], dt=0.01 * ms)
    run(4 * ms)
    N.I = 0 * amp
    run(4 * ms)
    return {**spikes(monitor), "v": samples.v_[:], "m": samples.m[:], "Ic": samples.Ic_[:], "all": N.v_[:], "last": N.Ic_[:]}


@scenario
def spatial_tree():
    """A soma with branches: point currents, synapses onto places, a threshold at one, expressions of distance."""
    morphology = Soma(diameter=30 * um, x=0 * um)
    morphology.axon = Cylinder(diameter=1 * um, n=10, x=[0, 100] * um)
    morphology.axon.L = Section(diameter=[1, 0.8, 0.5, 0.3] * um, n=3, x=[0, 20, 50, 75] * um, y=[0, 5, 5, 9] * um)
    morphology.axon.R = Cylinder(diameter=0.6 * um, n=7, x=[0, 30] * um, z=[0, 70] * um)
    morphology.dend = Cylinder(diameter=2 * um, n=4, y=[0, -80] * um)
    gL, EL, taus, w = 1e-4 * siemens / cm**2, -70 * mV, 2 * ms, 2 * nS
    equations = """
    Im = gL*(EL - v)*(1 + 0.1*sin(distance/(50*um))) + gs*(0*mV - v)/area : amp/meter**2
    Is : amp (point current)
    dgs/dt = -gs/taus : siemens
    quick = time_constant/ms : 1
    """
    N = SpatialNeuron(
        morphology, equations, threshold="v > -50*mV", threshold_location=morphology.axon[95 * um], refractory=2 * ms,
        reset="gs = 0*siemens",
    )
    N.v = "EL + 1*mV*x/(100*um)"
    N.axon.L.Cm = 2 * uF / cm**2
    G = SpikeGeneratorGroup(2, [0, 1, 0], [1, 2, 3] * ms)
    S = Synapses(G, N, on_pre="gs += w")
    S.connect(i=0, j=N.morphology.dend[60 * um])
    S.connect(i=1, j=N.morphology.axon.R[3])
    monitor, samples = SpikeMonitor(N), StateMonitor(N, ["v", "gs", "quick", "space_constant"], record=True)
    N.main.Is = 0.3 * nA
    run(20 * ms)
    return {
        **spikes(monitor), "v": samples.v_[:], "gs": samples.gs_[:], "quick": samples.quick[:],
        "space": samples.space_constant_[:], "all": N.v_[:],
    }


#: Brian's solver divides by differences of large conductances where there is a soma.
spatial_tree.tolerance = 1e-7


@scenario
def spatial_beside_smaller_step():
    """Cells with compartments between groups with half and with twice their step: synapses both ways, gates, operations."""
    defaultclock.dt = 0.1 * ms
    gL, EL, w = 1e-4 * siemens / cm**2, -70 * mV, 0.4 * nS
    morphology = Soma(diameter=25 * um)
    morphology.dend = Cylinder(length=200 * um, diameter=2 * um, n=4)
    N = SpatialNeuron(
        morphology,
        """Im = gL*(EL - v)*(1 + 0.2*cos(t/(3*ms))) + 2*gL*m*(-40*mV - v) - gs*v/area : amp/meter**2
        dm/dt = (1/(1 + exp(-(v + 60*mV)/(4*mV))) - m)/(3*ms) : 1
        dgs/dt = -gs/(4*ms) : siemens
        Is : amp (point current)
        k : integer""",
        threshold="v > -60*mV", refractory=3 * ms, reset="gs *= 0.5; k += t_in_timesteps", method="exponential_euler", dt=0.1 * ms,
    )
    N.v = EL
    N.main.Is = 50 * pA
    G = NeuronGroup(3, "dx/dt = (1.2 + 0.1*i - x)/(5*ms) : 1", threshold="x > 1", reset="x = 0", method="exact", dt=0.05 * ms)
    H = NeuronGroup(2, "dy/dt = -y/(8*ms) : 1", threshold="y > 1.5", reset="y = 0", method="exact", dt=0.2 * ms)
    drive = Synapses(G, N, on_pre="gs += w")
    drive.connect(i=[0, 1, 2], j=[0, 2, 4])
    drive.delay = [0.35, 1, 0] * ms
    back = Synapses(N, H, on_pre="y_post += 0.7", delay=0.3 * ms)
    back.connect()
    N.run_regularly("gs += 0.01*nS", dt=0.5 * ms)
    cells, fast, slow = SpikeMonitor(N), SpikeMonitor(G), SpikeMonitor(H)
    samples = StateMonitor(N, ["v", "m", "gs", "Im"], record=True)
    run(17.15 * ms)
    N.main.Is = 80 * pA
    run(15 * ms)
    return {
        **spikes(cells, "cells"), **spikes(fast, "fast"), **spikes(slow, "slow"), "v": samples.v_[:], "v.t": samples.t_[:],
        "m": samples.m[:], "gs": samples.gs_[:], "Im": samples.Im_[:], "k": N.k[:], "y": H.y[:], "last": N.lastspike_[:],
    }


#: Brian's solver divides by differences of large conductances where there is a soma.
spatial_beside_smaller_step.tolerance = 1e-7


@scenario
def links_of_synapses_by_ends():
    """Linked variables that synapses read by the index of an end: of groups and parts of them, also an expression."""
    A = NeuronGroup(
        5, "dx/dt = (i + 1 - x)/(5*ms) : 1\nboth = 2*x + x**2 : 1", threshold="x > 0.8*(i + 1)", reset="x = 0", method="euler", name="A"
    )
    H = NeuronGroup(4, "v : 1\ndy/dt = -y/(3*ms) : 1", name="H", method="exact")
    S = Synapses(
        A, H, "w : 1\ng : 1 (linked)\nh : 1 (linked)\nf : 1 (linked)\ndq/dt = (g - q)/(2*ms) : 1 (clock-driven)",
        on_pre="v_post += w*g + h; y_post += f", name="S", method="euler",
    )
    S.connect("(i + j) % 2 == 0")
    S.w = "0.1*(j + 1)"
    S.g, S.h, S.f = linked_var(A, "x", index="i"), linked_var(H, "y", index="j"), linked_var(A, "both", index="i")
    D = Synapses(A[1:4], H[2:], "g : 1 (linked)", on_pre="v_post += g", name="D")
    D.connect()
    D.g = linked_var(H, "y", index="_synaptic_post")
    q, v = StateMonitor(S, "q", record=True), StateMonitor(H, "v", record=True)
    run(20 * ms)
    return {"v": v.v[:], "q": q.q[:], "x": A.x[:], "y": H.y[:]}


def listed_times():
    """Code of neurons, of a part of them and of synapses at listed times, and monitors with such clocks, some between steps."""
    G = NeuronGroup(
        4,
        """dv/dt = (1.2 - v)/(10*ms) : 1 (unless refractory)
        w : 1
        n : integer""",
        threshold="v > 1", reset="v = 0", method="exact", refractory=1 * ms,
    )
    G.v = "0.2*i"
    S = Synapses(G, G, "g : 1", on_pre="v_post += 0.01*g", delay=0.3 * ms)
    S.connect("i != j")
    S.g = 1
    G.run_at("v = 0.5; w += t/ms; n += 1", times=[5, 17.3, 0, 29.9] * ms)
    G[1:3].run_at("v *= 0.9", times=[7.25] * ms, when="end")
    S.run_at("g = g + 0.5", times=[10, 40] * ms)
    monitor = SpikeMonitor(G)
    samples = StateMonitor(G, ["v", "n"], record=[0, 2], clock=EventClock(times=[1, 2, 5.5, 20, 33.35] * ms), when="end")
    of_synapses = StateMonitor(S, "g", record=[0], clock=EventClock(times=[9.9, 10, 10.1, 55] * ms))
    for duration in [5, 15, 20.05, 20]:
        run(duration * ms)
    return {
        **spikes(monitor), "v": samples.v[:], "n": samples.n[:], "t": samples.t_[:], "g": of_synapses.g[:], "g.t": of_synapses.t_[:],
        "w": G.w[:], "count": G.n[:],
    }


# Brian 2.10 and later.
if hasattr(brian2, "EventClock"):
    scenario(listed_times)


@scenario
def both_in_turn():
    """Parts that the device cannot run are left to Brian's runtime: it goes on from an engine's state, and an engine from its."""
    G = NeuronGroup(5, "dv/dt = (1.2 + 0.1*i - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0", refractory=1 * ms)
    P = SpikeGeneratorGroup(2, [0, 1, 0, 1], [1, 9, 15, 31] * ms)
    S = Synapses(G, G, "dx/dt = -x/(7*ms) : 1 (event-driven)", on_pre="x += 1; v_post -= 0.01*x")
    S.connect("i != j")
    S.delay = "(1 + i)*ms"
    D = Synapses(P, G, on_pre="v_post += 0.3", delay=3 * ms)
    D.connect()
    monitor, samples = SpikeMonitor(G), StateMonitor(G, "v", record=True)
    net = Network(G, P, S, D, monitor, samples)
    net.run(12.3 * ms)
    python = NetworkOperation(lambda: None, when="thresholds")
    net.add(python)
    net.run(8 * ms)
    net.remove(python)
    net.run(20 * ms)
    return {**spikes(monitor), "v": samples.v[:], "v.t": samples.t_[:], "x": S.x[:], "last": G.lastspike_[:]}


both_in_turn.lenient = True


@scenario
def order_within_a_step():
    """Code that depends on the order of synapses."""
    P = SpikeGeneratorGroup(4, [0, 1, 2, 3, 0, 2], [1, 1, 1, 1, 2, 2] * ms)
    G = NeuronGroup(2, "x : 1\ny : 1")
    G.x = 1
    S = Synapses(P, G, "w : 1", on_pre="x_post = x_post*1.1 + w; y_post = clip(y_post + w, 0, 3)")
    S.connect()
    S.w = "0.1*i + j"
    run(4 * ms)
    return {"x": G.x[:], "y": G.y[:]}


@scenario
def several_pathways():
    """Pathways with names, orders and delays of their own."""
    P, Q = SpikeGeneratorGroup(2, [0, 1, 0], [1, 2, 2] * ms), SpikeGeneratorGroup(2, [0, 1], [2, 3] * ms)
    S = Synapses(
        P,
        Q,
        "w : 1\nu : 1",
        on_pre={"first": "w = w*2 + 1", "second": "w = w + 0.3; u += w"},
        on_post={"up": "w = w/3"},
        delay={"second": 0.5 * ms},
    )
    S.connect()
    S.first.order = 3
    samples = StateMonitor(S, ["w", "u"], record=True)
    run(5 * ms)
    return {"w": samples.w[:], "u": samples.u[:]}


@scenario
def types():
    """Integers, booleans, variables that all neurons share, and the division of integers."""
    G = NeuronGroup(
        7,
        "n : integer\nb : boolean\nf : 1\nc : integer (constant)\ns : integer (shared)",
        threshold="n%3 == 0 and not b",
        reset="n += 2; b = n > 20",
    )
    G.n, G.c, G.s = "i", "i*2", 3
    G.run_regularly("n = n + c//3 + s\nf = n/2 + (-7)//2 + (-n)%4 + int(b)*0.5")
    monitor, samples = SpikeMonitor(G), StateMonitor(G, ["n", "b", "f"], record=True)
    run(2 * ms)
    return {**spikes(monitor), "n": samples.n[:], "b": samples.b[:], "f": samples.f[:]}


@scenario
def subexpressions():
    """Constant over a step, shared, and neither."""
    G = NeuronGroup(
        3,
        """dv/dt = (a - v)/(5*ms) : 1
        a = t/ms*0.1 + v0 : 1 (constant over dt)
        v0 : 1
        dw/dt = h/(10*ms) : 1
        h = sin(t/ms) : 1 (shared)""",
    )
    G.v0 = "i"
    samples = StateMonitor(G, ["v", "a", "h", "w"], record=True)
    run(5 * ms)
    run(3 * ms)
    return {"v": samples.v[:], "a": samples.a[:], "h": samples.h[:], "w": samples.w[:]}


@scenario
def synapses_onto_oneself():
    """Code that writes one variable through both ends, in synapses from a neuron to itself too."""
    G = NeuronGroup(3, "dv/dt = (1.5 - v)/(10*ms) : 1\ndx/dt = -x/(5*ms) : 1", threshold="v > 1", reset="v = 0", method="euler")
    G.v = "0.2*i"
    S = Synapses(G[1:], G, "w : 1", on_pre="x_post += 0.1*w + 0.01; x_pre += 0.01", on_post="w -= 0.001")
    S.connect()
    S.w = "0.1*(i + j)"
    samples = StateMonitor(G, "x", record=True)
    run(40 * ms)
    return {"x": samples.x[:], "w": S.w[:]}


@scenario
def written_constants_and_integers():
    """Parameters flagged as constant that code writes all the same; assignments of non-integers to integer variables."""
    G = NeuronGroup(
        4,
        "dv/dt = (a - v)/tau : 1\na : 1 (constant)\ntau : second (constant, shared)\nn : integer\nb : boolean",
        threshold="v > 1",
        reset="v = 0; a += 0.01; n = n/2.0 + 3.7",
        events={"e": "v > 0.9"},
        method="exact",
    )
    G.a, G.tau = "1.2 + 0.1*i", 5 * ms
    step = 0.6
    G.run_on_event("e", "n = n + step  # nothing")
    G.run_regularly("a = a*0.99; b = v > 0.5; n = n + int(b)", dt=1 * ms)
    S = Synapses(G, G, "w : 1 (constant)\nk : integer", on_pre="w += 0.001; v_post += w; k = k*3 - 2.6")
    S.connect("i != j")
    samples, monitor = StateMonitor(G, ["v", "a", "n"], record=True), SpikeMonitor(G)
    run(20 * ms)
    return {**spikes(monitor), "v": samples.v[:], "a": samples.a[:], "n": samples.n[:], "k": S.k[:]}


@scenario
def subexpressions_in_code():
    """Code that writes variables of its own subexpressions, event-driven ones among them: Brian computes subexpressions before."""
    I = SpikeGeneratorGroup(2, [0, 1, 0, 1, 0], [1, 1.5, 2, 2.2, 4] * ms)
    G = NeuronGroup(
        3,
        """dv/dt = (1.5 - v)/(2*ms) : 1
        a : 1
        b : 1
        q = a*2 + v : 1
        r = q + 1 : 1
        c : 1""",
        threshold="v > 0.9 + r*0.01",
        reset="b = r; a = q*0.1; c = r; v = 0; b += q; c -= r",
        events={"high": "q > 0.7"},
        method="exact",
    )
    G.v = "0.2*i"
    G.run_on_event("high", "c = q; a *= 0.5; b = q; v *= 0.99; c = r")
    G.run_regularly("b = r; a += 0.01; c = r + q; a *= 0.9; c += q", dt=0.5 * ms)
    part = G[1:]
    part.run_regularly("a += 0.01; c = r + q; a *= 0.9; c += q", dt=0.7 * ms)
    S = Synapses(
        I,
        G,
        """w : 1
        d : 1
        dx/dt = -x/(8*ms) : 1 (event-driven)
        e1 = d*2 : 1
        e2 = e1 + w : 1
        xx = x*w : 1
        k : 1""",
        on_pre={"plain": "d += 1; w = e1 + e2; k += e2", "traces": "x += 1; k += xx; x *= 2; k += xx"},
        on_post="x += 0.5; k += xx",
    )
    S.connect()
    S.run_regularly("d = d*0.9; w = e1; d += 1; w += e2; k += e1", dt=1 * ms)
    T = Synapses(I, G, "dy/dt = -y/(5*ms) : 1 (event-driven)\nz = 2*y : 1\nm : 1", on_pre="y += 1; m += z", delay=0.5 * ms)
    T.connect()
    seen, traces, through = SpikeMonitor(G), StateMonitor(G, ["a", "b", "c"], record=True), StateMonitor(S, ["w", "k", "x"], record=True)
    run(6 * ms)
    T.y = 0.3
    run(6 * ms)
    found = {**spikes(seen), **{name: getattr(traces, name) for name in "abc"}, **{name: getattr(through, name) for name in "wkx"}}
    return {**found, "m": T.m[:], "y": T.y[:], "last": T.lastupdate_[:]}


@scenario
def values_that_hold():
    """Subexpressions that are constant over a step, of synapses too, and their values after a run."""
    G = NeuronGroup(
        3,
        """dv/dt = (2 - v)/(10*ms) : 1
        k = v*2 + 1 : 1 (constant over dt)""",
        threshold="v > 1",
        reset="v = 0",
        method="euler",
    )
    G.v = "0.1*i"
    S = Synapses(
        G,
        G,
        """w : 1
        h = v_pre*2 + w : 1 (constant over dt)
        dx/dt = (h - x)/(5*ms) : 1 (clock-driven)""",
        on_pre="v_post += h*0.01",
        on_post="w += 0.1*k_pre",
        method="euler",
    )
    S.connect("i != j")
    R = Synapses(G, G, "h = v_pre : 1 (constant over dt)", on_pre="v_post += 0.01*h")
    R.connect("i == j")
    rests = StateMonitor(R, "h", record=True)
    samples = StateMonitor(S, ["h", "x", "w"], record=True)
    run(20 * ms)
    found = {"k": G.k[:], "h": S.h[:]}
    run(15 * ms)
    R.active = False
    run(2 * ms)
    return {**found, "v": G.v[:], "k later": G.k[:], "h later": S.h[:], "rests": rests.h[:], "R": R.h[:], "x": samples.x[:], "hs": samples.h[:], "w": samples.w[:]}


@scenario
def numbers_of_synapses():
    """N_incoming and its like in code."""
    G = NeuronGroup(4, "dv/dt = 1/(3*ms) : 1\nx : 1", threshold="v > 1", reset="v = 0")
    G.v = "0.2*i"
    S = Synapses(G, G, "w : 1", on_pre="x_post += w/N_incoming + 0.1*N_outgoing + 0.01*N_pre + 0.001*N")
    S.connect("i <= j")
    S.w = "N_incoming*0.1"
    run(10 * ms)
    return {"x": G.x[:], "w": S.w[:]}


@scenario
def short_runs():
    """No time at all, less than a step, and a sample at the end."""
    G = NeuronGroup(2, "dv/dt = -v/ms : 1")
    G.v = 1
    samples, none = StateMonitor(G, "v", record=True), StateMonitor(G, "v", record=False)
    run(0 * ms)
    run(0.05 * ms)
    run(1 * ms)
    samples.record_single_timestep()
    return {"v": samples.v[:], "samples.t": samples.t_[:], "none.t": none.t_[:], "time": array([G.t_[:]])}


@scenario
def functions():
    """All functions of Brian's without random numbers."""
    G = NeuronGroup(5, "x : 1\ny : 1\nz : 1")
    G.x = "i - 2.3"
    G.run_regularly(
        "y = exp(-x**2) + sin(x)*cos(x) + tanh(x) + arctan(x) + floor(x) + ceil(x) + abs(x) + sign(x) + exprel(x)\n"
        "z = clip(x, -1, 1) + sqrt(abs(x)) + log(abs(x)) + log10(abs(x)) + expm1(x) + log1p(abs(x)) + int(x) + sinh(x)\n"
        "z += arcsin(x/10) + timestep(t + 0.05*ms, dt) + x%2 + x//0.7"
    )
    samples = StateMonitor(G, ["y", "z"], record=True)
    run(0.5 * ms)
    return {"y": samples.y[:], "z": samples.z[:]}


@scenario
def chosen_methods():
    """If no method is named, the device chooses the same one as Brian."""
    tau, table, found = 5 * ms, TimedArray([1, 2, 0.5], dt=1 * ms), {}
    models = [
        "dv/dt = (table(t) - v)/tau : 1",
        "dv/dt = 1/tau : 1",
        "dv/dt = -v*v/tau : 1",
        "dv/dt = w/tau : 1\ndw/dt = -v/tau : 1",
        "dv/dt = (w - v)/tau : 1\ndw/dt = -w/tau : 1",
        "dv/dt = -v/(tau*(1 + a)) : 1\na : 1",
    ]
    for k, model in enumerate(models):
        G = NeuronGroup(2, model)
        G.v = [1, 0.5]
        samples = StateMonitor(G, "v", record=True)
        Network(G, samples).run(4 * ms)
        found[f"v{k}"] = samples.v[:]
    return found


@scenario
def inactive_objects():
    """Synapses and monitors that rest for a run."""
    G = NeuronGroup(2, "dv/dt = (1.5 - v)/(3*ms) : 1\nx : 1", threshold="v > 1", reset="v = 0")
    S = Synapses(G, G, on_pre="x_post += 1")
    S.connect()
    monitor, samples = SpikeMonitor(G), StateMonitor(G, "v", record=True)
    run(10 * ms)
    S.active = samples.active = False
    run(10 * ms)
    S.active = samples.active = True
    run(5 * ms)
    return {**spikes(monitor), "x": G.x[:], "v": samples.v[:], "v.t": samples.t_[:]}


@scenario
def later_objects():
    """Monitors and synapses that come between runs; spikes under way do not reach the new synapses."""
    G = NeuronGroup(3, "dv/dt = (1.5 - v)/(3*ms) : 1\nx : 1", threshold="v > 1", reset="v = 0")
    S = Synapses(G, G, "w : 1", on_pre="x_post += w", delay=2 * ms)
    S.connect("i == j")
    S.w = 1
    monitor = SpikeMonitor(G)
    net = Network(G, S, monitor)
    net.run(10 * ms)
    S.connect("i != j")
    S.w = 2
    samples = StateMonitor(G, "x", record=True)
    net.add(samples)
    net.run(10 * ms)
    G.v, S.delay = "0.1*i", 1 * ms
    net.run(7 * ms)
    return {**spikes(monitor), "x": G.x[:], "samples": samples.x[:], "samples.t": samples.t_[:]}


@scenario
def synapses_that_come_and_rest():
    """Synapses that come between runs with spikes under way, or rest with some on their way: each receives its own."""
    G = NeuronGroup(5, "dv/dt = (1.5 + 0.1*i - v)/(8*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
    H = NeuronGroup(6, "dg/dt = -g/(3*ms) : 1\nx : 1", method="exact")
    S = Synapses(G, H, "w : 1\nk : 1", on_pre={"up": "g_post += w; k += 1", "across": "x_post += 1"})
    S.connect("i < 3")
    S.w, S.up.delay, S.across.delay = "0.1*(i + 1) + 0.01*j", "(1 + i + j)*ms", 3 * ms
    samples, monitor = StateMonitor(H, ["g", "x"], record=True), SpikeMonitor(G)
    net = Network(G, H, S, samples, monitor)
    net.run(17 * ms)
    S.connect("i >= 2 and j < 3")
    S.w, S.up.delay = "0.1*(i + 1) + 0.01*j", "(1 + i + j)*ms"
    net.run(11.3 * ms)
    later = Synapses(G, H, on_pre="x_post += 100", delay=4 * ms)
    later.connect()
    net.add(later)
    net.run(13 * ms)
    later.active = False
    net.run(7 * ms)
    later.active = True
    net.run(20 * ms)
    S.across.delay = 5 * ms
    S.connect(i=4, j=5)
    net.run(9 * ms)
    return {**spikes(monitor), "g": samples.g[:], "x": samples.x[:], "k": S.k[:], "x.end": H.x[:]}


@scenario
def synapses_onto_synapses():
    """Synapses as the source and the target of others: events, sums and equations, listed in any order, with delays."""
    G = NeuronGroup(5, "dv/dt = (1.4 + 0.1*i - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
    H = NeuronGroup(3, "g : 1\nn : 1")
    S = Synapses(
        G, H,
        """dc/dt = (a - c)/(20*ms) : 1 (clock-driven)
        dd/dt = -d/(30*ms) : 1 (clock-driven)
        dx/dt = -x/(15*ms) : 1 (event-driven)
        a : 1
        w : 1
        k : 1""",
        on_pre={"up": "x += 1; w = clip(w + 0.1*d + 0.01*x, 0, 2); g_post += w", "late": "k = d; n_post += 1"},
        method="exact",
    )
    S.connect(i=[4, 0, 3, 0, 2, 1, 4], j=[0, 2, 1, 0, 2, 1, 2])
    S.up.delay = [0.3, 1.2, 0.5, 0.1, 2.0, 0.7, 0.2] * ms
    S.late.delay = [1.3, 0.2, 2.5, 0.1, 1.0, 0.9, 0.2] * ms
    S.w = "0.1*i + 0.05*j"
    reward = Synapses(G, S, "b : 1", on_pre="d_post += b", delay=0.4 * ms)
    reward.connect(i=[0, 1, 1, 4, 3], j=[6, 0, 3, 2, 1])
    reward.b = "0.1 + 0.01*j"
    copies = Synapses(G, S, on_pre="k_post = k_post*0.5 + x_post")
    copies.connect(i=[2, 2, 3], j=[5, 1, 1])
    cells = NeuronGroup(4, "dy/dt = (s - y)/(5*ms) : 1\ns : 1", method="euler")
    gather = Synapses(S, cells, "s_post = (c_pre + w_pre)/N_incoming : 1 (summed)")
    gather.connect(i=[6, 0, 2, 3, 5, 1], j=[0, 0, 1, 3, 3, 3])
    spread = Synapses(cells, S, "q : 1\na_post = q*y_pre : 1 (summed)")
    spread.connect("(i + j) % 2 == 0")
    spread.q = "0.5 + 0.1*i"
    seen, traces = SpikeMonitor(G), StateMonitor(S, ["c", "d", "a", "w", "k"], record=True, dt=1 * ms)
    run(20 * ms)
    S.d[2] = 0.5
    reward.b = "0.2 + 0.01*i"
    run(20 * ms)
    names = {name: getattr(traces, name) for name in ("c", "d", "a", "w", "k")}
    return {**spikes(seen, "seen"), **names, "x": S.x[:], "g": H.g[:], "n": H.n[:], "y": cells.y[:], "s": cells.s[:]}


@scenario
def sums_from_synapses_to_synapses():
    """A variable of synapses that is a sum over other synapses, and over themselves."""
    G = NeuronGroup(3, "dv/dt = (1.5 - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0.1*i", method="exact")
    S = Synapses(G, G, "dp/dt = (q - p)/(10*ms) : 1 (clock-driven)\nq : 1\nr : 1", on_pre="p += 0.1", method="euler")
    S.connect(i=[2, 1, 0, 1, 2], j=[0, 0, 1, 2, 1])
    T = Synapses(S, S, "f : 1\nq_post = f*p_pre : 1 (summed)")
    T.connect("i != j")
    T.f = "0.02*(i + 1)"
    U = Synapses(T, S, "r_post = f_pre + p_post : 1 (summed)")
    U.connect("i % 5 == j")
    samples = StateMonitor(S, ["p", "q", "r"], record=[4, 0, 2])
    run(30 * ms)
    return {"p": samples.p, "q": samples.q, "r": samples.r, "v": G.v[:]}


@scenario
def sums_over_no_synapses():
    """A summed variable is zero if there are no synapses at all."""
    G = NeuronGroup(3, "dv/dt = (I - v)/(10*ms) : 1\nI : 1", method="euler")
    G.I = 2
    S = Synapses(G, G, "I_post = v_pre : 1 (summed)")
    S.connect("i > 5")
    samples = StateMonitor(G, ["v", "I"], record=True)
    run(5 * ms)
    return {"v": samples.v, "I": samples.I}


@scenario
def clocks():
    """Groups with steps of their own."""
    G = NeuronGroup(3, "dv/dt = (1.4 + 0.1*i - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0", dt=0.1 * ms)
    H = NeuronGroup(3, "dx/dt = -x/(5*ms) : 1\nn : 1", threshold="x > 0.5", reset="x = 0; n += 1", dt=0.5 * ms)
    S = Synapses(G, H, on_pre="x_post += 0.4", delay=1.3 * ms)
    S.connect()
    a, b, samples = SpikeMonitor(G), SpikeMonitor(H), StateMonitor(H, "x", record=True)
    rate = PopulationRateMonitor(H)
    # A generator without a period, in later runs too, and with other spikes.
    P = SpikeGeneratorGroup(3, [0, 1, 2, 0], [1.2, 3.0, 33.3, 40.2] * ms, dt=0.3 * ms)
    T = Synapses(P, H, on_pre="x_post += 0.1", delay=0.7 * ms)
    T.connect(j="i")
    run(30 * ms)
    run(20 * ms)
    P.set_spikes([2, 1], [54.0, 57.3] * ms)
    run(10 * ms)
    return {**spikes(a, "a"), **spikes(b, "b"), "x": samples.x[:], "rate": rate.rate_[:], "rate.t": rate.t_[:], "n": H.n[:]}


@scenario
def clocks_of_everything():
    """Readers of the time, refractory neurons, sums and synapses with equations, generators and operations: each by its own clock."""
    defaultclock.dt = 0.1 * ms
    rate = TimedArray([0.3, 0.9, 0.5, 1.2, 0.7], dt=1.3 * ms)
    G = NeuronGroup(
        4,
        """dv/dt = (1.5 + 0.1*i - v)/(5*ms) + 0.02*rate(t)/ms : 1 (unless refractory)
        ds/dt = -s/(4*ms) + dt/ms**2*0.001 : 1
        held = v + t/second : 1 (constant over dt)
        k : integer
        m : 1""",
        threshold="v > 1",
        reset="v = 0; k += t_in_timesteps; m = lastspike/ms",
        refractory="(1.1 + 0.2*i)*ms",
        dt=0.2 * ms,
        method="euler",
    )
    H = NeuronGroup(
        5,
        "dx/dt = (y - x)/(6*ms) : 1\ny : 1\nz : 1\nf = 2*x + t/second : 1",
        threshold="x > 0.3",
        reset="x = 0.01*i",
        refractory="x < 0.02",
        events={"high": "x > 0.2"},
        dt=0.5 * ms,
        method="exact",
    )
    H.run_on_event("high", "z += dt/ms")
    F = NeuronGroup(3, "dw/dt = -w/(3*ms) : 1 (unless refractory)\nq : 1", threshold="w > 0.8", reset="w -= 0.5", refractory=0.35 * ms, dt=0.05 * ms, method="rk4")
    P = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1], [0.3, 1.31, 2.2, 4.9, 7.0] * ms, period=9 * ms, dt=0.3 * ms)
    G.run_regularly("m += 0.1*t/ms + dt/ms; v += 0.01", dt=1 * ms)
    H.run_regularly("z += 0.01", when="end")
    F.run_regularly("q += t_in_timesteps + w", dt=0.4 * ms, order=1)
    ahead = Synapses(G, H, "dc/dt = -c/(9*ms) : 1 (event-driven)\nu : 1", on_pre="c += 1; x_post += 0.05*c; u = t/ms + dt/ms", on_post={"back": "c *= 0.5; u += lastspike_post/ms"})
    ahead.connect(i=[3, 0, 2, 1, 0, 1], j=[4, 0, 1, 2, 3, 0])
    ahead.pre.delay = [0.3, 1.2, 0.55, 0.1, 2.0, 0.7] * ms
    ahead.back.delay = [0, 0.5, 1.3, 0.2, 0.9, 0.76] * ms
    within = Synapses(F, G, "da/dt = (w_pre - a)/(2*ms) : 1 (clock-driven)\nb : 1", on_pre="v_post += 0.02*a; b += t/ms", method="euler", delay=0.33 * ms)
    within.connect("i <= j")
    total = Synapses(G, H, "y_post = 0.2*s_pre + 0.1*v_pre + rate(t)*0.05 : 1 (summed)")
    total.connect("(i + j) % 2 == 0")
    drive = Synapses(P, F, on_pre="w_post += 0.9", delay=0.5 * ms)
    drive.connect()
    drive_too = Synapses(P, G, on_pre="s_post += 1")
    drive_too.connect("i != j")
    back = Synapses(H, F[1:], on_pre="w_post += 0.3; x_pre *= 0.9", delay=1 * ms)
    back.connect()
    seen = [SpikeMonitor(each) for each in (G, H, F, P)]
    high = EventMonitor(H, "high", variables=["x"])
    rates = PopulationRateMonitor(F)
    traces = [
        StateMonitor(G, ["v", "s", "held", "m"], record=True),
        StateMonitor(H, ["x", "y", "z", "f"], record=[1, 3], dt=1 * ms),
        StateMonitor(F, ["w", "q"], record=True, when="end"),
        StateMonitor(within, ["a", "b"], record=True),
        StateMonitor(G, "v", record=[0], dt=0.4 * ms, when="thresholds"),
    ]
    net = Network(collect())
    net.add(seen, traces)
    for duration in (7.3, 0.05, 0.1, 12.15):
        net.run(duration * ms)
    G.v[1] = 0.9
    net.run(9.4 * ms)
    found = {"k": G.k[:], "m": G.m[:], "rate": rates.rate_[:], "rate.t": rates.t_[:], "c": ahead.c[:], "u": ahead.u[:], "a": within.a[:], "b": within.b[:]}
    for place, each in enumerate(seen):
        found.update(spikes(each, f"seen{place}"))
    found.update({"high.i": high.i[:], "high.t": high.t_[:], "high.x": high.x[:], "last": G.lastspike_[:], "free": G.not_refractory[:]})
    for place, each in enumerate(traces):
        found[f"trace{place}.t"] = each.t_[:]
        found.update({f"trace{place}.{name}": getattr(each, name) for name in each.record_variables})
    return found


@scenario
def comparisons_with_time():
    """`t == T*ms` for T from 1 to 1,000: units of Brian are doubles, so it holds 806 times."""
    G = NeuronGroup(1, "hits : 1", dt=1 * ms)
    for first in range(1, 1001, 125):
        places = range(first, first + 125, EVERY)
        G.run_regularly("hits += " + " + ".join(f"int(t == {T}*ms)" for T in places), dt=1 * ms)
    monitor = StateMonitor(G, "hits", record=0, dt=1 * ms, when="end")
    run(1001 * ms)
    return {"hits": monitor.hits[:]}


@scenario
def intervals_of_time():
    """`int(t/(T*ms))` for T from 1 to 200: Brian makes `(0.02*t)/ms` of `t/(50*ms)`."""
    places = range(1, 201, EVERY)
    G = NeuronGroup(1, "\n".join(f"q{T} : 1" for T in places), dt=1 * ms)
    for first in range(0, len(places), 25):
        G.run_regularly("\n".join(f"q{T} = int(t/({T}*ms))" for T in places[first : first + 25]), dt=1 * ms)
    monitor = StateMonitor(G, [f"q{T}" for T in places], record=0, dt=1 * ms, when="end")
    run(1000 * ms)
    return {f"q{T}": getattr(monitor, f"q{T}")[:] for T in places}


@scenario
def code_of_time():
    """Whole numbers and comparisons of times in every kind of code, on the borders of steps."""
    n, T = 3, 7 * ms
    G = NeuronGroup(
        n,
        """dv/dt = (int(t/(7*ms)) + int(t >= 35*ms) - v)/(10*ms) : 1
        phase = t/(7*ms) % 3 : 1 (shared)
        whole = int(phase + t/(21*ms)) : 1 (shared)
        held = int((t - 3*ms)/(19*ms)) : 1 (constant over dt)
        x : 1
        y : 1
        z : 1 (shared)
        next : second
        last : second""",
        threshold="t >= next and int(t/(7*ms)) % 2 == 1 and not (t < 0*ms)",
        reset="next = t + 23*ms + 6*ms; x += int(t/(29*ms)); last = t",
        refractory="7*ms*(1 + int(t/(38*ms)))",
        events={"far": "t - last == 7*ms or t == 350*ms"},
        method="euler",
        dt=1 * ms,
    )
    G.next, G.last = "i*7*ms + 35*ms", "-7*ms"
    G.run_on_event("far", "y = y + int(t/(7*ms)) - 1")
    G.run_regularly("z = int(t/(58*ms)); local = floor(t/(29*ms)); x = x + local*int(t > (i + 1)*29*ms) + int(t/(n*T)); v = v*int(t != 35*ms)", dt=1 * ms)
    S = Synapses(G, G, "w : 1", on_pre="w += int((t - 1*ms)/(7*ms)); y_post += int(t % (7*ms) < 1*ms)", dt=1 * ms)
    S.connect("i != j")
    samples, monitor = StateMonitor(G, ["v", "phase", "whole", "held", "x", "y", "z"], record=True, dt=1 * ms), SpikeMonitor(G)
    run(400 * ms)
    return {**spikes(monitor), "w": S.w[:], **{name: getattr(samples, name)[:] for name in samples.record_variables}}


@scenario
def links_to_what_events_set():
    """Times of last spikes and refractory neurons, read by other groups before and after the neurons themselves change."""
    found = {}
    for name, period in (("fixed", 2 * ms), ("drawn", "(1 + i)*ms"), ("while", "v > 0.2"), ("short", 0.1 * ms)):
        A = NeuronGroup(
            3,
            "dv/dt = (1 + 0.2*i - v*int(v > 5))/(5*ms) : 1",
            threshold="v > 1",
            reset="v = 0.5",
            method="euler",
            refractory=period,
            name=f"a_{name}",
        )
        B = NeuronGroup(
            4,
            """last : second (linked)
            free : boolean (linked)
            recent = int(t - last < 2*ms) : 1
            dx/dt = (recent + int(free) - x)/(3*ms) : 1
            y : 1
            z : 1""",
            threshold="int(free) + recent > 1.5 and y > 3",
            reset="y = 0; z += int(free)",
            method="euler",
            name=f"b_{name}",
        )
        B.last = linked_var(A, "lastspike", index=[2, 0, 1, 2])
        B.free = linked_var(A, "not_refractory", index=[2, 0, 1, 2])
        B.run_regularly("y += int(free)", when="before_groups")
        B.run_regularly("z += int(free) + 2*recent", when="after_resets")
        early = StateMonitor(B, ["recent", "free", "x", "y", "z"], record=True)
        late = StateMonitor(B, ["recent", "free"], record=True, when="after_thresholds")
        monitor = SpikeMonitor(B)
        Network(A, B, early, late, monitor).run(40 * ms)
        found.update(spikes(monitor, name))
        for key, samples in (("early", early), ("late", late)):
            found.update({f"{name}.{key}.{each}": getattr(samples, each)[:] for each in samples.record_variables})
    return found


@scenario
def links_between_clocks():
    """Linked variables and synapses onto synapses between clocks."""
    A = NeuronGroup(3, "da/dt = (i - a)/(4*ms) : 1\nb = a**2 : 1", dt=0.3 * ms, method="exact")
    B = NeuronGroup(3, "dv/dt = (l + g - v)/(3*ms) : 1\nl : 1 (linked)\ng : 1 (linked)", threshold="v > 1", reset="v = 0", method="euler")
    B.l, B.g = linked_var(A, "a"), linked_var(A, "b")
    S = Synapses(B, A, "dp/dt = -p/(5*ms) : 1 (clock-driven)\nr : 1", on_pre="p += 0.1; a_post += 0.01", method="exact", dt=0.2 * ms)
    S.connect()
    T = Synapses(A, S, "r_post = b_pre : 1 (summed)")
    T.connect("i == j % 3")
    U = Synapses(B, S, on_pre="p_post *= 0.9")
    U.connect("j == 2*i")
    seen, traces = SpikeMonitor(B), StateMonitor(S, ["p", "r"], record=True)
    run(11 * ms)
    run(13.1 * ms)
    return {**spikes(seen), "p": traces.p, "r": traces.r, "t": traces.t_[:], "a": A.a[:], "v": B.v[:]}


@scenario
def coupled_event_driven():
    """Event-driven equations that read one another, two and three, in both directions, with a subexpression."""
    G = NeuronGroup(3, "dv/dt = (1.8 + 0.5*i - v)/(4*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
    found, objects = {}, [G]
    for name, model, code in (
        ("chain", "da/dt = -a/(5*ms) : 1 (event-driven)\ndb/dt = (a - b)/(8*ms) : 1 (event-driven)", "a += 1; w += b"),
        ("both", "da/dt = (0.2*b - a)/(5*ms) : 1 (event-driven)\ndb/dt = (a - b)/(8*ms) : 1 (event-driven)", "a += 1; w += b"),
        (
            "three",
            "da/dt = -a/(5*ms) : 1 (event-driven)\nc = 2*a : 1\n"
            "db/dt = (c - b)/(8*ms) : 1 (event-driven)\ndx/dt = (a + b - x)/(3*ms) : 1 (event-driven)",
            "a += 1; w += x",
        ),
    ):
        S = Synapses(G, G, f"{model}\nw : 1", on_pre=code, on_post="a *= 0.9", name=name)
        S.connect()
        objects.append(S)
    monitor = SpikeMonitor(G)
    net = Network(*objects, monitor)
    net.run(12 * ms)
    net.run(9 * ms)
    for S in objects[1:]:
        found.update({f"{S.name}.w": S.w[:], f"{S.name}.a": S.a[:], f"{S.name}.b": S.b[:]})
    return {**spikes(monitor), **found}


@scenario
def delays_recorded():
    """Delays of a pathway, some of them, and the one delay of another pathway."""
    G = NeuronGroup(3, "dv/dt = (1.5 - v)/(5*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
    S = Synapses(G, G, on_pre="v += 0.01")
    S.connect()
    S.delay = "0.5*ms*i"
    T = Synapses(G, G, on_pre="v += 0.01", delay=0.3 * ms)
    T.connect(j="i")
    seen = [StateMonitor(S.pre, "delay", record=[8, 1]), StateMonitor(T.pre, "delay", record=True, dt=0.2 * ms)]
    monitor = SpikeMonitor(G)
    Network(G, S, T, *seen, monitor).run(10 * ms)
    return {**spikes(monitor), **{f"delay {k}": each.delay_[:] for k, each in enumerate(seen)}}


#: Mistakes, which Brian refuses before anything runs.
MISTAKES = {}


def mistake(function):
    """Registers a mistake by its name."""
    MISTAKES[function.__name__] = function
    return function


@mistake
def unknown_name():
    """A name without a definition."""
    group = NeuronGroup(1, "dv/dt = (nothing_of_that_name - v)/(10*ms) : 1")
    Network(group).run(1 * ms)


@mistake
def wrong_unit():
    """A constant with another dimension."""
    tau = 10 * mV
    group = NeuronGroup(1, "dv/dt = -v/tau : 1")
    Network(group).run(1 * ms)
    return tau


@mistake
def wrong_type():
    """A function that is given a number of another type than it declares."""
    half = Function(lambda n: n / 2, arg_units=[1], return_unit=1, arg_types=["integer"])
    group = NeuronGroup(1, "dv/dt = half(v)/ms : 1", method="euler")
    Network(group).run(1 * ms, namespace={"half": half, "ms": ms})


@mistake
def written_link():
    """Code of single neurons that writes a variable with one value for all."""
    source = NeuronGroup(1, "dz/dt = -z/(2*ms) : 1", method="exact")
    cells = NeuronGroup(3, "zz : 1 (linked)\nv : 1", threshold="v > 1 + i", reset="v = 0; zz += 0.1")
    cells.zz = linked_var(source, "z")
    Network(source, cells).run(1 * ms)


@mistake
def not_connected():
    """Synapses without a call of connect."""
    group = NeuronGroup(1, "v : 1", threshold="v > 1", reset="v = 0")
    synapses = Synapses(group, group, on_pre="v += 1")
    Network(group, synapses).run(1 * ms)


@mistake
def no_time():
    """A duration without a unit."""
    Network(NeuronGroup(1, "v : 1")).run(1)


@mistake
def back_in_time():
    """A negative duration."""
    Network(NeuronGroup(1, "v : 1")).run(-1 * ms)


@mistake
def not_linear():
    """A method that cannot integrate the equations."""
    Network(NeuronGroup(1, "dv/dt = -v**2/ms : 1", method="exact")).run(1 * ms)


@mistake
def two_spikes_in_a_step():
    """A neuron that is to spike twice within a step."""
    Network(SpikeGeneratorGroup(1, [0, 0], [1, 1.01] * ms)).run(2 * ms)


@mistake
def written_time():
    """Code that sets the time."""
    Network(NeuronGroup(2, "dv/dt = 1/ms : 1", threshold="v > 1", reset="t = 1*ms", method="euler")).run(1 * ms)


@mistake
def shared_variable_of_synapses():
    """A pathway that sets a variable shared by all synapses."""
    G = NeuronGroup(1, "v : 1", threshold="v > 1", reset="v = 0")
    S = Synapses(G, G, "w : 1 (shared)", on_pre="w = v_post")
    S.connect()
    Network(G, S).run(1 * ms)


@mistake
def missing_group():
    """Synapses in a network without their neurons."""
    G = NeuronGroup(1, "v : 1", threshold="v > 1", reset="v = 0")
    S = Synapses(G, G, on_pre="v += 1")
    S.connect()
    Network(S).run(1 * ms)


@mistake
def unit_in_a_pathway():
    """A synapse that adds a value of another unit."""
    G = NeuronGroup(1, "v : volt", threshold="v > 1*mV", reset="v = 0*mV")
    S = Synapses(G, G, on_pre="v_post += 1")
    S.connect()
    Network(G, S).run(1 * ms)


@mistake
def failing_function():
    """A function of Python that fails while the network runs."""

    def fail():
        raise ZeroDivisionError("here")

    G = NeuronGroup(1, "dv/dt = 1/ms : 1", method="euler")
    Network(G, NetworkOperation(fail, dt=1 * ms)).run(3 * ms)


@scenario
def parts_elsewhere():
    """Equations and sums that a script has put into another slot or order."""
    G = NeuronGroup(3, "dv/dt = (1.2 - v)/(10*ms) : 1\nx = 2*v : 1 (constant over dt)\ns : 1", method="euler")
    H = NeuronGroup(2, "du/dt = (s - u)/(5*ms) : 1\ns : 1", method="euler")
    S = Synapses(G, H, "s_post = v_pre + x_pre : 1 (summed)")
    S.connect()
    S.summed_updaters["s_post"].when = "after_groups"
    T = Synapses(H, G, "dw/dt = (u_pre - w)/(3*ms) : 1 (clock-driven)\ns_post = w : 1 (summed)", method="euler")
    T.connect()
    T.state_updater.order = 3
    G.subexpression_updater.when = "before_groups"
    G.v = "i/3.0"
    a, b, c = StateMonitor(G, ["x", "s"], record=True), StateMonitor(H, "u", record=True), StateMonitor(T, "w", record=True)
    run(5 * ms)
    return {"x": a.x[:], "s": a.s[:], "u": b.u[:], "w": c.w[:]}


parts_elsewhere.lenient = True


@scenario
def inactive_groups():
    """Groups, or parts of them, that rest for a run; synapses still write their variables."""
    G = NeuronGroup(
        4,
        "dv/dt = (1.5 - v)/(10*ms) : 1 (unless refractory)\nx = 2*v : 1 (constant over dt)\nn : integer",
        threshold="v > 1",
        reset="v = 0; n += 1",
        refractory=2 * ms,
        method="euler",
        events={"e": "v > 0.9"},
    )
    G.v = "i*0.2"
    G.run_on_event("e", "n += 100")
    H = NeuronGroup(2, "dv/dt = (0.5 - v)/(10*ms) : 1\nx = 2*v : 1 (constant over dt)", threshold="v > 0.6", reset="v = 0", method="euler")
    inputs = SpikeGeneratorGroup(2, [0, 1, 0], [1, 12, 36] * ms)
    K = NeuronGroup(3, "dv/dt = 1/(5*ms) : 1 (unless refractory)", threshold="v > 1", reset="v = 0", refractory=3 * ms, method="euler")
    K.v = "i*0.3"
    S, T = Synapses(G, H, on_pre="v_post += 0.1"), Synapses(inputs, G, on_pre="v_post += 0.3", delay=0.5 * ms)
    S.connect()
    T.connect()
    H.run_regularly("v += 0.01", dt=2 * ms)
    monitors = [SpikeMonitor(G), SpikeMonitor(H), EventMonitor(G, "e"), SpikeMonitor(inputs), SpikeMonitor(K)]
    samples = StateMonitor(G, ["v", "x"], record=True), StateMonitor(H, ["v", "x"], record=True)
    for k in range(6):
        H.active = k not in (0, 3)
        inputs.active, K.active = k != 2, k not in (1, 4)
        G.resetter["spike"].active = k != 4
        G.thresholder["e"].active = k != 5
        H.thresholder["spike"].active = H.active and k != 1
        run(6.5 * ms)
    found = {f"{k}: {name}": each for k, monitor in enumerate(monitors) for name, each in spikes(monitor).items()}
    return {**found, **{f"{k}.{name}": getattr(each, name)[:] for k, each in enumerate(samples) for name in ("v", "x")}, "n": G.n[:]}


@scenario
def equations_that_rest():
    """A run with inactive equations: refractory neurons stay refractory, and synapses still write variables."""
    found = {}
    for k, refractory in enumerate((3 * ms, "(1 + i)*ms", "v > 0.5")):
        G = NeuronGroup(
            4, "dv/dt = (2 - v)/(10*ms) : 1 (unless refractory)\ndu/dt = -u/(10*ms) : 1", threshold="v > 1", reset="v = 0",
            refractory=refractory, method="exact", name=f"resting_{k}",
        )  # fmt: skip
        G.v = "0.3*i"
        inputs = SpikeGeneratorGroup(4, [0, 1, 2, 3, 0, 1, 0, 1, 2], [1, 2, 31, 32, 33, 35, 38, 38.5, 41] * ms)
        S = Synapses(inputs, G, "dx/dt = -x/(3*ms) : 1 (clock-driven)", on_pre="v_post += 1.5; u_post += v_post; x += 1", method="exact")
        S.connect(j="i")
        monitor, samples, traces = SpikeMonitor(G), StateMonitor(G, ["v", "u"], record=True), StateMonitor(S, "x", record=True)
        net = Network(G, inputs, S, monitor, samples, traces)
        net.run(10 * ms)
        G.state_updater.active = S.state_updater.active = False
        net.run(25 * ms)
        G.v[1] = 1.2
        net.run(5 * ms)
        found[f"{k}.last"], found[f"{k}.free"] = G.lastspike_[:], G.not_refractory[:]
        G.state_updater.active = S.state_updater.active = True
        net.run(20 * ms)
        found |= {**spikes(monitor, f"{k}"), f"{k}.v": samples.v[:], f"{k}.u": samples.u[:], f"{k}.x": traces.x[:]}
    return found


@scenario
def code_that_reads_delays():
    """Pathways that read their own delays, all the same or not, in several runs."""
    G = NeuronGroup(4, "dv/dt = (1.5 - v)/(10*ms) : 1\ny : 1", threshold="v > 1", reset="v = 0", method="exact")
    G.v = "i*0.2"
    S = Synapses(G, G, "w : 1", on_pre="v_post += 0.01*exp(-delay/ms); w += delay/ms", on_post="w *= 1 - delay/second")
    S.connect("i != j")
    S.pre.delay, S.post.delay = "(1 + 0.3*i)*ms", 1 * ms
    T = Synapses(G, G, on_pre="y_post += delay/ms", delay=2 * ms)
    T.connect("abs(i - j) == 1")
    monitor, samples = SpikeMonitor(G), StateMonitor(S, "w", record=True)
    run(20 * ms)
    G.v[:2] = 0.3
    run(10 * ms)
    return {**spikes(monitor), "w": samples.w[:], "y": G.y[:]}


@scenario
def equations_elsewhere():
    """Equations and held subexpressions of groups in slots and orders of their own."""
    G = NeuronGroup(3, "dv/dt = (1.2 - v + 0.1*x)/(10*ms) : 1\nx = 2*v + i : 1 (constant over dt)\nn = int(v > 0.5) : integer (constant over dt)", method="exact", threshold="v > 1", reset="v = 0")
    H = NeuronGroup(3, "du/dt = (G_v - u**2)/(5*ms) : 1\nG_v : 1 (linked)", method="rk2", order=1)
    H.G_v = linked_var(G, "v")
    G.subexpression_updater.when = "before_groups"
    G.state_updater.when, G.state_updater.order = "after_groups", 2
    H.state_updater.order = 3
    G.v = "i/3.0"
    monitor = SpikeMonitor(G)
    a, b = StateMonitor(G, ["v", "x", "n"], record=True), StateMonitor(H, "u", record=True)
    run(5 * ms)
    G.v[0] = 0.9
    run(15 * ms)
    return {**spikes(monitor), "v": a.v[:], "x": a.x[:], "n": a.n[:], "u": b.u[:]}


_time_constant, _half = 10 * ms, -50 * mV


@check_units(x=1, y=second, result=1)
def _saturating(x, y):
    """Half of it at one."""
    share = x / (1 + abs(x))
    return share * exp(-y / _time_constant) + np.sqrt(x**2) * 0.01


@check_units(x=1, result=1)
def _above(x):
    return clip(x, 0, inf)


@check_units(x=1, result=1)
def _twice(x):
    return 2 * _saturating(x, 1 * ms) - np.clip(x, 0, 0.5) * (x > 0.3)


@check_units(x=1, v=volt, result=1)
def _branching(x, v):
    y = np.where(np.logical_and(x > 0.2, v < -55 * mV), np.maximum(x, 0.3), 0)
    return y + np.heaviside(x - 0.5, 0.5) * np.minimum(np.square(x), 0.7)


@implementation("numpy", discard_units=True)
@check_units(x=volt, result=amp)
def _without_units(x):
    return 2e-9 / (1 + np.exp(-(x - _half) / 0.005)) * (_time_constant / 0.01)


@scenario
def functions_of_ones_own():
    """Functions written in Python that are a single expression."""
    saturating, twice, above = _saturating, _twice, _above
    power = 2
    cut, raised = (Function(each, arg_units=[1], return_unit=1, stateless=True) for each in (lambda x: where(x > 0.5, 0.5, x), lambda x: x**power + 1))
    G = NeuronGroup(
        5, "dv/dt = (twice(w) + 1 - v)/(10*ms) : 1\nw : 1\nu : 1", threshold="v > 1 and twice(v) > 0", reset="v = saturating(w, 5*ms)", method="euler"
    )
    G.w = "i/5.0"
    G.run_regularly("u = twice(-v) + saturating(v, t) + above(v - 0.5) + cut(v)*raised(w)", dt=1 * ms)
    S = Synapses(G, G, on_pre="v_post += 0.01*saturating(w_pre, 2*ms)")
    S.connect("i != j")
    without_units, branching = _without_units, _branching
    C = NeuronGroup(3, "dv/dt = (-70*mV - v + 10*Mohm*without_units(v) + 5*mV*branching(0.3*i, v))/(10*ms) : volt", method="euler")
    C.v = "-70*mV + 20*mV*i"
    monitor, samples = SpikeMonitor(G), StateMonitor(G, ["v", "u"], record=True)
    run(30 * ms)
    return {**spikes(monitor), "v": samples.v[:], "u": samples.u[:], "c": C.v_[:]}


@check_units(x=1, y=1, result=1)
def _in_branches(x, y):
    """Brian's NumPy target gives it arrays, whose truth is known where they have one element."""
    half = x / 2
    if x > 0.5 and y < 3:
        half = half + 1
    else:
        y = 2 * y
    return half + 0.1 * y if half > 0.1 else -0.5


@scenario
def functions_with_branches():
    """Functions of Python that decide between numbers; they run for groups of one neuron."""
    in_branches = _in_branches
    G = NeuronGroup(1, "dv/dt = (in_branches(v, u) - v)/(5*ms) : 1\ndu/dt = 0.3/ms : 1", threshold="u > 5", reset="u = 0", method="euler")
    samples = StateMonitor(G, ["v", "u"], record=True)
    run(40 * ms)
    return {"v": samples.v[:], "u": samples.u[:]}


@scenario
def binomial_functions():
    """Draws from binomial distributions, or from a normal one if Brian takes it instead."""
    near, exact, few = BinomialFunction(100, 0.1), BinomialFunction(100, 0.1, approximate=False), BinomialFunction(7, 0.25)
    G = NeuronGroup(10000, "x : 1\ny : 1\nz = few() : 1 (constant over dt)")
    G.run_regularly("x = near(); y = exact()")
    run(0.1 * ms)
    found = {}
    for values, n, p in ((G.x[:], 100, 0.1), (G.y[:], 100, 0.1), (G.z[:], 7, 0.25)):
        variance = n * p * (1 - p)
        close = abs(mean(values) - n * p) < 6 * sqrt(variance / len(values)) and abs(var(values) / variance - 1) < 0.1
        found[f"{len(found)}"] = array([close, all(values == floor(values))])
    return found


@scenario
def sums_elsewhere():
    """Sums in slots and orders of their own, such as sums that read values of the same step."""
    G = NeuronGroup(3, "dv/dt = (1.2 - v + 0.1*s)/(10*ms) : 1\ns : 1", method="euler", order=1)
    H = NeuronGroup(2, "du/dt = (s - u)/(5*ms) : 1\ns : 1\nr : 1", method="euler")
    S = Synapses(G, H, "s_post = v_pre : 1 (summed)\nr_post = u_post + v_pre : 1 (summed)")
    S.connect()
    S.summed_updaters["s_post"].when = "after_groups"
    S.summed_updaters["r_post"].order = 4
    T = Synapses(H, G, "s_post = u_pre : 1 (summed)")
    T.connect()
    T.summed_updaters["s_post"].when, T.summed_updaters["s_post"].order = "end", -3
    G.v = "i/3.0"
    # Of integers, onto neurons and onto synapses.
    K = NeuronGroup(4, "n : integer\nm : integer")
    K.n = "i + 1"
    whole = Synapses(K, K, "k : integer\nm_post = n_pre : integer (summed)")
    whole.connect("i >= j")
    onto = Synapses(K, whole, "k_post = n_pre : integer (summed)")
    onto.connect("i <= j")
    a, b = StateMonitor(G, ["v", "s"], record=True, when="end"), StateMonitor(H, ["u", "s", "r"], record=True)
    run(5 * ms)
    return {"v": a.v[:], "G.s": a.s[:], "u": b.u[:], "H.s": b.s[:], "r": b.r[:], "m": K.m[:], "k": whole.k[:]}


@scenario
def resting_synapses():
    """Synapses that rest for a run, with a monitor of theirs: their traces are brought up to date later."""
    G = NeuronGroup(4, "dv/dt = (1.5 - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
    G.v = "i*0.2"
    S = Synapses(G, G, "w : 1\ndr/dt = (1 - r)/(5*ms) : 1 (event-driven)", on_pre="v_post += w*r; r *= 0.6", delay=0.5 * ms)
    S.connect("i != j")
    S.w = "0.01*i"
    # What is not recorded either.
    R = Synapses(G, G, "w : 1", on_pre="v_post += w")
    R.connect("i != j")
    monitor, samples = SpikeMonitor(G), StateMonitor(S, ["w", "r"], record=True)
    for k, rests in enumerate((False, False, True, False)):
        S.active = R.active = not rests
        R.w[k:] = 0.01 * k
        run(15 * ms)
    return {**spikes(monitor), "w": samples.w[:], "r": samples.r[:]}


@scenario
def values_changed_again_and_again():
    """Parameters, state and weights, in groups and synapses that have one value for all at first."""
    G = NeuronGroup(5, "dv/dt = (E - v)/(7*ms) : 1\nE : 1\nn : integer", threshold="v > 1", reset="v = 0; n += 1", method="exact")
    G.E = 1.2
    S = Synapses(G, G, "w : 1", on_pre="v_post += w", delay=1 * ms)
    S.connect("i != j")
    S.w = 0.01
    monitor, samples = SpikeMonitor(G), StateMonitor(G, "v", record=True)
    for k in range(6):
        run(6 * ms)
        G.E = [1.3, 1.1, 1.4, 1.25, 1.2, 1.3][k]
        S.w = ["0.02", "w*(1 + 0.1*i)", "w*0.2/(0.1 + N_pre*w)", "0.01*j", "0.03", "w"][k]
        G.v = "v*0.9"
        G.n[1] = 0
    return {**spikes(monitor), "v": samples.v[:], "w": S.w[:], "n": G.n[:]}


@scenario
def delays_changed_under_way():
    """A delay that is changed while spikes of the same neurons are under way elsewhere: they do not come twice."""
    G = NeuronGroup(4, "dv/dt = (1.6 - v)/(5*ms) : 1\nx : 1\ny : 1", threshold="v > 1", reset="v = 0", method="exact")
    G.v = "i*0.2"
    near, far = Synapses(G, G, on_pre="x_post += 1 + i"), Synapses(G, G, on_pre="y_post += 1 + i", delay=4 * ms)
    near.connect()
    far.connect()
    near.delay = "0*ms"
    samples = StateMonitor(G, ["x", "y"], record=True)
    run(21 * ms)
    near.delay = "(1 + i)*ms"
    run(20 * ms)
    # What is on its way still comes.
    near.delay = 0 * ms
    run(5 * ms)
    return {"x": samples.x[:], "y": samples.y[:]}


@scenario
def trials():
    """Trials of one seed draw other numbers each, and the same ones if they are seeded again or restored with them."""

    def cells():
        return NeuronGroup(2, "dv/dt = -v/(10*ms) + 0.1*xi*ms**-0.5 : 1", method="euler", name="cells_of_trials")

    def of_net(net, G):
        net.run(2 * ms)
        return G.v[0]

    found = {name: [] for name in ("restored", "made", "seeded", "resumed")}
    seed(42)
    G = cells()
    net = Network(G)
    net.store()
    for _ in range(3):
        net.restore()
        found["restored"].append(of_net(net, G))
    net.store("later")
    for _ in range(3):
        found["resumed"].append(of_net(net, G))
        net.restore("later", restore_random_state=True)
    del G, net
    for name in ("made", "seeded"):
        for _ in range(3):
            if name == "seeded":
                seed(3)
            G = cells()
            net = Network(G)
            found[name].append(of_net(net, G))
            del G, net
    return {name: [len(set(values))] for name, values in found.items()}


@scenario
def traces_of_what_code_changes():
    """Event-driven equations that read variables changed by pathways and operations, directly and through a subexpression."""
    P = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1, 0, 2], [1, 1.5, 2, 4, 6, 7, 7.3] * ms)
    G = NeuronGroup(3, "dv/dt = (1.5 - v)/(4*ms) : 1\nq : 1", threshold="v > 1", reset="v = 0", method="exact")
    model = """da/dt = (b - a)/(5*ms) : 1 (event-driven)
    dx/dt = (0.2 - x)*c/ms : 1 (event-driven)
    b = 1 + 0.2*c : 1
    c : 1"""
    S = Synapses(P, G, model, on_pre="a += 0.1; x += 0.2; q_post += a + x; c += 0.1", on_post="c *= 0.9; q_post += 0.1*x")
    S.connect()
    S.c = "0.1*i"
    S.run_regularly("c += 0.01", dt=1 * ms)
    samples = StateMonitor(G, "q", record=True)
    run(10 * ms)
    return {"q": samples.q[:], "a": S.a[:], "x": S.x[:]}


@scenario
def powers_and_rests():
    """Powers and quotients that integers are; neurons that may rest and have no threshold."""
    G = NeuronGroup(3, "m : integer\nn : integer\nk : integer (constant)\nq = i/2 : integer\ndv/dt = -v/(2*ms) : 1 (unless refractory)", refractory=1 * ms, method="exact")
    G.k, G.v = [0, 1, 2], "i"
    G.run_regularly("m = 2**k; n = (-1)**k")
    samples = StateMonitor(G, "q", record=True)
    run(1 * ms)
    return {"q": samples.q[:], "m": G.m[:], "n": G.n[:], "v": G.v[:]}


class _Cells(NeuronGroup):
    """Neurons with equations of their own and a method beside Brian's, as packages have them."""

    def __init__(self, size):
        super().__init__(size, "dv/dt = (1.5 - v)/(4*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")

    def spread(self):
        self.v = "0.2*i"


class _Couplings(Synapses):
    def connect(self, *given, **named):
        super().connect(*given, **named)
        self.w = 0.01


@scenario
def derived_classes():
    """Classes derived from Brian's that define only the construction of objects, not their behaviour in a run."""
    G = _Cells(4)
    G.spread()
    S = _Couplings(G, G, "w : 1", on_pre="v_post += w")
    S.connect("i != j")
    monitor = SpikeMonitor(G)
    Network(G, S, monitor).run(20 * ms)
    return {**spikes(monitor), "v": G.v[:]}


@scenario
def delays_changed_often():
    """Delays that change again and again with spikes under way, of several pathways, with weights that change as well."""
    G = NeuronGroup(5, "dv/dt = (1.6 - v)/(5*ms) : 1\nx : 1\nr : 1", threshold="v > 1", reset="v = 0", method="exact")
    G.v = "i*0.15"
    S = Synapses(G, G, "w : 1", on_pre={"pre": "x_post = 0.9*x_post + w", "late": "x_post += 0.1*i"}, on_post="r_pre += delay/ms")
    S.connect("i != j")
    S.w = "0.1*i"
    S.pre.delay, S.late.delay = "(2 + 0.3*i)*ms", 3 * ms
    samples = StateMonitor(G, ["x", "r"], record=True)
    net = Network(G, S, samples)
    net.run(14 * ms)
    S.pre.delay, S.post.delay = "(4 - 0.3*j)*ms", 1 * ms
    net.run(1.3 * ms)
    S.pre.delay = "(1 + 0.2*i)*ms"
    # More than the weights before, for which sums need other units.
    S.w = "20*w"
    net.run(4 * ms)
    S.late.delay = 0 * ms
    S.post.delay = "0.4*i*ms"
    net.run(8 * ms)
    return {"x": samples.x[:], "r": samples.r[:]}


@scenario
def changes_within_a_run():
    """Changes of delays and of `active` by a function of Python count from the next run on; changes of values count at once."""
    G = SpikeGeneratorGroup(2, [0, 1, 0, 1, 0, 1], [1, 2, 6, 7, 9.8, 9.9] * ms)
    H = NeuronGroup(3, "x : 1")
    S = Synapses(G, H, "g : 1 (shared)", on_pre="x_post += g")
    S.connect()
    S.g, S.delay = 1, "0.2*ms*(1 + i + j)"
    samples, monitor = StateMonitor(H, "x", record=True), SpikeMonitor(G)

    @network_operation(dt=5 * ms)
    def change(t):
        S.g = 1 + t / ms
        if t > 0 * ms:
            S.delay = 1.5 * ms
            monitor.active = False

    net = Network(G, H, S, samples, monitor, change)
    net.run(10 * ms)
    between = [*S.delay_[:], monitor.active]
    net.run(10 * ms)
    return {"x": samples.x[:], "between": between, **spikes(monitor)}


@scenario
def generators_that_rest():
    """Generators that rest for a run, after a step without spikes and after one with some, which Brian repeats."""
    G = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1, 2], [1, 2, 3.9, 9, 11, 11.5] * ms)
    H = NeuronGroup(3, "x : 1")
    S = Synapses(G, H, on_pre="x_post += 1", delay=0.5 * ms)
    S.connect(j="i")
    monitor, samples = SpikeMonitor(G), StateMonitor(H, "x", record=True)
    net = Network(G, H, S, monitor, samples)
    found = {}
    for k, duration in enumerate((3.5, 0.5, 3)):
        net.run(duration * ms)
        net.store()
        G.active = False
        net.run(1.5 * ms)
        found[f"x {k}"] = samples.x[:]
        found.update(spikes(monitor, f"spikes {k}"))
        G.active = True
        net.restore()
    return found


generators_that_rest.lenient = True


@scenario
def restored_with_changes():
    """A restored network with delays that change, and with monitors that rest and go on, in each combination."""
    found = {}
    for changes in ((), ("delay",), ("rest",), ("delay", "rest")):
        G = NeuronGroup(3, "dv/dt = (2 - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
        S = Synapses(G, G, "w : 1", on_pre="v_post += w", delay=1 * ms)
        S.connect("i != j")
        S.w, G.v = 0.05, "0.3*i"
        monitor, samples = SpikeMonitor(G), StateMonitor(G, "v", record=True)
        net = Network(G, S, monitor, samples)
        net.run(5 * ms)
        net.store()
        net.run(15 * ms)
        net.restore()
        if "delay" in changes:
            S.delay = 2 * ms
        net.run(5 * ms)
        if "rest" in changes:
            monitor.active = samples.active = False
        net.run(5 * ms)
        monitor.active = samples.active = True
        net.run(5 * ms)
        found[f"v {changes}"] = samples.v[:]
        found.update(spikes(monitor, f"spikes {changes}"))
    return found


@scenario
def later_hearing():
    """Delays of single synapses of a pathway that runs before the test of spikes, and receives them a step later."""
    P = SpikeGeneratorGroup(4, range(4), [1] * 4 * ms)
    G = NeuronGroup(4, "x : 1")
    S = Synapses(P, G, on_pre="x_post += 1 + i")
    S.connect(j="i")
    S.pre.when, S.delay = "before_groups", "0.1*(1 + i)*ms"
    samples = StateMonitor(G, "x", record=True)
    run(3 * ms)
    return {"x": samples.x[:]}


@scenario
def pathways_before_events():
    """Pathways that run before the test of their event, in several runs: Brian discards events that they have not yet received."""
    G = NeuronGroup(2, "x : 1", threshold="x > 0.1", reset="", events={"e": "x > 0.2"})
    G.set_event_schedule("e", when="resets")
    G.x = [0.5, 0]
    G.run_regularly("x = x*0.9", when="end")
    S = Synapses(G, G, "w : 1", on_pre="x_post += w; w *= 0.99", on_event="e")
    S.connect(i=[0, 0, 1], j=[1, 1, 0])
    S.w = 0.05
    S.pre.delay = "(0.5 + 0.3*i)*ms"
    samples = StateMonitor(G, "x", record=True)
    run(2 * ms)
    run(1.1 * ms)
    S.w = "w*1.1"
    run(1 * ms)
    return {"x": samples.x[:], "w": S.w[:]}


pathways_before_events.lenient = True


@scenario
def methods_of_gsl():
    """GSL's methods: Brian has them only in C, so they are compared with rk4."""
    is_ours = type(get_device()).__name__ == "InterneuronDevice"
    G = NeuronGroup(2, "dv/dt = (1.5 - v**3 + 0.1*i)/(10*ms) : 1", method="gsl_rkf45" if is_ours else "rk4")
    kept = prefs.codegen.target
    # With the target NumPy, Brian itself refuses them.
    prefs.codegen.target = "auto"
    try:
        run(20 * ms)
    finally:
        prefs.codegen.target = kept
    return {"v": G.v[:]}


methods_of_gsl.tolerance = 1e-8


@scenario
def refractory_until_the_update():
    """Synapses and inputs that act before the equations read the refractoriness of the step before."""
    found = {}
    for when in ("start", "before_groups", "groups"):
        G = NeuronGroup(
            3, "dv/dt = (1.5 - v)/(10*ms) : 1 (unless refractory)", threshold="v > 1", reset="v = 0.9", refractory=2 * ms, method="euler"
        )
        G.v = "i*0.2"
        P = SpikeGeneratorGroup(1, [0] * 35, arange(35) * 0.7 * ms)
        # Objects of one slot and order go by their names.
        added = Synapses(P, G, "w : 1", on_pre="v_post += w", name=f"{when}_added")
        changed = Synapses(P, G, on_pre="v_post = v_post*0.99 + 0.01", name=f"{when}_changed")
        for synapses in (added, changed):
            synapses.connect()
            synapses.pre.when = when
        added.w = "0.01*(1 + j)"
        constantly = PoissonInput(G, "v", 2, 1 / defaultclock.dt, weight="0.001*(1 + i)", when=when)
        samples = StateMonitor(G, "v", record=True, when="end")
        Network(G, P, added, changed, constantly, samples).run(24 * ms)
        found[f"{when} v"] = samples.v[:]
    return found


@scenario
def weights_that_operations_write():
    """Values written by operations, for each synapse or for all of them, reach the neurons, however large they become."""
    found = {}
    for name, model, code in (
        ("own", "w : 1", "w = 1.7*w + v_post"),
        ("shared", "w : 1 (shared)", "w *= 3"),
        ("both", "w : 1\na : 1 (shared)\nb : 1 (shared)", "b = 2*a + 0.1; a = b - t/ms; w += 0.5*b"),
    ):
        P = SpikeGeneratorGroup(3, list(range(3)) * 15, repeat(arange(15) * 2 + 1, 3) * ms)
        G = NeuronGroup(4, "dv/dt = -v/(10*ms) : 1", method="exact")
        S = Synapses(P, G, model, on_pre="v_post += w", name=f"{name}_synapses")
        S.connect("i != j")
        S.w = 0.1 if name == "shared" else "0.1 + 0.05*i + 0.02*j"
        S.run_regularly(code, dt=3 * ms)
        samples = StateMonitor(G, "v", record=True)
        Network(P, G, S, samples).run(30 * ms)
        found.update({f"{name} v": samples.v[:], f"{name} w": atleast_1d(S.w[:])})
    return found


@scenario
def clocks_without_a_common_one():
    """Steps that do not divide each other: engines take their greatest common divisor."""
    G = NeuronGroup(
        3, "dv/dt = (1.5 - v)/(10*ms) : 1 (unless refractory)", threshold="v > 1", reset="v = 0", refractory=1 * ms, method="exact", dt=0.2 * ms
    )
    H = NeuronGroup(3, "dv/dt = (1.3 + 0.1*i - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", dt=0.3 * ms)
    S = Synapses(G, H, "w : 1\ndx/dt = -x/(5*ms) : 1 (event-driven)", on_pre="v_post += w*(1 + x); x += 1", delay=1 * ms, dt=0.2 * ms)
    S.connect()
    S.w = 0.05
    R = Synapses(H, G, on_pre="v_post -= 0.1", dt=0.3 * ms)
    R.connect("i != j")
    R.pre.delay = "i*0.6*ms"
    monitor, samples = SpikeMonitor(H), StateMonitor(H, "v", record=True, dt=0.5 * ms)
    rate = PopulationRateMonitor(G)
    net = Network(G, H, S, R, monitor, samples, rate)
    net.run(21 * ms)
    S.w = 0.1
    net.run(21 * ms)
    return {**spikes(monitor), "v": samples.v[:], "v.t": samples.t_[:], "rate": rate.rate_[:], "x": S.x[:], "t": array([net.t_])}


@scenario
def names_of_other_things():
    """Variables and constants with names that have another meaning in code of synapses, or in JavaScript."""
    pre = 0.5
    A = NeuronGroup(3, "dj/dt = -j/(5*ms) : 1\nsub = j*2 + pre : 1", method="exact")
    G = NeuronGroup(
        3,
        "dv/dt = (1.5 + 0.1*j + pre - v)/(4*ms) : 1\nj : 1 (linked)\nsum : 1",
        threshold="v > 1",
        reset="v = 0; j += 0.1",
        refractory=1 * ms,
        method="euler",
    )
    G.j = linked_var(A, "j", index=[2, 1, 0])
    H = NeuronGroup(
        3,
        "dpost/dt = (j - post)/(3*ms) : 1\nj : 1\npre : 1 (constant)\nq = pre*post + j : 1 (constant over dt)",
        threshold="post > 0.5",
        reset="post = 0; j *= 0.9",
        method="exact",
    )
    H.j, H.pre = "1 + 0.1*i", 0.3
    H.run_regularly("j += 0.01*pre", dt=1 * ms)
    S = Synapses(
        G, H, "w : 1\ndtoString/dt = -toString/(4*ms) : 1 (event-driven)",
        on_pre="j_post += 0.01*w; toString += 1; w += 0.01*toString", on_post="w = clip(w - 0.1*j_post, 0, 5)", delay=0.5 * ms,
    )
    S.connect("i != j")
    S.w = "i + j"
    T = Synapses(H, G, "sum_post = j_pre*0.1 : 1 (summed)")
    T.connect()
    samples = [StateMonitor(H, ["j", "post", "q"], record=True), StateMonitor(S, ["w", "j_post"], record=[0, 2]), StateMonitor(A, "sub", record=True)]
    monitor = SpikeMonitor(H, variables=["j"])
    net = Network(A, G, H, S, T, samples, monitor)
    net.run(12 * ms)
    H.j, pre = 1.3, 0.4
    net.run(10 * ms)
    found = {f"{k}.{name}": getattr(each, name)[:] for k, each in enumerate(samples) for name in each.record_variables}
    return {**spikes(monitor), **found, "at": monitor.j[:], "sum": G.sum[:], "toString": S.toString[:]}


@scenario
def one_name_for_several():
    """Functions of one name, each in the namespace of another object; operations on parts that read their own indices."""
    a, b, c = TimedArray([1, 2, 3], dt=5 * ms), TimedArray([3, 2, 1], dt=7 * ms), TimedArray([0.1, 0.2], dt=3 * ms)
    equations = "dv/dt = (f(t) + k - v)/(10*ms) : 1\nk : 1"
    G = NeuronGroup(5, equations, threshold="v > 0.5*f(t)", reset="v = 0", method="exact", namespace={"f": a})
    H = NeuronGroup(2, equations, threshold="v > 1", reset="v = 0", method="exact", namespace={"f": b})
    S = Synapses(G, H, "w : 1", on_pre="v_post += w*f(t)", namespace={"f": c})
    S.connect()
    S.w = 0.1
    constantly = PoissonInput(H, "v", 1, 1 / defaultclock.dt, weight="0.001*f(t)")
    part = G[1:4]
    part.run_regularly("k = 0.1*i/N + 0.01*f(t)", dt=1 * ms)
    monitor, other = SpikeMonitor(G), SpikeMonitor(H)
    Network(G, H, S, part, constantly, monitor, other, part.contained_objects).run(20 * ms)
    return {**spikes(monitor), **spikes(other, "other"), "k": G.k[:]}


@scenario
def infinite_constants():
    """Constants without a limit, in one run, and a limit in the next; values without one, of all or of some."""
    w_max, low = inf, -inf * volt
    G = NeuronGroup(
        3,
        "dv/dt = (1.5 - v)/(10*ms) : 1\nu : volt\nlast : second\nhigh : 1",
        threshold="v > high",
        reset="v = 0; u = clip(u + 1*mV, low, 2*mV); last = t",
        method="exact",
    )
    G.v, G.last, G.high = "0.3*i", -inf * second, [1, np.inf, 1]
    S = Synapses(G, G, "w : 1\nseen : second", on_pre="v_post += w*exp((seen - t)/(5*ms)); w = clip(w + 0.01, 0, w_max); seen = t")
    S.connect("i != j")
    S.w, S.seen = 0.1, [-np.inf, 0.0] * 3 * second
    monitor, last = SpikeMonitor(G), StateMonitor(G, "last", record=True)
    run(8 * ms)
    w_max = 0.13
    run(30 * ms)
    return {**spikes(monitor), "w": S.w[:], "u": G.u_[:], "last": last.last_[:], "seen": S.seen_[:]}


@scenario
def times_within_a_step():
    """Spikes of one step that a generator lists go by their times, in several runs, with delays and a period."""
    P = SpikeGeneratorGroup(40, [0, 33, 20, 33, 1, 5, 0], [1.08, 1.05, 1.05, 0.93, 0.98, 3.92, 3.96] * ms, period=4 * ms)
    Q = SpikeGeneratorGroup(3, [2, 0, 1], [2.01, 2.02, 2.02] * ms)
    G = NeuronGroup(2, "x : 1")
    S = Synapses(P, G, "w : 1", on_pre="x_post = (2*x_post + w) % 97", name="weighted")
    S.connect()
    S.w = "1 + 0.25*i"
    S.pre.delay = "0.1*(i % 3)*ms"
    R = Synapses(Q, G, on_pre="x_post = 3*x_post + i", delay=2 * ms, name="counting")
    R.connect()
    monitor, other, samples = SpikeMonitor(P), SpikeMonitor(Q), StateMonitor(G, "x", record=True, when="end")
    run(3.4 * ms)
    G.x = 1
    run(0.6 * ms)
    Q.set_spikes([2, 1], [6.13, 6.17] * ms)
    run(7 * ms)
    return {**spikes(monitor), **spikes(other, "other"), "x": samples.x[:]}


@scenario
def schedules_of_ones_own():
    """Networks with slots in another order, or with other slots, and a preference that sets them for all."""
    found = {}
    schedules = (
        ("start", "synapses", "groups", "thresholds", "resets", "end"),
        ("resets", "start", "groups", "thresholds", "synapses", "end"),
        ("end", "start", "a", "groups", "b", "thresholds", "c", "synapses", "resets"),
    )
    for k, schedule in enumerate(schedules):
        G = NeuronGroup(
            3, "dv/dt = (1.4 - v)/(6*ms) : 1 (unless refractory)\nI : 1", threshold="v > 1", reset="v = 0", refractory=1 * ms, method="exact"
        )
        G.v = "0.2*i"
        S = Synapses(G, G, "w : 1\nI_post = w*v_pre : 1 (summed)", on_pre="v_post += w", on_post="w += 0.001", name=f"synapses_{k}")
        S.connect("i != j")
        S.w = 0.05
        G.run_regularly("v += 0.001", dt=1 * ms, when="b" if k == 2 else "start")
        monitor, samples = SpikeMonitor(G), StateMonitor(G, ["v", "I"], record=True)
        net = Network(collect())
        net.schedule = schedule
        net.run(20 * ms)
        found.update({**spikes(monitor, f"{k}"), f"{k} v": samples.v[:], f"{k} I": samples.I[:], f"{k} w": S.w[:]})
        start_scope()
    usual = prefs.core.network.default_schedule
    prefs.core.network.default_schedule = ["start", "groups", "thresholds", "resets", "synapses", "end"]
    try:
        G = NeuronGroup(3, "dv/dt = (1.4 - v)/(6*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
        G.v = "0.2*i"
        S = Synapses(G, G, on_pre="v_post += 0.1")
        S.connect()
        monitor = SpikeMonitor(G)
        run(11 * ms)
        run(7 * ms)
    finally:
        prefs.core.network.default_schedule = usual
    return {**found, **spikes(monitor), "v": G.v[:]}


@scenario
def links_to_indices():
    """Links to expressions that read the indices of their own neurons, one to one, by index and of one neuron."""
    G = NeuronGroup(4, "dx/dt = (0.1*i - x)/(3*ms) : 1\ny = 2*x + i : 1\nz = i + t/ms : 1")
    one = NeuronGroup(1, "dx/dt = 1/ms : 1\ny = x + i + 1 : 1", method="euler")
    H = NeuronGroup(
        6,
        "a : 1 (linked)\nb : 1 (linked)\ndv/dt = (2*a + b - v)/(4*ms) : 1",
        threshold="v > 1",
        reset="v = 0",
        method="euler",
    )
    H.a, H.b = linked_var(G, "y", index=array([0, 1, 2, 3, 3, 1])), linked_var(one, "y")
    K = NeuronGroup(4, "c : 1 (linked)\nw : 1")
    K.c = linked_var(G, "z")
    K.run_regularly("w += c")
    monitor, samples = SpikeMonitor(H), StateMonitor(H, ["v", "a", "b"], record=True)
    run(6 * ms)
    run(6 * ms)
    return {**spikes(monitor), "v": samples.v[:], "a": samples.a[:], "b": samples.b[:], "w": K.w[:]}


@scenario
def sums_over_sums():
    """Sums that read results of other sums of the same synapses, from earlier in the step or from the step before."""
    G = NeuronGroup(4, "x : 1\ny : 1\nz : 1\ndv/dt = (x - y + 0.1*z - v)/(3*ms) : 1", method="euler")
    G.v = "0.3*i"
    S = Synapses(
        G,
        G,
        """w : 1
        y_post = w*(v_pre + z_pre) : 1 (summed)
        x_post = 0.1*y_pre - v_pre : 1 (summed)
        z_pre = 0.2*x_post : 1 (summed)""",
    )
    S.connect("i != j")
    S.w = "0.1*(1 + i)"
    samples = StateMonitor(G, True, record=True)
    run(2 * ms)
    return {name: getattr(samples, name)[:] for name in "xyzv"}


@scenario
def operations_that_write_ends():
    """Operations on synapses that write variables of their ends: sums, and assignments in order of creation."""
    G = NeuronGroup(5, "x : 1\ndv/dt = -v/(5*ms) : 1 (unless refractory)", threshold="v > 1", reset="v = 0", refractory=1 * ms, method="exact")
    G.v = "0.3*i"
    H = NeuronGroup(4, "y : 1\nz : 1")
    S = Synapses(G[1:4], H[1:], "w : 1", on_pre="w += 0.1", multisynaptic_index="k")
    S.connect(i=[2, 0, 1, 0, 2, 0], j=[0, 2, 1, 1, 0, 2])
    S.w, S.delay = "0.1*i + 0.01*j + 0.001*k", "(2 - i)*ms"
    S.run_regularly("v_pre += w; x_pre = w", dt=0.5 * ms, when="after_thresholds")
    S.run_regularly("y_post *= 0.5; z_post -= w*v_pre", when="end")
    R = Synapses(G, G, on_pre="x_post += 1")
    R.connect("i != j")
    R.run_regularly("v_post += 0.01*x_pre")
    H.y = 1
    samples, other = StateMonitor(G, ["v", "x"], record=True), StateMonitor(H, ["y", "z"], record=True)
    run(4 * ms)
    return {"v": samples.v[:], "x": samples.x[:], "y": other.y[:], "z": other.z[:], "w": S.w[:]}


@scenario
def network_operations_beyond_samples():
    """Functions of Python between samples and operations at the ends of a step, which read and change intermediate values."""
    G = NeuronGroup(6, "dv/dt = (I - v)/(10*ms) : 1\nI : 1\nu = v + I : 1", threshold="v > 1", reset="v = 0", method="exact")
    G.v, G.I = "i*0.15", 1.5
    S = Synapses(G, G, "w : 1", on_pre="v_post += w", delay=0.3 * ms)
    S.connect("i != j")
    S.w = 0.02
    G.run_regularly("I = 1.5 + 0.01*i + t/second", dt=0.5 * ms)
    monitor = SpikeMonitor(G)
    first, last = StateMonitor(G, ["v", "u", "I"], record=True), StateMonitor(G, "v", record=[1, 4], dt=0.2 * ms, when="end")
    seen = []

    def change():
        seen.append([len(first.t), float(G.I[3]), float(G.v[2]), monitor.num_spikes])
        G.I[2] = 2 + 0.1 * len(seen)

    def push():
        seen.append([len(last.t), float(first.v[3][-1]), float(G.v[1]), monitor.num_spikes])
        G.v[1] += 0.01

    net = Network(collect(), NetworkOperation(change, dt=1 * ms, when="before_groups"), NetworkOperation(push, when="after_resets"))
    net.run(6 * ms)
    net.run(5.2 * ms)
    found = {name: getattr(first, name)[:] for name in "vuI"}
    return {**spikes(monitor), **found, "seen": np.array(seen), "last": last.v[:], "last.t": last.t_[:], "first.t": first.t_[:]}


@scenario
def arrays_that_scripts_hold():
    """Functions of Python that read and write arrays, or parts of arrays, which the script has taken before the run."""
    G = NeuronGroup(8, "dv/dt = (I - v)/(10*ms) : 1\nI : 1", threshold="v > 1", reset="v = 0", refractory=1 * ms, method="exact")
    G.v, G.I = "i*0.1", 1.5
    S = Synapses(G, G, "w : 1\nx : 1", on_pre="v_post += w; x += 0.1", delay=0.5 * ms)
    S.connect("i != j")
    S.w = 0.01
    monitor = SpikeMonitor(G)
    v, x = np.asarray(G.v_), S.x_[:]
    weights, drive = S.variables["w"].get_value()[3:9], G.variables["I"].get_value()
    kept = []

    def change():
        kept.append([v[2], x.sum(), float(G.v_[5]), float(S.w_[4])])
        drive[len(kept) % 8] += 0.05
        weights[:] += 0.001
        if len(kept) == 5:
            kept.append(list(G.lastspike_[:4]))
            G.lastspike_[1] = -1

    net = Network(collect(), NetworkOperation(change, dt=1 * ms))
    net.run(20 * ms)
    return {**spikes(monitor), "kept": np.array(kept), "v": G.v_[:], "w": S.w_[:], "x": S.x_[:]}


@scenario
def steps_changed():
    """Another step between runs; times of last updates and spikes need not be multiples of it."""
    defaultclock.dt = 0.1 * ms
    G = NeuronGroup(3, "dv/dt = (1.5 + 0.1*i - v)/(5*ms) : 1", threshold="v > 1", reset="v = 0", refractory=1.1 * ms, method="exact")
    S = Synapses(G, G, "w : 1\ndy/dt = -y/(3*ms) : 1 (event-driven)", on_pre="v_post += w + y; y += 0.01", delay=2 * ms)
    S.connect("i < j")
    S.w = 0.1
    monitor, net = SpikeMonitor(G), Network(G, S)
    net.add(monitor)
    for step in (0.1, 0.05, 0.25):
        defaultclock.dt = step * ms
        net.run(5.5 * ms)
    defaultclock.dt = 0.1 * ms
    return {**spikes(monitor), "v": G.v[:], "y": S.y[:]}


steps_changed.lenient = True


@scenario
def inputs_onto_parts():
    """Poisson inputs, certain ones, onto parts of a group: their weights count neurons from the first of the part."""
    G = NeuronGroup(5, "v : 1")
    inputs = [PoissonInput(G[2:4], "v", 2, 1 / defaultclock.dt, weight="0.1*(i + 1)/N"), PoissonInput(G[1:], "v", 1, 1 / defaultclock.dt, weight="i")]
    Network(G, inputs).run(1 * ms)
    return {"v": G.v[:]}


@scenario
def rates_beyond_functions():
    """Functions of Python at the end of a step; rates of that step are counted after them."""
    G = NeuronGroup(3, "dv/dt = (1.4 + 0.1*i - v)/(5*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
    monitor, rates, seen = SpikeMonitor(G), PopulationRateMonitor(G, name="z_rates"), []

    @network_operation(dt=2.5 * ms, when="end")
    def change(t):
        G.v[0] = 0.5
        seen.append([len(rates.t), sum(rates.rate_[:]), monitor.num_spikes])

    net = Network(G, monitor, rates, change)
    net.run(12 * ms)
    net.run(5 * ms)
    return {**spikes(monitor), "rate": rates.rate_[:], "t": rates.t_[:], "seen": seen}


@scenario
def orders_of_events():
    """Code of events in another order than their tests, and monitors of parts that record variables before the code."""
    G = NeuronGroup(
        5,
        "dv/dt = (1.5 + 0.1*i - v)/(5*ms) : 1\nn : 1",
        threshold="v > 1",
        reset="v = 0; n += 1",
        refractory=0.5 * ms,
        events={"half": "v > 0.5 and v < 0.53"},
        method="exact",
    )
    G.run_on_event("half", "n += 10; v += 0.03", order=-1)
    G.resetter["spike"].order = 2
    S = Synapses(G, G, "w : 1", on_pre="v_post += w*n_post", delay=0.3 * ms)
    S.connect("i != j")
    S.w, S.pre.when, S.pre.order = 0.003, "resets", 1
    monitors = [SpikeMonitor(G, variables="v"), SpikeMonitor(G[1:3], variables="n", when="before_thresholds", order=0)]
    monitors += [EventMonitor(G[part], "half", variables=["v", "n"]) for part in (slice(1, 4), slice(0, 5))]
    net = Network(G, S, monitors)
    net.run(9.1 * ms)
    G.v = 0.4
    net.run(9 * ms)
    found = {f"{name} {k}": getattr(each, name)[:] for k, each in enumerate(monitors) for name in each.record_variables}
    return {**found, "v": G.v[:], "n": G.n[:]}


@scenario
def operations_in_python():
    """Code of neurons that calls functions which only Python can compute, at steps that need not be multiples of others."""
    frames = []

    @check_units(x=1, y=1, result=1)
    def seen(x, y):
        frames.append(len(frames))
        return np.roll(x, frames[-1]) * 0.3 + 0.01 * np.asarray(y)

    G = NeuronGroup(4, "dv/dt = (I - v)/(5*ms) : 1\nI : 1\nn : integer", threshold="v > 1", reset="v = 0", method="exact")
    G.I = "1.2 + 0.1*i"
    G.run_regularly("I = 0.8 + seen(i, v); n += 1", dt=1 * second / 1200)
    G[1:3].run_regularly("v += 0.1*seen(i, n)", dt=1 * ms, when="end")
    G.run_regularly("n += 10", dt=0.2 * ms)
    monitor, samples = SpikeMonitor(G), StateMonitor(G, ["v", "I", "n"], record=True)
    net = Network(G, monitor, samples)
    net.run(7.3 * ms)
    net.run(8.1 * ms)
    return {**spikes(monitor), "v": samples.v[:], "I": samples.I[:], "n": samples.n[:], "frames": [len(frames)]}


@scenario
def functions_between_steps():
    """Functions of Python with clocks that fit no step: calls due between two steps happen there, and a stop acts there."""
    G = NeuronGroup(3, "dv/dt = (1.5 + 0.1*i - v)/(5*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
    monitor, samples, seen = SpikeMonitor(G), StateMonitor(G, "v", record=0, dt=0.3 * ms), []

    def note(t):
        seen.append([float(t / ms), float(G.v[0]), monitor.num_spikes, len(samples.t), float(G.t_[:])])
        G.v[1] += 0.01
        if t > 11.9 * ms:
            stop()

    first = NetworkOperation(lambda t: note(t), dt=pi / 10 * ms, when="start", order=-1)
    last = NetworkOperation(lambda t: note(t), dt=0.07 * ms, when="after_end")
    net = Network(G, monitor, samples, first, last)
    net.run(4.3 * ms)
    net.run(4.31 * ms)
    net.run(9 * ms)
    return {**spikes(monitor), "seen": np.array(seen), "v": samples.v[:], "t": samples.t_[:], "ends": [float(net.t / ms)]}


@scenario
def code_right_after_its_event():
    """Code of events, and pathways, in the slot of their test, or in the next one, with another order; groups that have an order."""
    found = {}
    for k, (tested, acts) in enumerate([("thresholds", "thresholds"), ("thresholds", "after_thresholds"), ("before_synapses", "synapses")]):
        G = NeuronGroup(
            5,
            "dv/dt = (1.5 + 0.1*i - v)/(5*ms) : 1\nn : 1\nq : 1",
            threshold="v > 1",
            reset="v = 0.1*q; n += 1",
            refractory=0.5 * ms,
            events={"half": "v > 0.5 and v < 0.6"},
            method="exact",
            order=k,
        )
        G.set_event_schedule("half", when=tested, order=-1)
        G.run_on_event("half", "n += 10; v += 0.03", when=acts, order=1)
        G.resetter["spike"].when, G.resetter["spike"].order = acts, 3
        G.set_event_schedule("spike", when=tested, order=0)
        for slot in ("thresholds", "after_thresholds", "before_synapses", "synapses"):
            for order in range(-1, 4):
                G.run_regularly(f"q = 0.3*q + 0.01*{order + 2}*n + 0.1*v", when=slot, order=order, name=f"mix_{k}_{slot}_{order + 1}")
        S = Synapses(G, G, on_pre={"a": "q_post += 0.01*v_pre", "b": "q_post += 0.01*n_pre"}, on_event={"a": "spike", "b": "half"})
        S.connect("i != j")
        S.a.when, S.a.order, S.b.when, S.b.order = tested, 2, tested, 0
        monitors = [SpikeMonitor(G, "n"), EventMonitor(G, "half", ["v", "n"])]
        net = Network(G, S, monitors, G.contained_objects)
        net.run(6 * ms)
        G.v = 0.4
        net.run(5 * ms)
        found.update({f"{name} of {each.event} {k}": getattr(each, name)[:] for each in monitors for name in each.record_variables})
        found.update({f"{name} {k}": getattr(G, name)[:] for name in "vnq"})
    return found


@scenario
def delays_and_more_changed():
    """Delays that change with spikes under way, together with other changes that need a new session: spikes, synapses, monitors."""
    G = NeuronGroup(4, "dv/dt = (1.3 + 0.1*i - v)/(5*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
    P = SpikeGeneratorGroup(3, [0, 1, 2, 0], [1, 2, 2.5, 4] * ms)
    S, R = Synapses(P, G, "w : 1", on_pre="v_post += w"), Synapses(G, G, on_pre="v_post += 0.01", delay=2 * ms)
    S.connect()
    R.connect("i != j")
    S.w, S.delay = 0.1, "0.5*ms*(1 + j)"
    monitor, net = SpikeMonitor(G), Network(G, P, S, R)
    net.add(monitor)
    net.run(5 * ms)
    S.delay, R.delay = "0.2*ms*(4 - j)", 0.7 * ms
    P.set_spikes([0, 1], [5.3, 6] * ms, period=7 * ms)
    net.run(4 * ms)
    samples = StateMonitor(G, "v", record=True)
    net.add(samples)
    R.delay = 1.5 * ms
    net.run(4 * ms)
    R.connect("i == j")
    S.delay = "1*ms*i"
    net.run(8 * ms)
    return {**spikes(monitor), "v": samples.v[:], "w": S.w[:]}


@scenario
def cells_that_diverge():
    """A cell that is not a number soon, while functions of Python and changes between runs write the other cells."""
    G = NeuronGroup(3, "dv/dt = (k*v**3 - v)/ms : 1\nk : 1", method="euler")
    G.v, G.k = [0.1, 50, 0.2], 1
    samples = StateMonitor(G, "v", record=True)

    @network_operation(dt=1 * ms)
    def write():
        G.v += 0.25
        G.v[0] = 0.25

    net = Network(G, samples, write)
    net.run(5 * ms)
    G.v[0] = 0.1
    net.run(5 * ms)
    return {"v": samples.v[:], "end": G.v[:]}


@scenario
def states_pickled():
    """The states of a network and the values of its monitors, pickled and read again."""
    G = NeuronGroup(3, "dv/dt = (1.5 - v)/(5*ms) : 1", threshold="v > 1", reset="v = 0", method="exact", name="cells")
    fired, samples = SpikeMonitor(G, "v", name="fired"), StateMonitor(G, "v", record=True, name="samples")
    rate = PopulationRateMonitor(G, name="rate")
    net = Network(G, fired, samples, rate)
    net.run(20 * ms)
    states = pickle.loads(pickle.dumps(net.get_states()))
    shown = [samples.v, fired.t[:], fired.i[:], rate.smooth_rate(width=1 * ms), fired.spike_trains()[2]]
    arrays = {f"{owner}.{name}": value for owner, held in states.items() for name, value in held.items() if name in ("v", "t", "count")}
    return {**arrays, **{f"shown {k}": np.asarray(pickle.loads(pickle.dumps(each))) for k, each in enumerate(shown)}}
