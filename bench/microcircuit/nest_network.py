"""The cortical microcircuit of fixtures/model/cortical-microcircuit.yaml for NEST, for timing against interneuron.

usage: python nest_network.py scale duration_ms

Prints one JSON object {"ready", "run", "cpu", "rates"}: NEST's version, seconds of the run by the clock and of the processor, and mean rates in
Hz over all of the run. One thread, float64, steps of 0.1 ms; all spikes are recorded in memory.
"""

import json
import math
import sys
import time

import nest
from parameters import LONGEST_DELAY, POPULATIONS, PROBABILITIES, J, synapses_of

DT = 0.1


def network(scale):
    populations, recorders = {}, {}
    for name, (neurons, inputs, mean, spread, recurrent, external) in POPULATIONS.items():
        cell = {"C_m": 250.0, "tau_m": 10.0, "E_L": -65.0, "V_reset": -65.0, "V_th": -50.0, "t_ref": 2.0, "tau_syn_ex": 0.5, "tau_syn_in": 0.5}
        cell["I_e"] = (1 - math.sqrt(scale)) * (recurrent + external)
        population = nest.Create("iaf_psc_exp", round(neurons * scale), params=cell)
        population.V_m = nest.random.normal(mean, spread)
        drive = nest.Create("poisson_generator", params={"rate": 8.0 * round(inputs * scale)})
        nest.Connect(drive, population, syn_spec={"weight": 1e3 * J / math.sqrt(scale), "delay": DT})
        recorders[name] = nest.Create("spike_recorder")
        nest.Connect(population, recorders[name])
        populations[name] = population
    for target, row in zip(POPULATIONS, PROBABILITIES):
        for source, probability in zip(POPULATIONS, row):
            if probability == 0:
                continue
            number = round(synapses_of(probability, POPULATIONS[source][0], POPULATIONS[target][0]) * scale**2)
            excitatory = source.endswith("E")
            weight = 1e3 * (2 * J if (source, target) == ("L4E", "L23E") else J if excitatory else -4 * J) / math.sqrt(scale)
            limits = {"min": 0.0, "max": math.inf} if excitatory else {"min": -math.inf, "max": 0.0}
            delay = 1.5 if excitatory else 0.75
            synapse = {
                "weight": nest.math.redraw(nest.random.normal(weight, abs(0.1 * weight)), **limits),
                "delay": nest.math.redraw(nest.random.normal(delay, delay / 2), min=DT, max=LONGEST_DELAY),
            }
            nest.Connect(populations[source], populations[target], {"rule": "fixed_total_number", "N": number}, synapse)
    return populations, recorders


def main():
    scale, duration = float(sys.argv[1]), float(sys.argv[2])
    nest.set_verbosity("M_ERROR")
    nest.set(local_num_threads=1, resolution=DT, rng_seed=1234)
    populations, recorders = network(scale)
    nest.Prepare()
    began, cpu = time.perf_counter(), time.process_time()
    nest.Run(duration)
    run, cpu = time.perf_counter() - began, time.process_time() - cpu
    nest.Cleanup()
    rates = {name: round(recorder.n_events / len(populations[name]) / duration * 1e3, 3) for name, recorder in recorders.items()}
    print(json.dumps({"ready": nest.__version__, "run": run, "cpu": cpu, "rates": rates}), flush=True)


main()
