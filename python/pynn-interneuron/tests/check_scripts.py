"""Scripts that combine several features, on this backend and on PyNN's simulators."""

import importlib
import json
import os
import tempfile

import interneuron
import interneuron_pynn as ours
import numpy as np
from pyNN import errors
from pyNN.core import IndexBasedExpression
from pyNN.random import NumpyRNG, RandomDistribution
from pyNN.recording import files
from pyNN.space import Grid2D, Line, Space


def table(projection):
    """Connections with weight and delay, in order."""
    return sorted(tuple(float(each) for each in row) for row in projection.get(["weight", "delay"], "list"))


class Checkered(IndexBasedExpression):
    """Every other pair."""

    def __call__(self, i, j):
        return (i + j) % 2 == 0


class Rising(IndexBasedExpression):
    """Weights by index."""

    def __call__(self, i, j):
        return 0.1 * i + 0.01 * j


def matrices(sim):
    """Connectors of arrays, files, copies and indices; saving; weights that are set before and between runs."""
    sim.setup(timestep=0.1, min_delay=0.1)
    a = sim.Population(5, sim.SpikeSourceArray(spike_times=[[3.0 * i + 1, 40 + i] for i in range(5)]))
    b = sim.Population(4, sim.IF_curr_exp())
    mask = np.zeros((5, 4), bool)
    mask[[0, 2, 4, 1], [1, 3, 0, 1]] = True
    drawn = sim.RandomDistribution("normal", (1.0, 0.1), rng=sim.NumpyRNG(seed=5))
    p = sim.Projection(a, b, sim.ArrayConnector(mask), sim.StaticSynapse(weight=drawn, delay=0.8))
    p.save("all", "connections.txt")
    p.save(["weight"], files.NumpyBinaryFile("weights.npy", mode="wb"), format="list", gather=True)
    q = sim.Projection(a, b, sim.FromFileConnector("connections.txt"), sim.StaticSynapse())
    r = sim.Projection(a, b, sim.CloneConnector(p), sim.StaticSynapse(weight=0.3, delay=1.0))
    by_index = sim.IndexBasedProbabilityConnector(Checkered(), rng=sim.NumpyRNG(seed=1))
    s = sim.Projection(a, b, by_index, sim.StaticSynapse(weight=Rising(), delay=0.5))
    found = [table(each) for each in (p, q, r, s)]
    p.set(weight=0.5)
    q.set(weight=np.arange(20.0).reshape(5, 4) / 40, delay=2.0)
    b.record("v")
    sim.run(30.0)
    s.set(weight=sim.RandomDistribution("uniform", (0, 0.2), rng=sim.NumpyRNG(seed=9)))
    sim.run(40.0)
    found += [table(each) for each in (p, q, s)]
    return found, np.asarray(b.get_data().segments[0].analogsignals[0].magnitude)


def places(sim):
    """Structures, distances, assemblies, a sampling interval, and values of one cell."""
    sim.setup(timestep=0.1, min_delay=0.2)
    a = sim.Population(16, sim.IF_curr_exp(i_offset=0.9), structure=Grid2D(dx=10.0, dy=10.0))
    b = sim.Population(9, sim.IF_curr_exp(i_offset=0.2), structure=Line(dx=12.0))
    both = sim.Assembly(a, b)
    near = sim.DistanceDependentProbabilityConnector("exp(-d/40)", rng=sim.NumpyRNG(seed=77))
    graded = sim.StaticSynapse(weight="0.1+0.001*d", delay="0.2+d/100")
    few, more = (sim.FixedProbabilityConnector(0.2, rng=sim.NumpyRNG(seed=3)), sim.FixedNumberPostConnector(3, rng=sim.NumpyRNG(seed=4)))
    inhibitory = sim.StaticSynapse(weight=-0.02, delay=0.7)
    made = [
        sim.Projection(a, b, near, graded, space=Space(axes="xy")),
        sim.Projection(both, a, few, sim.StaticSynapse(weight=0.05, delay=0.5), receptor_type="excitatory"),
        sim.Projection(b, both, more, inhibitory, receptor_type="inhibitory"),
    ]
    b.record("v", sampling_interval=1.0)
    a[3].i_offset = 0.5
    b.initialize(v=-60.0)
    b[2:7][::2].set(tau_m=15.0)
    sim.run(100.0)
    return [table(each) for each in made], np.asarray(b.get_data().segments[0].analogsignals[0].magnitude)


