"""Values in NEURON's memory, which are read at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from .values import listed, told


class Variable(NamedTuple):
    """A variable in NEURON's memory."""

    #: NEURON's name of the place, the point process or the connection; empty for a global variable.
    owner: str
    name: str
    #: As in MechanismStandard: a global (-1), a parameter (1), an assigned variable (2), or a state (3).
    kind: int
    #: NEURON's name of the mechanism; empty for others.
    mechanism: str = ""

    def __str__(self) -> str:
        return f"{self.name} of {self.owner}" if self.owner else self.name


class Memory:
    """All variables of a model that a script can set by one assignment."""

    def __init__(self, h: Any) -> None:
        """Finds the variables of the sections, point processes, artificial cells and connections that exist."""
        self.h = h
        self._lists: dict[tuple[str, int], list[tuple[str, int]]] = {}
        found = list(self._all())
        self.variables = [variable for variable, *_ in found]
        #: Segments and point processes of the variables.
        self.owners = [owner for _, owner, _ in found]
        #: Indices of the variables of each mechanism and name.
        self.alike: dict[tuple[str, str], list[int]] = {}
        for k, variable in enumerate(self.variables):
            self.alike.setdefault((variable.mechanism, variable.name), []).append(k)
        #: Places of potentials among the variables, in the order of sections and segments.
        self.potentials = [k for k, variable in enumerate(self.variables) if variable.name == "v" and variable.kind == 3 and "(" in variable.owner]
        self._pointers, self._values = h.PtrVector(len(found)), h.Vector(len(found))
        for k, (*_, pointer) in enumerate(found):
            self._pointers.pset(k, pointer)

    def read(self) -> Any:
        """Returns the values of all variables as an array."""
        self._pointers.gather(self._values)
        return self._values.as_numpy().copy()

    def find(self, reference: Any) -> tuple[Variable, Any] | None:
        """Returns the variable of a pointer and its segment, point process or connection: a mark is written to it and looked for."""
        before, mark = reference[0], 0.1234567890123
        reference[0] = mark
        try:
            places = (self.read() == mark).nonzero()[0]
        finally:
            reference[0] = before
        return (self.variables[places[0]], self.owners[places[0]]) if len(places) else None

    def structure(self) -> dict[str, float]:
        """Returns what no pointer shows: by name, numbers of sections, mechanisms, point processes and connections."""
        found: dict[str, float] = {}
        for section in self.h.allsec():
            name = section.name()
            found.update({f"L of {name}": section.L, f"Ra of {name}": section.Ra, f"nseg of {name}": section.nseg})
            for mechanism in section(0.5):
                found[f"insert of {mechanism.name()} in {name}"] = 1
            for segment in section.allseg():
                found.update({f"existence of {point.hname()}": 1 for point in segment.point_processes()})
        connections = self.h.List("NetCon")
        for one in (connections.o(k) for k in range(int(connections.count()))):
            # Connections without a target watch events.
            if one.syn() is not None:
                found[f"active of {one.hname()}"] = one.active()
        return found

    def with_potentials(self, values: Any, others: Any) -> Any:
        """Returns values with the potentials of others."""
        return [b if variable.name == "v" else a for variable, a, b in zip(self.variables, values, others)]

    def set_potentials(self, values: Any) -> None:
        """Sets the potentials."""
        segments = (segment for section in self.h.allsec() for segment in section)
        for segment, v in zip(segments, (v for variable, v in zip(self.variables, values) if variable.name == "v")):
            segment.v = v

    def _all(self) -> Iterator[tuple[Variable, Any, Any]]:
        h, membranes = self.h, dict[str, bool]()
        for section in h.allsec():
            for segment in section:
                place = str(segment)
                yield from _pointers(segment, place, [("v", 3), ("cm", 1), ("diam", 1)])
                for mechanism in segment:
                    name = mechanism.name()
                    if name.endswith("_ion"):
                        ion = name[:-4]
                        yield from _pointers(segment, place, [(each.format(ion), 2) for each in ("e{}", "{}i", "{}o", "i{}")], None, name)
                    else:
                        membranes[name] = True
                        for kind in (1, 2, 3):
                            yield from self._of(segment, place, name, kind)
        for name in membranes:
            yield from self._of(h, "", name, -1)
        points = h.MechanismType(1)
        for k in range(int(points.count())):
            points.select(k)
            name, _ = told(h, points.selected)
            known = h.List(name)
            for point in (known.o(k) for k in range(int(known.count()))):
                for kind in (1, 2, 3):
                    yield from self._of(point, point.hname(), name, kind)
            if known.count():
                yield from self._of(h, "", name, -1)
        connections = h.List("NetCon")
        for one in (connections.o(k) for k in range(int(connections.count()))):
            # Connections without a target watch events, and end when nobody keeps them.
            if one.syn() is None:
                continue
            yield from ((variable, None, pointer) for variable, _, pointer in _pointers(one, one.hname(), [("delay", 1), ("threshold", 1)]))
            for k in range(int(one.wcnt())):
                yield Variable(one.hname(), f"weight[{k}]", 1), None, one._ref_weight[k]
        yield from _pointers(h, "", [("celsius", -1), ("dt", -1), ("secondorder", -1)])

    def _of(self, owner: Any, place: str, mechanism: str, kind: int) -> Iterator[tuple[Variable, Any, Any]]:
        """Finds the variables of a mechanism."""
        if (mechanism, kind) not in self._lists:
            self._lists[mechanism, kind] = listed(self.h, mechanism, kind)
        for name, length in self._lists[mechanism, kind]:
            for k in range(length):
                yield from _pointers(owner, place, [(name, kind)], k if length > 1 else None, mechanism)


def _pointers(
    owner: Any, place: str, names: list[tuple[str, int]], index: int | None = None, mechanism: str = ""
) -> Iterator[tuple[Variable, Any, Any]]:
    for name, kind in names:
        try:
            pointer = getattr(owner, f"_ref_{name}")
            pointer = pointer if index is None else pointer[index]
            pointer[0]
        except (AttributeError, LookupError, TypeError, RuntimeError):
            # Not every name that NEURON lists has a place in memory.
            continue
        yield Variable(place, name if index is None else f"{name}[{index}]", kind, mechanism), owner, pointer
