"""The cortical microcircuit of fixtures/model/cortical-microcircuit.yaml for GeNN, for timing against interneuron.

usage: python genn_network.py BUILD_DIRECTORY [scale] [duration_ms] [float|double] [single_threaded_cpu|cuda]

Prints one JSON object after another: {"ready": ...} once the network is built, and {"run", "cpu", "rates"} for the run: seconds on the clock
and of the processor in the loop of steps, and mean rates after 500 ms. Before the run it waits for a line on its standard input, so that two
programs can be timed in turn. $CXX is the compiler, to which options may be added. All spikes are recorded; nothing else is.
"""

import json
import math
import os
import sys
import time

import numpy as np
import pygenn
from parameters import LONGEST_DELAY, POPULATIONS, PROBABILITIES, J, synapses_of
from pygenn import GeNNModel, init_postsynaptic, init_sparse_connectivity, init_var, init_weight_update

DT = 0.1


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