def check(script, other, tolerance):
    """Connections are the same, voltages near."""
    (own, voltage), (theirs, expected) = (script(importlib.import_module(name)) for name in ("interneuron_pynn", other))
    for one, two in zip(own, theirs, strict=True):
        assert len(one) == len(two) and len(one) > 0 and np.allclose(one, two, rtol=1e-9, atol=1e-12), (script, one, two)
    assert voltage.shape == expected.shape and np.abs(voltage - expected).max() < tolerance, script


def drawn(sim):
    """Values and connections that are drawn, also of assemblies and by a generator without a seed."""
    sim.setup(timestep=0.1, min_delay=0.1)
    rng = NumpyRNG(seed=5)

    def uniform(low, high):
        return RandomDistribution("uniform", (low, high), rng=rng)

    a = sim.Population(12, sim.IF_curr_exp(tau_m=uniform(10.0, 20.0), cm=uniform(0.2, 0.3)), label="a")
    b = sim.Population(5, sim.IF_curr_exp(cm=0.25), label="b")
    both = a + b
    b.set(i_offset=uniform(0.3, 0.4))
    a[:6].set(i_offset=uniform(0.3, 0.4))
    both.initialize(v=uniform(-65.0, -51.0))
    synapse = sim.StaticSynapse(weight=uniform(0.0, 0.3), delay=1.0)
    sim.Projection(a, both, sim.FixedProbabilityConnector(0.3, rng=rng), synapse, label="p")
    sim.Projection(both, b, sim.FixedNumberPreConnector(3, rng=rng), synapse, label="q")
    both.record("spikes")
    return both


def plastic(sim):
    """Returns weights of synapses whose time constants of plasticity are drawn."""
    sim.setup(timestep=0.1, min_delay=0.1)
    tau = RandomDistribution("uniform", (10.0, 20.0), rng=NumpyRNG(seed=3))
    a = sim.Population(3, sim.SpikeSourceArray(spike_times=[[5.0, 30.0, 80.0], [8.0, 33.0, 81.0], [20.0, 82.0]]))
    b = sim.Population(2, sim.IF_curr_exp(i_offset=1.2))
    timing = sim.SpikePairRule(tau_plus=tau, tau_minus=20.0, A_plus=0.01, A_minus=0.012)
    bounds = sim.AdditiveWeightDependence(w_min=0.0, w_max=0.001)
    synapse = sim.STDPMechanism(timing, bounds, weight=0.0005, delay=0.5)
    projection = sim.Projection(a, b, sim.AllToAllConnector(), synapse)
    b.record("v")
    sim.run(90.0)
    rows = sorted(tuple(float(each) for each in row) for row in projection.get(["tau_plus", "weight"], "list"))
    return [rows], b.get_data().segments[0].analogsignals[0].magnitude


def check_many_time_constants():
    """Time constants of many synapses, which the document has as columns: each acts as if it were that of all."""

    def weights(tau):
        ours.setup(timestep=0.1, min_delay=0.1)
        a = ours.Population(20, ours.SpikeSourceArray(spike_times=[[5.0 + k, 30.0, 80.0] for k in range(20)]))
        b = ours.Population(5, ours.IF_curr_exp(i_offset=1.2))
        timing = ours.SpikePairRule(tau_plus=20.0, tau_minus=tau, A_plus=0.01, A_minus=0.012)
        synapse = ours.STDPMechanism(timing, ours.AdditiveWeightDependence(w_max=0.001), weight=0.0, delay=0.5)
        projection = ours.Projection(a, b, ours.AllToAllConnector(), synapse)
        projection.set(weight=0.0005)
        ours.run(90.0)
        return projection.get(["tau_minus", "weight"], "array")

    taus, found = weights(RandomDistribution("uniform", (10.0, 20.0), rng=NumpyRNG(seed=3)))
    alike = weights(float(taus[2, 1]))[1]
    assert found[2, 1] == alike[2, 1] and found[3, 1] != alike[3, 1], (found, alike)


