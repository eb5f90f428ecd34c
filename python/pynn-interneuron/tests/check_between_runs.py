"""Populations, projections, recordings and currents that a script makes between two runs: against NEST, and replayed."""

import json

import numpy as np
from pyNN import errors

import interneuron
import interneuron_pynn as sim


def network(simulator, **options):
    """Parts are added after 10 and 25 ms; spikes are on their way then."""
    simulator.setup(timestep=0.1, min_delay=0.1, max_delay=10.0, **options)
    given = simulator.Population(2, simulator.SpikeSourceArray(spike_times=[[5.0, 9.0, 15.0, 27.0], [8.5, 24.5]]), label="given")
    first = simulator.Population(3, simulator.IF_curr_exp(tau_refrac=2.0, i_offset=[0.0, 0.9, 1.2]), label="first")
    # NEST lets an array of spikes that is made later begin a step early.
    more = simulator.Population(1, simulator.SpikeSourceArray(spike_times=[5.0, 11.0, 26.0]), label="more")
    first.record(["spikes", "v"])
    static = simulator.StaticSynapse(weight=1.0, delay=3.0)
    simulator.Projection(given, first, simulator.AllToAllConnector(), static)
    simulator.run(10.0)
    # These cells would have fired for long, and would be refractory.
    second = simulator.Population(
        2, simulator.IF_curr_exp(i_offset=[2.0, 0.0], tau_refrac=30.0), initial_values={"v": -60.0}, label="second"
    )
    second.record(["spikes", "v"])
    simulator.Projection(given, second, simulator.AllToAllConnector(), static)
    simulator.Projection(more, second[1:2], simulator.AllToAllConnector(), simulator.StaticSynapse(weight=2.0, delay=0.5))
    back = simulator.StaticSynapse(weight=-0.5, delay=1.0)
    simulator.Projection(second, first, simulator.AllToAllConnector(), back, receptor_type="inhibitory")
    simulator.run(15.0)
    listed = simulator.FromListConnector([(0, 0, 0.5, 4.0), (1, 0, 0.7, 2.0), (1, 2, 0.2, 1.0)])
    facilitating = simulator.TsodyksMarkramSynapse(U=0.3, tau_rec=50.0, tau_facil=20.0)
    simulator.Projection(given, first, listed, facilitating, receptor_type="excitatory")
    current = simulator.DCSource(amplitude=0.3)
    first[0:1].inject(current)
    simulator.run(25.0)
    found = {}
    for cells in (first, second):
        segment = cells.get_data().segments[-1]
        [voltage] = segment.analogsignals
        found[cells.label] = (
            float(voltage.t_start.rescale("ms")),
            np.asarray(voltage.magnitude),
            [np.asarray(train.magnitude) for train in segment.spiketrains],
        )
    return found


def check_nest():
    """Spikes are those of NEST to two steps: cells that are made later begin a step late there, and currents too."""
    ours = network(sim)
    import pyNN.nest as nest

    theirs = network(nest, spike_precision="on_grid")
    for label in ours:
        (begin, voltage, trains), (_, expected, theirs_trains) = ours[label], theirs[label]
        assert begin == {"first": 0.0, "second": 10.0}[label]
        assert len(voltage) == {"first": 501, "second": 401}[label] and not np.isnan(voltage).any()
        for one, other in zip(trains, theirs_trains, strict=True):
            assert len(one) == len(other) and np.abs(one - other).max(initial=0.0) < 0.21, (label, one, other)
    assert np.abs(ours["first"][1][:170] - theirs["first"][1][:170]).max() < 1e-6
    assert all(len(train) for train in ours["second"][2]), ours["second"][2]


