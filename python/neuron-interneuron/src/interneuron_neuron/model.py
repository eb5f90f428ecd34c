"""A model in NEURON's memory as a canonical document: cells, mechanisms by their files, point processes, connections."""

from __future__ import annotations

import hashlib
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .followed import Followed, points_of
from .frameworks import framework_names
from .integrators import INTEGRATORS, connection_to
from .memory import Memory, Variable
from .parts import Part, levels, parts_of, points_of_part, spot
from .sources import Sources
from .values import (
    by_place,
    identifier,
    is_reversed,
    listed,
    node_of,
    places,
    rounded,
    same,
    unique,
)

#: Reversal potentials, concentrations and currents of ions, by NEURON's names and ours.
_ION_NAMES = {"e{}": "e_{}", "{}i": "{}_i", "{}o": "{}_o", "i{}": "i_{}"}


#: NEURON's NetStim without noise.
_REGULAR = {
    "parameters": {"start": {"unit": "ms", "value": 50}, "interval": {"unit": "ms", "value": 10}, "number": {"unit": 1, "value": 10}},
    "state": {"next": {"unit": "ms", "initial": "start"}, "count": {"unit": 1}},
    # At the step that is nearest to the time, as in NEURON.
    "events": {"spike": {"when": "t + dt > next - dt/2 and count < number", "do": ["count += 1", "next += interval"]}},
}

#: NEURON's VClamp: an amplifier that compares the potential with three levels. Its input has the capacitor of the time
#: constant tau1, with the potential q, which NEURON solves for together with the potential of the cell.
_VOLTAGE_CLAMP = {
    "parameters": {
        **{f"dur_{k}": {"unit": "ms", "value": 0} for k in range(3)},
        **{f"amp_{k}": {"unit": "mV", "value": 0} for k in range(3)},
        "gain": {"unit": 1, "value": 1e5},
        "rstim": {"unit": "Mohm", "value": 1},
        "tau1": {"unit": "ms", "value": 0.001},
    },
    "state": {"q": {"unit": "mV", "initial": "post.v"}},
    "derived": {
        "level": {"unit": "mV", "value": "amp_0 if t < dur_0 else amp_1 if t < dur_0 + dur_1 else amp_2"},
        "input": {"unit": "mV", "value": "post.v - (level + post.v + q*tau1/dt)/(2 + tau1/dt)"},
    },
    "derivatives": {"q": "(level + post.v - 2*q)/tau1"},
    "scheme": ["q"],
    "ports": {"port": "A"},
    "contributes": {"port": "-(gain*input + post.v)/rstim if t < dur_0 + dur_1 + dur_2 else 0*nA"},
}
_CLAMP_UNITS = {"dur": "ms", "amp": "mV", "gain": "1", "rstim": "Mohm", "tau1": "ms"}


@dataclass(frozen=True)
class _Put:
    """A NetCon with events that the script puts into it, which arrive at their times."""

    netcon: Any
    #: ms
    times: list[float]
    #: From the times in the list to those of the arrivals, in ms.
    delay: float

    def hname(self) -> str:
        """Returns the name of the NetCon."""
        return str(self.netcon.hname())

    @property
    def weight(self) -> Any:
        """The weights of the NetCon."""
        return self.netcon.weight

    def wcnt(self) -> float:
        """Returns the number of weights."""
        return float(self.netcon.wcnt())

    def pre(self) -> None:
        """Returns nothing, because no cell sends the events."""