def check_unseeded():
    """Connectors whose weights and delays have no seed are rules for the engine, too, and no two networks are the same."""
    found = []
    for _ in range(2):
        ours.setup(timestep=0.1, min_delay=0.1)
        a, b = (ours.Population(50, ours.IF_curr_exp()) for _ in range(2))
        weight = RandomDistribution("normal_clipped", mu=0.1, sigma=0.01, low=0.0, high=np.inf)
        delay = RandomDistribution("uniform", (0.5, 2.0))
        projection = ours.Projection(a, b, ours.FixedTotalNumberConnector(n=400), ours.StaticSynapse(weight=weight, delay=delay))
        (made,) = ours.simulator.state.document()["projections"]
        assert made["connector"]["type"] == "FixedTotalNumberConnector" and made["synapse"]["params"]["weight"]["random"] == "normal_clipped"
        ours.run(1.0)
        engine = np.sort(ours.simulator.state.read(projection.name_in_document, "weight")) * 1e9
        weights, delays = (np.array(projection.get(name, "list", with_address=False)) for name in ("weight", "delay"))
        # The script is told what the engine has drawn.
        assert len(engine) == 400 and np.allclose(np.sort(weights), engine, rtol=1e-12)
        assert abs(weights.mean() - 0.1) < 0.003 and abs(delays.mean() - 1.25) < 0.1
        found.append(weights)
    assert not np.array_equal(*found)


def check_draws():
    """A document that is converted has distributions and rules, from which the same numbers come."""
    state = ours.simulator.state
    state.keeps_draws = True
    try:
        drawn(ours)
        state._phases.append({"run_until": 50.0})
        document = {**state.document(), "name": "drawn"}
        free = RandomDistribution("uniform", (0.0, 1.0), rng=NumpyRNG())
        ours.setup()
        cells = ours.Population(3, ours.IF_curr_exp(tau_m=free))
        clipped = RandomDistribution("normal_clipped", mu=0.1, sigma=0.1, low=0.0, high=np.inf)
        ours.Projection(cells, cells, ours.FixedProbabilityConnector(0.5), ours.StaticSynapse(weight=clipped, delay=1.0))
        (made,) = state.document()["projections"]
        assert made["connector"]["type"] == "FixedProbabilityConnector" and made["synapse"]["params"]["weight"]["random"] == "normal_clipped", made
        assert state.document()["populations"][0]["cell"]["params"]["tau_m"] == {"random": "uniform", "params": {"low": 0.0, "high": 1.0}}
        ours.Projection(cells, cells, ours.FixedNumberPreConnector(2, rng=NumpyRNG()), ours.StaticSynapse(weight=0.1, delay=1.0))
        made = state.document()
        unseeded = made["projections"][1]["connector"]
        assert unseeded["params"]["n"] == 2 and made["rngs"][unseeded["rng"]] == {"type": "NativeRNG"}, made
        # Spikes add to other variables of alpha-shaped responses: the rule is PyNN's, its synapses are listed.
        ours.setup()
        # A population without a label is called as the script calls it.
        source = ours.Population(1, ours.SpikeSourceArray(spike_times=[5.0]))
        unlike = [ours.Population(2, each, label=each.__class__.__name__) for each in (ours.IF_cond_exp(), ours.IF_cond_alpha())]
        ours.Projection(source, unlike[0] + unlike[1], ours.AllToAllConnector(), ours.StaticSynapse(weight=0.1, delay=1.0))
        made = {**state.document(), "name": "unlike", "phases": [{"run": 1.0}]}
        assert made["populations"][0]["label"] == "source", made
        assert [each["post"] for each in made["projections"]] == ["IF_cond_exp", "IF_cond_alpha"], made
        interneuron.load(text=json.dumps(made))
    finally:
        state.keeps_draws = False
    (a, b), (p, q) = document["populations"], document["projections"]
    assert [a["cell"]["params"][name]["random"] for name in ("tau_m", "cm")] == ["uniform"] * 2, a
    assert b["cell"]["params"]["i_offset"]["random"] == b["initial_values"]["v"]["random"] == "uniform", b
    assert len(a["cell"]["params"]["i_offset"]) == 12, a
    assert [each["connector"]["type"] for each in (p, q)] == ["FixedProbabilityConnector", "FixedNumberPreConnector"]
    assert document["assemblies"] == [{"label": p["post"], "of": ["a", "b"]}] and q["pre"] == p["post"]
    with open("drawn.json", "w", encoding="utf-8") as file:
        json.dump(document, file)
    spikes = interneuron.run("drawn.json").spikes
    found = sorted((owner, int(i), round(float(t) * 10)) for owner in "ab" for i, t in zip(spikes[owner].cells, spikes[owner].times, strict=True))
    both = drawn(ours)
    ours.run(50.0)
    expected = sorted(
        (part.label, k, round(float(t) * 10))
        for part in both.populations
        for k, train in enumerate(part.get_data().segments[0].spiketrains)
        for t in train.magnitude
    )
    assert found == expected and len(expected) > 20, (found, expected)


