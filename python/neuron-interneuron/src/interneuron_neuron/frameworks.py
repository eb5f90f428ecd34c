"""Names that frameworks on NEURON give to cells and stimuli."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Cell:
    """A cell of a framework: its population, number, and position in um."""

    population: str
    gid: int
    position: tuple[float, float, float]


@dataclass
class Names:
    """What a framework calls the parts of its model."""

    #: Cells by the names of their sections.
    cells: dict[str, Cell] = field(default_factory=dict)
    #: Labels of stimuli, and populations of artificial cells, by NEURON's names of their point processes.
    points: dict[str, str] = field(default_factory=dict)
    #: Names of sections within their cells.
    sections: dict[str, str] = field(default_factory=dict)


def framework_names() -> Names:
    """Returns the names in the framework that built the model; none if there is no framework."""
    network = getattr(sys.modules.get("netpyne.sim"), "net", None)
    return _of_netpyne(network) if getattr(network, "cells", None) else Names()


def _of_netpyne(network: Any) -> Names:
    names = Names()
    for cell in network.cells:
        # Cells have a function for each other name.
        parts, tags = vars(cell), cell.tags
        population = str(tags.get("pop", tags.get("cellType", "cells")))
        known = Cell(population, int(cell.gid), tuple(float(tags.get(axis, 0)) for axis in "xyz"))  # type: ignore[arg-type]
        for name, section in parts.get("secs", {}).items():
            names.cells[section["hObj"].name()] = known
            names.sections[section["hObj"].name()] = name
        point = parts.get("hPointp")
        if point is not None:
            names.points[point.hname()] = population
        for stimulus in parts.get("stims", []):
            if stimulus.get("hObj") is not None:
                names.points[stimulus["hObj"].hname()] = str(stimulus.get("source", stimulus["type"]))
    return names
