"""Variables that functions of Python read or write between steps: only these are fetched, compared and sent."""

import sys
import weakref
from contextlib import contextmanager

import numpy as np

from .groups import keeps_last_spikes
from .live import are_same


def _references(arrays, key):
    return sys.getrefcount(arrays[key])


#: References to an array that only its device has.
_ALONE = _references({0: np.empty(0)}, 0)


class Arrays:
    """Tells which arrays of a device others hold: they may change without the device being called."""

    def __init__(self):
        #: Arrays that were handed out of dynamic arrays, which make one at each call from Brian 2.10 on.
        self._handed = weakref.WeakKeyDictionary()

    def hand_out(self, variable, dynamic, array):
        """Notes an array that a dynamic array has made."""
        if not hasattr(dynamic, "_data"):
            alive = [each for each in self._handed.get(variable, ()) if each() is not None]
            self._handed[variable] = [*alive, weakref.ref(array)]

    def is_held(self, variable, arrays):
        """Whether others hold the array of a variable, or a part of it.

        Args:
            arrays: those of the device, by variable.
        """
        kept = arrays[variable]
        if isinstance(kept, np.ndarray):
            return _references(arrays, variable) - 1 > _ALONE
        if hasattr(kept, "_data"):
            # Its attribute `data` is a part of `_data`.
            return _references(vars(kept), "data") > _ALONE or _references(vars(kept), "_data") - 1 > _ALONE
        return any(each() is not None for each in self._handed.get(variable, ()))


class Touched:
    """The variables of a network that functions of Python have touched since the last step."""

    def __init__(self, device, document):
        self._device = device
        others = [group.variables[name] for group in document.groups if keeps_last_spikes(group) for name in _OF_SPIKES]
        others += [each.variables["lastupdate"] for each in document.synapses if document.keeps_updates(each)]
        self._known = {id(each): each for each in (*document.kept, *others)}
        self._seen, self._before = set(), {}

    @contextmanager
    def watched(self):
        """Meanwhile variables are brought up to date when they are read, and what they held is kept."""
        self._seen, self._before = set(), {}
        self._device.touched = self
        try:
            for each in self._known.values():
                if self._device.is_held(each):
                    self.touch(each)
            yield
        finally:
            self._device.touched = None

    def touch(self, variable):
        """Notes that a variable is going to be read or written."""
        if id(variable) in self._seen:
            return
        self._seen.add(id(variable))
        self._device.bring_up_to_date(variable)
        # Delays do not change while a network runs.
        if id(variable) in self._known and variable.name != "delay":
            self._before[id(variable)] = np.array(variable.get_value())

    def includes(self, variable):
        """Whether a variable was touched."""
        return id(variable) in self._seen

    def changed(self):
        """Variables that hold something else, each with what it held before."""
        known = ((self._known[key], before) for key, before in self._before.items())
        return [(each, before) for each, before in known if not are_same(before, np.asarray(each.get_value()))]


#: Variables that sessions keep besides those of equations.
_OF_SPIKES = ("lastspike", "not_refractory")