_IN_NESTML = """
model lif:
    state:
        V_m mV = E_L
        refr_t ms = 0 ms
    equations:
        kernel K_e = exp(-t/tau_e)
        kernel K_i = exp(-t/tau_i)
        V_m' = -(V_m - E_L)/tau_m + (convolve(K_e, exc)*pA - convolve(K_i, inh)*pA + I_e + I_stim)/C_m
        refr_t' = -1e3*ms/s
    parameters:
        C_m pF = 1000 pF
        E_L mV = -65 mV
        I_e pA = 0 pA
        V_th mV = -50 mV
        tau_e ms = 5 ms
        tau_i ms = 8 ms
        tau_m ms = 20 ms
        t_ref ms = 2 ms
    input:
        exc <- excitatory spike
        inh <- inhibitory spike
        I_stim pA <- continuous
    output:
        spike
    update:
        if refr_t > 0 ms:
            integrate_odes(refr_t)
        else:
            integrate_odes(V_m)
    onCondition(refr_t <= 0 ms and V_m >= V_th):
        refr_t = t_ref
        V_m = E_L
        emit_spike()
"""


def check_nestml():
    """A model in NESTML spikes as the standard cell of the same equations, in NEST's units."""
    def run(cells, variable, **values):
        ours.setup(timestep=0.1, min_delay=0.1)
        rng = NumpyRNG(seed=5)
        a = ours.Population(4, ours.SpikeSourceArray(spike_times=[[3.0 + i, 9.0, 15.5 + 2*i, 40.0] for i in range(4)]))
        b = ours.Population(3, cells(**{name: RandomDistribution("uniform", limits, rng=rng) for name, limits in values.items()}))
        ours.Projection(a, b, ours.AllToAllConnector(), ours.StaticSynapse(weight=0.6, delay=1.5), receptor_type="excitatory")
        ours.Projection(a, b, ours.OneToOneConnector(), ours.StaticSynapse(weight=-0.5, delay=0.7), receptor_type="inhibitory")
        ours.DCSource(amplitude=0.4, start=20.0, stop=60.0).inject_into(b)
        b.record(["spikes", variable])
        ours.run(50.0)
        b.set(**{name: limits[0] for name, limits in values.items()})
        ours.run(30.0)
        segment = b.get_data().segments[0]
        return [each.magnitude for each in segment.spiketrains], segment.analogsignals[0].magnitude

    own = ours.nestml.nestml_cell_type("lif", _IN_NESTML)
    assert own.receptor_types == ("excitatory", "inhibitory") and not own.conductance_based
    assert own.default_parameters["C_m"] == 1000 and own.units["V_m"] == "mV"
    spikes, potentials = run(own, "V_m", I_e=(500, 900))
    names = {"cm": 1.0, "tau_m": 20.0, "v_rest": -65.0, "v_reset": -65.0, "v_thresh": -50.0, "tau_refrac": 2.0}
    expected, expected_potentials = run(
        lambda i_offset: ours.IF_curr_exp(**names, tau_syn_E=5.0, tau_syn_I=8.0, i_offset=i_offset), "v", i_offset=(0.5, 0.9)
    )
    assert sum(map(len, expected)) > 5
    assert all(np.array_equal(one, other) for one, other in zip(spikes, expected, strict=True)), (spikes, expected)
    assert np.abs(potentials - expected_potentials).max() < 1e-9


