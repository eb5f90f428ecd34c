"""A session that goes on: where nothing but values was changed since the last run, they are all that is sent."""

import json
from contextlib import contextmanager

import numpy as np
from brian2.utils.stringtools import get_identifiers

import interneuron
from interneuron._server import pack

from . import deferred, queues
from .document_synapses import delay_in_code
from .groups import keeps_last_spikes
from .start import start_of_run
from .texts import Unsupported, spelled


class Live:
    """The session of a network, and what the network was when its last run ended."""

    def __init__(self, net, bare, session, settings, settable):
        self._net, self._session, self._settings, self._bare = net, session, settings, bare
        #: Variables that the script has changed between runs.
        self.settable = settable
        self._text = json.dumps(bare.parts, sort_keys=True)
        self._values, self._hidden = {}, {}
        #: Whether delays have changed with spikes under way.
        self._delayed = False
        #: What fetches the variables that Brian's arrays do not have as they are now, by variable.
        self.behind = {}

    @property
    def session(self):
        """The session, which belongs to whoever asks first for its end."""
        return self._session

    def note(self, bare):
        """Remembers what the network is now."""
        self._values = {id(variable): (variable, self._kept(variable)) for variable in bare.kept}
        self._hidden = hidden(bare)

    def _kept(self, variable):
        """A copy of what a variable holds, the one that there is where nothing has changed."""
        known = self._values.get(id(variable))
        if known is not None and known[0] is variable and are_same(known[1], np.asarray(variable.get_value())):
            return known[1]
        return _copy(variable)

    def goes_on(self, net, bare, settings):
        """Brings the session to what the network is now. Gives False where it cannot be: then it is to end."""
        if net is not self._net or settings != self._settings:
            return False
        if bare is not self._bare and self._text != json.dumps(bare.parts, sort_keys=True):
            return False
        self._bare = bare
        if not are_equal(self._hidden, hidden(bare)):
            return False
        variables = self.changed(bare)
        if variables is None:
            return False
        # Brian forgets between runs what code has still to hear of.
        changed = {f"{group}.{name}": 0.0 for group, name in bare.due}
        return self._takes([(each, self.before(each)) for each in variables], changed, bare)

    def takes(self, changes, bare):
        """Tells the session between two steps of a run about changed variables, each given with its values before.

        Gives False where it cannot be told, as of what belongs to spikes. Then arrays are to be complete, and `goes_on` decides.
        """
        kept = {id(each): each for each in bare.kept}
        if any(id(each) not in kept or np.shape(each.get_value()) != before.shape for each, before in changes):
            return False
        return not changes or self._takes(changes, {}, bare)

    def _takes(self, changes, changed, bare):
        delays = {}
        for variable, before in changes:
            key, value = _change(variable, before)
            if not np.isfinite(value).all():
                return False
            if variable.name == "delay":
                for synapses, pathway in delayed_by(variable, bare):
                    delays[delay_of(synapses, pathway)] = sent(variable)
                    if "delay" in get_identifiers(pathway.code):
                        changed[f"{synapses.name}.{delay_in_code(pathway)}"] = sent(variable)
            else:
                self.settable[key_of(variable)] = variable
                changed[key] = packed(value)
        if self._delayed:
            self.bring_up_to_date()
        may_begin_anew = not (delays or self._delayed) or _may_begin(bare)
        if delays and may_begin_anew:
            # That costs less than a program that knows both.
            return False
        try:
            if delays:
                self._delayed = True
                self._session._call("set", values=delays)
            if changed:
                self._session._call("set", values=changed, atOnce=may_begin_anew)
        except (interneuron.UsageError, interneuron.ModelError):
            return False
        return True

    def changed(self, bare):
        """Variables that hold something else than at the end of the last run; None where there are other ones."""
        found = []
        for variable in bare.kept:
            before = self.before(variable)
            now = np.asarray(variable.get_value())
            if before is None or before.shape != now.shape:
                return None
            if not are_same(before, now):
                found.append(variable)
        return found

    def bring_up_to_date(self, variable=None):
        """Fetches a variable into Brian's array, or all of them, where the engine has gone on since."""
        for each in [variable] if variable is not None else list(self.behind):
            fetch = self.behind.pop(each, None)
            if fetch is not None:
                fetch()

    def earlier_delays(self, bare):
        """The delays of the last run, by variable, where there are other ones now."""
        delays = {each: self.before(each) for each in bare.kept if each.name == "delay"}
        return {
            each: before
            for each, before in delays.items()
            if before is not None and before.shape == each.get_value().shape and (before != each.get_value()).any()
        }

    def before(self, variable):
        """What a variable held at the end of the last run; None where it was not there."""
        known = self._values.get(id(variable))
        return known[1] if known is not None and known[0] is variable else None

    def is_unlike(self, net, bare, delayed):
        """Whether another network is to go on than the one that has run, or what no variable holds has changed.

        Args:
            net: the network.
            bare: what it is now.
            delayed: names of pathways with other delays, whose queues are made anew.
        """
        before, now = ({key: each for key, each in kept.items() if key not in delayed} for kept in (self._hidden, hidden(bare)))
        return not self.is_of(net) or not are_equal(before, now)

    def is_of(self, net):
        """Whether the session is of this network."""
        return net is self._net

    @property
    def parts(self):
        """The network without values and connections."""
        return json.loads(self._text)


