"""Connectors as rules, which the engine carries out; PyNN carries them out only where somebody asks what they gave."""

import numbers
import secrets
from copy import deepcopy
from typing import Any

import numpy as np
from pyNN import common, connectors, errors
from pyNN.connectors import (
    AllToAllConnector,
    DisplacementDependentProbabilityConnector,
    DistanceDependentProbabilityConnector,
    FixedNumberPostConnector,
    FixedNumberPreConnector,
    FixedProbabilityConnector,
    FixedTotalNumberConnector,
    OneToOneConnector,
)
from pyNN.random import NativeRNG, NumpyRNG, RandomDistribution
from pyNN.space import RandomStructure

from .formulas import formula_of, has_steps, is_formula
from .words_generated import CONNECTORS


class SmallWorldConnector(connectors.SmallWorldConnector):
    """A small-world network, which the engine connects: PyNN's own class cannot."""

    def __init__(self, degree, *given, **named):
        """Makes the connector, as PyNN's is made."""
        super().__init__(degree, *given, **named)
        self.degree = degree


#: Parameters of the connectors that are passed on as rules, without formulas, which are translated.
_CONNECTORS = {
    each: [name for name in CONNECTORS[each.__name__] if name not in ("d_expression", "disp_function")]
    for each in (
        AllToAllConnector,
        OneToOneConnector,
        FixedProbabilityConnector,
        DistanceDependentProbabilityConnector,
        DisplacementDependentProbabilityConnector,
        FixedNumberPreConnector,
        FixedNumberPostConnector,
        FixedTotalNumberConnector,
        SmallWorldConnector,
    )
}

#: Connectors that draw from their generator itself; others draw from a copy of it.
_ADVANCING = (FixedNumberPreConnector, FixedNumberPostConnector, FixedTotalNumberConnector)

#: Words of the Mersenne twister's state; most twists that are counted to learn how much was drawn.
_WORDS, _TWISTS = 624, 200_000


def words_drawn(rng):
    """How many 32-bit words a NumpyRNG has drawn since it was seeded; None where that cannot be told."""
    if type(rng) is not NumpyRNG or rng.seed is None:
        return None
    name, key, place, has_spare, _ = rng.rng.get_state()
    if name != "MT19937" or has_spare:
        return None
    other = np.random.RandomState(rng.seed)
    for twists in range(_TWISTS):
        state: Any = other.get_state()
        if np.array_equal(state[1], key):
            return 0 if twists == 0 and place == _WORDS else (twists - 1) * _WORDS + place
        other.bytes(4 * _WORDS)
    return None


def parameters_of(connector):
    """Parameters of a connector by its rule, as the document has them."""
    return {name: getattr(connector, name) for name in _CONNECTORS[type(connector)]}


#: The engine's own generator in a document.
NATIVE = "native"


def is_drawn_natively(connector):
    """Whether the engine draws a connector's connections by its own numbers, which nobody here knows."""
    known = type(connector) in (FixedProbabilityConnector, FixedNumberPreConnector, FixedNumberPostConnector, FixedTotalNumberConnector)
    return known and isinstance(connector.rng, NativeRNG)


class _Ahead:
    """Stands in for the generator of a NumpyRNG from which the engine is to draw: who draws from it here comes later."""

    def __init__(self, generator):
        self.__dict__["_of"] = generator

    def __getattr__(self, name):
        return getattr(self._of.settled(), name)

    def __deepcopy__(self, memo):
        return deepcopy(self._of.settled(), memo)


class Generator:
    """A NumpyRNG as it was when the document first named it."""

    def __init__(self, name, rng, words):
        self.name, self.rng, self.words = name, rng, words
        #: The same generator for those who carry out rules here, later.
        self.shadow = deepcopy(rng.rng)
        self.users = []
        self._real: Any = None

    @property
    def ahead(self):
        """Whether the engine draws from it what was not drawn here."""
        return self._real is not None

    def is_as_it_was(self, rng):
        """Whether nobody drew from a generator besides the engine."""
        if rng is not self.rng:
            return False
        if self.ahead:
            return isinstance(rng.rng, _Ahead)
        own, mine = rng.rng.get_state(), self.shadow.get_state()
        return np.array_equal(own[1], mine[1]) and own[2:] == mine[2:]

    def go_ahead(self):
        """The engine is to draw from the generator itself."""
        if not self.ahead:
            self._real, self.rng.rng = self.rng.rng, _Ahead(self)

    def settled(self):
        """The generator after all that the engine draws from it."""
        if self.ahead:
            for projection in self.users:
                projection.draw()
            real, self._real = self._real, None
            real.set_state(self.shadow.get_state())
            self.rng.rng = real
        return self.rng.rng

    def to_document(self):
        """The generator as the document has it."""
        seed = int(self.rng.seed)
        return {"type": "NumpyRNG", "seed": seed, **({"skip": self.words} if self.words else {})}


