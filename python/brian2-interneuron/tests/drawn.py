"""Connections that the engine draws: Brian's runtime gives the same with the synapses that are read afterwards."""

import numpy as np
from brian2 import *
from brian2.devices.device import reset_device

from brian2_interneuron import deferred

#: What synapses keep in a network of this test.
KEPT = ("w", "u", "trace", "z")


def _network(connect):
    """A network with large synapses; `connect` makes them."""
    G = NeuronGroup(1200, "dv/dt = (1.2 - v)/(10*ms) : 1\nx : 1", threshold="v > 1", reset="v = 0", method="exact", name="cells")
    G.x = "i/N"
    G.v = "(i % 17)/20.0"
    model = "w : 1\nu : 1\ntrace : second\ndz/dt = -z/(5*ms) : 1 (event-driven)"
    S = Synapses(G, G, model, on_pre="v_post += w; z += 1; w = clip(w + 0.0001*z, 0, 0.01); trace = t", delay=2 * ms, name="drawn")
    connect(S)
    monitor = SpikeMonitor(G)
    return G, S, monitor, Network(G, S, monitor)


def _by_text(S):
    limit = 0.5
    S.connect("x_pre < limit and i != j", p=0.02)
    limit = 0.9
    S.w = "0.001*rand()*limit"
    S.u = "i + 1000*x_post"
    S.trace = -1 * second


def _run(net, G, S, monitor, between=lambda: None):
    net.run(15.3 * ms)
    between()
    net.run(10 * ms)
    return {"i": monitor.i[:], "t": monitor.t_[:], "v": G.v[:], **{name: np.array(S.variables[name].get_value()) for name in KEPT}}


def _seeded(run_time):
    """What a network of this test is and gives after some time, if it is the first one of a seed."""
    set_device("interneuron", target="wasm", strict=True, connect="engine", seed=5)
    G, S, monitor, net = _network(_by_text)
    net.run(run_time)
    return {"i": S.i[:], "j": S.j[:], "w": S.w[:].copy(), "spikes": monitor.i[:].copy(), "t": monitor.t_[:].copy()}


def _same_as_runtime():
    """The same spikes and values with Brian's runtime, which is given what the engine has drawn."""
    found = []
    for reads in (False, True):
        set_device("interneuron", target="wasm", strict=True)
        G, S, monitor, net = _network(_by_text)
        if deferred.of(S) is None:
            return "the connections are Brian's"
        net.store()
        if deferred.of(S) is not None:
            return "what is stored is not drawn"
        G, S, monitor, net = _network(_by_text)
        drawn = {}

        def between():
            if reads:
                drawn.update(i=S.i[:], j=S.j[:])

        ours = _run(net, G, S, monitor, between)
        if deferred.of(S) is not None:
            return "what is read is not drawn"
        pairs, u = (S.i[:].copy(), S.j[:].copy()), S.u[:].copy()
        x, i = G.x[:], pairs[0]
        if not (0.018 < len(i) / (600 * 1199) < 0.022 and x[i].max() < 0.5 and (i != pairs[1]).all()):
            return "the connections are others"
        if reads and not (np.array_equal(drawn["i"], i) and np.array_equal(drawn["j"], pairs[1])):
            return "the connections change"
        if not np.array_equal(u, i + 1000 * x[pairs[1]]):
            return "values are others"
        reset_device()
        # Weights grow by what spikes leave: those at first are known where the engine draws the same again.
        firsts = [_seeded(run_time) for run_time in (0 * ms, 25.3 * ms)]
        if not np.array_equal(firsts[0]["i"], firsts[1]["i"]):
            return "one seed draws two networks"
        reset_device()
        set_device("runtime")

        def given(S):
            S.connect(i=firsts[0]["i"], j=firsts[0]["j"])
            S.w, S.u, S.trace = firsts[0]["w"], 0, -1 * second

        G, S, monitor, net = _network(given)
        net.run(25.3 * ms)
        same = [np.array_equal(monitor.i[:], firsts[1]["spikes"]), np.array_equal(monitor.t_[:], firsts[1]["t"])]
        same.append(np.allclose(S.w[:], firsts[1]["w"], rtol=1e-12, atol=0))
        if not all(same):
            return f"other spikes or weights than Brian's: {same}"
        found.append(len(ours["i"]))
        reset_device()
    return "same" if min(found) > 0 else "no spikes"


