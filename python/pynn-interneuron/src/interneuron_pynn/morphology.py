"""Shapes of cells: sections of a morphology, labels of them, values and places that differ between them."""

import re
from typing import Any

import numpy as np
from pyNN import morphology as base

#: Labels of the types of neurites, by their number in SWC files.
_TYPES = {1: "soma_points", 2: "axon", 3: "basal_dendrites", 4: "apical_dendrites"}


class _WithLabel:
    """Texts in place of selectors are labels."""

    def get_with_label_selector(self, label):
        """The sections of a label."""
        return with_label(label)


class with_label(base.with_label):
    """Sections or groups by name."""

    def names(self, shape):
        """Names of the sections."""
        return [name for label in self.labels for name in shape.labelled(label)]


def _of_type(kind, *labels):
    def names(self, shape):
        """Names of the sections."""
        found = [name for label in labels for name in shape.groups.get(label, [])]
        if not found:
            raise ValueError(f"no sections of the morphology are {kind.__name__}")
        return found

    return type(kind.__name__, (kind,), {"__doc__": kind.__doc__ or "Sections of a type of neurite.", "names": names})


dendrites = _of_type(base.dendrites, "apical_dendrites", "basal_dendrites")
apical_dendrites = _of_type(base.apical_dendrites, "apical_dendrites")
basal_dendrites = _of_type(base.basal_dendrites, "basal_dendrites")
axon = _of_type(base.axon, "axon")


class soma(base.MorphologyFilter):
    """The soma."""

    def names(self, shape):
        """Names of the sections."""
        return [shape.soma]


class random_section(base.random_section):
    """One of the sections of another selector, drawn anew each time."""

    def names(self, shape, among=None):
        """Name of the section, in a list; `among`: the only ones that count."""
        found = [name for name in self.f.names(shape) if among is None or name in among]
        if not found:
            raise ValueError("there is no section to choose from")
        return [str(np.random.choice(found))]


sample = random_section


class uniform(base.uniform, _WithLabel):
    """One value, on the selected sections."""

    def value_at(self, shape, section):
        """The value on a section."""
        return self.value_provider if section in self.selector.names(shape) else self.absence


class by_distance(base.by_distance, _WithLabel):
    """A function of the distance along the tree, from the root to where a section begins, in um."""

    def value_at(self, shape, section):
        """The value on a section."""
        return self.value_provider(shape.distance(section)) if section in self.selector.names(shape) else self.absence


class by_diameter(base.by_diameter, _WithLabel):
    """A function of the diameter where a section begins, in um."""

    def value_at(self, shape, section):
        """The value on a section."""
        diameter = shape.sections[section]["points"][0][3]
        return self.value_provider(diameter) if section in self.selector.names(shape) else self.absence


any = base.any


class LabelledLocations(base.LabelledLocations, _WithLabel):
    """The middles of sections."""

    def places(self, shape):
        """Pairs of section and fraction."""
        return [(name, 0.5) for label in self.labels for name in shape.labelled(label)]

    def name_of(self, place):
        """What a place is called."""
        return place[0]


class at_distances(base.at_distances, _WithLabel):
    """Fractions along each of the selected sections."""

    def places(self, shape):
        """Pairs of section and fraction."""
        return [(name, float(d)) for name in self.selector.names(shape) for d in self.distances]

    def name_of(self, place):
        """What a place is called."""
        return f"d-{place[1]:g}"


class random_placement(base.random_placement, _WithLabel):
    """So many per um, the rest by chance."""

    def places(self, shape):
        """Pairs of section and fraction."""
        found = []
        for name in shape.sections:
            density = _value(self.density_function, shape, name) or 0.0
            whole, rest = divmod(density * shape.length(name), 1)
            count = int(whole) + (rest > 0 and np.random.uniform() < rest)
            found += [(name, 0.5)] * count
        return found

    def name_of(self, place):
        """What a place is called."""
        return f"random-{place[0]}"