class Model:
    """The document of the model that NEURON holds."""

    def __init__(
        self, h: Any, sources: Sources, title: str, memory: Memory, followed: Followed, first: Iterable[Variable] = ()
    ) -> None:
        """Reads the model.

        Args:
            h: NEURON.
            sources: texts of mechanisms.
            title: name of the model.
            memory: variables of the model.
            followed: places whose potentials variables of point processes follow.
            first: states that INITIAL does not give their values.
        """
        self._first = {(one.owner, one.name) for one in first}
        self.h, self.sources, self.memory, self.followed = h, sources, memory, followed
        #: Time step in ms. CVode's own changes during the run.
        self.dt = 0.025 if h.CVode().active() else float(h.dt)
        self.left_out: list[str] = []
        self.types: dict[str, Any] = {}
        self.populations: dict[str, Any] = {}
        self.synapses: dict[str, Any] = {}
        self.projections: dict[str, Any] = {}
        self.stimuli: dict[str, Any] = {}
        self.tables: dict[str, Any] = {}
        self.record: list[dict[str, Any]] = []
        self.title = title
        #: Population, index, and names within the cell of each section or of its parts, by its name.
        self.places: dict[str, tuple[str, int, list[str]]] = {}
        #: Projection and index of each point process that is a synapse, by its name.
        self.points: dict[str, tuple[str, int]] = {}
        #: Projection, index, and names of weights of each NetCon, by its name.
        self._netcons: dict[str, tuple[str, int, list[str]]] = {}
        #: Point processes with several connections.
        self._shared: set[str] = set()
        #: Stimulus of each IClamp whose values are constant, and these.
        self._clamps: dict[str, tuple[str, dict[str, float]]] = {}
        #: Phases of the run, if the script changes the model during it.
        self.protocol: list[dict[str, Any]] = []
        self._names = framework_names()
        #: Populations of artificial cells and the indices of these, by NEURON's or the framework's name and whether they are regular.
        self._senders: dict[tuple[str, bool], tuple[str, dict[tuple[str, float], int]]] = {}
        #: Parts of a step that the first delay of each artificial cell has beyond whole steps; ms.
        self._rests: dict[str, float] = {}
        #: Positions of cells by population; um.
        self._positions: dict[str, list[tuple[float, float, float]]] = {}
        #: Populations whose positions a framework gives.
        self._framed: set[str] = set()
        self._events: dict[str, dict[tuple[str, float, float], str]] = {}
        self._shapes: dict[str, str] = {}
        #: Ends of sections, which are nodes without area, that something is at: names of the sections that stand for them.
        self._ends: dict[tuple[str, float], str] = self._used_ends()
        self._standard: dict[str, tuple[list[tuple[str, int]], dict[str, list[float]]]] = {}
        #: Population and index of each integrate-and-fire cell, by its name; populations by label and kind; connections to them.
        self._integrators: dict[str, tuple[str, int]] = {}
        self._populations_of_integrators: dict[tuple[str, str], str] = {}
        #: Names of synapses by the kind of their point processes and the variables that follow another potential.
        self._synapses: dict[tuple[str, tuple[str, ...]], str] = {}
        self._driven: dict[tuple[str, str, str], list[Any]] = {}
        self._left: set[str] = set()
        roots = [section for section in h.allsec() if section.parentseg() is None]
        known = self._names.cells
        for root in sorted(roots, key=lambda each: known[each.name()].gid if each.name() in known else -1):
            self._cell(root)

    def _used_ends(self) -> dict[tuple[str, float], str]:
        connections = self.h.List("NetCon")
        used = [connections.o(k).preseg() for k in range(int(connections.count()))]
        used += [point.get_segment() for point in points_of(self.h)]
        used += [segment for each in self.followed.values() for segment in each.values()]
        nodes = [node_of(segment) for segment in used if segment is not None]
        return {(node.sec.name(), node.x): "" for node in nodes if node.x in (0, 1)}

    def place_of(self, segment: Any) -> tuple[str, int, str, float]:
        """Returns the population, index, section and fraction of a place."""
        node = node_of(segment)
        population, index, names = self.places[node.sec.name()]
        end = self._ends.get((node.sec.name(), node.x))
        return (population, index, end, 0.5) if end else (population, index, *spot(node, names))

    def leave(self, sentence: str) -> None:
        """Notes a part that is not in the document."""
        if sentence not in self._left:
            self._left.add(sentence)
            self.left_out.append(sentence)

    def note(self, sentence: str) -> None:
        """Prints a fact about the document once."""
        if sentence not in self._left:
            self._left.add(sentence)
            print(f"note: {sentence}", file=sys.stderr)

    # --- Cells ------------------------------------------------------------------------------------------------------
    def _cell(self, root: Any) -> None:
        sections = [root]
        for section in sections:
            sections.extend(section.children())
        parts: list[Part] = []
        names: dict[str, list[str]] = {}
        for section in sections:
            name = self._names.sections.get(section.name()) or section.name().rpartition(".")[2]
            own = parts_of(section, identifier(name), [each.name for each in parts])
            parts += own
            names[section.name()] = [each.name for each in own]
        ends = self._end_sections(parts, names)
        cell = {
            "compartments": {
                "sections": {**{each.name: self._section(each, names) for each in parts}, **ends},
                **self._membranes(parts, bool(ends)),
                "temperature": f"{self.h.celsius + 273.15!r} kelvin",
            },
            "inputs": {"synaptic": {"unit": "A", "reduce": "sum"}},
            # NEURON's fixed step, to first order, unless the script asks for another order.
            **({} if self.h.secondorder else {"method": "cable-then-gates"}),
        }
        known = self._names.cells.get(root.name())
        shape = hashlib.sha256(json.dumps([rounded(cell), known and known.population], sort_keys=True).encode()).hexdigest()
        population = self._shapes.get(shape)
        if population is None:
            population = self._shapes[shape] = unique(identifier(known.population if known else _template(root)), self.populations)
            self.types[population] = cell
            self.populations[population] = {"type": population, "size": 0}
        place = (root.x3d(0), root.y3d(0), root.z3d(0)) if root.n3d() else (0.0, 0.0, 0.0)
        self._positions.setdefault(population, []).append(known.position if known else place)
        self._framed |= {population} if known else set()
        index = self.populations[population]["size"]
        self.populations[population]["size"] += 1
        for section in sections:
            self.places[section.name()] = (population, index, names[section.name()])

    def _end_sections(self, parts: list[Part], names: Mapping[str, list[str]]) -> dict[str, Any]:
        """Returns a section without a membrane for each end at which something is, which acts at the end as in NEURON."""
        found: dict[str, Any] = {}
        for part in parts:
            section = part.section
            for x in (0.0, 1.0):
                is_far = (x == 1) != is_reversed(section)
                if (section.name(), x) not in self._ends or part.index != (part.count - 1 if is_far else 0):
                    continue
                name = unique(f"{part.name}_{'end' if is_far else 'begin'}", [*(each.name for each in parts), *found])
                self._ends[section.name(), x] = name
                own = self._section(part, names)
                found[name] = {
                    "parent": {"section": part.name, "fraction": float(is_far)},
                    # Shorter ones give larger rounding errors, longer ones larger capacitances.
                    "length": "1e-4 um",
                    "diameter": f"{section(x).diam!r} um",
                    "divisions": 1,
                    "specificCapacitance": f"{section(x).cm * 1e-6!r} uF/cm**2",
                    **{key: own[key] for key in ("resistivity", "initial")},
                }
        return found

    def _section(self, part: Part, names: Mapping[str, list[str]]) -> dict[str, Any]:
        section, segment = part.section, part.segments[0]
        found: dict[str, Any] = {}
        parent = section.parentseg()
        if part.index > 0:
            found["parent"] = {"section": names[section.name()][part.index - 1], "fraction": 1.0}
        elif parent is not None:
            name, x = spot(parent, names[parent.sec.name()])
            found["parent"] = {"section": name, "fraction": x}
        points = points_of_part(part)
        if points:
            found["points"] = [[f"{each!r} um" for each in point] for point in points]
        else:
            found["length"], found["diameter"] = f"{section.L / part.count!r} um", f"{segment.diam!r} um"
        found["divisions"] = len(part.segments)
        found["specificCapacitance"] = f"{segment.cm!r} uF/cm**2"
        found["resistivity"] = f"{section.Ra!r} ohm*cm"
        found["initial"] = f"{segment.v!r} mV"
        return found

    def _parameters(self, mechanism: str) -> tuple[list[tuple[str, int]], dict[str, list[float]]]:
        """Returns the parameters of a mechanism with their lengths, and the values of a new one."""
        if mechanism not in self._standard:
            standard, names = self.h.MechanismStandard(mechanism, 1), listed(self.h, mechanism, 1)
            usual = {name: [standard.get(name, k) for k in range(length)] for name, length in names}
            for name, length in listed(self.h, mechanism, 2) if self.sources.file(mechanism) else []:
                own = name.removesuffix(f"_{mechanism}")
                if own != "i" and not self.sources.is_assigned(mechanism, own) and self._is_settable(mechanism, own):
                    names.append((name, length))
                    usual[name] = [0.0] * length
            self._standard[mechanism] = (names, usual)
        return self._standard[mechanism]

    def _is_settable(self, mechanism: str, variable: str) -> bool:
        """Whether a mechanism declares a variable in ASSIGNED, rather than has it from NEURON or by a pointer."""
        declared = re.search(rf"\b{variable}\b", self.sources.block(mechanism, "ASSIGNED"))
        return declared is not None and variable not in self.sources.pointers(mechanism)

    def _globals(self, mechanism: str) -> dict[str, float]:
        """Returns parameters that all instances share, where they differ from those of the file."""
        found = {}
        defaults = self.sources.defaults(mechanism)
        for name, length in listed(self.h, mechanism, -1):
            if length != 1 or not name.endswith(f"_{mechanism}"):
                continue
            own = name[: -len(mechanism) - 1]
            value = getattr(self.h, name)
            usual = defaults.get(own, None if self.sources.is_assigned(mechanism, own) or own == "usetable" else 0.0)
            if usual is not None and usual != value:
                found[own] = value
        return found

    def _membranes(self, parts: list[Part], has_ends: bool) -> dict[str, Any]:
        groups: dict[str, list[str]] = {}
        names = [part.name for part in parts]
        for name in names:
            groups.setdefault(re.sub(r"_\d+$", "", name), []).append(name)
        groups = {f"{name}_group" if name in names else name: members for name, members in groups.items() if len(members) > 1}
        values: dict[str, dict[str, dict[str, Any]]] = {}
        ions: dict[str, dict[str, Part]] = {}
        for part in parts:
            for name in sorted({each.name() for segment in part.segments for each in segment}, key=self.sources.order):
                if name.endswith("_ion"):
                    ions.setdefault(name[:-4], {})[part.name] = part
                elif name == "extracellular":
                    if any(seg.xg[0] != 1e9 or seg.xc[0] != 0 or seg.e_extracellular != 0 for seg in part.segments):
                        self.leave("the layers of extracellular")
                elif name not in ("morphology", "capacitance"):
                    values.setdefault(name, {})[part.name] = self._values(part, name)
        mechanisms: dict[str, Any] = {}
        for name, own in values.items():
            file = self.sources.file(name)
            if file is None:
                self.leave(f"the mechanism {name}, whose text in NMODL is not known")
                continue
            shared = self._globals(name)
            placed = by_place({place: {**shared, **each} for place, each in own.items()}, groups)
            mechanisms[identifier(name)] = {
                "nmodl": file,
                **({"tables": bool(getattr(self.h, f"usetable_{name}"))} if hasattr(self.h, f"usetable_{name}") else {}),
                **({} if len(own) == len(names) and not has_ends else {"on": places(list(own), groups)}),
                **({"values": placed} if placed else {}),
            }
        return {"groups": groups, "ions": {ion: self._ion(ion, each) for ion, each in ions.items()}, "mechanisms": mechanisms}

    def _values(self, part: Part, mechanism: str) -> dict[str, Any]:
        names, usual = self._parameters(mechanism)
        found = {}
        for name, length in names:
            own = name[: -len(mechanism) - 1] if name.endswith(f"_{mechanism}") else name
            for k in range(length):
                read = [getattr(segment, name)[k] if length > 1 else getattr(segment, name) for segment in part.segments]
                if any(each != usual[name][k] for each in read):
                    found[own if length == 1 else f"{own}_{k}"] = same(read)
        states = listed(self.h, mechanism, 3)
        for name, length in states:
            own = name.removesuffix(f"_{mechanism}")
            for k in range(length):
                place = name if length == 1 else f"{name}[{k}]"
                if any((str(segment), place) in self._first for segment in part.segments):
                    read = [getattr(segment, name)[k] if length > 1 else getattr(segment, name) for segment in part.segments]
                    found[own if length == 1 else f"{own}_{k}"] = same(read)
        # First concentrations that a mechanism computes.
        for state in re.findall(r"[A-Za-z_]\w*", self.sources.block(mechanism, "STATE")):
            if state in levels(part.section):
                found[state] = same([getattr(segment, state) for segment in part.segments])
        return found

    def _ion(self, ion: str, parts: Mapping[str, Part]) -> dict[str, Any]:
        charge = int(self.h.ion_charge(f"{ion}_ion"))

        def level(part: Part) -> dict[str, str]:
            segment = part.segments[0]
            # NEURON computes the potential at each step where a mechanism writes a concentration.
            is_computed = int(self.h.ion_style(f"{ion}_ion", sec=part.section)) >> 6 & 1
            return {
                "inside": f"{getattr(segment, f'{ion}i')!r} mM",
                "outside": f"{getattr(segment, f'{ion}o')!r} mM",
                "reversal": "nernst" if is_computed else f"{getattr(segment, f'e{ion}')!r} mV",
            }

        known = {place: level(part) for place, part in parts.items()}
        first = next(iter(known.values()))
        at = {place: {key: each[key] for key in each if each[key] != first[key]} for place, each in known.items() if each != first}
        return {"valence": charge, **first, **({"at": at} if at else {})}

    # --- Point processes and connections ----------------------------------------------------------------------------
    def connect(
        self, trains: Mapping[str, list[float]], put: Mapping[str, list[float]], end: float, plays: Mapping[Any, Any]
    ) -> None:
        """Reads point processes, connections and artificial cells.

        Args:
            trains: times of the events of artificial cells by name, in ms.
            put: times of the events that the script puts into NetCons, by the names of these, in ms.
            end: of the run, in ms.
            plays: values that vectors play into variables of clamps, by variable: times or a step in ms, and values.
        """
        self._end = end
        self._early = {name for name, train in trains.items() if train and train[0] < self.dt / 2}
        received: dict[str, list[Any]] = {}
        detectors: list[Any] = []
        known = self.h.List("NetCon")
        connections = [known.o(k) for k in range(int(known.count()))]
        self._read_integrators(connections)
        for one in connections:
            target = one.syn()
            if target is None:
                detectors.append(one)
                if one.pre() is not None:
                    # It is recorded at its own times.
                    self._rests[one.pre().hname()] = 0.0
                continue
            if not one.active():
                continue
            if one.hname() in put:
                if self._is_artificial(target):
                    self.leave(f"events that the script puts into NetCons (NetCon.event) to {target.hname()}, an artificial cell")
                    continue
                received.setdefault(target.hname(), []).append(_Put(one, put[one.hname()], self.dt))
                if one.preseg() is None and (one.pre() is None or not trains.get(one.pre().hname(), True)):
                    # It has no source, or one that sends nothing.
                    continue
            if target.hname() in self._integrators:
                self._drive(one, trains)
                continue
            if self._is_artificial(target):
                sender = one.pre()
                # What another artificial cell does to it is in the list of its events.
                if sender is None or not self._is_artificial(sender):
                    self.leave(f"events that {target.hname()} receives, an artificial cell")
                continue
            received.setdefault(target.hname(), []).append(one)
        rows: dict[tuple[str, str, str, str], list[Any]] = {}
        for point in points_of(self.h):
            self._point(point, received.get(point.hname(), []), trains, plays, rows)
        for (source, event, target, kind), connected in rows.items():
            self._projection(source, event, target, kind, connected)
        for (source, event, target), driven in self._driven.items():
            self._projection_of_weights(source, event, target, driven)
        for one in detectors:
            found = self._source(one, trains)
            if found is not None:
                self._record({"of": found[0], "events": found[1] or "spike"})
        for population in self.types:
            if population not in self._events:
                self.note(f"no spikes of {population} are detected, because no NetCon, gid or APCount watches it")

    # --- Integrate-and-fire cells -----------------------------------------------------------------------------------
    def _read_integrators(self, connections: list[Any]) -> None:
        """Makes cells of the artificial cells that events of other cells reach. The events of all others are listed."""
        targets: dict[str, list[Any]] = {}
        reached: list[Any] = []
        for one in connections:
            target, sender = one.syn(), one.pre()
            if target is None or not one.active() or _kind(target) not in INTEGRATORS:
                continue
            if sender is not None and self._is_artificial(sender):
                targets.setdefault(sender.hname(), []).append(target)
            else:
                reached.append(target)
        found: dict[str, Any] = {}
        while reached:
            cell = reached.pop()
            if cell.hname() not in found:
                found[cell.hname()] = cell
                reached += targets.get(cell.hname(), [])
        for name in sorted(found, key=_number):
            kind = _kind(found[name])
            label = self._names.points.get(name, kind)
            population = self._populations_of_integrators.get((label, kind))
            if population is None:
                population = self._populations_of_integrators[label, kind] = unique(identifier(label), self.populations)
                self.types[population] = INTEGRATORS[kind]
                values: dict[str, list[float]] = {key: [] for key in INTEGRATORS[kind]["parameters"]}
                self.populations[population] = {"type": population, "size": 0, "values": values}
                self._events[population] = {("", 0.0, 1.0): "spike"}
                self._record({"of": population, "events": "spike"})
            parts = self.populations[population]
            self._integrators[name] = (population, parts["size"])
            parts["size"] += 1
            for key, own in parts["values"].items():
                own.append(getattr(found[name], key))

    def _drive(self, one: Any, trains: Mapping[str, list[float]]) -> None:
        """Reads a connection to an integrate-and-fire cell."""
        found = self._source(one, trains)
        if found is not None:
            population, index = self._integrators[one.syn().hname()]
            self._driven.setdefault((found[0], found[1], population), []).append((found[2], index, one))

    def _projection_of_weights(self, source: str, event: str, target: str, driven: list[Any]) -> None:
        """Adds connections whose weights are added to the state of their targets."""
        first = driven[0][2]
        kind, is_between = _kind(first.syn()), "late" in self.types.get(source, {}).get("state", {})
        name = "weight" if kind == "IntFire1" else f"{kind}_weight" + ("_between" if is_between else "")
        self.synapses.setdefault(name, connection_to(kind, is_between))
        is_listed = first.pre() is not None and first.pre().hname() not in self._integrators
        delays = [self._delay(one) if is_listed or kind == "IntFire1" else float(one.delay) for *_, one in driven]
        whole, rests = delays, [0.0]
        if kind != "IntFire1":
            # Events between two steps act at the end of the step, as they would have since their time.
            whole = [max(1 + is_between, math.ceil(each / self.dt - 1e-6)) * self.dt for each in delays]
            rests = [max(0.0, a - b) for a, b in zip(whole, delays)]
        later = _with_unit(same(whole), "ms")
        earlier = _with_unit(same([each - self.dt for each in whole]), "ms")
        synapse, name = name, unique(f"{source}_{target}", self.projections)
        self.projections[name] = {
            "from": {"of": source, "event": event} if event else source,
            "to": target,
            "synapse": synapse,
            "connect": {"rule": "list", "sources": [each[0] for each in driven], "targets": [each[1] for each in driven]},
            **({"delays": {"pre": later, "earlier": earlier}} if kind != "IntFire1" and is_between else {"delay": later}),
            "values": {
                "weight": same([one.weight[0] for *_, one in driven]),
                **({"rest": _with_unit(same(rests), "ms")} if any(rests) else {}),
            },
            **({"receptor": "m"} if kind == "IntFire1" else {}),
        }
        self._netcons.update({one.hname(): (name, k, ["weight"]) for k, (*_, one) in enumerate(driven)})

    def _is_artificial(self, point: Any) -> bool:
        """Whether a point process only sends events, which no cell changes."""
        return not point.has_loc() or self.sources.is_stimulus(point.hname().partition("[")[0])

    def _point(self, point: Any, received: list[Any], trains: Any, plays: Any, rows: Any) -> None:
        kind, name = point.hname().partition("[")[0], point.hname()
        place = self.place_of(point.get_segment())
        if kind == "PointProcessMark":
            # It only marks a place.
            pass
        elif self._is_artificial(point):
            # Its events are listed for each of its connections.
            pass
        elif kind == "APCount":
            self._event(place[0], *place[2:], point.thresh)
        elif kind == "IClamp":
            self._clamp(point, place, plays)
        elif kind == "VClamp":
            if point.tau2 or point.fac or not point.tau1:
                self.leave(f"{name}, a clamp with tau2, with fac, or without tau1")
            elif any(each > 0 for each in point.dur):
                self.synapses.setdefault(kind, _VOLTAGE_CLAMP)
                rows.setdefault((self._silent(), "", place[0], kind), []).append((0, place, None, point, None))
        elif self.sources.file(kind) is None:
            self.leave(f"{name}, whose text in NMODL is not known")
        else:
            followed = self.followed.get(name, {})
            synapse = self._synapse(kind, tuple(followed))
            if len(received) > 1:
                self.synapses[synapse]["shared"] = True
                self._shared.add(name)
            ends = [each for each in (self._source(one, trains) for one in received) if each is not None]
            if followed:
                origins = list(dict.fromkeys(self.place_of(segment) for segment in followed.values()))
                if ends or len(origins) > 1:
                    self.leave(f"{name}, which follows the potential of one place and has events or the potential of another")
                    return
                rows.setdefault((origins[0][0], "", place[0], synapse), []).append((origins[0][1], place, None, point, origins[0]))
                return
            if not ends:
                ends = [(self._silent(), "", 0, None)]
            for source, event, index, one in ends:
                rows.setdefault((source, event, place[0], synapse), []).append((index, place, one, point, None))

    def _silent(self) -> str:
        """Returns the population of the source of point processes that receive no events."""
        self.populations.setdefault("silent", {"size": 1, "spikes": {"indices": [], "times": []}})
        return "silent"

    def _synapse(self, kind: str, followed: tuple[str, ...]) -> str:
        """Returns the name of the synapses of a kind of point process, of which some variables follow another potential."""
        name = self._synapses.get((kind, followed))
        if name is None:
            name = self._synapses[kind, followed] = unique(identifier(kind), self.synapses)
            self.synapses[name] = {
                "nmodl": self.sources.file(kind),
                **({"presynaptic": list(followed)} if followed else {}),
            }
        return name

    def _clamp(self, point: Any, place: tuple[str, int, str, float], plays: Any) -> None:
        population, index, section, x = place
        name = unique(identifier(self._names.points.get(point.hname()) or point.hname()), self.stimuli)
        value = f"{point.amp!r}*nA"
        for (owner, variable), (times, values) in plays.items():
            if owner != point.hname():
                continue
            if variable != "amp" or times is None:
                self.leave(f"the vector that plays into {variable} of {owner}")
            elif isinstance(times, float):
                self.tables[name] = {"dt": f"{times!r} ms", "unit": "nA", "values": values}
                value = f"{name}(t)"
            elif len(values) <= _POINTS:
                moments, is_continuous = times
                value = f"({_played(moments, is_continuous, values, value)})"
            else:
                self.leave(f"the vector that plays {len(values)} values at its own times into {variable} of {owner}, which may be {_POINTS}")
        stimulus = f"{name}_current" if name in self.tables else name
        if all(owner != point.hname() for owner, _ in plays):
            self._clamps[point.hname()] = stimulus, {"amp": point.amp, "del": point.delay, "dur": point.dur}
        self.stimuli[stimulus] = {
            "kind": "current",
            "to": f"{population}[{index}:{index + 1}]",
            "input": "synaptic",
            "value": self._pulse(value, point.delay, point.dur),
            "section": section,
            "fraction": x,
        }

    def _pulse(self, value: str, begin: float, duration: float) -> str:
        """Returns a current that flows for a time."""
        end = begin + duration
        # NEURON reads the time at the middle of a step.
        time = "t" if all(abs(each / self.dt - round(each / self.dt)) < 1e-6 for each in (begin, min(end, 1e6))) else "t + dt/2"
        begin, end = _at_middle(begin, self.dt), _at_middle(end, self.dt)
        condition = f"{time} >= {begin!r}*ms" + ("" if end > 1e8 else f" and {time} < {end!r}*ms")
        return f"{value} if {condition} else 0*nA"

    def _source(self, one: Any, trains: Mapping[str, list[float]]) -> tuple[str, str, int, Any] | None:
        """Returns the population, event and index of the source of a connection."""
        if isinstance(one, _Put):
            population = self.populations.setdefault("events", {"size": 0, "spikes": {"indices": [], "times": []}})
            times = [each for each in one.times if each <= self._end]
            if any(each < 1.5 * self.dt for each in times):
                self.note(f"events at the first step arrive at {2 * self.dt!r} ms here, the first time that events can have")
            population["size"] += 1
            population["spikes"]["indices"] += [population["size"] - 1] * len(times)
            population["spikes"]["times"] += [max(0.0, each - one.delay) for each in times]
            return "events", "", population["size"] - 1, one
        sender = one.pre()
        if sender is not None and sender.hname() in self._integrators:
            population, index = self._integrators[sender.hname()]
            return population, "spike", index, one
        if sender is not None and self._is_artificial(sender):
            name = sender.hname()
            if name not in trains:
                self.leave(f"{name}, an artificial cell whose events are not known")
                return None
            # Events arrive at the step that is nearest to the sum of time and delay: the times have the rest of the delay.
            rest = 0.0 if one.syn() is None else round(one.delay - self._delay(one), 9)
            first = self._rests.setdefault(name, rest)
            label = (self._names.points.get(name) or name.partition("[")[0]) + ("" if rest == first else "_by_delay")
            regular = self._is_regular(sender, trains[name])
            if (label, regular) not in self._senders:
                self._senders[label, regular] = self._add_sender(unique(identifier(label), self.populations), regular)
            kind, known = self._senders[label, regular]
            population = self.populations[kind]
            if (name, rest) not in known:
                known[name, rest] = population["size"]
                population["size"] += 1
                if regular:
                    for key, value in (("start", sender.start + rest), ("interval", sender.interval), ("number", sender.number)):
                        population["values"][key].append(value)
                else:
                    population["spikes"]["indices"] += [known[name, rest]] * len(trains[name])
                    population["spikes"]["times"] += [max(0.0, time + rest) for time in trains[name]]
            return kind, "spike" if regular else "", known[name, rest], one
        segment = one.preseg()
        if segment is None:
            source = "a variable other than v" if sender is None else sender.hname()
            self.leave(f"events of {source}: NetCons are read from potentials and artificial cells")
            return None
        population, index, section, x = self.place_of(segment)
        return population, self._event(population, section, x, one.threshold), index, one

    def _is_regular(self, sender: Any, train: list[float]) -> bool:
        """Whether an artificial cell is a NetStim whose events have been regular until the end of the run."""
        if sender.hname().partition("[")[0] != "NetStim" or sender.noise or sender.interval < self.dt:
            return False
        due = [sender.start + k * sender.interval for k in range(len(train) + 1)]
        is_whole = len(train) == int(sender.number) or due[-1] > self._end - 1e-6
        return is_whole and all(abs(time - each) < 1e-6 for time, each in zip(train, due))

    def _add_sender(self, population: str, regular: bool) -> tuple[str, dict[tuple[str, float], int]]:
        """Adds a population of artificial cells. Returns its name, and a map for the indices of cells."""
        if regular:
            self.types[population] = _REGULAR
            self.populations[population] = {"type": population, "size": 0, "values": {"start": [], "interval": [], "number": []}}
            self._events[population] = {("", 0.0, 1.0): "spike"}
        else:
            self.populations[population] = {"size": 0, "spikes": {"indices": [], "times": []}}
        return population, {}

    def _delay(self, one: Any) -> float:
        """Returns the delay of a connection in ms: of whole steps if its source is an artificial cell, whose times have the rest."""
        sender, dt = one.pre(), self.dt
        delay = max(dt, float(one.delay))
        if sender is None or sender.hname() in self._integrators or not self._is_artificial(sender):
            if one.delay < dt / 2:
                self.note("delays of 0 ms are one time step here")
            return delay
        whole = math.floor(delay / dt + 0.5)
        # Events at the time 0 come in the first step, at its end.
        if sender.hname() in self._early and whole > 1:
            return (whole - 1) * dt
        return delay if abs(delay - whole * dt) < 1e-6 * dt else whole * dt

    def _event(self, population: str, section: str, x: float, threshold: float) -> str:
        events = self._events.setdefault(population, {})
        key = (section, x, threshold)
        if key not in events:
            events[key] = "spike" if not events else f"spike_{len(events) + 1}"
            self.types[population].setdefault("events", {})[events[key]] = {
                "when": f"v > {threshold!r}*mV",
                "edge": "rising",
                "section": section,
                "fraction": x,
            }
            self._record({"of": population, "events": events[key]})
        return events[key]

    def _record(self, recording: dict[str, Any]) -> None:
        if recording not in self.record:
            self.record.append(recording)

    def _projection(self, source: str, event: str, target: str, kind: str, connected: list[Any]) -> None:
        name = unique(f"{source}_{target}_{kind}", self.projections)
        mechanism = connected[0][3].hname().partition("[")[0]
        origins = [origin for *_, origin in connected if origin is not None]
        followed = self.followed.get(connected[0][3].hname(), {})
        values: dict[str, Any] = {}
        names, usual = self._parameters(mechanism)
        for parameter, length in names:
            for k in range(0 if parameter in followed else length):
                read = [getattr(point, parameter)[k] if length > 1 else getattr(point, parameter) for *_, point, _ in connected]
                if any(each != usual[parameter][k] for each in read):
                    values[parameter if length == 1 else f"{parameter}_{k}"] = same(read)
        for state, _ in listed(self.h, mechanism, 3):
            if any((point.hname(), state) in self._first for *_, point, _ in connected):
                if self.synapses[kind].get("shared"):
                    self.leave(f"first values of {state} of {connected[0][3].hname()}, which several connections share")
                values[state] = same([getattr(point, state) for *_, point, _ in connected])
        if mechanism == "VClamp":
            units = {key: _CLAMP_UNITS.get(key.partition("_")[0]) for key in values}
            values = {key: _with_unit(each, unit) for key, each in values.items() if (unit := units[key])}
        netcons = [one for _, _, one, *_ in connected]
        if netcons[0] is not None:
            for k, argument in enumerate(self.sources.arguments(mechanism)[: int(netcons[0].wcnt())]):
                weights = [one.weight[k] for one in netcons]
                if k == 0 or any(weights):
                    values[argument] = same(weights)
        delays = same([1.0 if one is None else self._delay(one) for one in netcons])
        delay = f"{delays!r} ms" if isinstance(delays, float) else {"array": delays, "unit": "ms"}
        has_events = not origins and mechanism != "VClamp"
        self.projections[name] = {
            "from": {"of": source, "event": event} if event else _end(source, origins) if origins else source,
            "to": _end(target, [place for _, place, *_ in connected]),
            "synapse": kind,
            "connect": {"rule": "list", "sources": [each[0] for each in connected], "targets": [each[1][1] for each in connected]},
            **({"delay": delay} if has_events else {}),
            "values": values,
            "receptor": "synaptic",
        }
        for k, (_, _, one, point, _) in enumerate(connected):
            self.points.setdefault(point.hname(), (name, k))
            if one is not None:
                self._netcons[one.hname()] = (name, k, self.sources.arguments(mechanism))

    # --- Recordings -------------------------------------------------------------------------------------------------
    def record_all(self, recorded: Iterable[tuple[Any, float | None]]) -> None:
        """Adds recordings.

        Args:
            recorded: pointers to variables, with the interval between samples in ms or None.
        """
        by_site: dict[tuple[Any, ...], list[int]] = {}
        for reference, every in recorded:
            found = self._site(reference)
            if found is None:
                what = re.sub(r"^.*\{(?:Node::field::|cont=)?|\s*row=.*$", "", str(reference))
                self.note(f"vectors that record {what}, which has no place in the model, are left out")
            elif found[0] == "time":
                continue
            elif found[0] == "point":
                _, projection, index, variable = found
                by_site.setdefault((True, projection, variable, "", 0.0, every), []).append(index)
            else:
                _, population, index, variable, section, x = found
                by_site.setdefault((False, population, variable, section, x, every), []).append(index)
        for (is_point, owner, variable, section, x, every), indices in by_site.items():
            of = {"projection" if is_point else "population": owner, "indices": sorted(set(indices))}
            place = {} if is_point else {"section": section, "fraction": x}
            self.record.append({"of": of, "variables": [variable], **place, **({} if every is None else {"every": f"{every!r} ms"})})

    def record_potentials(self) -> None:
        """Adds a recording of the potential of each cell."""
        self.record += [{"of": name, "variables": ["v"]} for name, cell in self.types.items() if "compartments" in cell]

    def _site(self, reference: Any) -> tuple[Any, ...] | None:
        """Returns the place of a variable."""
        if reference == self.h._ref_t:
            return ("time",)
        found = self.memory.find(reference)
        if found is None:
            return None
        variable, owner = found
        if variable.owner in self.points and variable.name != "i":
            # In synapses, i is the index of the source.
            return ("point", *self.points[variable.owner], variable.name)
        kind, own = variable.mechanism, variable.name
        if not hasattr(owner, "sec") or not (kind or own == "v"):
            return None
        if kind.endswith("_ion"):
            own = next(ours.format(kind[:-4]) for name, ours in _ION_NAMES.items() if name.format(kind[:-4]) == own)
        elif kind:
            own = f"{identifier(kind)}.{own.removesuffix(f'_{kind}')}"
        population, index, names = self.places[owner.sec.name()]
        return ("cell", population, index, own, *spot(owner, names))

    # --- Changes during the run -------------------------------------------------------------------------------------
    def change(self, changes: list[dict[str, Any]], ends: list[float]) -> None:
        """Adds phases of what a script changes during its runs, or leaves it out.

        Args:
            changes: as `Run` notes them.
            ends: of the runs, in ms.
        """
        changes = [each for each in changes if not self._is_computed(self.memory.variables[each["set"][0]])]
        if not changes and len(ends) == 1:
            return
        counts = Counter(each["name"] for each in changes)
        run, now = 0, 0.0

        def wait(until: float) -> None:
            nonlocal now
            if until - now > self.dt / 2:
                self.protocol.append({"run": f"{round(until - now, 9)!r} ms"})
            now = until

        for name, count in counts.items():
            first = next(each["sentence"] for each in changes if each["name"] == name)
            more = f" and {count - 1} more times" if count > 1 else ""
            found = [self._phases(each) for each in changes if each["name"] == name] if count <= _POINTS else [None]
            if any(each is None for each in found):
                self.leave(f"{first}{more}")
            elif any(found):
                self.note(f"{first}{more}: a phase, at the time that this run has it")
        for each in changes:
            while run < each["run"]:
                wait(ends[run])
                self.protocol.append({"reset": True})
                run, now = run + 1, 0.0
            wait(each["time"])
            self.protocol += self._phases(each) or []
        for end in ends[run:]:
            if end is not ends[run]:
                self.protocol.append({"reset": True})
                now = 0.0
            wait(end)

    def _phases(self, change: dict[str, Any]) -> list[dict[str, Any]] | None:
        """Returns phases for a change of variables of one name; None if no phase expresses it."""
        phases: list[dict[str, Any]] = []
        values = dict(change["values"])
        first = self.memory.variables[change["set"][0]]
        if any(k not in values for k in change["set"]):
            return None
        if first.kind == -1 or first.owner and hasattr(self.memory.owners[change["set"][0]], "sec"):
            found = self._set_cells(first, change["set"], values)
            return None if found is None else [{"set": found}] if found else []
        for k in change["set"]:
            variable, value = self.memory.variables[k], values[k]
            kind, owner = variable.owner.partition("[")[0], variable.owner
            known = self.points.get(owner)
            if owner in self._clamps and variable.name in ("amp", "del", "dur"):
                stimulus, own = self._clamps[owner]
                own[variable.name] = value
                phases.append({"currents": {stimulus: self._pulse(f"{own['amp']!r}*nA", own["del"], own["dur"])}})
            elif kind == "NetCon" and owner in self._netcons:
                projection, index, arguments = self._netcons[owner]
                place = re.fullmatch(r"weight\[(\d+)\]", variable.name)
                steps = value / self.dt
                if variable.name == "delay" and steps > 0.5 and abs(steps - round(steps)) < 1e-6 and len(self.projections[projection]["connect"]["sources"]) == 1:
                    phases.append({"delays": {projection: f"{value!r} ms"}})
                elif place is None or int(place[1]) >= len(arguments):
                    return None
                else:
                    phases.append({"set": {f"{projection}[{index}].{arguments[int(place[1])]}": value}})
            elif known is not None and owner not in self._shared and self._is_own(kind, variable.name):
                phases.append({"set": {f"{known[0]}[{known[1]}].{_indexed(variable.name)}": value}})
            elif owner not in self._integrators and kind != "NetCon" and self._is_artificial(self.memory.owners[k]):
                # Its events are those of the run.
                continue
            else:
                return None
        return phases

    def _is_computed(self, variable: Variable) -> bool:
        """Whether NEURON computes a variable anew, whatever a script sets."""
        own = _indexed(variable.name.removesuffix(f"_{variable.mechanism}"))
        return variable.kind in (-1, 2) and self.sources.is_assigned(variable.mechanism, own, after_initial=True)

    def _is_own(self, mechanism: str, name: str) -> bool:
        """Whether a variable of a mechanism is a parameter or a state of the document."""
        names = [*self._parameters(mechanism)[0], *listed(self.h, mechanism, 3)]
        return any(re.sub(r"\[\d+\]$", "", name) == each for each, _ in names)

    def _set_cells(self, first: Variable, changed: list[int], values: Mapping[int, float]) -> dict[str, Any] | None:
        """Returns new values of a variable of compartments, by its place; None if no phase sets it."""
        kind = first.mechanism
        own = _indexed(first.name.removesuffix(f"_{kind}"))
        populations = [name for name, cell in self.types.items() if identifier(kind) in cell.get("compartments", {}).get("mechanisms", {})]
        if first.kind == -1:
            is_own = kind and own != "usetable" and not self.sources.is_assigned(kind, own)
            is_set = is_own and populations and kind not in self.synapses
            return {f"{name}.{identifier(kind)}.{own}": values[changed[0]] for name in populations} if is_set else None
        if first.name != "v" and (kind.endswith("_ion") or not kind or not self._is_own(kind, first.name)):
            return None
        found: dict[tuple[str, str, int, int], float] = {}
        concerned: dict[str, None] = {}
        for k, value in values.items():
            segment = self.memory.owners[k]
            if not hasattr(segment, "sec"):
                continue
            population, index, section, x = self.place_of(segment)
            divisions = self.types[population]["compartments"]["sections"][section]["divisions"]
            found[population, section, min(int(x * divisions), divisions - 1), index] = value
            if k in changed:
                concerned[population] = None
        return {
            f"{name}.{'' if first.name == 'v' else f'{identifier(kind)}.'}{own}": self._by_compartment(name, "" if first.name == "v" else kind, found)
            for name in concerned
        }

    def _by_compartment(self, population: str, kind: str, found: Mapping[tuple[str, str, int, int], float]) -> Any:
        """Returns one value, or those of all compartments that have a mechanism: by compartment, and by cell in each."""
        cell = self.types[population]["compartments"]
        sections, groups = cell["sections"], cell["groups"]
        on = cell["mechanisms"][identifier(kind)].get("on", list(sections)) if kind else list(sections)
        on = groups.get(on, [on]) if isinstance(on, str) else on
        listed: list[float] = []
        for section, parts in sections.items():
            if section not in on:
                continue
            for k in range(parts["divisions"]):
                place = section, k
                if (population, *place, 0) not in found:
                    # The end of a section has the potential of what it ends.
                    above = parts["parent"]["section"]
                    place = above, (sections[above]["divisions"] - 1 if parts["parent"]["fraction"] else 0)
                listed += [found[population, *place, index] for index in range(self.populations[population]["size"])]
        value = same(listed)
        return value if kind else _with_unit(value, "mV")

    # --- The document -----------------------------------------------------------------------------------------------
    def document(self) -> dict[str, Any]:
        """Returns the document."""
        for name, places in self._positions.items():
            if name in self._framed or len(set(places)) > 1:
                self.populations[name]["positions"] = {"array": places, "unit": "um"}
        for population in self.populations.values():
            if "values" in population:
                units = {key: parameter["unit"] for key, parameter in self.types[population["type"]]["parameters"].items()}
                population["values"] = {key: _with_unit(same(each), str(units[key])) for key, each in population["values"].items()}
            if "spikes" in population:
                times = population["spikes"]["times"]
                order = sorted(range(len(times)), key=times.__getitem__)
                indices = population["spikes"]["indices"]
                population["spikes"] = {
                    "indices": [indices[k] for k in order],
                    "times": {"array": [times[k] for k in order], "unit": "ms"},
                }
        if not self.record:
            self.record_potentials()
        parts = {
            "neurons": self.types,
            "populations": self.populations,
            "synapses": self.synapses,
            "projections": self.projections,
            "stimuli": self.stimuli,
            "tables": self.tables,
            "record": self.record,
        }
        return {
            "interneuron": 1,
            "name": identifier(self.title),
            **{key: part for key, part in parts.items() if part},
            "experiment": {"dt": f"{self.dt!r} ms", **({"protocol": self.protocol} if self.protocol else {"duration": f"{self._end!r} ms"})},
        }


