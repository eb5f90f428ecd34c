"""Rules and distributions in place of the connections and values that Brian has drawn from them."""

from brian2 import NeuronGroup, StateMonitor, Synapses
from brian2.spatialneuron.spatialneuron import SpatialNeuron
from brian2.utils.stringtools import get_identifiers, word_substitute

from .statements import connections_of


class _Part:
    """Connections, or the first values of a variable: a place in the document, and the statements that made them."""

    def __init__(self, owner, entry, key, variable, statements):
        self.owner, self.entry, self.key, self.variable, self.statements = owner, entry, key, variable, statements
        self.why = next((each.why for each in statements if each.why), None)

    @property
    def place(self):
        """Its place in the document, as a JSON pointer."""
        section = "synapses" if isinstance(self.owner, Synapses) else "neuron_groups"
        return f"/{section}/{self.owner.name}/{'' if self.key == 'connect' else 'initializers/'}{self.key}"

    @property
    def name(self):
        """As messages call it."""
        return f"{self.owner.name}'s connections" if self.key == "connect" else f"{self.owner.name}.{self.key}"


def keep_rules(document, said, objects, refused):
    """Writes rules and distributions as the script has them, where nothing else depends on what was drawn from them.

    Args:
        document: of the network.
        said: the statements of the script.
        objects: of the network.
        refused: what is not to be written so, by place, and why.

    Returns:
        the places of what is written so, and why other connections and values are numbers, as sentences.
    """
    parts, drawn = _parts(document, said, objects), said.drawn
    for each in parts.values():
        each.why = each.why or refused.get(each.place) or _stale(each, said, id(each.variable) in drawn)
    _monitored(parts, objects)
    while _spread(parts, drawn) or _connected_by_number(parts, objects):
        pass
    for each in sorted(parts.values(), key=lambda part: said.set[id(part.variable)]):
        if each.why is None:
            _write(document, each)
    numbers = [each for each in parts.values() if each.why is not None and id(each.variable) in drawn]
    kept = [each.place for each in parts.values() if each.why is None]
    return kept, [
        f"{each.name} {'are' if each.key == 'connect' else 'is'} written as drawn: {each.why}" for each in numbers
    ]


def _parts(document, said, objects):
    """What statements with text have made, by identity of its variable."""
    parts = {}

    def add(owner, entry, key, variable):
        statements = said.of.get(id(variable), [])
        if any(each.words is not None for each in statements):
            parts[id(variable)] = _Part(owner, entry, key, variable, statements)

    for owner in objects:
        section = "synapses" if isinstance(owner, Synapses) else "neuron_groups"
        if not isinstance(owner, (NeuronGroup, Synapses)) or isinstance(owner, SpatialNeuron):
            continue
        entry = document.parts.get(section, {}).get(owner.name)
        if entry is None:
            continue
        for key in entry.get("initializers", {}):
            if key in owner.variables:
                add(owner, entry, key, owner.variables[key])
        if isinstance(owner, Synapses):
            add(owner, entry, "connect", connections_of(owner))
            for pathway in owner._pathways:
                delay = pathway.variables["delay"]
                add(owner, entry, f"{pathway.objname}.delay", delay)
                if id(delay) in parts:
                    parts[id(delay)].why = parts[id(delay)].why or _no_delay(parts[id(delay)], pathway)
    return parts


def _no_delay(part, pathway):
    """Why delays cannot be written as they were said."""
    if "delay" in get_identifiers(pathway.code):
        return "code of synapses reads it"
    return next((f"{each.place} gives it without bounds" for each in part.statements if without_bounds(each)), None)


def without_bounds(statement):
    """Whether a statement draws what may have any value, as no delay may."""
    named = get_identifiers(str((statement.words or {}).get("value", "")))
    return bool(named & {"randn", "poisson"}) and "clip" not in named


def _stale(part, said, drawn):
    """Why a part cannot be written as it was said."""
    if not said.is_as_left(part.variable):
        return "it was changed in another way"
    for each in part.statements:
        others = [(read, when) for read, when in each.reads.items() if read != id(part.variable)]
        if any(said.set.get(read, 0) != when for read, when in others):
            return f"what {each.place} reads was changed later"
    if drawn and said.is_read(part.variable):
        return f"{said.read_at[id(part.variable)]} reads what was drawn"
    if part.key != "connect" and len(part.statements) > 1 and part.statements[0].words is None:
        return f"{part.statements[0].place} sets it to an array"
    return None


