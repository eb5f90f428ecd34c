"""Functions of Python that a network calls while it runs: the session stops where they are due, and goes on after them."""

import math
from contextlib import contextmanager

import numpy as np
from brian2.core.clocks import Clock
from brian2.core.operations import NetworkOperation
from brian2.groups.group import CodeRunner
from brian2.monitors.ratemonitor import PopulationRateMonitor
from brian2.monitors.statemonitor import StateMonitor
from brian2.synapses.synapses import Synapses
from brian2.utils.stringtools import get_identifiers

from . import deferred
from .clocks import is_listed
from .functions import is_expression
from .groups import whole
from .texts import Unsupported

#: Times that differ by less are the same, in steps.
_NEAR = Clock.epsilon_dt

#: Whether Brian's own code may act between steps; networks that are written down have it in them.
acts_between = True


def simulated(objects):
    """The objects that engines run: all but functions of Python, and what acts on their far side."""
    others = beyond_calls(objects)
    return [each for each in objects if not _is_call(each) and each not in others]


def _is_call(each):
    """Whether an object is a function of Python, or code of neurons that calls one."""
    return isinstance(each, NetworkOperation) or (acts_between and _may_act_between(each) and _calls_python(each))


def _calls_python(each):
    """Whether code calls a function that no expression stands for."""
    return type(each) is CodeRunner and any(not is_expression(function) for code in each.code_objects for function in code.functions())


def beyond_calls(objects):
    """Samples and operations between a step's ends and functions of Python: Brian's own code does them, in their order.

    Args:
        objects: of a network, in the order of a step.
    """
    within = [k for k, each in enumerate(objects) if _acts(each) and not (_may_act_between(each) or _counts(each))]
    calls = [k for k, each in enumerate(objects) if _is_call(each) and each.active]
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
    return not _is_call(each) and each.active and bool(list(each.code_objects))


def _may_act_between(each):
    """Whether an object reads and writes Brian's arrays of neurons alone."""
    if isinstance(each, StateMonitor):
        return not isinstance(each.source, Synapses)
    return type(each) is CodeRunner and not isinstance(whole(each.group), Synapses)


def _rows(monitor):
    return [monitor.variables[name] for name in ("rate", "t")]


class Calls:
    """The calls of a run, in order of time, with what Brian's own code does beyond them; steps are those of the engine.

    Their clocks may be any: what is due between two steps is called there.

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
            if each not in between and not (_is_call(each) and each.active):
                continue
            if writes_files and isinstance(each, StateMonitor):
                raise Unsupported(each.name, "it samples beyond functions of Python, and files of results would lack what it records")
            if is_listed(each.clock):
                raise Unsupported(each.name, "it is a function of Python at listed times")
            every = float(each.clock.dt_) / document.dt
            others = [objects.index(other) for other in acting]
            if place < min(others, default=place):
                self._before.append((every, each))
            elif place > max(others, default=place):
                self._after.append((every, each))
            else:
                raise Unsupported(each.name, "it is called within a step, between other objects")

    def __bool__(self):
        return bool(self._before or self._after)

    def due(self, boundary, begin, end, last=None):
        """Functions to call before step `boundary`, with the step that each is called in, which is a fraction between steps.

        Args:
            last: the place in time after which nothing is called any more.
        """
        found, end = [], end - _NEAR if last is None else last + _NEAR
        for is_later, calls in ((True, self._after), (False, self._before)):
            for every, each in calls:
                k = math.ceil((boundary - 1 + (_NEAR if not is_later else -_NEAR)) / every)
                while _boundary(k * every, is_later) == boundary:
                    if begin - _NEAR <= k * every < end:
                        found.append((_whole(k * every), each))
                    k += 1
        return sorted(found, key=lambda each: each[0])

    def call(self, each, step, boundary):
        """Calls a function in a step, before step `boundary`. What monitors later in its step have counted is out of its sight."""
        later = self._objects[self._objects.index(each) :] if step == boundary - 1 else ()
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
        stops = [_boundary((math.floor((boundary + _NEAR) / every) + 1) * every, False) for every, _ in self._before]
        stops += [_boundary(math.ceil((boundary - _NEAR) / every) * every, True) for every, _ in self._after]
        return min([end, *stops])


def _whole(place):
    """A place in time as a number of steps, if it is one."""
    return round(place) if abs(place - round(place)) < _NEAR else place


def _boundary(place, is_later):
    """The step before which something is done that is due at a place in time: before all else of that step, or after it."""
    place = _whole(place)
    return math.floor(place) + 1 if is_later else math.ceil(place)


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
    def said(self, touched):
        """Arrays and objects have what the script has said.

        Args:
            touched: notes the variables that are read or written meanwhile.
        """
        said = {*self._said}
        self.give_back()
        try:
            with touched.watched():
                yield
        finally:
            for each in self._undrawn:
                self._delays.update(each.delays)
            for variable, before in self._delays.items():
                if variable not in said and not touched.includes(variable):
                    continue
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