#: Longest vector that becomes an expression, and most changes of a variable that become phases.
_POINTS = 32


def _indexed(name: str) -> str:
    """Returns the name of an element of an array as one word."""
    return re.sub(r"\[(\d+)\]$", r"_\1", name)


def _played(times: list[float], is_continuous: bool, values: list[float], before: str) -> str:
    """Returns a current that a vector plays: constant from each of its times on, or linear between them."""
    pairs = list(zip(times, values))
    if not is_continuous:
        return " else ".join([f"{value!r}*nA if t + dt/2 >= {time!r}*ms" for time, value in reversed(pairs)]) + f" else {before}"
    parts = [f"{values[0]!r}*nA if t + dt/2 <= {times[0]!r}*ms"]
    for (a, x), (b, y) in zip(pairs, pairs[1:]):
        if b > a:
            parts.append(f"({x!r} + {(y - x) / (b - a)!r}*((t + dt/2)/ms - {a!r}))*nA if t + dt/2 < {b!r}*ms")
    # After the last time, NEURON goes on along the last line.
    return " else ".join([*parts[:-1], parts[-1].partition(" if ")[0] if len(parts) > 1 else f"{values[0]!r}*nA"])


def _at_middle(time: float, dt: float) -> float:
    """Returns a time that the middles of NEURON's steps pass when they pass the given one.

    NEURON adds up halves of steps. At a time in the middle of a step, the rounding decides.
    """
    k = round(time / dt - 0.5)
    if abs((k + 0.5) * dt - time) > 1e-9 or not 0 <= k < 1e7:
        return time
    now = 0.0
    for _ in range(2 * k + 1):
        now += 0.5 * dt
    return time if now >= time else time + 1e-6 * dt


