"""The state of a script: its network as a document, and the session that runs it."""

import atexit
import json
import re
from typing import Any

import numpy as np
from pyNN import common, errors

import interneuron
from interneuron._server import digest, pack, unpack
from interneuron._warnings import warn_of

from .checks import check_source
from .morphology import location
from .rules import NATIVE, Generators
from .units import EXPONENTS, scaled

name = "interneuron"


class ID(int, common.IDMixin):
    """A cell."""

    def __init__(self, n):
        """Makes the cell with the number `n`."""
        int.__init__(n)
        common.IDMixin.__init__(self)

    def __getattr__(self, name):
        """Value of a parameter. NumPy looks for `__array_interface__` and the like, which are no parameters."""
        if name.startswith("__"):
            raise AttributeError(name)
        return common.IDMixin.__getattr__(self, name)

    def inject(self, current_source, location=None):
        """Lets a current flow into the cell, or into a place on it."""
        check_source(current_source)
        common.IDMixin.inject(self, current_source, location)


#: Most numbers that are scaled one by one for a change that is made at once.
_MOST_AT_ONCE = 100_000


class Recorded:
    """Samples of a variable of some cells of a population, since they were cleared."""

    def __init__(self, population, variable, indices, place=None):
        self.population, self.variable, self.place = population, variable, place
        self.indices = np.asarray(indices)
        self.active = True
        self.steps, self.values = [], []

    def rows(self):
        """Steps, and values in SI, [sample, cell]."""
        if len(self.values) > 1:
            self.steps, self.values = [np.concatenate(self.steps)], [np.concatenate(self.values)]
        if not self.values:
            return np.empty(0, int), np.empty((0, len(self.indices)))
        return self.steps[0], self.values[0]

    def clear(self, before=None):
        """Forgets the samples, or those before a step."""
        steps, values = self.rows()
        kept = np.zeros(len(steps), bool) if before is None else steps >= before
        self.steps, self.values = [steps[kept]], [values[kept]]