def _by_generators():
    """Brian gives the same with the synapses, and the delays, that the engine has drawn from other words than conditions."""
    for words, delay in (
        ({"j": "k for k in range(i - 3, i + 4) if k != i", "skip_if_invalid": True}, "(1 + abs(i - j))*ms"),
        ({"j": "k for k in sample(N_post, p=0.1) if i != k"}, "0.5*ms + rand()*3*ms"),
        ({"i": "k for k in sample(N_pre, size=5)", "n": 2}, 1.5 * ms),
        ({"j": "i", "n": "i % 4"}, "clip(randn()*ms + 2*ms, 0*ms, 5*ms)"),
    ):
        found = []
        for on in ("interneuron", "runtime"):
            set_device(on, **({"target": "wasm", "strict": True, "connect": "engine"} if on == "interneuron" else {}))
            G = NeuronGroup(60, "dv/dt = (1.2 + i*0.005 - v)/(5*ms) : 1", threshold="v > 1", reset="v = 0", method="exact")
            S = Synapses(G, G, "w : 1\nk : 1", on_pre="v_post += w; k += 1")
            S.connect(**(words if not found else {"i": drawn[0], "j": drawn[1]}))
            S.delay, S.w = (delay if not found else drawn[2] * second), (0.01 if not found else drawn[3])
            monitor = SpikeMonitor(G)
            net = Network(G, S, monitor)
            net.run(20.05 * ms)
            if not found and deferred.of(S) is None:
                return f"{words} is drawn by Brian"
            if not found:
                drawn = [S.i[:].copy(), S.j[:].copy(), np.array(S.pre.delay_[:]), S.w[:].copy()]
            net.run(13 * ms)
            found.append([monitor.i[:], monitor.t_[:], S.k[:]])
            reset_device()
        if not all(np.array_equal(a, b) for a, b in zip(*found)) or not len(drawn[0]):
            return f"other spikes than Brian's: {words}"
    return "same"


def _store_and_restore(net, S):
    net.store()
    net.run(5 * ms)
    net.restore()


def _steps_and_delays(net, S):
    defaultclock.dt = 0.05 * ms
    net.run(5 * ms)
    S.delay, defaultclock.dt = 2.5 * ms, 0.25 * ms


def _functions(net, S):
    def change(t):
        S.k = 0.1 + t / second
        if t > 3 * ms:
            S.delay = 2.5 * ms

    net.add(NetworkOperation(change, dt=3 * ms))


def _with_spikes_under_way():
    """What scripts do while spikes are on their way along synapses that nobody has read."""
    for what in (_store_and_restore, _steps_and_delays, _functions):
        for delay in (1 * ms, None):
            found = []
            for on in ("interneuron", "runtime"):
                start_scope()
                set_device(on, **({"target": "wasm", "strict": True, "connect": "engine"} if on == "interneuron" else {}))
                defaultclock.dt = 0.1 * ms
                G = NeuronGroup(3, "dv/dt = (1.4 + 0.1*i - v)/(5*ms) : 1", threshold="v > 1", reset="v = 0", method="exact", name="G")
                S = Synapses(G, G, "w : 1\nk : 1 (shared)", on_pre="v_post += w*k; w += 0.01", delay=delay, name="S")
                part = 1
                S.connect("i < j and part == 1")
                part = 2
                S.connect("i > j and part == 2")
                S.w, S.k = 0.1, 0.3
                if delay is None:
                    S.delay = "(0.5 + i)*ms"
                monitor = SpikeMonitor(G)
                net = Network(G, S, monitor)
                if what is _functions:
                    what(net, S)
                net.run(6.5 * ms)
                if what is not _functions:
                    what(net, S)
                net.run(9 * ms)
                found.append([monitor.i[:], monitor.t_[:], S.w[:], S.k[:]])
                reset_device()
            if not all(np.allclose(a, b, rtol=1e-12, atol=0) for a, b in zip(*found)):
                return f"spikes under way are others: {what.__name__}, {delay}"
    return "same"


