"""Functions of Python that a network calls while it runs: the session stops where they are due, and goes on after them."""

from contextlib import contextmanager

import numpy as np
from brian2.core.operations import NetworkOperation
from brian2.groups.group import CodeRunner
from brian2.monitors.ratemonitor import PopulationRateMonitor
from brian2.monitors.statemonitor import StateMonitor
from brian2.synapses.synapses import Synapses
from brian2.utils.stringtools import get_identifiers

from . import deferred
from .groups import whole
from .texts import Unsupported

#: Whether Brian's own code may act between steps; networks that are written down have it in them.
acts_between = True


def simulated(objects):
    """The objects that engines run: all but functions of Python, and what acts on their far side."""
    others = beyond_calls(objects)
    return [each for each in objects if not isinstance(each, NetworkOperation) and each not in others]


def beyond_calls(objects):
    """Samples and operations between a step's ends and functions of Python: Brian's own code does them, in their order.

    Args:
        objects: of a network, in the order of a step.
    """
    within = [k for k, each in enumerate(objects) if _acts(each) and not (_may_act_between(each) or _counts(each))]
    calls = [k for k, each in enumerate(objects) if isinstance(each, NetworkOperation) and each.active]
    if not acts_between or not within or any(within[0] < k < within[-1] for k in calls):
        return []
    before = max((k for k in calls if k < within[0]), default=-1)
    after = min((k for k in calls if k > within[-1]), default=len(objects))
    return [each for k, each in enumerate(objects) if (k < before or k > after) and _acts(each) and _may_act_between(each)]


def _counts(each):
    """Whether an object only counts spikes, at the end of a step: functions that come before it have not seen its last number."""
    return isinstance(each, PopulationRateMonitor)


def _acts(each):
    """Whether an object that is no function of Python does something in a step."""
    return not isinstance(each, NetworkOperation) and each.active and bool(list(each.code_objects))


def _may_act_between(each):
    """Whether an object reads and writes Brian's arrays of neurons alone."""
    if isinstance(each, StateMonitor):
        return not isinstance(each.source, Synapses)
    return type(each) is CodeRunner and not isinstance(whole(each.group), Synapses)


def _rows(monitor):
    return [monitor.variables[name] for name in ("rate", "t")]


class Calls:
    """The calls of a run, in order of time, with what Brian's own code does beyond them; steps are those of the engine.

    Raises:
        Unsupported: for functions that are due within a step of the engine.
    """

    def __init__(self, objects, document, writes_files):
        self._document = document
        #: Functions before a step, and after it, with the number of steps from one call to the next.
        self._before, self._after = [], []
        acting = [each for each in simulated(objects) if _acts(each) and not _counts(each)]
        between = beyond_calls(objects)
        self._objects = objects
        for place, each in enumerate(objects):
            if each not in between and not (isinstance(each, NetworkOperation) and each.active):
                continue
            if writes_files and isinstance(each, StateMonitor):
                raise Unsupported(each.name, "it samples beyond functions of Python, and files of results would lack what it records")
            every = float(each.clock.dt_) / document.dt
            if abs(every - round(every)) > 1e-6:
                raise Unsupported(each.name, f"its step ({each.clock.dt}) is not a multiple of {document.clock.dt}")
            others = [objects.index(other) for other in acting]
            if place < min(others, default=place):
                self._before.append((round(every), each))
            elif place > max(others, default=place):
                self._after.append((round(every), each))
            else:
                raise Unsupported(each.name, "it is called within a step, between other objects")

    def __bool__(self):
        return bool(self._before or self._after)

    def due(self, boundary, begin, end):
        """Functions to call before step `boundary`, with the step that each is called in."""
        found = []
        if boundary > begin:
            found += [(boundary - 1, each) for every, each in self._after if (boundary - 1) % every == 0]
        if boundary < end:
            found += [(boundary, each) for every, each in self._before if boundary % every == 0]
        return found

    def call(self, each, step, boundary):
        """Calls a function in a step, before step `boundary`. What monitors later in its step have counted is out of its sight."""
        later = self._objects[self._objects.index(each) :] if step < boundary else ()
        counted = [other for other in later if _counts(other) and other.active and step % self._document.ticks(other) == 0]
        kept = [(variable, variable.get_value()[-1]) for other in counted for variable in _rows(other)]
        for variable, _ in kept:
            variable.resize(len(variable.get_value()) - 1)
        for other in counted:
            other.variables["N"].set_value(other.variables["N"].get_value() - 1)
        each.run()
        for variable, value in kept:
            variable.resize(len(variable.get_value()) + 1)
            variable.get_value()[-1] = value
        for other in counted:
            other.variables["N"].set_value(other.variables["N"].get_value() + 1)

    def next_stop(self, boundary, end):
        """The first step after `boundary` before which something is due; `end` where nothing is."""
        stops = [end]
        stops += [(boundary // every + 1) * every for every, _ in self._before]
        stops += [-(-boundary // every) * every + 1 for every, _ in self._after]
        return min(stops)


class Unchanging:
    """What does not change during a run, whatever functions of Python say: delays, which queues have since its beginning, and
    which objects are active.

    Arrays and objects have what the run has while the engine runs, and what the script has said while functions are called.
    """

    def __init__(self, net, document):
        pathways = [pathway for synapses in document.synapses for pathway in synapses._pathways]
        self._read = [each for each in pathways if "delay" in get_identifiers(each.code)]
        #: What the run has, and what the script has said, by variable and by object.
        delays = [each.variables["delay"] for each in pathways]
        self._delays = {each: np.array(each.get_value()) for each in delays if not deferred.waits(each)}
        self._active = [(each, each._active) for each in net.sorted_objects]
        self._said, self._said_active = {}, []
        #: What functions may have the engine draw.
        self._undrawn = list(filter(None, map(deferred.of, document.synapses)))

    @contextmanager
    def said(self):
        """Arrays and objects have what the script has said."""
        self.give_back()
        try:
            yield
        finally:
            for each in self._undrawn:
                self._delays.update(each.delays)
            for variable, before in self._delays.items():
                values = np.array(variable.get_value())
                if values.shape == before.shape and not np.array_equal(values, before):
                    self._said[variable] = values
                    variable.get_value()[...] = before
            self._said_active = [(each, each._active) for each, before in self._active if each._active != before]
            for each, before in self._active:
                each._active = before
            for each in self._read:
                if each.variables["delay"] in self._said:
                    raise NotImplementedError(f"{each.name} reads its delays, and a function of Python changes them in a run")

    def give_back(self):
        """Leaves all of it to the script."""
        for variable, values in self._said.items():
            variable.get_value()[...] = values
        for each, is_active in self._said_active:
            each._active = is_active
        self._said, self._said_active = {}, []