def check_shifted():
    """What is made after 10 ms does what the same cells and synapses do from 0 on, 10 ms later."""
    found = []
    for begin in (0.0, 10.0):
        sim.setup(timestep=0.1, min_delay=0.1)
        before = [3.0, 8.0, 9.9] if begin else []
        given = sim.Population(2, sim.SpikeSourceArray(spike_times=[[*before, begin + 5.0, begin + 21.0], [begin + 3.0]]))
        if begin:
            sim.run(begin)
        cells = sim.Population(4, sim.EIF_cond_exp_isfa_ista(i_offset=[0.0, 0.6, 0.8, 1.0], tau_refrac=4.0))
        cells.initialize(v=sim.RandomDistribution("uniform", (-70, -60), rng=sim.NumpyRNG(seed=2)), w=0.02)
        cells.record(["v", "w", "gsyn_exc", "spikes"])
        weights = sim.RandomDistribution("uniform", (0.01, 0.05), rng=sim.NumpyRNG(seed=3))
        delays = sim.RandomDistribution("uniform", (0.5, 4.0), rng=sim.NumpyRNG(seed=4))
        synapse = sim.StaticSynapse(weight=weights, delay=delays)
        sim.Projection(given, cells, sim.FixedProbabilityConnector(0.7, rng=sim.NumpyRNG(seed=5)), synapse)
        sim.Projection(cells, cells, sim.AllToAllConnector(allow_self_connections=False), synapse)
        sim.run(40.0)
        segment = cells.get_data().segments[0]
        signals = {each.name: each.magnitude for each in segment.analogsignals}
        found.append((signals, [np.asarray(train.magnitude) - begin for train in segment.spiketrains]))
    (signals, trains), (later, later_trains) = found
    for name, values in signals.items():
        assert np.allclose(values, later[name], rtol=1e-12, atol=1e-12), (name, np.abs(values - later[name]).max())
    assert sum(map(len, trains)) > 5
    for one, other in zip(trains, later_trains, strict=True):
        assert np.allclose(one, other, atol=1e-9), (one, other)


def check_bits():
    """Every engine, and the document of the script, give the same bits; what was before is as it was."""
    found = set()
    for target in ("wasm", "c", "reference"):
        network(sim, target=target)
        state = sim.simulator.state
        document, data = json.dumps(state.document()), dict(state._all_data)
        live = state._session.finish().fingerprint
        state._session = None
        parameters = {"text": document, "name": "again", "target": target, "data": data}
        again = interneuron.Session(interneuron._server.shared(), parameters)
        again.run()
        assert again.finish().fingerprint == live, target
        found.add(live)
    assert len(found) == 1, found


def check_plasticity():
    """A plastic projection that is made later knows nothing of spikes that were sent before."""
    weights = []
    for late in (False, True):
        sim.setup(timestep=0.1, min_delay=0.1)
        times = [[12.0, 30.0, 41.0]] if not late else [[3.0, 8.8, 9.5, 12.0, 30.0, 41.0]]
        pre = sim.Population(1, sim.SpikeSourceArray(spike_times=times))
        post = sim.Population(1, sim.SpikeSourceArray(spike_times=[[14.0, 33.0]] if not late else [[4.0, 9.9, 14.0, 33.0]]))
        cell = sim.Population(1, sim.IF_curr_exp())
        drive = sim.StaticSynapse(weight=40.0, delay=0.1)
        if not late:
            sim.Projection(post, cell, sim.AllToAllConnector(), drive)
        rule = sim.STDPMechanism(
            sim.SpikePairRule(A_plus=0.1, A_minus=0.12),
            sim.AdditiveWeightDependence(w_max=0.02),
            weight=0.01,
            delay=2.0,
            dendritic_delay_fraction=0.0,
        )
        sim.run(10.0)
        if late:
            sim.Projection(post, cell, sim.AllToAllConnector(), drive)
        projection = sim.Projection(pre, cell, sim.AllToAllConnector(), rule)
        cell.record("spikes")
        sim.run(40.0)
        weights.append((projection.get("weight", "list"), cell.get_data().segments[0].spiketrains[0].magnitude.tolist()))
    assert weights[0] == weights[1] and weights[0][0][0][2] != 0.01, weights


