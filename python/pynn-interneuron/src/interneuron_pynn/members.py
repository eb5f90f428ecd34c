"""Populations behind views and assemblies."""

import numpy as np
from pyNN import common


def members_of(cells):
    """Populations of a population, a view or an assembly, with the indices of cells in each."""
    if isinstance(cells, common.Assembly):
        parts, begin = [], 0
        for each in cells.populations:
            parts += [(owner, own, positions + begin) for owner, own, positions in members_of(each)]
            begin += each.size
        return parts
    positions = np.arange(cells.size)
    if hasattr(cells, "grandparent"):
        return [(cells.grandparent, np.asarray(cells.index_in_grandparent(positions)), positions)]
    return [(cells, positions, positions)]


__all__ = ["members_of"]