class State(common.control.BaseState):
    """What a script has built and done so far."""

    def __init__(self):
        common.control.BaseState.__init__(self)
        self.mpi_rank, self.num_processes = 0, 1
        self.dt = 0.1
        self._min_delay: Any = "auto"
        self.max_delay: Any = "auto"
        self.session_options = {}
        #: Whether the document is converted rather than run, so that it says how numbers are drawn.
        self.keeps_draws = False
        #: Whether the script has called setup().
        self.is_set_up = False
        self.extra = {}
        #: The simulator of a captured script, if its `setup()` means more there than here.
        self.simulator: Any = None
        #: Whether listed spikes between steps are emitted in the next step, as NEST does, rather than in the nearest one.
        self.takes_next_step = False
        self._session: Any = None
        self.clear()

    # --- PyNN's side ------------------------------------------------------------------------------------------------
    def clear(self):
        """Forgets the network; the engine of the one before ends, and its files are written."""
        if self._session is not None:
            self.write_outputs()
            self._session.close()
        self._session = None
        self._written: Any = None
        #: Findings of runs that were warned about.
        self._known_findings = set()
        #: How many populations and assemblies PyNN has counted in the networks before.
        self.counted = common.Population._nPop, common.Assembly._count
        self.recorders = set()
        self.write_on_end = []
        self.id_counter = 0
        self.segment_counter = 0
        self.running = False
        self.t: float = 0
        self.t_start = 0
        self.steps = 0
        # Through all segments.
        self.steps_in_all = 0
        self.populations, self.projections, self.sources = [], [], []
        self._least_is_step = False
        self.generators = Generators()
        self._views, self._assemblies, self._recordings, self._phases = {}, {}, [], []
        self._accepted = 0
        self._labels = set()
        self._recorded = {}
        self.native = {}
        self._entries = []
        self._currents = {}
        # Steps and values of each variable of synapses that is recorded, by the part of the document and the variable.
        self.samples_of_synapses = {}
        #: Recordings for which PyNN's recorders have no words.
        self.native_recordings = []
        self._spikes = {}
        self._origin = 0
        # Long arrays that the document refers to, and those of them that were not sent yet.
        self._arrays, self._pending = {}, {}
        # Up to what recordings were taken.
        self._collected = None
        self._dirty = False
        self._version = 0

    def reset(self):
        """Back to time 0 and first values."""
        if self._session is not None:
            self.collect()
            self._phases.append({"reset": {}})
            self._version += 1
        self.running = False
        self.t = 0
        self.t_start = 0
        self.steps = 0
        self.segment_counter += 1
        for recorded in self._recorded.values():
            recorded.clear()
        self._currents = {}
        self.samples_of_synapses = {key: [] for key in self.samples_of_synapses}
        for recording in self.native_recordings:
            recording.clear()
        for population in self.populations:
            self._spikes[population.name_in_document] = []
            population.lists = [(0, each) for _, each in population.lists[-1:]]

    def run(self, simtime):
        """Lets so many ms pass."""
        self.run_until(self.t + simtime)

    def run_until(self, tstop):
        """Lets time pass until `tstop` (ms)."""
        tstop = float(tstop)
        if not np.isfinite(tstop):
            raise ValueError(f"the time to run until must be a finite number of ms, not {tstop}")
        self.flush()
        steps = int(round(tstop / self.dt)) - self.steps
        self.running = True
        if steps > 0:
            self._phases.append({"run_until": float(tstop)})
            self._accepted = len(self._phases)
            self._version += 1
            result = self._call("run", time=steps * self.dt / 1000)
            self._warn_of_run(result["diagnostics"])
            if not result["complete"]:
                done = self.steps + int(round((result["time"] * 1000 - self.steps * self.dt) / self.dt))
                self._phases[-1] = {"run_until": done * self.dt}
                self.steps, self.t = done, done * self.dt
                raise KeyboardInterrupt
            self.steps += steps
            self.steps_in_all += steps
        if steps >= 0:
            self.t = tstop

    @property
    def min_delay(self):
        """The smallest delay: what setup was told, or that of the connections that there are."""
        if self._min_delay != "auto":
            return self._min_delay
        delays = [projection.smallest_delay() for projection in self.projections if not projection.is_empty]
        return min(delays) if delays else self.dt

    @min_delay.setter
    def min_delay(self, value):
        self._min_delay = value

    def nest_min_delay(self):
        """NEST's automatic min_delay at this moment, if the script is one for NEST; a step else."""
        is_automatic = self.simulator == "nest" and self._min_delay == "auto"
        return self.min_delay if is_automatic and not self._least_is_step else self.dt

    def note_current(self):
        """Notes a current that is injected before there are projections: it makes NEST's automatic min_delay a step."""
        if not self.projections:
            self._least_is_step = True

    def _setup_of_nest(self):
        """What a script for NEST has that is not part of the model: its min_delay, by which listed spikes and currents shift."""
        if self.simulator is None:
            return {}
        early = {each.label: each.sent_early for each in self.populations if getattr(each, "lists", None)}
        # As with a stated step, if all listed spikes are in time.
        least = self.nest_min_delay()
        if self._min_delay == "auto" and all(delay == least for delay in early.values()):
            return {"min_delay": self.dt, "simulator": self.simulator} if early else {"simulator": self.simulator}
        early = {label: delay for label, delay in early.items() if delay != self.dt}
        return {**({"sent_early": early} if early else {}), "simulator": self.simulator}

    def _late_currents(self):
        """Currents that NEST has later than stated, in ms, by the labels of their sources."""
        late = {part["label"]: source.late for source in self.sources if source.late for part in source.to_documents()}
        return {"late_currents": late} if late else {}

    def smallest(self):
        """The delay of synapses that are given none."""
        return self.dt if self._min_delay == "auto" else self._min_delay

    # --- The document -----------------------------------------------------------------------------------------------
    def refuse_after_a_run(self, what):
        """Raises an error if the network has run."""
        if self.live and self.steps_in_all > 0:
            raise errors.InvalidModelError(
                f"{what} cannot be made after the network has run; make them before, or call setup() to begin anew"
            )

    def unique(self, label, otherwise):
        """A name for a part of the document, near to its label."""
        stem = re.sub(r"\W", "_", str(label or otherwise).replace("→", "_to_"), flags=re.ASCII)
        stem = stem if re.match(r"[A-Za-z]", stem) else f"{otherwise}_{stem}"
        wanted, n = stem, 2
        while wanted in self._labels:
            wanted, n = f"{stem}_{n}", n + 1
        self._labels.add(wanted)
        return wanted

    def view(self, population, indices):
        """The name of a population, or of a selection of its cells."""
        indices = [int(k) for k in indices]
        if len(indices) == population.size and indices == list(range(population.size)):
            return population.name_in_document
        key = (population.name_in_document, tuple(indices))
        if key not in self._views:
            self._views[key] = self.unique(None, "selection")
        return self._views[key]

    def cells(self, members, label):
        """The name of cells: of a population, of a selection, or of an assembly of such.

        Args:
            members: populations with indices of their cells.
        """
        names = tuple(self.view(population, indices) for population, indices, *_ in members)
        if len(names) == 1:
            return names[0]
        if names not in self._assemblies:
            self._assemblies[names] = self.unique(label, "assembly")
        return self._assemblies[names]

    def array(self, values):
        """A long array, which the document refers to by its digest; it is sent once."""
        values = np.ascontiguousarray(values)
        name = digest(values)
        if name not in self._arrays:
            self._pending[name] = self._arrays[name] = values
        kind = "u32" if values.dtype == np.uint32 else "f64"
        return {"$data": name, "dtype": kind, "shape": list(values.shape)}

    @property
    def _all_data(self):
        return {name: pack(array) for name, array in self._arrays.items()}

    def phase(self, phase):
        """Something that the script does; before the engine runs it is part of the network instead."""
        self._phases.append(phase)
        self._dirty = True
        self._version += 1

    def write_outputs(self):
        """Writes the files that `setup` was given for results, if anything has run since they were written."""
        wanted = self.session_options.get("outputs") and not self.keeps_draws
        if self._session is not None and wanted and self.steps_in_all > 0 and self._written != self._version:
            report = self._call("write")
            self._written = self._version
            self._warn_of_run(report["diagnostics"])

    def set_directly(self, population, indices, params, phase):
        """Gives parameters of cells other values without reading the document anew. Gives False where that cannot be."""
        units = getattr(population.celltype, "units", {})
        known = all(units.get(name) in EXPONENTS for name in params)
        numbers = all(isinstance(value, (float, list)) for value in params.values())
        if self._dirty or not known or not numbers:
            return False
        whole = len(indices) == population.size
        cells = "" if whole else f"[{', '.join(map(str, indices))}]"
        values = {
            f"{population.name_in_document}{cells}.{name}": (
                [scaled(each, EXPONENTS[units[name]]) for each in value]
                if isinstance(value, list)
                else scaled(value, EXPONENTS[units[name]])
            )
            for name, value in params.items()
        }
        return self._perform("set", values, phase)

    def sets_at_once(self, count):
        """Whether so many values may be given without reading the document anew."""
        return not self._dirty and count <= _MOST_AT_ONCE

    def set_synapses(self, projection, values, exponent, plastic, phase):
        """Gives synapses other weights without reading the document anew. Gives False where that cannot be."""
        numbers = [scaled(each, exponent) for each in values.tolist()]
        # What plasticity changes is a first value.
        return self._perform("initialise" if plastic else "set", {f"{projection}.weight": numbers}, phase)

    def _perform(self, method, values, phase):
        try:
            self._reset_engine()
            self._call(method, values=values)
        except interneuron.UsageError:
            # The model calls it otherwise.
            return False
        except interneuron.ModelError as error:
            raise errors.InvalidModelError(str(error)) from error
        self._phases.append(phase)
        self._accepted = len(self._phases)
        self._version += 1
        return True

    @property
    def live(self):
        """Whether the network is built: changes are phases from then on."""
        return self._session is not None

    def changed(self):
        """Something was added to the network."""
        self._dirty = True
        self._version += 1

    def record(self, population, variable, indices, interval, place=None):
        """Records a variable of cells from now on."""
        indices = sorted(int(k) for k in indices)
        if not indices:
            return
        if variable == "spikes":
            entry = {"target": self.view(population, indices), "variables": ["spikes"]}
        else:
            label = self.unique(None, f"recording{len(self._recorded)}")
            self._views[(population.name_in_document, tuple(indices), label)] = label
            self._recorded[label] = Recorded(population, variable, indices, place)
            entry = {"target": label, "variables": [variable]}
            if place is not None:
                entry["locations"] = [location(place)]
            if interval is not None:
                entry["sampling_interval"] = float(interval)
        self.begin_recording(entry)

    def begin_recording(self, entry):
        """Records what an entry of the document names from now on."""
        self._entries.append(entry)
        if self.live:
            self.phase({"record": entry})
        else:
            self._recordings.append(entry)
        self.changed()

    def document(self):
        """The network and what was done with it, as PyNN-style JSON."""
        views = [
            {"label": label, "of": key[0], "select": {"indices": list(key[1])}} for key, label in self._views.items()
        ]
        parts = {
            "format": "interneuron/pynn",
            "version": 1,
            "pynn": "0.13",
            "setup": {
                "timestep": self.dt,
                **({} if self._min_delay == "auto" else {"min_delay": self._min_delay}),
                **({} if self.max_delay == "auto" else {"max_delay": self.max_delay}),
                **({"extra": self.extra} if self.extra else {}),
                **self._setup_of_nest(),
                **self._late_currents(),
            },
            "populations": [population.to_document() for population in self.populations],
            "projections": (projections := [part for projection in self.projections for part in projection.to_document()]),
            "rngs": {
                **self.generators.to_document(),
                **({NATIVE: {"type": "NativeRNG"}} if any(each["connector"].get("rng") == NATIVE for each in projections) else {}),
            },
            "current_sources": [part for source in self.sources if source.targets for part in source.to_documents()],
            "recordings": self._recordings,
            "phases": self._phases,
            **self._native_parts(),
        }
        # Sources name selections, which come up while they are written.
        views = [
            {"label": label, "of": key[0], "select": {"indices": list(key[1])}} for key, label in self._views.items()
        ]
        assemblies = [{"label": label, "of": list(of)} for of, label in self._assemblies.items()]
        return {**parts, "views": views, **({"assemblies": assemblies} if assemblies else {})}

    def _native_parts(self):
        """Types of the script's own, and what goes with them."""
        types = {"cells": [each.celltype for each in self.populations], "synapses": [each.synapse_type for each in self.projections]}
        own = {
            kind: {type(each).__name__: each.definition for each in members if hasattr(each, "definition")}
            for kind, members in types.items()
        }
        parts = {**self.native, **{kind: found for kind, found in own.items() if found}}
        return {"native": parts} if parts else {}

    # --- The session ------------------------------------------------------------------------------------------------
    def flush(self):
        """Builds what is not built yet, and does what is not done yet."""
        try:
            if self._session is not None and not self._dirty:
                return self._reset_engine()
            text = json.dumps(self.document())
            data = {name: pack(array) for name, array in self._pending.items()}
            if self._session is None:
                parameters = {"text": text, "name": "script", "data": data, **self.session_options}
                server = interneuron._server.shared()
                # At the end of the script, but before the server's own end, which was registered when it began.
                atexit.unregister(self.write_outputs)
                atexit.register(self.write_outputs)
                self._session = interneuron.Session(server, parameters)
                for population in self.populations:
                    self._spikes[population.name_in_document] = []
            else:
                self.collect()
                self._session.extend(text, data, later=True)
            self._warn_of_document()
            self._pending = {}
            self._call("run")
            self._collected = None
            for part in (*self.populations, *self.projections, *self.sources):
                part.freeze()
            self._dirty = False
            self._accepted = len(self._phases)
        except interneuron.ModelError as error:
            if self._session is not None:
                # What the engine refuses was not done.
                del self._phases[self._accepted :]
            raise errors.InvalidModelError(str(error)) from error

    def _reset_engine(self):
        """Does the resets since the last phase that was done: no others wait while the document is unchanged."""
        while self._accepted < len(self._phases):
            resets = sum("reset" in phase for phase in self._phases[: self._accepted + 1])
            self._call("reset", segment=f"segment{resets:03}")
            self._accepted += 1

    def _warn_of_document(self):
        """Warns about parts of the document, once about each."""

        def pointer(finding):
            return str((finding.get("place") or {}).get("pointer") or "")

        def subject(finding):
            # Of `/populations/0/cell`, the label of the population.
            kind, number = [*pointer(finding).split("/")[1:3], "", ""][:2]
            parts = document.get(kind) if number.isdecimal() else None
            return parts[int(number)].get("label", "") if isinstance(parts, list) and int(number) < len(parts) else ""

        def category(finding):
            if finding["code"] == "model/time-rounded" and "spike_times" in pointer(finding):
                return errors.RoundingWarning
            # A network is built before it runs.
            warns = finding["severity"] == "warning" and finding["code"] != "pynn/no-run"
            return interneuron.ModelWarning if warns else None

        by_place = {(each["code"], each["message"], pointer(each)): each for each in self._session.diagnostics}
        new = {place: each for place, each in by_place.items() if place not in self._known_findings}
        self._known_findings.update(new)
        document = self.document() if new else {}
        warn_of(new.values(), subject, category)

    def _warn_of_run(self, findings):
        """Warns about what a run has computed, once about each cause: numbers in the sentences change with each run."""
        by_cause = {(each["code"], re.sub(r"\d+", "", each["message"])): each for each in findings}
        new = {cause: each for cause, each in by_cause.items() if cause not in self._known_findings and "place" not in each}
        self._known_findings.update(new)
        warn_of(new.values())

    def _call(self, method, **parameters):
        return self._session._call(method, **parameters)

    def read(self, owner, variable):
        """A variable now, in SI."""
        self.flush()
        return unpack(self._call("read", owner=owner, variable=variable))

    def synapses(self, projection):
        """Ends and delays of synapses, in order of creation."""
        self.flush()
        return {key: unpack(array) for key, array in self._call("synapses", projection=projection).items()}

    def count(self, projection):
        """How many synapses a projection has."""
        self.flush()
        return int(self._call("count", projection=projection))

    def collect(self):
        """Takes what was recorded since the last time."""
        now = self._version, self.steps
        if self._session is None or not self.running or self._collected == now:
            return
        self._collected = now
        taken = self._call("take")
        self._origin = taken["segments"][-1]["begin"] - taken["segments"][-1]["start"] if taken["segments"] else 0
        for recording in self.native_recordings:
            recording.take(taken, self._origin)
        for train in taken["spikes"]:
            if train["event"] == "spike" and train["population"] in self._spikes:
                steps = unpack(train["steps"]).astype(np.int64) + taken["spikeLabel"] - self._origin
                self._spikes[train["population"]].append((steps, unpack(train["cells"]).astype(np.int64)))
        for series in taken["samples"]:
            label = re.match(r"recording\d+", series["recording"])
            recorded = self._recorded.get(label[0]) if label else None
            if recorded is not None:
                steps = unpack(series["steps"]).astype(np.int64) + series["label"] - self._origin
                recorded.steps.append(steps)
                recorded.values.append(unpack(series["values"]))
            elif (series["owner"], series["variable"]) in self.samples_of_synapses:
                steps = unpack(series["steps"]).astype(np.int64) + series["label"] - self._origin
                self.samples_of_synapses[series["owner"], series["variable"]].append((steps, unpack(series["values"])))
            else:
                self._currents.setdefault(series["variable"], []).append(unpack(series["values"])[:, 0])

    def spikes(self, population):
        """Steps and cells of spikes since they were cleared, by time."""
        parts = self._spikes.get(population.name_in_document) or []
        if not parts:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        whole = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
        self._spikes[population.name_in_document] = [whole]
        return whole

    def samples(self, population, variable, indices, place, steps):
        """Returns samples at given steps in SI, [sample, cell]; NaN where a cell was not recorded. Empty if there are none."""
        whole = np.full((len(steps), len(indices)), np.nan)
        begun = False
        for recorded in self._recorded.values():
            same = recorded.population is population and recorded.variable == variable and recorded.place == place
            if not recorded.active or not same:
                continue
            own, values = recorded.rows()
            _, rows, own_rows = np.intersect1d(steps, own, assume_unique=True, return_indices=True)
            _, columns, own_columns = np.intersect1d(indices, recorded.indices, assume_unique=True, return_indices=True)
            whole[np.ix_(rows, columns)] = values[np.ix_(own_rows, own_columns)]
            begun = begun or len(rows) > 0
        return whole if begun and len(indices) else np.empty((0, 0))

    def end_recordings(self, population):
        """Records nothing of a population from now on."""
        name = population.name_in_document
        targets = {label for key, label in self._views.items() if key[0] == name} | {name}
        self.collect()
        for recorded in self._recorded.values():
            if recorded.population is population:
                recorded.active = False
        if self.live:
            for target in sorted(targets & {entry["target"] for entry in self._entries}):
                self.phase({"record": {"target": target, "variables": None}})
            self._entries = [entry for entry in self._entries if entry["target"] not in targets]
        else:
            self._recordings = [entry for entry in self._recordings if entry["target"] not in targets]
            self._entries = list(self._recordings)
        self.changed()

    def forget(self, population):
        """Clears what was recorded of a population."""
        self.collect()
        steps, cells = self.spikes(population)
        if population.lists:
            # Given times may lie just behind the step in which they are replayed.
            later = population.times_as_given(steps, cells, steps * self.dt) > self.t + 1e-9
            self._spikes[population.name_in_document] = [(steps[later], cells[later])]
        else:
            self._spikes[population.name_in_document] = []
        for recorded in self._recorded.values():
            if recorded.population is population:
                # The next stretch begins with the sample of now.
                recorded.clear(self.steps)


state = State()

__all__ = ["ID", "State", "name", "pack", "state"]
