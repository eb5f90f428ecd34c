"""What scripts get wrong: PyNN's own exceptions, sentences that say what is wrong, and a network that goes on."""

import os
import signal
import subprocess
import sys
import warnings

import numpy as np
from pyNN import errors

import interneuron
import interneuron_pynn as sim


def raises(kind, words, action):
    """An exception of a kind, whose text has some words."""
    try:
        action()
    except kind as error:
        assert words in str(error), f"{error!r} has no {words!r}"
        return
    raise AssertionError(f"{kind.__name__} was not raised: {words}")


def network(**options):
    """Two sources and three cells with conductances, connected all to all."""
    sim.setup(timestep=0.1, min_delay=0.1, max_delay=10.0, **options)
    sources = sim.Population(2, sim.SpikeSourceArray(spike_times=[[1.0, 7.0], [2.0]]), label="sources")
    cells = sim.Population(3, sim.IF_cond_exp(i_offset=1.0), label="cells")
    synapse = sim.StaticSynapse(weight=0.1, delay=1.0)
    return sources, cells, sim.Projection(sources, cells, sim.AllToAllConnector(), synapse)


def connect(sources, cells, connector=None, **parameters):
    """One more projection."""
    synapse = sim.StaticSynapse(**{"weight": 0.1, "delay": 1.0, **parameters})
    return sim.Projection(sources, cells, connector or sim.AllToAllConnector(), synapse)


def check_unknown_cells_and_parameters():
    """Names that there are not."""
    sources, cells, projection = network()
    raises(AttributeError, "IF_bad", lambda: sim.IF_bad())
    raises(errors.NonExistentParameterError, "tau_n", lambda: sim.IF_cond_exp(tau_n=1.0))
    raises(errors.NonExistentParameterError, "tau_n", lambda: cells.set(tau_n=1.0))
    raises(errors.NonExistentParameterError, "strength", lambda: sim.StaticSynapse(strength=1.0))
    raises(errors.NonExistentParameterError, "strength", lambda: projection.set(strength=1.0))
    raises(errors.NonExistentParameterError, "q", lambda: cells.initialize(q=1.0))
    raises(errors.NonExistentParameterError, "height", lambda: sim.DCSource(height=1.0))
    raises(errors.RecordingError, "w", lambda: cells.record("w"))
    raises(errors.ConnectionError, "NMDA", lambda: sim.Projection(sources, cells, sim.AllToAllConnector(), receptor_type="NMDA"))
    raises(KeyError, "strength", lambda: projection.get("strength", "list"))
    projection.initialize(u=1.0)
    raises(errors.InvalidModelError, "StaticSynapse has no variable u", lambda: sim.run(1.0))


def check_names_of_other_simulators():
    """What other simulators add to PyNN is refused by name when a script uses it."""
    for name, owner in (("native_cell_type", "NEST and NEURON"), ("KernelConnector", "sPyNNaker"), ("RandomSelection", "sPyNNaker")):
        raises(NotImplementedError, f"{name} is available in {owner} only; ", lambda: getattr(sim, name)("iaf_psc_exp"))
    raises(NotImplementedError, "external_devices.SpikeInjector is available in sPyNNaker only", lambda: sim.external_devices.SpikeInjector())
    assert not hasattr(sim, "KernelConnectors")