def _change(variable, before):
    """Key and numbers of a changed variable: only its changed elements if some elements are infinite or not a number."""
    now = np.asarray(variable.get_value()).astype(np.float64)
    if now.ndim == 0 or np.isfinite(now).all():
        return key_of(variable), now
    places = np.flatnonzero(before != now)
    places = places[~(np.isnan(now[places]) & np.isnan(before[places]))]
    return f"{variable.owner.name}{places.tolist()}.{spelled(variable.name)}", now[places]


@contextmanager
def with_values(values):
    """Meanwhile variables hold other values, which are given by variable."""
    kept = {variable: _copy(variable) for variable in values}
    try:
        for variable, value in values.items():
            variable.get_value()[...] = value
        yield
    finally:
        for variable, value in kept.items():
            variable.get_value()[...] = value


def key_of(variable):
    """A variable as sessions call it."""
    return f"{variable.owner.name}.{spelled(variable.name)}"


def delayed_by(variable, bare):
    """The pathways of which a variable is the delay, with their synapses."""
    every = [(synapses, pathway) for synapses in bare.synapses for pathway in synapses._pathways]
    return [(synapses, pathway) for synapses, pathway in every if pathway.variables["delay"] is variable]


def delay_of(synapses, pathway):
    """The delay of a pathway as sessions and phases call it."""
    return f"{synapses.name}.{pathway.objname}.delay"


def sent(variable):
    """Returns the value of a variable for a session."""
    return packed(np.asarray(variable.get_value()).astype(np.float64))


def packed(numbers):
    """Returns numbers for a session: a single one as it is."""
    return float(numbers.flat[0]) if numbers.size == 1 else pack(numbers)


def _copy(variable):
    return np.array(variable.get_value())


def hidden(bare):
    """What sessions keep besides variables, by whose it is: the step, last spikes, spikes under way."""
    found = {"": [int(bare.clock.variables["timestep"].get_value().item())]}
    for group in bare.groups:
        if keeps_last_spikes(group):
            found[group.name] = [_copy(group.variables["lastspike"]), _copy(group.variables["not_refractory"])]
    for synapses in bare.synapses:
        if deferred.of(synapses) is not None:
            continue
        if bare.keeps_updates(synapses):
            found[synapses.name] = [_copy(synapses.variables["lastupdate"])]
        for pathway in synapses._pathways:
            if pathway.active and pathway.queue is not None:
                found[pathway.name] = list(queues.under_way(pathway))
    return found


def _may_begin(bare):
    """Whether a session may begin here: whether the delays explain what is under way."""
    try:
        start_of_run(bare)
    except Unsupported:
        return False
    return True


def are_same(a, b):
    """Whether arrays have the same shape and numbers; numbers that are not a number are the same."""
    if a.shape != b.shape:
        return False
    if a.dtype.kind != "f":
        return np.array_equal(a, b)
    bits = f"i{a.dtype.itemsize}"
    return np.array_equal(a.view(bits), b.view(bits)) or np.array_equal(a, b, equal_nan=True)


def are_equal(a, b):
    """Whether what sessions keep besides variables is the same."""
    return a.keys() == b.keys() and all(
        np.array_equal(x, y) if isinstance(x, np.ndarray) else x == y for key in a for x, y in zip(a[key], b[key])
    )