def _with_unit(value: Any, unit: str) -> Any:
    """Returns a number or a list of numbers with a unit."""
    if unit == "1":
        return value
    return {"array": value, "unit": unit} if isinstance(value, list) else f"{value!r} {unit}"


def _end(population: str, places: list[tuple[str, int, str, float]]) -> dict[str, Any]:
    """Returns an end of a projection with a place for each synapse."""
    sections = list(dict.fromkeys(section for _, _, section, _ in places))
    section, fractions = [sections.index(section) for _, _, section, _ in places], [fraction for *_, fraction in places]
    return {"of": population, "places": {"sections": sections, "section": section, "fraction": fractions}}


def _kind(point: Any) -> str:
    """Returns the name of a point process's mechanism."""
    return str(point.hname()).partition("[")[0]


def _number(name: str) -> int:
    """Returns the number in NEURON's name of an object, such as `IntFire1[3]`."""
    return int(name.partition("[")[2].rstrip("]") or 0)


def _template(root: Any) -> str:
    """Returns the name of the template or class of a cell, or of its first section."""
    owner = root.cell()
    name = root.name() if owner is None else re.sub(r"\[\d+\]$", "", str(owner)) if "[" in str(owner) else type(owner).__name__
    return re.sub(r"\W.*$", "", name) or type(owner).__name__
