"""A session that goes on: where nothing but values was changed since the last run, they are all that is sent."""

import json

import numpy as np

import interneuron
from interneuron._server import pack


class Live:
    """The session of a network, and what the network was when its last run ended."""

    def __init__(self, net, bare, session, settings, settable):
        self._net, self._session, self._settings, self._bare = net, session, settings, bare
        #: Variables that the script has changed between runs.
        self.settable = settable
        self._text = json.dumps(bare.parts, sort_keys=True)
        self._values, self._hidden = {}, []

    @property
    def session(self):
        """The session, which belongs to whoever asks first for its end."""
        return self._session

    def note(self, bare):
        """Remembers what the network is now."""
        self._values = {id(variable): (variable, self._kept(variable)) for variable in bare.kept}
        self._hidden = _hidden(bare)

    def _kept(self, variable):
        """A copy of what a variable holds, the one that there is where nothing has changed."""
        known = self._values.get(id(variable))
        if known is not None and known[0] is variable and np.array_equal(known[1], variable.get_value()):
            return known[1]
        return _copy(variable)

    def goes_on(self, net, bare, settings):
        """Brings the session to what the network is now. Gives False where it cannot be: then it is to end."""
        if net is not self._net or settings != self._settings:
            return False
        if bare is not self._bare and self._text != json.dumps(bare.parts, sort_keys=True):
            return False
        self._bare = bare
        if not _equal(self._hidden, _hidden(bare)):
            return False
        changed = {}
        for variable in bare.kept:
            known = self._values.get(id(variable))
            now = np.asarray(variable.get_value())
            if known is None or known[0] is not variable or known[1].shape != now.shape:
                return False
            if (known[1] == now).all():
                continue
            if variable.name == "delay" or not np.isfinite(now.astype(float)).all():
                return False
            self.settable[key_of(variable)] = variable
            changed[key_of(variable)] = sent(variable)
        if not changed:
            return True
        try:
            self._session._call("set", values=changed, atOnce=True)
        except (interneuron.UsageError, interneuron.ModelError):
            return False
        return True


def key_of(variable):
    """A variable as sessions call it."""
    return f"{variable.owner.name}.{variable.name}"


def sent(variable):
    """What a variable holds, for a session."""
    numbers = np.asarray(variable.get_value()).astype(np.float64)
    return float(numbers.flat[0]) if numbers.size == 1 else pack(numbers)


def _copy(variable):
    return np.array(variable.get_value())


def _hidden(bare):
    """What sessions keep besides variables: the step, last spikes, spikes under way."""
    found = [int(bare.clock.variables["timestep"].get_value().item())]
    for group in bare.groups:
        if "lastspike" in group.variables:
            found += [_copy(group.variables["lastspike"]), _copy(group.variables["not_refractory"])]
    for synapses in bare.synapses:
        if bare.keeps_updates(synapses):
            found.append(_copy(synapses.variables["lastupdate"]))
        for pathway in synapses._pathways:
            if pathway.active and pathway.queue is not None:
                state = pathway.queue._full_state()
                rows = state[1] if len(state) == 2 else [state[1].tolist()]
                offset = state[0] if len(state) == 2 else 0
                found.append([list(map(int, np.ravel(rows[(offset + k) % len(rows)]))) for k in range(len(rows))])
    return found


def _equal(a, b):
    return len(a) == len(b) and all(
        np.array_equal(x, y) if isinstance(x, np.ndarray) else x == y for x, y in zip(a, b)
    )