def _monitored(parts, objects):
    """Numbers of synapses are those of what Brian has drawn."""
    for each in objects:
        if not isinstance(each, StateMonitor) or not isinstance(each.source, Synapses):
            continue
        through = any(name.endswith(("_pre", "_post")) for name in each.record_variables)
        part = parts.get(id(connections_of(each.source)))
        if part is not None and (through or not each.record_all):
            part.why = part.why or f"{each.name} records them by number"


def _connected_by_number(parts, objects):
    """Connections of synapses that are ends of synapses whose pairs are listed. Gives whether there were more."""
    more = False
    for each in objects:
        own = parts.get(id(connections_of(each))) if isinstance(each, Synapses) else None
        if not isinstance(each, Synapses) or (own is not None and own.why is None):
            continue
        for end in (each.source, each.target):
            part = parts.get(id(connections_of(end))) if isinstance(end, Synapses) else None
            if part is not None and part.why is None:
                part.why, more = f"{each.name} connects them by number", True
    return more


def _spread(parts, drawn):
    """Writes as numbers what those need that are written so. Gives whether that was more."""
    more = False

    def refuse(part, why):
        nonlocal more
        if part is not None and part.why is None:
            part.why, more = why, True

    for part in parts.values():
        if part.key == "connect" and part.why is None:
            values = part.entry.get("initializers", {})
            known = {each.key for each in parts.values() if each.owner is part.owner and each.why is None}
            array = next((key for key, value in values.items() if isinstance(value, dict) and key not in known), None)
            if array is not None:
                refuse(part, f"{part.owner.name}.{array} has a value for each of them")
        if part.why is not None:
            for each in part.statements:
                for read in each.reads:
                    if read in drawn:
                        refuse(parts.get(read), f"it determines {part.name}, also written as drawn")
    return more


def _write(document, part):
    if part.key == "connect":
        connections_in(document, part.entry, part.statements)
    else:
        initial_value(part.entry, part.key, part.statements)


def _plainly(entry, statement):
    """The words of a statement with constants of its time: those that the namespace of an entry has otherwise, as numbers."""
    own = entry.get("namespace", {})
    names = {name: f"({text})" for name, text in statement.constants.items() if own.setdefault(name, text) != text}
    if own:
        entry["namespace"] = own
    return {key: word_substitute(text, names) if isinstance(text, str) else text for key, text in statement.words.items()}


def initial_value(entry, key, statements):
    """Writes the first values of a variable, or the delays of a pathway, as statements have them.

    Args:
        entry: of its owner in the document.
        key: its name, or that of the pathway and `.delay`.
        statements: those that give them.
    """
    values = [_plainly(entry, each) for each in statements]
    begun = len(values) == 1 and set(values[0]) == {"value"}
    # Those that read others come after them.
    kept = entry.setdefault("initializers", {})
    kept.pop(key, None)
    kept[key] = values[0]["value"] if begun else values
    if key.endswith(".delay"):
        delays = entry.get("delay", {})
        delays.pop(key.removesuffix(".delay"), None)
        if not delays:
            entry.pop("delay", None)


def connections_in(document, entry, statements):
    """Writes the calls of `connect`, in order; pairs that were given stay lists.

    Args:
        document: whose arrays they are.
        entry: of the synapses in the document.
        statements: the calls.
    """
    calls = []
    for each in statements:
        if each.words is None:
            first, last = each.part
            ends = [entry["connect"][side] for side in ("i", "j")]
            i, j = (document.array(document.data[end["$data"]][first:last], inline=False) for end in ends)
            calls.append({"i": i, "j": j})
            continue
        words = _plainly(entry, each)
        if words.get("condition") is True and len(words) > 1:
            del words["condition"]
        calls.append(words["condition"] if set(words) == {"condition"} else words)
    entry["connect"] = calls[0] if len(calls) == 1 else calls
