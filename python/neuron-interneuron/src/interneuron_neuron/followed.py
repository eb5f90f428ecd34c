"""Potentials that variables of point processes follow: by POINTER, or by source_var and target_var of ParallelContext."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .memory import Memory
from .sources import Sources

#: Places whose potentials variables follow: by NEURON's name of the point process and by the variable.
Followed = Mapping[str, Mapping[str, Any]]


def points_of(h: Any) -> list[Any]:
    """Returns the point processes on sections, also those at their ends, in order."""
    found = {point.hname(): point for section in h.allsec() for segment in section.allseg() for point in segment.point_processes()}
    return list(found.values())


def followed_potentials(
    h: Any, sources: Sources, memory: Memory, given: Iterable[Sequence[Any]], taken: Iterable[Sequence[Any]]
) -> tuple[Followed, list[str]]:
    """Finds the potentials that point processes follow.

    Args:
        h: NEURON.
        sources: texts of mechanisms.
        memory: variables of the model.
        given: arguments of source_var: a pointer to a variable, and its number.
        taken: arguments of target_var: a point process, a pointer to one of its variables, and the number.

    Returns:
        the places, and a sentence for each variable that follows anything else.
    """
    points = points_of(h)
    kinds = [point.hname().partition("[")[0] for point in points]
    names = {kind: sources.pointers(kind) for kind in set(kinds)}
    pointers = [(point, name) for point, kind in zip(points, kinds) for name in names[kind]]
    numbers = {int(words[1]): words[0] for words in given if len(words) > 1}
    wanted: list[tuple[Any, str, Any]] = []
    unknown: list[str] = []
    for words in taken:
        found = memory.find(words[-2])
        source = numbers.get(int(words[-1]))
        if found is None or source is None or not hasattr(found[1], "get_segment"):
            what = words[0].hname() if len(words) > 2 else "a mechanism"
            unknown.append(f"a variable of {what} that follows another one (target_var of ParallelContext)")
        else:
            wanted.append((found[1], found[0].name, source))
    segments = [segment for section in h.allsec() for segment in section.allseg()] if wanted or pointers else []
    before = [segment.v for segment in segments]
    places: dict[str, dict[str, Any]] = {}
    try:
        # A potential of its own for each place. Those of common nodes are the last ones that are set.
        for k, segment in enumerate(segments):
            segment.v = k + 0.125
        for point, name, source in wanted:
            _follow(places, unknown, point, name, segments, source[0])
        for point, name in pointers:
            _follow(places, unknown, point, name, segments, _value(point, name))
    finally:
        for segment, v in zip(segments, before):
            segment.v = v
    return places, unknown


def _follow(places: dict[str, dict[str, Any]], unknown: list[str], point: Any, name: str, segments: list[Any], value: float | None) -> None:
    """Notes the place whose potential a variable has."""
    k = -1 if value is None else int(value - 0.125)
    if 0 <= k < len(segments) and value == k + 0.125:
        places.setdefault(point.hname(), {})[name] = segments[k]
    else:
        unknown.append(f"{name} of {point.hname()}, which follows a variable other than a potential")


def _value(point: Any, name: str) -> float | None:
    """Returns the value that a POINTER points to; None if it points to nothing."""
    try:
        return float(getattr(point, name))
    except (RuntimeError, TypeError, AttributeError, ValueError):
        return None
