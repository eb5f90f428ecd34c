"""Names, and values of sections and compartments as those of a document."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def is_reversed(section: Any) -> bool:
    """Whether a section is joined to its parent by its end 1, where its points begin: in the document, it begins there."""
    return bool(section.parentseg() is not None and section.orientation() == 1)


def along(section: Any) -> list[Any]:
    """Returns the segments of a section, from its parent on."""
    segments = list(section)
    return segments[::-1] if is_reversed(section) else segments


def fraction(segment: Any) -> float:
    """Returns the place of a segment as a share of its section's length, from the section's parent on."""
    x, count = segment.x, segment.sec.nseg
    if not is_reversed(segment.sec):
        return float(x)
    # On the border of two compartments, NEURON means the one that begins there.
    return float(1 - x if x in (0, 1) else 1 - (math.floor(x * count) + 0.5) / count)


def identifier(text: str) -> str:
    """Returns a text as a name: `dend[3]` as `dend_3`."""
    name = re.sub(r"\W+", "_", text).strip("_") or "section"
    return f"_{name}" if name[0].isdigit() else name


def unique(name: str, taken: Iterable[str]) -> str:
    """Returns a name that is not taken."""
    used, count, free = set(taken), 2, name
    while free in used:
        free, count = f"{name}_{count}", count + 1
    return free


def same(values: list[Any]) -> Any:
    """Returns the only value of a list, or the list."""
    return values[0] if all(each == values[0] for each in values) else values


def told(h: Any, ask: Callable[[Any], Any]) -> tuple[str, int]:
    """Returns a text that NEURON writes, and what the call returns. Variables of a model may hide `h.ref`."""
    h("strdef interneuron_text")
    returned = ask(h._ref_interneuron_text)
    return str(h.interneuron_text), int(returned or 0)


def listed(h: Any, mechanism: str, kind: int) -> list[tuple[str, int]]:
    """Returns the names and lengths of variables of a mechanism: shared (-1), parameters (1), assigned (2), or states (3)."""
    standard = h.MechanismStandard(mechanism, kind)
    return [told(h, lambda text, k=k: standard.name(text, k)) for k in range(int(standard.count()))]  # type: ignore[misc]


def places(places: list[str], groups: Mapping[str, list[str]]) -> Any:
    """Returns sections as the name of a group, if one has them all and no others."""
    return next((name for name, members in groups.items() if set(members) == set(places)), places)


def by_place(values: Mapping[str, dict[str, Any]], groups: Mapping[str, list[str]]) -> dict[str, Any]:
    """Returns values by section, and by group where all sections of a group have the same."""
    found: dict[str, Any] = {}
    done: set[str] = set()
    for name, members in groups.items():
        own = [values.get(each) for each in members]
        if own[0] and all(each == own[0] for each in own) and not any(isinstance(each, list) for each in own[0].values()):
            found[name] = own[0]
            done.update(members)
    return {**found, **{place: each for place, each in values.items() if each and place not in done}}


def node_of(segment: Any) -> Any:
    """Returns the segment itself, or the place on the parent that is the same node as a section's beginning."""
    while segment.x == float(is_reversed(segment.sec)) and segment.sec.parentseg() is not None:
        segment = segment.sec.parentseg()
    return segment


def rounded(value: Any) -> Any:
    """Returns a cell without its place and direction in space: for each point the length since the last, to 1e-3 um."""
    sections = value["compartments"]["sections"]
    number: Callable[[str], float] = lambda text: float(text.split()[0])  # noqa: E731

    def lengths(points: list[list[str]]) -> list[list[float]]:
        read = [[number(each) for each in point] for point in points]
        before = [read[0], *read]
        return [[round(math.dist(a[:3], b[:3]), 3), round(b[3], 3)] for a, b in zip(before, read)]

    shapes = {name: {**each, "points": lengths(each["points"])} if "points" in each else each for name, each in sections.items()}
    return {**value, "compartments": {**value["compartments"], "sections": shapes}}
