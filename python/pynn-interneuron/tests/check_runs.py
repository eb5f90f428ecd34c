"""What runs record, write and warn about: given spikes, whole numbers, result files, warnings of the engine."""

import importlib
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from pyNN import errors

import interneuron
import interneuron_pynn as sim


def warned(action):
    """Returns the warnings of an action, as pairs of category and text."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        action()
    assert all(each.filename == __file__ for each in caught), caught
    return [(each.category, str(each.message)) for each in caught]


def given_spikes(simulator, dt, times):
    """Returns the recorded spikes of a source."""
    simulator.setup(timestep=dt, min_delay=dt)
    source = simulator.Population(1, simulator.SpikeSourceArray(spike_times=times), label="source")
    source.record("spikes")
    simulator.run(10.0)
    return source.get_data().segments[0].spiketrains[0].magnitude.tolist()


def check_given_spikes():
    """Spikes are recorded at the times that they were given, as by NEURON, also several in one step."""
    neuron = importlib.import_module("pyNN.neuron")
    for dt in (1.0, 0.1, 0.025):
        for times in ([1.0, 5.0, 5.02, 5.03], [2.04, 2.06, 2.11, 9.0]):
            assert given_spikes(sim, dt, times) == given_spikes(neuron, dt, times) == times
        # The first step ends at dt: a spike at 0 cannot be emitted before.
        found = []
        said = warned(lambda: found.extend(given_spikes(sim, dt, [0.0, 1.0, 5.0, 5.02, 5.03])))
        assert found == [dt, 1.0, 5.0, 5.02, 5.03], (dt, found)
        early = "source: a spike at 0 ms comes before the end of the first step and is emitted there"
        assert said[0] == (interneuron.ModelWarning, f"{early} (found 0 ms, expected {dt:g} ms or later)"), said
        assert [category for category, _ in said[1:]] == [errors.RoundingWarning], said
    sim.setup(timestep=0.1)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0, 5.02, 7.0]))
    source.record("spikes")
    sim.run(3.0)
    source.set(spike_times=[5.04, 5.05, 6.0])
    sim.run(7.0)
    sim.reset()
    sim.run(10.0)
    trains = [segment.spiketrains[0].magnitude.tolist() for segment in source.get_data().segments]
    assert trains == [[1.0, 5.04, 5.05, 6.0], [5.04, 5.05, 6.0]], trains


def network(number):
    """Returns what a network records whose arguments are numbers of a type."""
    sim.setup(number(1), min_delay=number(1), max_delay=number(20), seed=7)
    source = sim.Population(2, sim.SpikeSourceArray(spike_times=[number(1), number(5)]))
    cells = sim.Population(3, sim.IF_curr_exp(i_offset=number(1), tau_m=number(20)), initial_values={"v": number(-60)})
    synapse = sim.StaticSynapse(weight=number(1), delay=number(2))
    projection = sim.Projection(source, cells, sim.FixedNumberPreConnector(1, rng=sim.NumpyRNG(seed=1)), synapse)
    sim.DCSource(amplitude=number(1), start=number(4), stop=number(8)).inject_into(cells)
    source.record("spikes")
    cells.record(["spikes", "v"], sampling_interval=number(2))
    projection.record("weight", sampling_interval=number(2))
    sim.run(number(20))
    cells.set(i_offset=number(2))
    sim.run_until(number(41))
    segments = [each.get_data().segments[0] for each in (source, cells, projection)]
    trains = [train.magnitude.tolist() for segment in segments[:2] for train in segment.spiketrains]
    return trains, [segment.analogsignals[0].magnitude.tolist() for segment in segments[1:]], projection.get(["weight", "delay"], "list")


def check_whole_numbers():
    """Whole numbers and numbers of NumPy are as good as floating-point ones."""
    expected = network(float)
    assert expected[0][2] and network(int) == network(np.int64) == expected
    sim.setup(1)
    cells = sim.Population(2, sim.IF_curr_exp(i_offset=2))
    cells.record("spikes")
    sim.run(20)
    sim.run(20)
    # The membrane needs 20 ms * log(40/25) = 9.4 ms from rest to threshold, and another millisecond when refractory.
    assert [train.magnitude.tolist() for train in cells.get_data().segments[0].spiketrains] == [[10.0, 21.0, 32.0]] * 2


def check_intervals():
    """All variables of a population share an interval, and a signal starts at its first sample."""
    sim.setup(timestep=0.1)
    cells = sim.Population(3, sim.IF_curr_exp(i_offset=0.5))
    cells[:1].record("v", sampling_interval=0.7)
    cells[1:].record("v")
    others = sim.Population(3, sim.IF_curr_exp())
    others[:1].record(["spikes", "v"])
    sim.run(10.0)
    signal = cells.get_data(clear=True).segments[0].analogsignals[0]
    assert signal.shape == (15, 3) and not np.isnan(signal.magnitude).any(), signal
    sim.run(5.0)
    signal = cells.get_data().segments[0].analogsignals[0]
    # 10.0 ms is no multiple of 0.7 ms: the next one is 10.5 ms.
    assert abs(float(signal.t_start) - 10.5) < 1e-9 and signal.shape == (7, 3), (signal.t_start, signal.shape)
    expected = -65 + 10 * (1 - np.exp(-signal.times.magnitude / 20))
    # Nothing of a view's cells is recorded.
    segment = others[1:].get_data().segments[0]
    assert not segment.analogsignals and not len(segment.spiketrains)
    assert np.abs(signal.magnitude - expected[:, np.newaxis]).max() < 1e-9


def build(**options):
    """Builds a network that has spikes, and runs it."""
    sim.setup(timestep=0.1, **options)
    cells = sim.Population(3, sim.IF_cond_exp(i_offset=1.0), label="exc")
    cells.record(["spikes", "v"])
    sim.run(50.0)
    return cells


def check_outputs():
    """Files that `setup` names are written at the end, when another network begins, and when the script ends."""
    os.mkdir("elsewhere")
    cells = build(output=["first.nwb", "first.json"])
    os.chdir("elsewhere")
    assert not Path("../first.nwb").exists()
    sim.end()
    assert {each.name for each in Path("..").glob("first*")} == {"first.nwb", "first.json"}
    # What the script does then counts, too.
    sim.run(50.0)
    assert cells.get_data().segments[0].analogsignals[0].shape == (1001, 3)
    os.chdir("..")
    sim.setup(timestep=0.1)
    found = interneuron.verify("first.json")
    assert found["verdict"] == "identical" and b'"steps":1000' in Path("first.json").read_bytes().replace(b" ", b""), found
    script = "import interneuron_pynn as sim\nsim.setup(timestep=0.1, output='last.nwb')\ncells = sim.Population(1, sim.IF_cond_exp())\n"
    subprocess.run([sys.executable, "-W", "ignore", "-c", f"{script}cells.record('v')\nsim.run(1.0)\n"], check=True)
    assert Path("last.nwb").exists()


def check_warnings():
    """Warnings of the engine about what a run computes are warnings of Python, once about each cause."""
    sim.setup(timestep=0.1)
    growing = sim.native.cell("growing", equations="dv/dt = v**3/(1*mV**2*ms) : V", initial={"v": "5 mV"}, method="euler")
    cells = sim.Population(2, growing(), label="cells")
    cells.record("v")
    said = warned(lambda: [sim.run(5.0) for _ in range(3)])
    assert [category for category, _ in said] == [interneuron.ModelWarning], said
    assert "of v of cells are beyond 1000 V, the first at 0.2 ms" in said[0][1], said
    # Variables that are not recorded are reported as they are after a run.
    sim.setup(timestep=0.1)
    cells = sim.Population(2, growing(), label="unrecorded")
    said = warned(lambda: [sim.run(5.0) for _ in range(3)])
    assert [category for category, _ in said] == [interneuron.ModelWarning], said
    assert "v of unrecorded is infinite when the run ends" in said[0][1], said
    sim.setup(timestep=0.1)
    sim.Population(2, sim.IF_cond_exp(), label="cells")
    assert warned(lambda: sim.run(5.0)) == []


def main():
    """Runs all checks."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for check in (check_given_spikes, check_whole_numbers, check_intervals, check_outputs, check_warnings):
            check()
        sim.setup()
        os.chdir("/")
    print("checked")


if __name__ == "__main__":
    main()