def check_wrong_types_and_lengths():
    """Values that are no numbers, too few, too many or out of range."""
    sources, cells, projection = network()
    raises(errors.InvalidDimensionsError, "", lambda: sim.Population(2, sim.IF_cond_exp(tau_m=[1.0, 2.0, 3.0])))
    raises(errors.InvalidDimensionsError, "", lambda: cells.set(tau_m=[1.0, 2.0]))
    raises(errors.InvalidDimensionsError, "one cell or more, not 0", lambda: sim.Population(0, sim.IF_cond_exp()))
    raises(ValueError, "integer", lambda: sim.Population(2.5, sim.IF_cond_exp()))
    raises(TypeError, "", lambda: sim.Population(2, "IF_cond_exp"))
    raises(TypeError, "", lambda: sim.Projection(sources, cells, "all to all"))
    raises(errors.InvalidParameterValueError, "", lambda: cells.set(tau_m="long"))
    raises(errors.InvalidParameterValueError, "tau_m must be finite", lambda: cells.set(tau_m=float("nan")))
    raises(errors.InvalidParameterValueError, "cm must be more than 0, not 0", lambda: cells[0:1].set(cm=0.0))
    raises(errors.InvalidParameterValueError, "must be finite", lambda: cells.initialize(v=float("inf")))
    raises(ValueError, "", lambda: cells.initialize(v=[1.0, 2.0]))
    raises(ValueError, "", lambda: projection.set(weight=[1.0, 2.0]))
    raises(errors.InvalidParameterValueError, "weight must be finite", lambda: projection.set(weight=float("nan")))
    for times, words in (([3.0, 1.0], "increasing"), ([-1.0, 2.0], "0 ms or more"), ([1.0, float("nan")], "finite")):
        raises(errors.InvalidParameterValueError, words, lambda: sim.Population(1, sim.SpikeSourceArray(spike_times=times)))
    raises(errors.InvalidParameterValueError, "amplitude must be finite", lambda: sim.DCSource(amplitude=float("nan")))
    raises(ValueError, "3 times and 2 amplitudes", lambda: sim.StepCurrentSource(times=[1.0, 2.0, 3.0], amplitudes=[1.0, 2.0]))
    raises(TypeError, "Can't inject current into a spike source", lambda: sources.inject(sim.DCSource()))
    for interval in (0.03, -1.0, 0.0):
        raises(ValueError, "multiple of the time step", lambda: cells.record("v", sampling_interval=interval))
    cells.record("v", sampling_interval=0.3)
    raises(ValueError, "", lambda: sim.run(-1.0))
    raises(ValueError, "finite", lambda: sim.run(float("nan")))
    facilitating = sim.TsodyksMarkramSynapse(U=1.5, weight=0.1, delay=1.0)
    raises(
        errors.InvalidParameterValueError,
        "U must be from 0 to 1, not 1.5",
        lambda: sim.Projection(sources, cells, sim.AllToAllConnector(), facilitating),
    )
    crossed = sim.STDPMechanism(sim.SpikePairRule(), sim.AdditiveWeightDependence(w_min=2.0, w_max=1.0), weight=0.1, delay=1.0)
    raises(
        errors.InvalidParameterValueError,
        "w_max (1) must not be less than w_min (2)",
        lambda: sim.Projection(sources, cells, sim.AllToAllConnector(), crossed),
    )


