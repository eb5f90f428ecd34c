"""Copies of the device: networks take it along when they are pickled, as to other processes."""

import copyreg
import pickle
import weakref
from numbers import Number

import numpy as np
from brian2.core.functions import Function
from brian2.core.variables import ArrayVariable, DynamicArrayVariable
from brian2.devices.device import RuntimeDevice

from . import deferred
from .touched import Arrays


class CopyingDevice(RuntimeDevice):
    """Can be pickled: all connections are drawn then, and a copy has no session. Its runs begin from Brian's arrays."""

    def __getstate__(self):
        for each in deferred.held():
            each.draw()
        state = super().__getstate__()
        # Variables bring their arrays along: those of other networks stay. What has been found out of networks will be again.
        state.update(arrays=(), _live=None, _stepped=None, _settable=None, touched=None, _held=None)
        state["_runs"] = [(net, parts, duration, _usable(names)) for net, parts, duration, names in self._runs]
        if self._awaited is not None:
            net, parts, duration, names, more = self._awaited
            state["_awaited"] = (net, parts, duration, _usable(names), more)
        return state

    def __setstate__(self, state):
        # Some of its variables may have come first.
        super().__setstate__({**state, "arrays": self.__dict__.get("arrays", ())})
        self._stepped, self._settable, self._held = weakref.WeakSet(), weakref.WeakKeyDictionary(), Arrays()

    def spike_queue(self, source_start, source_end):
        """A queue of Brian's, of which copies have what is under way, too."""
        queue = super().spike_queue(source_start, source_end)
        kind = type(queue)
        if hasattr(queue, "_state_tuple") and kind not in copyreg.dispatch_table:
            copyreg.pickle(kind, lambda each: (_queue_again, (kind, each._state_tuple[:2], each._full_state())))
        return queue


def _usable(names):
    """Of the names of a script those that code can have."""
    return {name: value for name, value in names.items() if isinstance(value, (Number, np.ndarray)) or _is_sent(value)}


def _is_sent(value):
    if not isinstance(value, Function):
        return False
    try:
        pickle.dumps(value)
    except Exception:  # noqa: BLE001
        return False
    return True


def _proxy_again(proxied):
    return weakref.proxy(proxied)


def _reduced(proxy):
    return _proxy_again, (proxy.__repr__.__self__,)


# Python would make copies of what proxies stand for, which have half of its attributes where it refers to the proxy in turn.
copyreg.pickle(weakref.ProxyType, _reduced)


def _reduced_variable(variable):
    how = variable.__reduce_ex__(2)
    if not isinstance(variable.device, CopyingDevice):
        return how
    return (*how[:2], (how[2], variable.device.arrays.get(variable)), None, None, _complete_variable)


def _complete_variable(variable, given):
    state, array = given
    variable.__setstate__(state)
    if array is not None:
        variable.device.__dict__.setdefault("arrays", weakref.WeakKeyDictionary())[variable] = array


for _kind in (ArrayVariable, DynamicArrayVariable):
    copyreg.pickle(_kind, _reduced_variable)


def _queue_again(kind, words, state):
    queue = kind(*words)
    queue._restore_from_full_state(state)
    return queue