def _without_code():
    """Synapses that no code needs are in no session: Brian draws them when they are read."""
    set_device("interneuron", target="wasm", strict=True)
    G = NeuronGroup(1200, "x : 1", threshold="x > 1")
    S = Synapses(G, G)
    S.connect(p=0.001)
    Network(G, S).run(defaultclock.dt)
    drawn = len(S)
    reset_device()
    return "same" if drawn else "synapses without code are lost"


def _left_to_brian():
    """Where something is seeded, or text says too little, Brian draws."""
    wrong = []

    def check(name, expected, make=lambda S: S.connect(p=0.01), size=1200, before=lambda: None, **options):
        set_device("interneuron", target="wasm", strict=True, **options)
        try:
            before()
            G = NeuronGroup(size, "x : 1", threshold="x > 1")
            S = Synapses(G, G, "w : 1", on_pre="x_post += w")
            make(S)
            if (deferred.of(S) is not None) != expected:
                wrong.append(name)
        finally:
            reset_device()

    def changed(S):
        S.connect("x_pre >= 0", p=0.01)
        S.source.x = -1
        Network(S.source, S).run(defaultclock.dt)
        if deferred.of(S) is not None or len(S) == 0:
            wrong.append("what is read changes")

    def then(what):
        def connect(S):
            S.connect(p=0.01)
            what(S)

        return connect

    numpy_state = np.random.mtrand._rand._bit_generator._seed_seq
    if numpy_state is not None:
        check("large", True)
        check("values", True, then(lambda S: setattr(S, "w", "rand()*x_pre")))
        check("small", False, size=100)
        check("asked for Brian", False, connect="brian")
        check("indices", False, lambda S: S.connect(i=[1], j=[2]))
        check("generator", True, lambda S: S.connect(j="k for k in sample(N_post, p=0.01)"))
        check("index beside a generator", False, lambda S: S.connect(i=[0], j=[1], n=2))
        check("synapses of a pair", True, lambda S: S.connect(p=0.01, n="1 + i % 2"))
        check("count", False, then(len))
        check("read", False, then(lambda S: S.w[:]))
        check("some values", False, then(lambda S: S.w.__setitem__(slice(0, 3), 1)))
        check("array", False, then(lambda S: setattr(S, "w", np.arange(len(S)))))
        check("delays", True, then(lambda S: setattr(S, "delay", "rand()*ms")))
        check("delays without bounds", False, then(lambda S: setattr(S, "delay", "randn()*ms")))
        check("mistake in a generator", False, lambda S: _fails(lambda: S.connect(j="k for k in sample(nothing, p=0.1)")))
        check("recorded", False, then(lambda S: StateMonitor(S, "w", record=True)))
        check("changed", False, changed)
        check("mistake", True, then(lambda S: _fails(lambda: setattr(S, "w", "rand()*volt"))))
        check("seed of the device", False, seed=3)
        # From here on NumPy is seeded.
        check("seed of Brian", False, before=lambda: seed(3))
        check("asked for", True, size=10, connect="engine")
    else:
        wrong.append("NumPy was seeded before")
    check("seed of NumPy", False, before=lambda: np.random.seed(3))
    return f"not as expected: {wrong}" if wrong else "same"


def _fails(function):
    try:
        function()
    except Exception:  # noqa: BLE001
        return
    raise AssertionError("no exception")


def outcome():
    """`same`, or what differs."""
    said = [_same_as_runtime(), _by_generators(), _with_spikes_under_way(), _without_code(), _left_to_brian()]
    return next((each for each in said if each != "same"), "same")


if __name__ == "__main__":
    prefs.codegen.target = "numpy"
    print(outcome())
