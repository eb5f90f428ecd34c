"""The cortical microcircuit of fixtures/model/cortical-microcircuit.yaml for GeNN, for timing against interneuron.

usage: python microcircuit.py BUILD_DIRECTORY [scale] [duration_ms] [float|double] [single_threaded_cpu|cuda]

Prints one JSON object after another: {"ready": ...} once the network is built, and {"run", "cpu", "rates"} for the run: seconds on the clock
and of the processor in the loop of steps, and mean rates after 500 ms. Before the run it waits for a line on its standard input, so that two
programs can be timed in turn. $CXX is the compiler, to which options may be added. All spikes are recorded; nothing else is.

Parameters: Potjans and Diesmann, Cerebral Cortex 24 (2014) 785, Poisson drive, initial voltages and the current that makes up for fewer
inputs as in the fixture, whose numbers these are. Units: ms, mV, nA, nF.
"""

import json
import math
import os
import sys
import time

import numpy as np
import pygenn
from pygenn import GeNNModel, init_postsynaptic, init_sparse_connectivity, init_var, init_weight_update

J = 87.80849352920845e-3
POPULATIONS = {
    # name: neurons, external inputs, mean and spread of the first voltages, mean recurrent and external currents at full scale (pA)
    "L23E": (20683, 1600, -68.28, 5.36, -519.5, 561.97),
    "L23I": (5834, 1500, -63.16, 4.57, -362.5, 526.85),
    "L4E": (21915, 2100, -63.33, 4.74, -572.4, 737.59),
    "L4I": (5479, 1900, -63.45, 4.94, -499.2, 667.34),
    "L5E": (4850, 2000, -63.11, 4.94, -519.0, 702.47),
    "L5I": (1065, 1900, -61.66, 4.55, -445.5, 667.34),
    "L6E": (14395, 2900, -66.72, 5.46, -954.5, 1018.58),
    "L6I": (2948, 2100, -61.43, 4.48, -512.8, 737.59),
}
# Connection probabilities of the paper's table 5: a row for each target, sources in the same order.
PROBABILITIES = [
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0, 0.0076, 0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0, 0.0042, 0],
    [0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0, 0.1057, 0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443],
]
# Delays above this are drawn anew, as below 0.1 ms.
LONGEST_DELAY = 6.4
DT = 0.1


def synapses_of(probability, sources, targets):
    """The total number of synapses of a projection at full scale, drawn with replacement."""
    return round(math.log1p(-probability) / math.log1p(-1 / (sources * targets)))


def network(scale, precision, backend, directory):
    model = GeNNModel(precision, "microcircuit_" + precision, backend=backend, optimize_code=True)
    model.dt = DT
    model.fuse_postsynaptic_models = True
    model.default_narrow_sparse_ind_enabled = True
    model.seed = 1234
    populations = {}
    for name, (neurons, inputs, mean, spread, recurrent, external) in POPULATIONS.items():
        offset = (1 - math.sqrt(scale)) * (recurrent + external) * 1e-3
        cell = {"C": 0.25, "TauM": 10, "Vrest": -65, "Vreset": -65, "Vthresh": -50, "Ioffset": offset, "TauRefrac": 2}
        first = {"V": init_var("Normal", {"mean": mean, "sd": spread}), "RefracTime": 0}
        population = model.add_neuron_population(name, round(neurons * scale), "LIF", cell, first)
        population.spike_recording_enabled = True
        drive = {"weight": J / math.sqrt(scale), "tauSyn": 0.5, "rate": round(inputs * scale) * 8}
        model.add_current_source(name + "_background", "PoissonExp", population, drive, {"current": 0})
        populations[name] = population
    names = list(POPULATIONS)
    total = 0
    for target, row in zip(names, PROBABILITIES):
        for source, probability in zip(names, row):
            if probability == 0:
                continue
            number = round(synapses_of(probability, POPULATIONS[source][0], POPULATIONS[target][0]) * scale**2)
            total += number
            excitatory = source.endswith("E")
            weight = (2 * J if (source, target) == ("L4E", "L23E") else J if excitatory else -4 * J) / math.sqrt(scale)
            delay = 1.5 if excitatory else 0.75
            limits = {"min": 0, "max": 1e9} if excitatory else {"min": -1e9, "max": 0}
            variables = {
                "g": init_var("NormalClipped", {"mean": weight, "sd": abs(0.1 * weight), **limits}),
                "d": init_var("NormalClippedDelay", {"mean": delay, "sd": delay / 2, "min": DT, "max": LONGEST_DELAY}),
            }
            group = model.add_synapse_population(
                f"{source}_to_{target}",
                "SPARSE",
                populations[source],
                populations[target],
                init_weight_update("StaticPulseDendriticDelay", {}, variables),
                init_postsynaptic("ExpCurr", {"tau": 0.5}),
                init_sparse_connectivity("FixedNumberTotalWithReplacement", {"num": number}),
            )
            group.max_dendritic_delay_timesteps = round(LONGEST_DELAY / DT) + 1
    os.makedirs(directory, exist_ok=True)
    model.build(directory, always_rebuild=True)
    return model, populations, total


def main():
    directory, words = sys.argv[1], sys.argv[2:]
    scale = float(words[0]) if words else 0.1
    steps = round(float(words[1]) / DT) if len(words) > 1 else 10_000
    precision = words[2] if len(words) > 2 else "float"
    backend = words[3] if len(words) > 3 else "single_threaded_cpu"
    model, populations, synapses = network(scale, precision, backend, directory)
    model.load(num_recording_timesteps=steps)
    print(json.dumps({"ready": pygenn.__version__, "synapses": synapses}), flush=True)
    sys.stdin.readline()
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(steps):
        model.step_time()
    model.pull_recording_buffers_from_device()
    run, cpu = time.perf_counter() - began, time.process_time() - cpu
    after = 500
    rates = {}
    for name, population in populations.items():
        times, _ = population.spike_recording_data[0]
        rates[name] = round(float(np.sum(times >= after)) / population.num_neurons / ((steps * DT - after) / 1000), 3)
    print(json.dumps({"run": run, "cpu": cpu, "rates": rates}), flush=True)


main()