def check_values_that_are_no_numbers():
    """Whatever is no number, list of numbers, distribution or function is refused where it is given, and nothing is changed."""
    sources, cells, projection = network()
    current, wrong = sim.DCSource(amplitude=0.1), errors.InvalidParameterValueError
    for value in (None, "10", {}, object(), 1j, [None], ["a"], b"a"):
        words = "must be a number, a list of numbers, a RandomDistribution or a function, not "
        for action in (
            lambda: sim.IF_cond_exp(tau_m=value),
            lambda: cells.set(tau_m=value),
            lambda: cells[0:2].set(tau_m=value),
            lambda: sim.Assembly(cells).set(tau_m=value),
            lambda: setattr(cells[0], "tau_m", value),
            lambda: sources.set(spike_times=value) if value != {} else cells.set(cm=value),
            lambda: cells.initialize(v=value),
            lambda: cells[0:2].initialize(v=value),
            lambda: sim.DCSource(amplitude=value),
            lambda: setattr(current, "amplitude", value),
            lambda: projection.set(weight=value),
            lambda: projection.initialize(u=value),
        ):
            raises(wrong, words, action)
        raises(TypeError, "only a current source, such as DCSource(), can be injected", lambda: cells.inject(value))
        raises(TypeError, "only a current source", lambda: cells[0].inject(value))
        raises(TypeError, "must be a number of ms", lambda: sim.run(value))
    for cells_of_nothing in (None, "x", [1.0]):
        raises(TypeError, "a current is injected into cells", lambda: current.inject_into(cells_of_nothing))
    raises(wrong, "weight must be a number", lambda: setattr(projection[0], "weight", "1"))
    raises(wrong, "rate must be 1e+09 Hz or less", lambda: sim.Population(1, sim.SpikeSourcePoisson(rate=1e21)))
    raises(errors.InvalidDimensionsError, "6 connections, but 7 values", lambda: projection.set(weight=[1.0] * 7))
    raises(errors.InvalidDimensionsError, "array of 2 by 3 numbers, not of 7", lambda: connect(sources, cells, weight=[1.0] * 7))
    raises(TypeError, "must be of a cell type", lambda: sim.Population(2, None))
    raises(TypeError, "structure must be a structure", lambda: sim.Population(2, sim.IF_cond_exp(), structure="grid"))
    raises(TypeError, "initial_values must be a map", lambda: sim.Population(2, sim.IF_cond_exp(), initial_values=[1.0]))
    for key, value in (("min_delay", None), ("max_delay", "long"), ("max_delay", 0.01), ("seed", "x"), ("min_delay", float("nan"))):
        raises(ValueError, f"{key} must be", lambda: sim.setup(**{key: value}))
    raises(TypeError, "output must be the name of a file", lambda: sim.setup(output=5))
    assert cells.get("tau_m") == 20.0 and cells[0:2].get("cm") == 1.0
    cells[0:2].initialize(v=-60.0)
    cells.record("v")
    sim.run(0.1)
    assert cells.get_data().segments[0].analogsignals[0].magnitude[0].tolist() == [-60.0, -60.0, -65.0]


def check_callbacks():
    """Those that would be called at one time for ever, return no time, or are no functions."""
    network()
    for callbacks, kind, words in (
        ([lambda t: t], ValueError, "at 0 ms returned 0 ms again"),
        ([lambda t: -1.0], ValueError, "it must be later"),
        ([lambda t: min(t + 1.0, 3.0)], ValueError, "at 3 ms returned 3 ms again"),
        ([lambda t: None], TypeError, "must return the time of its next call in ms, not None"),
        ([None], TypeError, "functions of the time, not None"),
        (5, TypeError, "a list of functions of the time, not 5"),
    ):
        raises(kind, words, lambda: sim.run(10.0, callbacks=callbacks))
    called = []
    # The first call, at the start, may ask for another one at once.
    sim.run(2.0, callbacks=[lambda t: called.append(t) or (t if len(called) == 1 else t + 1.0), lambda t: float("inf")])
    assert np.allclose(np.subtract(called, called[0]), [0.0, 0.0, 1.0, 2.0]), called


def check_negative_conductance_weights():
    """Conductances stay 0 or more, given at first, before a run, and after it."""
    sources, cells, projection = network()
    raises(errors.ConnectionError, "positive for conductance-based", lambda: connect(sources, cells, weight=-0.1))
    mixed = sim.RandomDistribution("normal", (0.0, 1.0), rng=sim.NumpyRNG(seed=1))
    raises(errors.ConnectionError, "all positive or all negative", lambda: connect(sources, cells, weight=mixed))
    for _ in range(2):
        raises(errors.ConnectionError, "0 or more for conductance-based", lambda: projection.set(weight=-3.0))
        raises(errors.ConnectionError, "not -1 uS", lambda: projection.set(weight=-np.ones((2, 3))))
        raises(errors.ConnectionError, "not -2 uS", lambda: setattr(projection[0], "weight", -2.0))
        sim.run(5.0)
    assert projection.get("weight", "list", with_address=False) == [0.1] * 6