def check_reset():
    """After a reset all that was made is there from the beginning."""
    voltages = []
    for late in (False, True):
        sim.setup(timestep=0.1, min_delay=0.1)
        given = sim.Population(1, sim.SpikeSourceArray(spike_times=[2.0, 9.0]))
        if late:
            sim.run(10.0)
        more = sim.Population(1, sim.SpikeSourceArray(spike_times=[4.0, 15.0]))
        noise = sim.Population(1, sim.SpikeSourceGamma(alpha=2.0, beta=200.0))
        cells = sim.Population(2, sim.IF_cond_exp(i_offset=0.5))
        cells.record("v")
        noise.record("spikes")
        sim.Projection(given, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1, delay=3.0))
        sim.Projection(more, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1, delay=1.0))
        sim.run(20.0)
        sim.reset()
        sim.run(20.0)
        [early, segment] = noise.get_data().segments
        assert len(segment.spiketrains[0]) and float(segment.spiketrains[0][0]) < 20.0
        assert not late or float(early.spiketrains[0][0]) > 10.0
        voltages.append(cells.get_data().segments[1].analogsignals[0].magnitude)
    assert np.array_equal(*voltages)


def drawn():
    """A network with noise, drawn spikes, short-term and long-term plasticity, which has run."""
    sim.setup(timestep=0.1, min_delay=0.1, max_delay=20.0)
    inputs = sim.Population(20, sim.SpikeSourcePoisson(rate=80.0))
    cells = sim.Population(40, sim.IF_cond_exp(i_offset=0.8, tau_refrac=2.0))
    noise = sim.NoisyCurrentSource(mean=0.1, stdev=0.1, start=0.0, stop=1e5, dt=1.0)
    cells[:10].inject(noise)
    static = sim.StaticSynapse(weight=0.01, delay=1.5)
    sim.Projection(inputs, cells, sim.FixedProbabilityConnector(0.2, rng=sim.NumpyRNG(seed=3)), static)
    depressing = sim.TsodyksMarkramSynapse(weight=0.001, delay=1.0)
    sim.Projection(cells, cells, sim.FixedProbabilityConnector(0.2, rng=sim.NumpyRNG(seed=4)), depressing)
    rule = sim.STDPMechanism(sim.SpikePairRule(), sim.AdditiveWeightDependence(w_max=0.02), weight=0.001, delay=1.0)
    sim.Projection(cells[:10], cells[:10], sim.AllToAllConnector(), rule)
    cells.record("spikes")
    sim.run(50.3)
    return inputs, cells, noise


def more_cells(inputs, cells, celltype):
    """Cells that are driven, and drive others."""
    more = sim.Population(5, celltype)
    more.record(["spikes", "v"])
    sim.Projection(inputs, more, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.001, delay=2.5))
    sim.Projection(more, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=0.001, delay=1.0))


def more_spikes(cells, source):
    """A source of spikes."""
    more = sim.Population(3, source)
    more.record("spikes")
    sim.Projection(more, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.002, delay=1.0))


