"""Sections of a document: NEURON's, or their compartments where these differ in values that sections have."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .values import along, fraction, unique


@dataclass(frozen=True)
class Part:
    """A section of a document."""

    section: Any
    name: str
    #: Compartments, from the parent on.
    segments: list[Any]
    #: Its number among the parts of NEURON's section, from the parent on, and their number.
    index: int = 0
    count: int = 1


def parts_of(section: Any, name: str, taken: Iterable[str]) -> list[Part]:
    """Returns a section as one part, or each of its compartments as a part if their geometry, potentials or ions differ."""
    segments = along(section)
    names = ["v", "cm", *([] if _shape(section) else ["diam"]), *levels(section)]
    if all(len({getattr(segment, each) for segment in segments}) == 1 for each in names):
        return [Part(section, unique(name, taken), segments)]
    found: list[Part] = []
    for k, segment in enumerate(segments):
        own = unique(f"{name}_{k}", [*taken, *(each.name for each in found)])
        found.append(Part(section, own, [segment], k, len(segments)))
    return found


def levels(section: Any) -> list[str]:
    """Returns NEURON's names of concentrations and reversal potentials on a section."""
    ions = [each.name()[:-4] for each in section(0.5) if each.name().endswith("_ion")]
    return [name for ion in ions for name in (f"{ion}i", f"{ion}o", f"e{ion}")]


def spot(segment: Any, names: list[str]) -> tuple[str, float]:
    """Returns the part and the fraction of it that a segment is, given the names of the parts from the parent on."""
    x = fraction(segment)
    if len(names) == 1:
        return names[0], x
    return names[min(int(x * len(names) + 1e-9), len(names) - 1)], x if x in (0, 1) else 0.5


def points_of_part(part: Part) -> list[list[float]]:
    """Returns points with diameters in um; none if the part is a cylinder of its length and diameter."""
    points = _shape(part.section)
    if part.count == 1 or not points:
        return points
    arcs = [0.0]
    for a, b in zip(points, points[1:]):
        arcs.append(arcs[-1] + math.dist(a[:3], b[:3]))
    begin, end = (arcs[-1] * k / part.count for k in (part.index, part.index + 1))
    inner = [point for arc, point in zip(arcs, points) if begin < arc < end]
    return [_at(points, arcs, begin, True), *inner, _at(points, arcs, end, False)]


def _at(points: list[list[float]], arcs: list[float], arc: float, is_begin: bool) -> list[float]:
    """Returns the point at a length along others. At a jump of the diameter, a part begins behind it and ends before it."""
    pairs = list(zip(zip(arcs, points), zip(arcs[1:], points[1:])))
    around = [each for each in pairs if each[0][0] <= arc <= each[1][0] and each[0][0] < each[1][0]]
    (a, first), (b, last) = around[-1 if is_begin else 0]
    return [x + (y - x) * (arc - a) / (b - a) for x, y in zip(first, last)]


def _shape(section: Any) -> list[list[float]]:
    """Returns the points of a section if NEURON's compartments have their areas."""
    count = int(section.n3d())
    coordinates = (section.x3d, section.y3d, section.z3d, section.diam3d)
    points = with_lengths([[each(k) for each in coordinates] for k in range(count)], [section.arc3d(k) for k in range(count)])
    points = [each for k, each in enumerate(points) if k == 0 or each != points[k - 1]]
    # One cylinder need not be several, which fewer simulators run.
    points = [points[0], points[-1]] if is_cylinder(points) else points
    return points if len(points) > 1 and is_shape(section, points) else []


def is_cylinder(points: list[list[float]]) -> bool:
    """Whether points with diameters, at least two, are on one line in their order, with one diameter."""
    way = sum(math.dist(a[:3], b[:3]) for a, b in zip(points, points[1:]))
    return len(points) > 1 and len({each[3] for each in points}) == 1 and way - math.dist(points[0][:3], points[-1][:3]) < 1e-12 * way


def with_lengths(points: list[list[float]], arcs: list[float]) -> list[list[float]]:
    """Returns points whose distances are the lengths that NEURON has.

    Args:
        points: x, y, z and diameter in um, which NEURON rounds to single precision when a script sets the length of a section.
        arcs: lengths along the section in um, which it does not round.
    """
    steps = [(a, b, math.dist(a[:3], b[:3]), end - begin) for a, b, begin, end in zip(points, points[1:], arcs, arcs[1:])]
    if all(abs(length - step) <= 1e-12 * arcs[-1] for _, _, step, length in steps):
        return points
    found = points[:1]
    for a, b, step, length in steps:
        last = found[-1]
        # Points that single precision has merged are apart in the direction of x.
        moved = [q + (y - x) * length / step for q, x, y in zip(last, a[:3], b[:3])] if step else [last[0] + length, *last[1:3]]
        found.append([*moved, b[3]])
    return found


def is_shape(section: Any, points: list[list[float]]) -> bool:
    """Whether the areas of a section's compartments are those of its points, which NEURON may have left."""
    area = sum(
        math.pi * (a[3] + b[3]) / 2 * math.hypot(math.dist(a[:3], b[:3]), (a[3] - b[3]) / 2) for a, b in zip(points, points[1:])
    )
    return bool(abs(area - sum(segment.area() for segment in section)) < 1e-4 * area)