class Generators:
    """NumpyRNGs that the document names."""

    def __init__(self):
        self._all, self._alone = [], []

    def of(self, rng):
        """The generator of a NumpyRNG as it is now; None where the document cannot say how it is."""
        for each in self._all:
            if each.is_as_it_was(rng):
                return each
        return self._made(rng, self._all)

    def alone(self, rng, user):
        """The same for one user, who draws from the NumpyRNG itself."""
        made = self._made(rng, self._alone)
        if made is not None:
            made.users.append(user)
        return made

    def _made(self, rng, among):
        if _is_free(rng):
            # Any seed is as good as none, and the engine can draw by it what PyNN would draw here.
            rng.seed = secrets.randbits(31)
            rng.rng.seed(rng.seed)
        words = words_drawn(rng)
        if words is None:
            return None
        made = Generator(f"rng{len(self._all) + len(self._alone)}", rng, words)
        among.append(made)
        return made

    def used(self):
        """All that somebody uses."""
        return [each for each in [*self._all, *self._alone] if each.users]

    def to_document(self):
        """All that somebody uses, by name."""
        return {each.name: each.to_document() for each in self.used()}


def distribution_of(values, generators, user):
    """Values that are drawn, as the document has them, before they are; None where it would not say the same."""
    drawn = getattr(values, "base_value", None)
    if not isinstance(drawn, RandomDistribution) or values.operations or not _is_plain(drawn):
        return None
    if _is_free(drawn.rng):
        return _drawn_to_document(drawn, None)
    made = generators.alone(drawn.rng, user)
    return None if made is None else _drawn_to_document(drawn, made)


def _is_plain(drawn):
    """Whether the parameters of a distribution are numbers."""
    return all(np.ndim(value) == 0 for value in drawn.parameters.values())


def _is_free(rng):
    """Whether a generator has no seed, so that each run of the script draws other numbers."""
    return type(rng) is NumpyRNG and rng.seed is None


def _drawn_to_document(drawn, generator):
    rng = {} if generator is None else {"rng": generator.name}
    return {"random": drawn.name, "params": {k: _limit(v) for k, v in drawn.parameters.items()}, **rng}


def _limit(value):
    """A parameter of a distribution as JSON has it, which has no infinite numbers."""
    number = float(value)
    return number if np.isfinite(number) else str(number)


def _by_place(connector, projection):
    """The parameter of a connector by distance or displacement that is its formula, as the document has it; None where it has none."""
    owners = [getattr(cells, "grandparent", cells) for cells in (projection.pre, projection.post)]
    if isinstance(connector, SmallWorldConnector):
        return {} if all(each.tell_places() for each in owners) else None
    if isinstance(connector, DisplacementDependentProbabilityConnector):
        name, text = "disp_function", formula_of(connector.index_expression._disp_function)
    else:
        name, text = "d_expression", connector.d_expression
        if not isinstance(text, str) or not is_formula(text) or np.ndim(projection.space.scale_factor):
            return None
    if text is None or connector.allow_self_connections == "NoMutual":
        return None
    if has_steps(text) and not any(isinstance(each.structure, RandomStructure) for each in owners):
        return None
    # The generator of connections does not also draw places.
    if any(getattr(each.structure, "rng", None) is connector.rng for each in owners):
        return None
    return {name: text} if all(each.tell_places() for each in owners) else None


def space_of(projection):
    """How distances are measured, as the document has it."""
    space = projection.space
    axes = "".join("xyz"[k] for k in space.axes)
    bounds = space.periodic_boundaries
    periodic = None if bounds is None else [None if each is None else [float(x) for x in each] for each in bounds]
    return {
        **({} if axes == "xyz" else {"axes": axes}),
        **({} if np.ndim(space.scale_factor) == 0 and space.scale_factor == 1 else {"scale_factor": float(space.scale_factor)}),
        **({} if np.all(np.asarray(space.offset) == 0) else {"offset": np.asarray(space.offset, float).tolist()}),
        **({} if periodic is None else {"periodic_boundaries": periodic}),
    }


def _bounds(drawn):
    """Numbers between which all draws of a distribution are."""
    given = drawn.parameters
    if "low" in given:
        return float(given["low"]), float(given["high"])
    if drawn.name in ("exponential", "gamma", "lognormal", "poisson"):
        return 0.0, np.inf
    return (0.0, float(given["n"])) if drawn.name == "binomial" else (-np.inf, np.inf)


class Rule:
    """What a projection says of its connections: the connector's rule, and values of synapses."""

    def __init__(self, connector, values, generators, by_place):
        self.connector, self.values, self.generators, self.by_place = connector, values, generators, by_place

    def to_document(self):
        """The connector, and the parameters of the synapse, as the document has them."""
        own = {**self.by_place, **parameters_of(self.connector)}
        rng = getattr(self.connector, "rng", None)
        named = {"rng": next((each.name for each in self.generators if each.rng is rng), NATIVE)} if rng is not None else {}
        connector = {"type": type(self.connector).__name__, **({"params": own} if own else {}), **named}
        return connector, {name: self._value(value) for name, value in self.values.items()}

    def _value(self, value):
        if not isinstance(value, RandomDistribution):
            return value
        return _drawn_to_document(value, next((each for each in self.generators if each.rng is value.rng), None))


