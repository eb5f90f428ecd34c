"""Recordings and currents that a script makes between two runs, and values that it sets."""

import json

import numpy as np
from pyNN import errors

import interneuron
import interneuron_pynn as sim


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


def check_going_on():
    """What is made or set after a run costs no second run, and gives the bits of the document run as one."""
    changes = {
        "a recording": lambda inputs, cells, _: (inputs.record("spikes"), cells[:3].record("gsyn_exc", sampling_interval=0.5)),
        "a current": lambda inputs, cells, _: cells[:5].inject(sim.DCSource(amplitude=0.5)),
        "steps": lambda inputs, cells, _: cells[5:9].inject(sim.StepCurrentSource(times=[60.0, 75.0], amplitudes=[0.5, 0.0])),
        "a sine": lambda inputs, cells, _: cells[5:9].inject(sim.ACSource(start=55.0, stop=70.0, amplitude=1.0, frequency=50.0)),
        "noise": lambda inputs, cells, _: cells[5:9].inject(sim.NoisyCurrentSource(stdev=1.0, start=55.0, stop=70.0, dt=0.5)),
        "other noise": lambda inputs, cells, noise: noise.set_parameters(mean=0.3),
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


def check_refused():
    """Populations and projections are made before the network runs."""
    sim.setup(timestep=0.1)
    cells = sim.Population(2, sim.IF_cond_exp(i_offset=1.0))
    cells.record("spikes")
    sim.run(5.0)
    for what, make in {
        "populations": lambda: sim.Population(1, sim.IF_cond_exp()),
        "projections": lambda: sim.Projection(cells, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.01)),
    }.items():
        try:
            make()
        except errors.InvalidModelError as error:
            assert f"{what} cannot be made after the network has run" in str(error)
        else:
            raise AssertionError(f"{what} were made")
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