def check_delays_out_of_range():
    """Delays are between those of setup, given at first, before a run, and after it."""
    sources, cells, projection = network()
    words = "delays must be from 0.1 to 10 ms"
    drawn = sim.RandomDistribution("uniform", (0.5, 30.0), rng=sim.NumpyRNG(seed=1))
    for delay in (0.01, 11.0, -1.0, drawn):
        raises(errors.ConnectionError, words, lambda: connect(sources, cells, delay=delay))
    raises(errors.ConnectionError, words, lambda: connect(sources, cells, sim.FromListConnector([(0, 0, 0.1, 0.0)])))
    for _ in range(2):
        for delay in (0.001, 100.0, -1.0):
            raises(errors.ConnectionError, words, lambda: projection.set(delay=delay))
        sim.run(5.0)
    assert projection.get("delay", "list", with_address=False) == [1.0] * 6


def check_connectors_that_ask_for_too_much():
    """More connections than pairs, cells that there are not, probabilities and numbers below 0."""
    sources, cells, _ = network()
    every = sim.FixedTotalNumberConnector(50, with_replacement=False)
    raises(errors.ConnectionError, "asks for 50 connections, and there are 6 pairs", lambda: connect(sources, cells, every))
    for pair in ((0, 7), (9, 0), (-1, 0), (0, -1)):
        listed = sim.FromListConnector([(*pair, 0.1, 1.0)])
        raises(errors.ConnectionError, "out of range", lambda: connect(sources, cells, listed))
    words = sim.FromListConnector([(0, 1, "a", 1.0)])
    raises(errors.ConnectionError, "rows of numbers", lambda: connect(sources, cells, words))
    raises(AssertionError, "", lambda: connect(sources, cells, sim.FixedProbabilityConnector(-0.5)))
    raises(AssertionError, "", lambda: connect(sources, cells, sim.FixedTotalNumberConnector(-3)))
    raises(ValueError, "", lambda: connect(sources, cells, sim.ArrayConnector(np.ones((5, 5), bool))))