def rule_of(projection, connector, generators, keeps_draws=False):
    """The rule of a projection, or None: then PyNN makes its connections one by one.

    Args:
        keeps_draws: for a document that is not run here: between assemblies and from generators without a seed, too.

    Raises:
        ConnectionError: for weights and delays that PyNN refuses.
    """
    known = type(connector) in _CONNECTORS and connector.location_selector is None
    split = any(isinstance(cells, common.Assembly) for cells in (projection.pre, projection.post))
    if not known or (split and not keeps_draws):
        return None
    if any(hasattr(each.celltype, "shape") for each in getattr(projection.post, "populations", [projection.post])):
        # Where synapses are on a cell is worked out for each.
        return None
    if not 0 <= getattr(connector, "p_connect", 0) <= 1 or not isinstance(getattr(connector, "n", 0), int):
        return None
    if len({_received(each.celltype) for each in getattr(projection.post, "populations", [])}) > 1:
        # The document has one receptor for a projection.
        return None
    values = _values(projection.synapse_type)
    if values is None or not _are_checked(values, connector, projection):
        return None
    if type(connector) is FixedProbabilityConnector and connector.allow_self_connections == "NoMutual":
        if projection.pre is not projection.post:
            return None
    placed = isinstance(connector, (DistanceDependentProbabilityConnector, DisplacementDependentProbabilityConnector, SmallWorldConnector))
    if placed and split:
        return None
    by_place = _by_place(connector, projection) if placed else {}
    if by_place is None:
        return None
    used = [connector.rng] if hasattr(connector, "rng") else []
    used += [value.rng for value in values.values() if isinstance(value, RandomDistribution)]
    found = {id(rng): generators.of(rng) for rng in used if not (keeps_draws and _is_free(rng))}
    if None in found.values():
        return None
    rule = Rule(connector, values, list(found.values()), by_place)
    for each in rule.generators:
        each.users.append(projection)
    if isinstance(connector, _ADVANCING):
        if id(connector.rng) in found:
            found[id(connector.rng)].go_ahead()
    return rule


def _received(celltype):
    """On what its receptors depend: those of an assembly of different ones are not all the same variables."""
    parts = getattr(celltype, "post_synaptic_receptors", None)
    if parts is not None:
        return tuple(sorted((name, type(each).__name__) for name, each in parts.items()))
    name = type(celltype).__name__
    return getattr(celltype, "conductance_based", name), getattr(celltype, "voltage_based_synapses", False), "alpha" in name


def _values(synapse):
    """Parameters of a synapse type that are numbers or distributions; None where there are others."""
    parts = [getattr(synapse, f"{name}_dependence", None) for name in ("timing", "weight", "voltage")]
    if not all(each.is_homogeneous for part in parts if part for _, each in part.parameter_space.items()):
        return None
    values = {}
    for name, each in synapse.parameter_space.items():
        if each.is_homogeneous and isinstance(each.base_value, numbers.Real) and not each.operations:
            values[name] = float(each.base_value)
        elif isinstance(each.base_value, RandomDistribution) and not each.operations:
            if not _is_plain(each.base_value):
                return None
            values[name] = each.base_value
        else:
            return None
    return values


def _are_checked(values, connector, projection):
    """Whether all values are in order; False where that shows only in what is drawn."""
    checks = getattr(projection.synapse_type, "parameter_checks", {}) if connector.safe else {}
    for name, check in checks.items():
        value = values.get(name, 0.0)
        if not isinstance(value, RandomDistribution):
            check(value, projection)
            continue
        try:
            check(np.array(_bounds(value)), projection)
        except errors.ConnectionError:
            return False
    delay = values.get("delay")
    if not isinstance(delay, RandomDistribution):
        return True
    least, most = projection.delay_limits()
    low, high = _bounds(delay)
    return least <= low and high <= most


def carry_out(rule, projection):
    """Makes the connections of a rule as PyNN does, with the generators as they were."""
    connector, now = rule.connector, [(each.rng, each.rng.rng) for each in rule.generators]
    callback, connector.callback = connector.callback, None
    for each in rule.generators:
        each.rng.rng = each.shadow
    try:
        projection.connect_one_by_one(connector)
    finally:
        connector.callback = callback
        for rng, own in now:
            rng.rng = own


__all__ = [
    "NATIVE", "Generators", "SmallWorldConnector", "carry_out", "distribution_of", "is_drawn_natively", "parameters_of", "rule_of", "space_of", "words_drawn",
]
