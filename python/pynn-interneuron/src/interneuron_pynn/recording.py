"""What is recorded, as PyNN's recorders want it."""

import numpy as np
import quantities as pq
from pyNN import errors, recording

from . import simulator
from .checks import check_interval
from .simulator import state
from .units import SI


class Recorder(recording.Recorder):
    """Reads what the session has recorded."""

    _simulator = simulator

    def _localize_variables(self, variables, locations):
        if locations is None:
            return super()._localize_variables(variables, locations)
        celltype = self.population.celltype
        names = [variables] if isinstance(variables, str) else variables
        if hasattr(celltype, "shape"):
            places = celltype.shape.places(locations)
        elif "compartments" in getattr(celltype, "definition", ()):
            # Native cells: sections, which stand for their middles, or pairs of section and fraction.
            pairs = [(place, 0.5) if isinstance(place, str) else place for place in locations]
            places = [(f"{section}({fraction:g})", (section, fraction)) for section, fraction in pairs]
        else:
            raise errors.RecordingError(names[0], celltype)
        found = []
        for label, place in places:
            found += [recording.Variable(name=name, location=place, label=label) for name in names]
        return found

    def _check_sampling_interval(self, sampling_interval):
        super()._check_sampling_interval(sampling_interval)
        if sampling_interval is not None:
            check_interval(sampling_interval, state.dt)

    def get(self, *args, **kwargs):
        """The recorded data as a Neo block; there are none before the network has run."""
        if not state.running and len(list(self.cache)) == 0:
            raise IndexError(f"there are no data of {self.population.label} yet: the network has not run")
        return super().get(*args, **kwargs)

    def _record(self, variable, new_ids, sampling_interval=None):
        if sampling_interval is not None and variable.name != "spikes":
            self.sampling_interval = sampling_interval
        if new_ids:
            indices = self.population.id_to_index(np.array(sorted(new_ids), dtype=int))
            # All variables of a population share one interval, as in NEST.
            interval = None if variable.name == "spikes" or self._interval_in_steps == 1 else self.sampling_interval
            state.record(self.population, variable.name, np.atleast_1d(indices), interval, variable.location)

    @property
    def _interval_in_steps(self):
        return int(round(self.sampling_interval / state.dt))

    def _sample_steps(self):
        """Returns the steps at which samples were due since recording began: multiples of the interval since time 0."""
        every = self._interval_in_steps
        begin = int(round(float(self._recording_start_time) / state.dt))
        # Brian samples as a step begins, so there is no sample at the end of a run.
        end = state.steps - 1 if state.native.get("timing") == "brian" else state.steps
        return np.arange(-(-begin // every) * every, end + 1, every)

    def _get_current_segment(self, *given, **named):
        segment = super()._get_current_segment(*given, **named)
        # PyNN lets signals start when recording began, also where no sample is due at that time.
        for signal in segment.analogsignals:
            signal.t_start = float(self._sample_steps()[0] * state.dt) * pq.ms
        return segment

    def _get_spiketimes(self, ids, clear=False):
        if not len(ids):
            # A view of cells whose spikes are not recorded.
            return {}
        state.collect()
        steps, cells = state.spikes(self.population)
        ids = np.atleast_1d(np.asarray(ids, dtype=int))
        wanted = np.zeros(self.population.size, bool)
        wanted[self.population.id_to_index(ids)] = True
        kept = wanted[cells] if len(cells) else np.zeros(0, bool)
        numbers = self.population.all_cells.astype(int)[cells[kept]]
        times = steps[kept] * state.dt
        if self.population.lists:
            times = self.population.times_as_given(steps[kept], cells[kept], times)
            passed = times <= state.t + 1e-9
            numbers, times = numbers[passed], times[passed]
        return numbers, times

    def _get_all_signals(self, variable, ids, clear=False):
        if not len(ids):
            return np.empty((0, 0)), None
        state.collect()
        indices = np.atleast_1d(self.population.id_to_index(np.array(ids, dtype=int)))
        steps = self._sample_steps()
        values = state.samples(self.population, variable.name, indices, variable.location, steps)
        scales = getattr(self.population.celltype, "scales", {})
        values = values / scales.get(variable.name, SI.get(self.population.find_units(variable), 1.0))
        return values, None

    def _local_count(self, variable, filter_ids=None):
        state.collect()
        _, cells = state.spikes(self.population)
        counts = np.bincount(cells, minlength=self.population.size)
        ids = sorted(self.filter_recorded(variable, filter_ids))
        return {int(n): int(counts[self.population.id_to_index(n)]) for n in ids}

    def _clear_simulator(self):
        state.forget(self.population)

    def _reset(self):
        state.end_recordings(self.population)
        self.sampling_interval = state.dt