def check_running_before_setup():
    """PyNN's simulators begin with the usual setup then, and so does this one."""
    script = (
        "import interneuron_pynn as sim\n"
        "cell = sim.Population(1, sim.IF_curr_exp(i_offset=1.0)); cell.record('spikes'); sim.run(50.0)\n"
        "print(cell.get_spike_counts(), sim.get_time_step())\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True)
    assert done.stdout == "{0: 1} 0.1\n", (done.stdout, done.stderr)


def check_reading_before_running():
    """There are no data, and no spikes."""
    _, cells, projection = network()
    cells.record(["spikes", "v"])
    raises(IndexError, "there are no data of cells yet: the network has not run", cells.get_data)
    raises(IndexError, "has not run", lambda: cells.write_data("none.pkl"))
    assert not os.path.exists("none.pkl")
    assert cells.mean_spike_count() == 0 and set(cells.get_spike_counts().values()) == {0}
    assert projection.get("weight", "list", with_address=False) == [0.1] * 6


def traces(change):
    """Potentials of a network whose arrays are changed, or not, after they were given."""
    offsets, times, first = np.ones(3), np.array([3.0, 4.0]), np.array([-65.0, -60.0, -55.0])
    rows, mask, weights = np.array([(0, 0, 0.1, 1.0), (1, 1, 0.1, 1.0)]), np.ones((2, 3), bool), np.full((2, 3), 0.1)
    moments, amplitudes = np.array([1.0, 2.0]), np.array([0.1, 0.2])
    sim.setup(timestep=0.1)
    cells = sim.Population(3, sim.IF_cond_exp(i_offset=offsets))
    sources = sim.Population(2, sim.SpikeSourceArray(spike_times=[times, times]))
    cells.initialize(v=first)
    connect(sources, cells, sim.FromListConnector(rows))
    projection = connect(sources, cells, sim.ArrayConnector(mask), weight=0.01)
    projection.set(weight=weights)
    cells.inject(sim.StepCurrentSource(times=moments, amplitudes=amplitudes))
    cells.record("v")
    for k, array in enumerate((offsets, times, first, rows, mask, weights, moments, amplitudes) if change else ()):
        array[...] = k
    sim.run(10.0)
    later = np.array([1.0, 2.0, 3.0]), np.full((2, 3), 0.02), np.array([15.0])
    cells.set(i_offset=later[0])
    projection.set(weight=later[1])
    sources.set(spike_times=[later[2], later[2]])
    for array in later if change else ():
        array[...] = 18.0
    sim.run(10.0)
    return cells.get_data().segments[0].analogsignals[0].magnitude


def check_a_numpy_array_that_is_changed_after_it_was_given():
    """What counts are the numbers that it had."""
    assert np.array_equal(traces(False), traces(True))


def check_an_engine_that_is_killed():
    """It is said, and after setup the script goes on with another."""
    _, cells, _ = network()
    cells.record("v")
    sim.run(5.0)
    os.kill(interneuron._server.shared().pid, signal.SIGKILL)
    for action in (lambda: sim.run(5.0), cells.get_data):
        raises(interneuron.ServerError, "was killed; its sessions are lost", action)
    _, cells, _ = network()
    cells.record("v")
    sim.run(5.0)
    assert cells.get_data().segments[0].analogsignals[0].shape == (51, 3)


def check_a_broken_wheel_or_no_node():
    """A clear last line, and nothing left running."""
    script = "import interneuron_pynn as sim; sim.setup(); sim.Population(1, sim.IF_curr_exp()); sim.run(1.0)"
    for name, words in (("INTERNEURON_PROGRAM", "the program is not there"), ("INTERNEURON_NODE", "is not a program")):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script],
            env={**os.environ, name: "/nothing"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1 and words in done.stderr.strip().splitlines()[-1], done.stderr


def check_going_on_after_a_refusal():
    """What was refused was not done: the network runs on as if nobody had asked for it."""
    counts = []
    for refused in (False, True):
        _, cells, projection = network()
        cells.record("spikes")
        sim.run(5.0)
        if refused:
            raises(errors.ConnectionError, "", lambda: projection.set(weight=-1.0))
            projection.initialize(u=1.0)
            raises(errors.InvalidModelError, "no variable u", lambda: sim.run(1.0))
        sim.run(45.0)
        counts.append([train.magnitude.tolist() for train in cells.get_data().segments[0].spiketrains])
    assert counts[0] == counts[1] and len(counts[0][0]) > 3


def check_what_has_no_effect_is_said():
    """Arguments of other simulators, misspelt ones, a network without setup(), a probability above 1."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        sim.setup(treads=2, use_cvode=True, max_delay=10.0)
        sim.simulator.state.is_set_up = False
        cells = [sim.Population(2, sim.IF_cond_exp()) for _ in range(2)]
        connect(*cells, sim.FixedProbabilityConnector(1.5))
    texts = [str(each.message) for each in said]
    assert texts == [
        "setup() has no treads here; did you mean threads?",
        "setup() has no use_cvode here: other simulators may have it",
        "setup() was not called: the time step is 0.1 ms",
        "p_connect is 1.5: all pairs of cells are connected, as with 1",
    ], texts
    assert all(each.filename == __file__ for each in said), [each.filename for each in said]


def check_values_of_a_population_of_one_cell():
    """Lists of one value, or of one list, are those of the cell."""
    sim.setup()
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[[1.0, 2.0]]))
    cell = sim.Population(1, sim.IF_cond_exp(tau_m=[10.0]))
    source.record("spikes")
    sim.run(5.0)
    source.set(spike_times=[[7.0, 8.0]])
    cell.set(tau_m=np.array([15.0]))
    sim.run(5.0)
    assert source.get_data().segments[0].spiketrains[0].magnitude.tolist() == [1.0, 2.0, 7.0, 8.0]
    assert cell.get("tau_m") == 15.0 and source.get("spike_times").value.tolist() == [7.0, 8.0]


def main():
    """Runs all checks."""
    for name, check in list(globals().items()):
        if name.startswith("check_"):
            check()
    print("checked")


if __name__ == "__main__":
    main()
