"""The part of the device by which runs wait for `build`, and connections are left to the engine (`deferred.py`)."""

import math
from contextlib import contextmanager

import numpy as np
from brian2.core.namespace import get_local_namespace
from brian2.core.network import Network
from brian2.core.variables import DynamicArrayVariable, VariableView
from brian2.synapses.synapses import Synapses
from brian2.units.fundamentalunits import fail_for_dimension_mismatch
from brian2.utils.logger import get_logger

from . import deferred
from .copies import CopyingDevice
from .reports import DRAWN_BY_BRIAN
from .touched import Arrays
from .values import check_probability

logger = get_logger("brian2.devices.interneuron")


class Parts:
    """The objects of a network, and which of them were active, for a run that comes later."""

    def __init__(self, net):
        self._net, self._given, self._objects = net, net.objects, set(net.objects)
        self._active = [(each, each._active) for each in net]

    @contextmanager
    def put_back(self):
        """Makes the network what it was; then it is what it has become."""
        net, now = self._net, self._net.objects
        active = [(each, each._active) for each, _ in self._active]
        net.objects = objects = set(self._objects)
        for each, was in self._active:
            each._active = was
        try:
            yield
        finally:
            net.objects = now
            for each, is_active in active:
                each._active = is_active
        if not objects and now is self._given:
            # Networks that Brian makes by itself let go of their objects after a run.
            now.clear()


class DeferringDevice(CopyingDevice):
    """Keeps what scripts say of a run and of large synapses, and has it done as soon as anybody reads what it gives."""

    #: Whether connections may be left to the engine.
    defers = True

    def __init__(self):
        super().__init__()
        #: What `set_device` was told.
        self.options = {}
        self._seed = None
        #: What notes which variables are read or written, while functions of Python are called.
        self.touched = None
        self._held = Arrays()
        #: A run that a script with `build_on_run=False` has asked for: its network, what this was, the time and the names.
        self._awaited = None

    def perform_awaited(self):
        """Carries out a run that waits: nothing has been read or set since, unless `build` asks for it."""
        awaited, self._awaited = self._awaited, None
        if awaited is not None:
            net, parts, duration, names, more = awaited
            with parts.put_back():
                self.network_run(net, duration, namespace=names, awaited=True, **more)

    def _draws_later(self, synapses, given):
        """Whether connections of synapses may stay text."""
        chosen = self.options.get("connect", "auto")
        if not self.defers or chosen == "brian":
            return False
        # NumPy's generator forgets what it began with when it is seeded.
        begun = getattr(np.random.mtrand._rand._bit_generator, "_seed_seq", None) is not None
        seeded = self._seed is not None or self.options.get("seed") is not None or not begun
        pairs = math.prod(int(each.variables["N"].get_value()) for each in (synapses.source, synapses.target))
        is_long = pairs >= deferred.MANY_PAIRS
        if chosen == "auto" and seeded and is_long and all(each is None or isinstance(each, str) for each in (given["i"], given["j"])):
            logger.info(DRAWN_BY_BRIAN % (synapses.name, pairs), "connect", once=True)
        return chosen == "engine" or (not seeded and is_long)

    def synapses_connect(
        self, synapses, condition=None, i=None, j=None, p=1.0, n=1, skip_if_invalid=False, namespace=None, level=0
    ):
        """What `Synapses.connect` does: it connects, or leaves that to the engine."""
        given = {"condition": condition, "i": i, "j": j, "p": p, "n": n, "skip_if_invalid": skip_if_invalid}
        check_probability(p)
        names = get_local_namespace(level=level + 2) if namespace is None else namespace
        if self._draws_later(synapses, given) and deferred.Deferred.connection(synapses, given, names):
            return
        deferred.CONNECT(synapses, **given, namespace=names)

    def variableview_set_with_expression_conditional(self, view, cond, code, run_namespace, check_units=True):
        """What a text for elements that meet a condition does."""
        def carry_out(names):
            VariableView.set_with_expression_conditional.original_function(view, cond, code, names, check_units)

        waiting = deferred.waiting_for(view) if cond == "True" else None
        if waiting is None or not waiting.value(view, code, run_namespace, carry_out):
            carry_out(run_namespace)

    def variableview_set_with_index_array(self, view, item, value, check_units):
        """What a number or an array for elements does."""
        def carry_out(_):
            VariableView.set_with_index_array.original_function(view, item, value, check_units)

        whole = isinstance(item, slice) and item == slice(None)
        waiting = deferred.waiting_for(view) if whole and np.ndim(value) == 0 else None
        if waiting is not None and check_units:
            fail_for_dimension_mismatch(view.variable.dim, value, f"Incorrect unit for setting variable {view.name}")
        if waiting is None or not waiting.value(view, value, {}, carry_out):
            carry_out(None)

    def _complete(self, net):
        """Draws all synapses of a network: their queues, which no variable holds, follow from what is drawn."""
        self.perform_awaited()
        for each in net.objects:
            if isinstance(each, Synapses) and deferred.of(each) is not None:
                deferred.of(each).draw()

    def network_store(self, net, name="default", filename=None):
        """What `Network.store` does."""
        self._complete(net)
        Network.store.original_function(net, name, filename)

    def network_restore(self, net, name="default", filename=None, restore_random_state=False):
        """What `Network.restore` does."""
        self._complete(net)
        Network.restore.original_function(net, name, filename, restore_random_state)

    def _before(self, var):
        if self._awaited is not None:
            self.perform_awaited()
        deferred.read(var)
        if self.touched is not None:
            self.touched.touch(var)

    def is_held(self, var):
        """Whether others hold the array of a variable."""
        return self._held.is_held(var, self.arrays)

    def get_value(self, var, access_data=True):
        """The array of a variable."""
        self._before(var)
        array = super().get_value(var, access_data)
        if access_data and isinstance(var, DynamicArrayVariable):
            self._held.hand_out(var, self.arrays[var], array)
        return array

    def set_value(self, var, value):
        """Sets the array of a variable."""
        self._before(var)
        super().set_value(var, value)

    def resize(self, var, new_size):
        """Changes the length of the array of a variable."""
        self._before(var)
        super().resize(var, new_size)

    def fill_with_array(self, var, arr):
        """Sets the array of a variable."""
        self._before(var)
        super().fill_with_array(var, arr)