def check_going_on():
    """What is made or set after a run costs no second run, and gives the bits of the document run as one."""
    changes = {
        "a recording": lambda inputs, cells, _: (inputs.record("spikes"), cells[:3].record("gsyn_exc", sampling_interval=0.5)),
        "a current": lambda inputs, cells, _: cells[:5].inject(sim.DCSource(amplitude=0.5)),
        "steps": lambda inputs, cells, _: cells[5:9].inject(sim.StepCurrentSource(times=[60.0, 75.0], amplitudes=[0.5, 0.0])),
        "a sine": lambda inputs, cells, _: cells[5:9].inject(sim.ACSource(start=55.0, stop=70.0, amplitude=1.0, frequency=50.0)),
        "noise": lambda inputs, cells, _: cells[5:9].inject(sim.NoisyCurrentSource(stdev=1.0, start=55.0, stop=70.0, dt=0.5)),
        "other noise": lambda inputs, cells, noise: noise.set_parameters(mean=0.3),
        "cells": lambda inputs, cells, _: more_cells(inputs, cells, sim.IF_cond_exp(i_offset=0.9)),
        "conductances": lambda inputs, cells, _: more_cells(inputs, cells, sim.HH_cond_exp(i_offset=0.9)),
        "stochastic cells": lambda inputs, cells, _: more_cells(inputs, cells, sim.GIF_cond_exp(i_offset=0.9)),
        "spikes": lambda inputs, cells, _: more_spikes(cells, sim.SpikeSourceArray(spike_times=[51.0, 52.0])),
        "drawn spikes": lambda inputs, cells, _: more_spikes(cells, sim.SpikeSourcePoisson(rate=100.0)),
        "long delays": lambda inputs, cells, _: sim.Projection(
            cells, cells[:9], sim.AllToAllConnector(), sim.StaticSynapse(weight=0.0002, delay=15.0)
        ),
        "a parameter": lambda inputs, cells, _: cells.set(tau_m=15.0),
        "rates": lambda inputs, cells, _: inputs.set(rate=20.0),
        "a state": lambda inputs, cells, _: cells.initialize(v=-60.0),
        "a reset": lambda inputs, cells, _: sim.reset(),
        "a reset and a recording": lambda inputs, cells, _: (sim.reset(), sim.run(20.0), cells.record("v")),
    }
    for name, change in changes.items():
        change(*drawn())
        sim.run(30.2)
        state = sim.simulator.state
        # Recorded before what comes next, so that what follows a change is a change too.
        state.populations[1].record("gsyn_inh")
        sim.run(10.0)
        document, data = json.dumps(state.document()), dict(state._all_data)
        answer = state._call("run")
        done, computed = answer["steps"], answer["computed"]
        assert done == computed, (name, done, computed)
        live = state._session.finish().fingerprint
        state._session = None
        again = interneuron.Session(interneuron._server.shared(), {"text": document, "name": "again", "data": data})
        again.run()
        assert again.finish().fingerprint == live, name


def check_cells_that_diverge():
    """Cells whose equations have no bounds but for their resets wait for their creation."""
    sim.setup(timestep=0.1)
    first = sim.Population(1, sim.IF_cond_exp())
    first.record("v")
    sim.run(50.0)
    for celltype in (sim.Izhikevich(i_offset=0.02), sim.EIF_cond_exp_isfa_ista(i_offset=2.0), sim.GIF_cond_exp(i_offset=2.0)):
        cells = sim.Population(2, celltype)
        cells.record("spikes")
        sim.run(100.0)
        assert cells.mean_spike_count() >= 2 and min(cells.get_data().segments[0].spiketrains[0].magnitude) > 50.0


def check_noise_that_changes():
    """Another mean of a noisy current leaves the currents of before as they were."""
    found = []
    for change in (False, True):
        sim.setup(timestep=0.1)
        cells = sim.Population(1, sim.IF_cond_exp())
        noise = sim.NoisyCurrentSource(mean=0.1, stdev=0.5, start=0.0, stop=1e5, dt=1.0)
        cells.inject(noise)
        cells.record("v")
        sim.run(20.0)
        before = cells.get_data().segments[0].analogsignals[0].magnitude[:201, 0]
        if change:
            noise.set_parameters(mean=0.9)
        cells.record("gsyn_exc")
        sim.run(20.0)
        voltages = next(each for each in cells.get_data().segments[0].analogsignals if each.name == "v").magnitude[:, 0]
        assert np.array_equal(voltages[:201], before)
        found.append(voltages)
    assert np.array_equal(found[0][:201], found[1][:201]) and not np.array_equal(*found)


def check_what_cannot_be():
    """Cells with compartments, gap junctions and synapses of one's own are made before."""
    sim.setup(timestep=0.1)
    cells = sim.Population(2, sim.IF_cond_exp(i_offset=1.0))
    cells.record("spikes")
    sim.run(5.0)
    try:
        sim.Projection(cells, cells, sim.AllToAllConnector(), sim.ElectricalSynapse(weight=0.01))
    except errors.ConnectionError as error:
        assert "ElectricalSynapse cannot be made after the network has run" in str(error)
    else:
        raise AssertionError("a gap junction was made")
    sim.run(45.0)
    assert cells.mean_spike_count() == 1


def main():
    """Runs all checks."""
    for name, check in list(globals().items()):
        if name.startswith("check_"):
            check()
    print("checked")


if __name__ == "__main__":
    main()