_SYNAPSE = """model pair:
    state:
        w real = 1
        before real = 0
        after real = 0
    parameters:
        up real = 0.5
        down real = 0.25
        tau ms = 10 ms
    equations:
        before' = -before / tau
        after' = -after / tau
    input:
        pre_spikes <- spike
        post_spikes <- spike
    output:
        spike
    onReceive(post_spikes):
        w += up * before
        after += 1
    onReceive(pre_spikes):
        w -= down * after
        before += 1
        emit_spike(w)
    update:
        integrate_odes()
"""

_TARGET = """model target:
    state:
        V_m mV = 0 mV
    parameters:
        tau ms = 10 ms
    equations:
        V_m' = -V_m / tau
    input:
        spikes <- spike
    output:
        spike
    update:
        integrate_odes()
    onReceive(spikes):
        V_m += spikes * 1 s * 1 mV
    onCondition(V_m > 50 mV):
        V_m = 0 mV
        emit_spike()
"""


def check_nestml_synapses():
    """A synapse in NESTML changes its weight by spikes of both sides, as its equations have it."""
    plastic = ours.nestml.nestml_synapse_type("pair", _SYNAPSE, postsynaptic_neuron_nestml_description=_TARGET)
    ours.setup(timestep=0.1, min_delay=0.1)
    a, drive = (ours.Population(1, ours.SpikeSourceArray(spike_times=times)) for times in ([5.0, 20.0], [10.0]))
    b = ours.Population(1, plastic.postsynaptic_cell_type(tau=8.0))
    ours.Projection(a, b, ours.AllToAllConnector(), plastic(weight=3.0, delay=1.5, up=0.2), receptor_type="excitatory")
    ours.Projection(drive, b, ours.AllToAllConnector(), ours.StaticSynapse(weight=0.1, delay=1.0), receptor_type="excitatory")
    b.record(["spikes", "V_m"])
    ours.run(30.0)
    segment = b.get_data().segments[0]
    (post,) = segment.spiketrains[0].magnitude
    potentials = segment.analogsignals[0].magnitude[:, 0]
    assert abs(post - 11.0) < 0.11 and abs(potentials[65] - 3.0) < 1e-9, (post, potentials[65])
    # The spike of the target reaches the synapse after the delay.
    weight = 3.0 + 0.2*np.exp(-(post + 1.5 - 5.0)/10) - 0.25*np.exp(-(20.0 - post - 1.5)/10)
    assert abs(potentials[215] - weight) < 1e-9, (potentials[215], weight)


_NAMED = """model named:
    state:
        strength real = 4
    parameters:
        lag ms = 2 ms
        gain real = 0.5
    input:
        pre_spikes <- spike
    output:
        spike(weight real, delay ms)
    onReceive(pre_spikes):
        emit_spike(strength, lag)
        strength += gain
"""


