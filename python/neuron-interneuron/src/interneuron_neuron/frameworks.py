"""Names that frameworks on NEURON give to cells and stimuli."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
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
    if getattr(network, "cells", None):
        return _of_netpyne(network)
    names = Names()
    for each in _instances("bmtk.simulator.bionet.bionetwork", "BioNetwork"):
        _add_bmtk(names, each)
    for each in _instances("LFPy.network", "NetworkPopulation"):
        _add_lfpy(names, each)
    return names


def _instances(module: str, name: str) -> Iterable[Any]:
    """Returns the instances of a class of a loaded module, which keeps no list of them."""
    kind = getattr(sys.modules.get(module), name, None)
    return [] if kind is None else [each for each in gc.get_objects() if isinstance(each, kind)]


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


def _add_bmtk(names: Names, network: Any) -> None:
    for gid, cell in network.get_local_cells().items():
        population = cell.population_name
        # Node types of one population are different cells.
        if "pop_name" in cell:
            population = f"{population}_{cell['pop_name']}"
        place = [float(each) for each in getattr(cell.soma_position, "flat", [])] or [0.0, 0.0, 0.0]
        known = Cell(population, int(gid), (place[0], place[1], place[2]))
        if hasattr(cell.hobj, "all"):
            names.cells.update({section.name(): known for section in cell.hobj.all})
        else:
            names.points[cell.hobj.hname()] = population
    for population, cells in network._virtual_nodes.items():
        names.points.update({cell.hobj.hname(): population for cell in cells.values()})


def _add_lfpy(names: Names, population: Any) -> None:
    for gid, cell, place in zip(population.gids, population.cells, population.soma_pos):
        known = Cell(population.name, int(gid), (float(place["x"]), float(place["y"]), float(place["z"])))
        names.cells.update({section.name(): known for section in cell.allseclist})