class centre(base.centre, _WithLabel):
    """The middle one of the selected sections."""

    def places(self, shape):
        """Pairs of section and fraction."""
        names = self.selector.names(shape)
        return [(names[len(names) // 2], 0.5)]

    def name_of(self, place):
        """What a place is called."""
        return "centre"


center = centre

NeuroMLMorphology = base.NeuroMLMorphology
MorphIOMorphology = base.MorphIOMorphology
load_morphology = base.load_morphology


def _value(value, shape, section):
    """A number, or the value of a distribution on a section."""
    if isinstance(value, base.any):
        found = ((each, _value(each, shape, section)) for each in value.distributions)
        return next((own for each, own in found if own != each.absence), value.absence)
    return value.value_at(shape, section) if hasattr(value, "value_at") else value


def distribution(value, shape):
    """A value as the document has it: a number, or one for each section."""
    if not isinstance(value, base.NeuriteDistribution):
        return float(value)
    found = {name: _value(value, shape, name) for name in shape.sections}
    return {"by_section": {name: float(each) for name, each in found.items() if each is not None}}


class Shape:
    """The sections of a morphology as the document has them."""

    def __init__(self, morphology):
        """Reads PyNN's morphology: segments, vertices, or the sections of MorphIO."""
        self.sections: dict[str, Any] = {}
        self.groups: dict[str, Any] = {}
        self._names: dict[Any, str] = {}
        inner = getattr(morphology, "_morphology", None)
        if hasattr(inner, "root_sections"):
            self._of_morphio(inner)
        elif hasattr(inner, "vertices"):
            self._of_vertices(inner)
        elif hasattr(inner, "segments"):
            self._of_segments(inner)
        else:
            raise TypeError("the morphology must be a NeuroMLMorphology or a MorphIOMorphology")
        roots = [name for name, section in self.sections.items() if "parent" not in section]
        self.soma = self._names.get("soma", roots[0])

    def _add(self, label, points, parent):
        """A section, under a name that a document can have."""
        stem = re.sub(r"\W", "_", str(label), flags=re.ASCII)
        stem = stem if re.match(r"[A-Za-z]", stem) else f"section_{stem}"
        name, n = stem, 2
        while name in self.sections or name in self.groups:
            name, n = f"{stem}_{n}", n + 1
        self.sections[name] = {**({} if parent is None else {"parent": parent}), "points": points}
        self._names.setdefault(str(label), name)
        return name

    def _of_segments(self, morphology):
        waiting = list(morphology.segments)
        made: dict[Any, Any] = {}
        while waiting:
            ready = [one for one in waiting if one.parent is None or one.parent.id in made]
            if not ready:
                raise ValueError("segments are among their own parents, or have parents that are not in the morphology")
            one = ready[0]
            waiting.remove(one)
            before: Any = None if one.parent is None else made[one.parent.id]
            begin = one.proximal
            first = self.sections[before]["points"][-1] if begin is None else [begin.x, begin.y, begin.z, begin.diameter]
            end = one.distal
            points = [[float(each) for each in first], [float(each) for each in (end.x, end.y, end.z, end.diameter)]]
            label = one.name if one.name is not None else f"segment_{one.id}"
            made[one.id] = self._add(label, points, before)
        for group in getattr(morphology, "segment_groups", None) or []:
            members = [made[each.segments if hasattr(each, "segments") else each.id] for each in group.members]
            if members and group.id not in self._names:
                self.groups[group.id] = members

    def _of_vertices(self, morphology):
        vertices, parents = np.asarray(morphology.vertices, float), np.asarray(morphology.connectivity, int)
        types = getattr(morphology, "node_types", None)
        root = int(np.flatnonzero(parents < 0)[0])
        x, y, z, d = vertices[root]
        made = {root: self._add("soma", [[x - d / 2, y, z, d], [x + d / 2, y, z, d]], None)}
        for k in [k for k in range(len(vertices)) if k != root]:
            # The soma is a cylinder as long as it is wide: what grows from it begins with its own width.
            begin = vertices[parents[k]].copy()
            if parents[k] == root:
                begin[3] = vertices[k][3]
            if np.allclose(begin[:3], vertices[k][:3]):
                made[k] = made[int(parents[k])]
                continue
            made[k] = self._add(f"section_{k}", [begin.tolist(), vertices[k].tolist()], made[int(parents[k])])
            if types is not None and int(types[k]) in _TYPES:
                self.groups.setdefault(_TYPES[int(types[k])], []).append(made[k])

    def _of_morphio(self, morphology):
        points = [[*map(float, point), float(d)] for point, d in zip(morphology.soma.points, morphology.soma.diameters)]
        if len(points) < 2:
            x, y, z, d = points[0]
            points = [[x - d / 2, y, z, d], [x + d / 2, y, z, d]]
        soma_name = self._add("soma", points, None)
        made: dict[Any, Any] = {}
        for one in (each for root in morphology.root_sections for each in root.iter()):
            own = [[*map(float, point), float(d)] for point, d in zip(one.points, one.diameters)]
            made[one.id] = self._add(f"section_{one.id}", own, soma_name if one.is_root else made[one.parent.id])
            label = _TYPES.get(int(one.type))
            if label:
                self.groups.setdefault(label, []).append(made[one.id])

    def labelled(self, label):
        """Names of the sections that a label stands for."""
        if label in self.groups:
            return self.groups[label]
        if label in self._names:
            return [self._names[label]]
        if label == "soma":
            return [self.soma]
        if label == "all":
            return list(self.sections)
        raise ValueError(f"no section or group is labelled {label!r}; there are {', '.join([*self.groups, *self._names])}")

    def length(self, section):
        """Length of a section in um."""
        points = np.asarray(self.sections[section]["points"])[:, :3]
        return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())

    def distance(self, section):
        """From the root along the tree to where a section begins, in um."""
        parent = self.sections[section].get("parent")
        return 0.0 if parent is None else self.distance(parent) + self.length(parent)

    def places(self, locations):
        """Pairs of section and fraction of labels and location generators, and what these are called."""
        several = locations if isinstance(locations, (list, tuple)) else [locations]
        found = []
        for each in several:
            if isinstance(each, tuple):
                section, fraction = each
                found += [(f"{section}({fraction:g})", (name, float(fraction))) for name in self.labelled(section)]
                continue
            generator = LabelledLocations(each) if isinstance(each, str) else each
            if not hasattr(generator, "places"):
                raise TypeError(f"locations are labels or location generators, not {each!r}")
            found += [(generator.name_of(place), place) for place in generator.places(self)]
        return found


def location(place):
    """A place as the document has it."""
    section, fraction = place
    return section if fraction == 0.5 else {"section": section, "fraction": fraction}
