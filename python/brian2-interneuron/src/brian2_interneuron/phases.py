"""What a script does between its runs, as phases of a specification."""

import copy
import json
import os
import sys

import numpy as np

from .live import are_equal, delay_of, delayed_by, hidden, key_of


class NoPhase(Exception):
    """What a script does between two runs is in no words of a specification."""


#: Sections of what can be switched on and off.
_SWITCHED = ("spike_monitors", "event_monitors", "state_monitors", "population_rate_monitors", "poisson_inputs")


class Phases:
    """The phases of a script from its first run on."""

    def __init__(self):
        self.phases, self.data = [], {}
        #: Whether values are listed, which follow from what was drawn before.
        self.lists = False
        #: What is switched on later and is not in the first document, by section.
        self.added = {}
        #: Constants that change, with the section and name of each object that has them in its namespace.
        self.constants = {}
        self._known = set()
        #: What the first run and the last one began with: values by variable, and what sessions keep besides.
        self._first, self._last = None, None

    def note(self, bare):
        """Remembers what a run begins with.

        Args:
            bare: what the network is now.
        """
        begun = {id(each): (each, np.array(each.get_value())) for each in bare.kept}, hidden(bare)
        self._first, self._last = self._first or begun, begun

    def begin(self, parts, duration):
        """The first run.

        Args:
            parts: of the document.
            duration: in s.
        """
        self._known = {name for section in _SWITCHED for name in parts.get(section, {})}
        self.run(duration)

    def run(self, duration):
        """A run.

        Args:
            duration: in s.
        """
        self.phases.append({"duration": f"{duration!r}*second"})

    def between(self, live, net, bare, returns):
        """What the script has changed since the last run.

        Args:
            live: the session of the last run; None where it has ended.
            net: the network that is to run.
            bare: what it is now.
            returns: whether the network is at its start again.

        Raises:
            NoPhase: where phases cannot say it.
        """
        kept = ("phases", "data", "lists", "added", "constants", "_known")
        saved = {name: copy.deepcopy(getattr(self, name)) for name in kept}
        try:
            if returns:
                self._returns(live, net, bare)
            else:
                self._changes(live, net, bare)
        except NoPhase:
            vars(self).update(saved)
            raise

    def _returns(self, live, net, bare):
        if live is None or not live.is_of(net):
            raise NoPhase("the network is another one")
        self.phases.append({"reset": True})
        self._structure(live, net, bare)
        (first, hidden_first), (last, _) = self._first, self._last
        if not are_equal(hidden_first, hidden(bare)):
            raise NoPhase("the network does not begin as it did")
        if [*first] != [id(each) for each in bare.kept]:
            raise NoPhase("the network has other variables")
        for variable in bare.kept:
            now, ended = np.asarray(variable.get_value()), live.before(variable)
            (_, begun), (_, run_from) = first[id(variable)], last[id(variable)]
            if not begun.shape == now.shape == np.shape(ended):
                raise NoPhase("the network has another number of synapses")
            # What a run changes is state, and has its first value again. What it leaves alone may be a parameter, too.
            if variable.name == "delay":
                before = ended
            elif np.array_equal(run_from, ended):
                before = np.where((begun == now) & (ended == now), now, np.nan)
            else:
                before = begun
            if not np.array_equal(before, now):
                self._set(variable, before, bare)

    def _changes(self, live, net, bare):
        if live is None:
            raise NoPhase("the network does not go on from where it was")
        self._structure(live, net, bare)
        variables = live.changed(bare)
        if variables is None:
            raise NoPhase("the network has other variables, or another number of synapses")
        delayed = {pathway.name for each in variables for _, pathway in delayed_by(each, bare)}
        if live.is_unlike(net, bare, delayed):
            raise NoPhase("the network is another one, or does not go on from where it was")
        for variable in variables:
            self._set(variable, live.before(variable), bare)

    def _structure(self, live, net, bare):
        """Spikes of generators, constants, and what is switched; all else has to be as it was."""
        if bare.due:
            raise NoPhase("code of events runs before their test")
        own = {each.name for each in net.objects} | self._known
        before, after = (with_monitors(parts, own) for parts in (live.parts, json.loads(json.dumps(bare.parts))))
        self._spikes(before, after)
        self._switch(before, after)
        self._constants(before, after)
        if before != after:
            raise NoPhase("the network has other parts")

    def _spikes(self, before, after):
        old, new = before.get("spike_generators", {}), after.get("spike_generators", {})
        spikes = {
            name: {key: entry[key] for key in ("indices", "times")}
            for name, entry in new.items()
            if name in old and _spikes_alone(old[name], entry)
        }
        if spikes:
            self.phases.append({"set_spikes": spikes})
            old.update({name: new[name] for name in spikes})

    def _switch(self, before, after):
        for section in _SWITCHED:
            old, new = before.setdefault(section, {}), after.setdefault(section, {})
            active = {name: name in new for name in {**old, **new} if (name in old) != (name in new)}
            for name in active:
                if name not in self._known:
                    self._known.add(name)
                    self.added.setdefault(section, {})[name] = new[name]
                    self.phases.insert(0, {"active": {name: False}})
            if active:
                self.phases.append({"active": active})
                before[section] = {name: old.get(name, entry) for name, entry in new.items()}

    def _constants(self, before, after):
        changed = {}
        for section, entries in before.items():
            for name, entry in entries.items() if isinstance(entries, dict) else ():
                old = entry.get("namespace", {}) if isinstance(entry, dict) else {}
                new = after.get(section, {}).get(name, {}).get("namespace", {}) if old else {}
                for key in [each for each in old if each in new and old[each] != new[each]]:
                    changed.setdefault(key, []).append((old[key], new[key]))
                    self.constants.setdefault(key, set()).add((section, name))
                    old[key] = new[key]
        if any(each != values[0] for values in changed.values() for each in values):
            raise NoPhase("a constant has several values")
        if changed:
            self.phases.append({"set": {key: values[0][1] for key, values in changed.items()}})

    def put_into(self, parts):
        """Writes the phases, and what they need, into a document.

        Args:
            parts: of the document.
        """
        for section, entries in self.added.items():
            parts.setdefault(section, {}).update(entries)
        for key, owners in self.constants.items():
            for section, name in owners:
                parts.setdefault("namespace", {})[key] = parts[section][name]["namespace"].pop(key)
        parts["run"] = self.phases

    def _set(self, variable, before, bare):
        now = np.asarray(variable.get_value())
        if not np.isfinite(now.astype(float)).all():
            raise NoPhase(f"{variable.name} becomes infinite")
        places = np.flatnonzero(before != now)
        values = now[places] if now.ndim else now
        name = _name_of(variable, bare)
        part = 0 < len(places) < now.size
        if part and variable.name == "delay":
            raise NoPhase("some of the delays change")
        self.lists = self.lists or part or not (values == values.flat[0]).all()
        value = bare.value_of(variable, values)
        self.data.update(bare.data)
        self.phases.append({"set": {name: value}, **({"index": [int(each) for each in places]} if part else {})})


def with_monitors(parts, names):
    """A document with the monitors of these names alone: others give the engine the events that it needs."""
    parts = dict(parts)
    for section in ("spike_monitors", "event_monitors"):
        own = {name: each for name, each in parts.pop(section, {}).items() if name in names}
        if own:
            parts[section] = own
    return parts


def _spikes_alone(before, after):
    """Whether entries of a generator differ in their spikes and in nothing else."""
    spikes = ("indices", "times")
    return (
        before != after
        and "period" not in after
        and all(before.get(key) == each for key, each in after.items() if key not in spikes)
        and before.keys() == after.keys()
    )


def _name_of(variable, bare):
    """A variable as phases call it."""
    for synapses, pathway in delayed_by(variable, bare):
        return delay_of(synapses, pathway)
    return key_of(variable)


def line_in(path):
    """The line of a script that is carried out.

    Args:
        path: the script.

    Returns:
        its number; None where the script is not being carried out.
    """
    frame = sys._getframe()
    while frame is not None:
        if os.path.abspath(frame.f_code.co_filename) == os.path.abspath(path):
            return frame.f_lineno
        frame = frame.f_back
    return None
