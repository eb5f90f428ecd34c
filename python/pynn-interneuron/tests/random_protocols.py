"""Writes random protocols, the samples that they should give, and those that the backend gives.

Usage: python random_protocols.py FOLDER COUNT [FIRST]

Protocols differ in time step, intervals, lengths of runs, resets, and in which cells are recorded from when. Expected
samples follow from the definition: a cell is sampled at every multiple of the interval since the last reset, at both
ends of the time that was run, and its potential is that of a membrane charged by a constant current. For each protocol
there is a JSON file that `python/interneuron/tests/check_samples.py` reads.
"""

import json
import sys
from pathlib import Path

import numpy as np

import interneuron_pynn as sim

STEPS = (0.025, 0.05, 0.1, 0.125, 0.2, 0.25, 0.5, 1.0)
V_REST, TAU, CM = -65.0, 20.0, 1.0


def potential(current, times):
    """Returns the potential in mV of a membrane that a constant current (nA) has charged for some times (ms)."""
    return V_REST + current * TAU / CM * (1 - np.exp(-np.asarray(times) / TAU))


class Protocol:
    """A random protocol: it runs on the backend and keeps the samples to expect, by segment, population and cell."""

    def __init__(self, seed):
        """Builds the network of a seed."""
        self.random = np.random.default_rng(seed)
        self.dt = float(self.random.choice(STEPS))
        sim.setup(timestep=self.dt)
        self.segment = self.step = 0
        self.populations, self.every, self.currents, self.recorded_from = [], [], [], []
        for k in range(int(self.random.integers(1, 4))):
            size = int(self.random.integers(1, 5))
            self.currents.append(self.random.uniform(0.1, 0.5, size))
            cells = sim.IF_curr_exp(v_rest=V_REST, tau_m=TAU, cm=CM, i_offset=self.currents[-1].tolist())
            self.populations.append(sim.Population(size, cells, initial_values={"v": V_REST}, label=f"p{k}"))
            self.every.append(int(self.random.integers(1, 13)))
            self.recorded_from.append({})
            self.record(k)
        self.expected, self.cleared = {}, {}

    def record(self, k):
        """Records a view of a population from now on."""
        population, interval = self.populations[k], round(self.every[k] * self.dt, 10)
        cells = np.sort(self.random.permutation(population.size)[: self.random.integers(1, population.size + 1)])
        new = [int(cell) for cell in cells if int(cell) not in self.recorded_from[k]]
        population[cells].record("v", sampling_interval=interval)
        # At a time that was reached by running, the sample was due before.
        self.recorded_from[k].update({cell: self.step + 1 if self.step else 0 for cell in new})

    def run(self):
        """Runs some steps."""
        steps = int(self.random.integers(1, 60))
        sim.run(round(steps * self.dt, 10))
        self.step += steps
        for k, cells in enumerate(self.recorded_from):
            for cell, begin in cells.items():
                due = np.arange(0, self.step + 1, self.every[k])
                self.expected[self.segment, f"p{k}", cell] = due[due >= begin] * self.dt

    def reset(self):
        """Begins the next segment."""
        sim.reset()
        self.segment += 1
        self.step = 0
        for cells in self.recorded_from:
            cells.update(dict.fromkeys(cells, 0))

    def perform(self):
        """Performs some actions, of which the first and the last are runs."""
        self.run()
        for _ in range(int(self.random.integers(0, 6))):
            action = self.random.choice(["run", "reset", "record", "clear"], p=[0.4, 0.3, 0.2, 0.1])
            k = int(self.random.integers(len(self.populations)))
            if action == "clear" and self.step == 0:
                # There is nothing to clear yet.
                continue
            if action == "clear":
                # Cleared samples stay in files, and the next stretch begins with the sample of now.
                self.populations[k].get_data(clear=True)
                self.cleared[f"p{k}"] = self.segment, self.step
            elif action == "record":
                self.record(k)
            else:
                getattr(self, action)()
        self.run()

    def of_backend(self):
        """Returns what `get_data` gives."""
        found = {}
        for population in self.populations:
            for segment in population.get_data().segments:
                for signal in segment.analogsignals:
                    times, values = np.asarray(signal.times), np.asarray(signal)
                    for column, cell in enumerate(signal.array_annotations["channel_index"]):
                        known = ~np.isnan(values[:, column])
                        key = int(segment.name.removeprefix("segment")), population.label, int(cell)
                        found[key] = times[known], values[known, column]
        return found

    def expected_of_backend(self):
        """Returns the expected times without those that were cleared."""
        kept = {}
        for (segment, name, cell), times in self.expected.items():
            cleared, step = self.cleared.get(name, (-1, 0))
            if segment > cleared:
                kept[segment, name, cell] = times
            elif segment == cleared == self.segment:
                # PyNN stores no segment at a reset in which data were cleared.
                kept[segment, name, cell] = times[times >= step * self.dt - 1e-9]
        return kept

    def with_values(self, expected):
        """Returns times with the potentials at them, by segment, population and cell."""
        return {key: (times, potential(self.currents[int(key[1][1:])][key[2]], times)) for key, times in expected.items()}


def listed(samples):
    """Returns samples as JSON has them."""
    return [[*key, times.tolist(), values.tolist()] for key, (times, values) in samples.items()]


def main(folder, count, first=0):
    """Writes a file for each seed."""
    for seed in range(int(first), int(first) + int(count)):
        protocol = Protocol(seed)
        protocol.perform()
        written = {
            "document": sim.simulator.state.document(),
            "expected": listed(protocol.with_values(protocol.expected)),
            "expected_of_backend": listed(protocol.with_values(protocol.expected_of_backend())),
            "backend": listed(protocol.of_backend()),
        }
        (Path(folder) / f"{seed}.json").write_text(json.dumps(written), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
