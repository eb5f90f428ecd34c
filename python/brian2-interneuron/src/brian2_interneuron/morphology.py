"""Morphologies as specifications write them."""

import numpy as np
from brian2.spatialneuron.morphology import Cylinder, Section, Soma

from .texts import Unsupported


def morphology_text(name, root):
    """The sections of a morphology by name, parents before children.

    Args:
        name: of the neuron, for messages.
        root: its morphology.

    Raises:
        Unsupported: for a section of a class of its own.
    """
    sections = {}
    open_ = [(root, None, "root")]
    while open_:
        section, parent, wanted = open_.pop()
        key, count = wanted, 1
        while key in sections:
            count += 1
            key = f"{wanted}_{count}"
        sections[key] = {**({} if parent is None else {"parent": parent}), **_section(name, section)}
        # The last one in is the next: children go from the first to the last.
        for child in reversed(list(section.children)):
            own = section.children.name(child)
            open_.append((child, key, own if parent is None or len(own) > 1 else f"{key}_{own}"))
    return {"sections": sections}


def _section(name, section):
    points = {
        axis: _lengths(getattr(section, f"_{axis}")) for axis in "xyz" if getattr(section, f"_{axis}", None) is not None
    }
    if type(section) is Soma:
        return {"class": "Soma", "diameter": _lengths(section._diameter), **points}
    if type(section) is Cylinder:
        if points:
            points = {axis: {**each, "values": [each["values"][0], each["values"][-1]]} for axis, each in points.items()}
        shape = points or {"length": f"{float(np.sum(np.asarray(section._length)))!r}*metre"}
        return {"class": "Cylinder", "diameter": f"{float(section._diameter[0])!r}*metre", "n": int(section.n), **shape}
    if type(section) is Section:
        shape = points or {"length": _lengths(section._length)}
        return {"class": "Section", "diameter": _lengths(section._diameter), "n": int(section.n), **shape}
    raise Unsupported(name, f"{type(section).__name__} is a section of a class of its own")


def _lengths(values):
    return {"values": np.atleast_1d(np.asarray(values, dtype=float)).tolist(), "unit": "metre"}