def check_values_of_nestml_synapses():
    """Synapses in NESTML have weights and delays by the variables that scripts name, and all connectors make them."""
    named = ours.nestml.nestml_synapse_type("named", _NAMED, weight_variable="strength", delay_variable="lag")
    cells = ours.nestml.nestml_cell_type("target", _TARGET)

    def made(connector, synapse_type, cell_type):
        ours.setup(timestep=0.1, min_delay=0.1)
        a = ours.Population(6, ours.SpikeSourceArray(spike_times=[2.0, 6.0]), structure=Line())
        b = ours.Population(5, cell_type, structure=Line())
        return ours.Projection(a, b, connector, synapse_type, receptor_type=b.receptor_types[0]), b

    # `get` counts PyNN's units, as on NEST, and the model's own variables count NEST's.
    p, _ = made(ours.AllToAllConnector(), named(), cells())
    assert p.get(["weight", "delay", "strength", "lag", "gain"], "list")[0] == (0, 0, 0.004, 2.0, 4.0, 2.0, 0.5)
    p, b = made(ours.AllToAllConnector(), named(weight=3.0, delay=1.5), cells())
    b.record("V_m")
    ours.run(10.0)
    for name, value in {"weight": 0.004, "delay": 1.5, "strength": 4.0, "gain": 0.5}.items():
        assert np.abs(p.get(name, format="array") - value).max() < 1e-15, name
    potentials = b.get_data().segments[0].analogsignals[0].magnitude
    assert np.abs(potentials[[34, 35], 4] - [0, 18.0]).max() < 1e-9 and len(p) == 30, potentials[30:40, 4]

    connectors = [
        lambda: ours.FixedProbabilityConnector(0.5, rng=NumpyRNG(seed=1)),
        lambda: ours.FixedNumberPreConnector(3, rng=NumpyRNG(seed=2)),
        lambda: ours.FixedNumberPostConnector(3, rng=NumpyRNG(seed=3), with_replacement=True),
        lambda: ours.FixedTotalNumberConnector(7, rng=NumpyRNG(seed=4)),
        lambda: ours.DistanceDependentProbabilityConnector("exp(-d)", rng=NumpyRNG(seed=5)),
        lambda: ours.IndexBasedProbabilityConnector(Checkered()),
        lambda: ours.ArrayConnector(np.eye(6, 5, dtype=bool)),
        lambda: ours.OneToOneConnector(),
        lambda: ours.FromListConnector([(5, 0, 2.0, 1.0), (0, 0, 3.0, 1.2), (1, 4, 4.0, 2.0)]),
    ]

    # Values are set before and after the network is built, but delays before only.
    p.set(weight=7.0, gain=0.25)
    ours.run(2.0)
    p[0].strength = 8.0
    assert p.get(["weight", "gain"], "list")[:2] == [(0, 0, 0.008, 0.25), (1, 0, 0.007, 0.25)]
    for wrong, error in (
        (lambda: p.set(delay=2.0), "delays of synapses in NESTML are set before the network is built"),
        (lambda: named(weight=1.0, strength=2.0), "weight and strength of named are the same"),
        (lambda: named(up=1.0), "named has no up; it has delay, gain, weight"),
        (lambda: ours.nestml.nestml_synapse_type("other", _NAMED), "weight_variable must be a variable of named, not 'w'"),
        (lambda: made(connectors[0](), named(delay=0.01), cells()), "delays must be 0.1 ms or more"),
    ):
        try:
            wrong()
            raise AssertionError(f"no error: {error}")
        except (TypeError, ValueError, NotImplementedError, errors.ConnectionError) as found:
            assert error in str(found), found

    for each in connectors:
        for weight in (3.0, Rising(), lambda d: 1 + d):
            expected, _ = made(each(), ours.StaticSynapse(weight=weight, delay=1.5), ours.IF_curr_exp())
            wanted = sorted(expected.get(["weight", "delay"], "list"))
            found, b = made(each(), named(weight=weight, delay=1.5), cells())
            b.record("V_m")
            ours.run(5.0)
            rows = sorted(found.get(["strength", "delay"], "list"))
            assert len(rows) == len(wanted) > 2, each().__class__
            # Each has had one spike, and the sum of weights has arrived in each cell.
            after = [(i, j, weight + 0.5, delay) for i, j, weight, delay in wanted]
            assert np.abs(np.subtract(rows, after)).max() < 1e-12, (type(each()), rows, after)
            sums = np.zeros(5)
            for _, j, weight_of, delay in wanted:
                sums[int(j)] += weight_of * np.exp(-(5.0 - 2.0 - delay) / 10)
            assert np.abs(b.get_data().segments[0].analogsignals[0].magnitude[-1] - sums).max() < 1e-9, type(each())


def main():
    """Runs all checks."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        # NEST rounds weights to 1e-15 and integrates exactly; NEURON's steps of 0.1 ms are of first order.
        check(matrices, "pyNN.nest", 1e-6)
        check(places, "pyNN.neuron", 0.2)
        # Potentials of the two differ by a step at spikes.
        check(plastic, "pyNN.neuron", 20.0)
        check_many_time_constants()
        check_unseeded()
        check_draws()
        check_nestml()
        check_nestml_synapses()
        check_values_of_nestml_synapses()
        os.chdir("/")
    print("checked")


if __name__ == "__main__":
    main()
