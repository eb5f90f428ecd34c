"""Projections: connectors run as PyNN has them, and what they connect is part of the document."""

from typing import Any

import numpy as np
from pyNN import common, errors, morphology
from pyNN.connectors import AllToAllConnector, FromListConnector, OneToOneConnector
from pyNN.parameters import LazyArray
from pyNN.space import Space

from . import simulator
from .checks import check_connector, check_finite, check_given, check_projection, check_receivers, check_synapse, is_number
from .members import members_of
from .populations import stem_of
from .projection_document import DocumentOfProjection, number_or_list
from .rules import carry_out, rule_of
from .simulator import state
from .standardmodels import StaticSynapse
from .synapse_recording import RecordingOfSynapses


class Connection(common.Connection):
    """One synapse; its attributes are read and set where they are."""

    def __init__(self, projection, index):
        self.__dict__.update(projection=projection, index=index)

    @property
    def presynaptic_index(self):
        """Index of the sender."""
        return int(self.projection.sources[self.index])

    @property
    def postsynaptic_index(self):
        """Index of the receiver."""
        return int(self.projection.targets[self.index])

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return float(self.projection.values_of(name)[self.index])

    def __setattr__(self, name, value):
        values = self.projection.values_of(name).copy()
        if not is_number(value):
            raise errors.InvalidParameterValueError(f"{name} must be a number, not {value!r}")
        values[self.index] = value
        self.projection.give(name, values)

    def as_tuple(self, *attribute_names):
        """Attributes by name."""
        return tuple(getattr(self, name) for name in attribute_names)


def _check_targets(connector, post):
    """Receivers of a list are among the cells that there are: PyNN leaves the others out. Gives False where there is no list yet."""
    listed = getattr(connector, "conn_list", None)
    if listed is None or not np.size(listed):
        return not isinstance(connector, FromListConnector)
    if isinstance(connector, FromListConnector):
        rows = np.asarray(listed)
        if rows.dtype.kind not in "iuf":
            raise errors.ConnectionError("a list of connections has rows of numbers")
        senders, receivers = rows[:, 0], rows[:, 1]
        if senders.min() < 0:
            raise errors.ConnectionError("source index out of range")
        if receivers.min() < 0 or receivers.max() >= post.size:
            raise errors.ConnectionError("target index out of range")
    return True


class Projection(RecordingOfSynapses, DocumentOfProjection, common.Projection):
    """Synapses between two groups of cells."""

    __doc__ = common.Projection.__doc__
    _simulator = simulator
    _static_synapse_class = StaticSynapse
    #: Its rule, and its connections once they are known: senders, receivers, values.
    _rule: Any
    _known: Any

    def __init__(self, presynaptic_population, postsynaptic_population, connector, synapse_type=None,
                 source=None, receptor_type=None, space=Space(), label=None):
        state.refuse_after_a_run("projections")
        if hasattr(synapse_type, "definition") and not hasattr(synapse_type, "act_on"):
            self._connect_natively(presynaptic_population, postsynaptic_population, connector, synapse_type, label, receptor_type)
            return
        if all(hasattr(cells, "size") for cells in (presynaptic_population, postsynaptic_population)):
            check_receivers(postsynaptic_population)
            check_projection(presynaptic_population, postsynaptic_population, connector, synapse_type, space)
        common.Projection.__init__(
            self, presynaptic_population, postsynaptic_population, connector, synapse_type, source, receptor_type, space, label
        )
        self._columns, self._parts, self._cache, self._built = [], None, {}, None
        self._initial, self._known, self._places, self._segments = {}, None, [], []
        checked = _check_targets(connector, self.post)
        if hasattr(synapse_type, "act_on"):
            if isinstance(self.pre, common.Assembly) or isinstance(self.post, common.Assembly):
                raise NotImplementedError("synapses in NESTML are between populations and views")
            synapse_type.act_on(self.post.celltype)
        else:
            check_synapse(self.synapse_type)
        check_connector(connector, self.pre, self.post)
        self._rule = rule_of(self, connector, state.generators, state.keeps_draws)
        if self._rule is None:
            self.connect_one_by_one(connector)
            if not checked:
                # A connector from a file has its list once it has connected.
                _check_targets(connector, self.post)
        elif connector.callback is not None:
            for k in range(self.post.size):
                connector.callback(k / self.post.size)
        self._check_delays()
        self.name_in_document = state.unique(label or f"{stem_of(self.pre)}→{stem_of(self.post)}", "projection")
        state.projections.append(self)
        state.changed()

    def _connect_natively(self, pre, post, connector, synapse_type, label, receptor_type):
        """Synapses of a type of the script's own: the engine connects them by the rules of the canonical model."""
        if isinstance(pre, common.Assembly) or isinstance(post, common.Assembly):
            raise NotImplementedError("native synapses are between populations and views")
        self.pre, self.post, self.synapse_type, self._connector = pre, post, synapse_type, connector
        self.receptor_type, self.space, self.initial_values = receptor_type, Space(), {}
        self._known, self._rule = (np.empty(0, np.int64), np.empty(0, np.int64), {}), None
        self._columns, self._parts, self._cache, self._built, self._initial, self._segments = [], [], {}, None, {}, []
        self.label = label or f"{pre.label}_to_{post.label}"
        self.name_in_document = state.unique(label or f"{stem_of(pre)}_to_{stem_of(post)}", "projection")
        state.projections.append(self)
        state.changed()

    # --- Connecting -------------------------------------------------------------------------------------------------
    def _convergent_connect(self, presynaptic_indices, postsynaptic_index, location_selector=None, **parameters):
        pre = np.asarray(presynaptic_indices, dtype=np.int64)
        celltype = self.post[int(postsynaptic_index)].celltype
        if not hasattr(celltype, "shape"):
            if location_selector is not None:
                raise errors.ConnectionError("the cells have no compartments, so there is no location on them")
        else:
            # Each sender has a synapse at each of the places.
            places = self._places_on(celltype, location_selector)
            count = len(pre)
            own = {name: np.broadcast_to(np.asarray(value, float), (count,)) for name, value in parameters.items()}
            parameters = {name: np.repeat(value, len(places)) for name, value in own.items()}
            pre = np.repeat(pre, len(places))
            self._places += places * count
        self._columns.append((pre, int(postsynaptic_index), parameters))

    def _places_on(self, celltype, selector):
        """Where on a cell synapses are: places of the receptor that a label or filter selects."""
        shape, known = celltype.shape, celltype.places.get(self.receptor_type)
        if known is None:
            raise errors.ConnectionError(
                f"the receptor is {self.receptor_type!r}; there are {', '.join(celltype.places) or 'none'}"
            )
        if selector is None:
            names = list(known)
            if len(names) != 1:
                raise errors.ConnectionError(
                    f"{self.receptor_type} is at {len(names)} places; say which by the location_selector of the connector"
                )
        elif isinstance(selector, str):
            names = shape.labelled(selector)
        elif isinstance(selector, morphology.random_section):
            names = selector.names(shape, known)
        elif hasattr(selector, "names"):
            names = selector.names(shape)
        else:
            raise errors.ConnectionError(f"a location_selector is a label or a filter, not {selector!r}")
        return [(name, known[name]) for name in names if name in known]

    def _check_delays(self):
        """Delays are between those of setup. Drawn ones that the engine draws were checked by what they can be."""
        delay = self._rule.values.get("delay", 0.0) if self._known is None else self.given.get("delay", ())
        self._check_given("delay", delay if isinstance(delay, (float, np.ndarray)) else ())
        for name, values in (self._rule.values if self._known is None else self.given).items():
            if isinstance(values, (float, np.ndarray)):
                check_finite(name, np.atleast_1d(np.asarray(values, dtype=float)))

    def _check_given(self, name, values):
        """Values of synapses are finite; conductances stay 0 or more, delays are between those of setup."""
        values = np.atleast_1d(np.asarray(values, dtype=float)).ravel()
        check_finite(name, values)
        before = self._rule.values.get(name, 0.0) if self._known is None else self.given.get(name, 0.0)
        kept = isinstance(before, (float, np.ndarray)) and np.all(np.asarray(before) >= 0)
        if name == "weight" and kept and (values < 0).any() and getattr(self.post, "conductance_based", False):
            raise errors.ConnectionError(f"weights must be 0 or more for conductance-based synapses, not {values.min():g} uS")
        if name != "delay":
            return
        delays = values
        least, most = self.delay_limits()
        wrong = delays[~((delays >= least - state.dt / 2) & (delays <= most + state.dt / 2))]
        if len(wrong) and type(self.synapse_type).__name__ != "ElectricalSynapse":
            limit = f"{least:g} ms or more" if most == np.inf else f"from {least:g} to {most:g} ms"
            raise errors.ConnectionError(f"delays must be {limit}, not {wrong[0]:g} ms")

    def delay_limits(self):
        """The shortest and the longest delay that setup allows, in ms."""
        return state.smallest(), np.inf if state.max_delay == "auto" else state.max_delay

    def connect_one_by_one(self, connector):
        """Makes the connections here, as PyNN does."""
        if not self._connect_simply(connector):
            connector.connect(self)
            self._gather()

    def draw(self):
        """Carries out its rule here, after those that draw from the same generators before it."""
        if self._known is not None:
            return
        for each in self._rule.generators:
            for other in each.users[: each.users.index(self)] if each.ahead else ():
                other.draw()
        given = {name: value for name, value in self._rule.values.items() if isinstance(value, float)}
        carry_out(self._rule, self)
        # Numbers may have been set since.
        for name, value in given.items():
            self.given[name] = np.full(len(self.sources), value)

    @property
    def sources(self):
        """Index of each connection's sender."""
        self.draw()
        return self._known[0]

    @property
    def targets(self):
        """Index of each connection's receiver."""
        self.draw()
        return self._known[1]

    @property
    def given(self):
        """Values of all connections as they were given, by name."""
        self.draw()
        return self._known[2]

    def _connect_simply(self, connector):
        """Connectors that draw nothing, without a loop in Python. Gives False for all others."""
        if type(connector) not in (AllToAllConnector, OneToOneConnector) or connector.callback is not None:
            return False
        if connector.location_selector is not None or any(hasattr(each.celltype, "shape") for each, _, _ in members_of(self.post)):
            return False
        pre, post = self.pre.size, self.post.size
        space = connector._parameters_from_synapse_type(self)
        if not all(map.is_homogeneous for _, map in space.items()):
            if type(connector) is AllToAllConnector:
                return False
            # As PyNN does it, column by column, also for populations of one cell.
            for k in range(min(pre, post)):
                self._check(connector, own := {n: m[np.array([k]), k] if not m.is_homogeneous else m.evaluate(simplify=True) for n, m in space.items()})
                self._convergent_connect(np.array([k]), k, **own)
            self._gather()
            return True
        own = {name: map.evaluate(simplify=True) for name, map in space.items()}
        self._check(connector, own)
        if type(connector) is OneToOneConnector:
            sources = targets = np.arange(min(pre, post))
        else:
            sources, targets = np.tile(np.arange(pre), post), np.repeat(np.arange(post), pre)
            if not connector.allow_self_connections:
                others = self.pre.all_cells[sources] != self.post.all_cells[targets]
                sources, targets = sources[others], targets[others]
        self._known = sources, targets, {name: np.full(len(sources), float(value)) for name, value in own.items()}
        return True

    def _check(self, connector, values):
        checks = getattr(self.synapse_type, "parameter_checks", {}) if connector.safe else {}
        for name, check in checks.items():
            if name in values:
                check(values[name], self)

    def _gather(self):
        columns = self._columns
        counts = [len(pre) for pre, _, _ in columns]
        sources = np.concatenate([pre for pre, _, _ in columns]) if columns else np.empty(0, np.int64)
        targets = np.repeat(np.array([post for _, post, _ in columns], dtype=np.int64), counts)
        names = columns[0][2].keys() if columns else self.synapse_type.get_parameter_names()
        given = {
            name: np.concatenate([
                np.empty(0), *(np.broadcast_to(np.asarray(own[name], dtype=float), (n,)) for n, (_, _, own) in zip(counts, columns))
            ])
            for name in names
        }
        self._known = sources, targets, given
        self._columns = []

    @property
    def is_empty(self):
        """Whether it is known to have no connections."""
        return self._known is not None and len(self) == 0

    def smallest_delay(self):
        """The smallest delay of its synapses, in ms."""
        if self._known is None and isinstance(self._rule.values.get("delay"), float):
            return self._rule.values["delay"]
        delays = self.given.get("delay")
        return state.dt if delays is None or not len(delays) else float(delays.min())

    # --- Values -----------------------------------------------------------------------------------------------------
    def values_of(self, name):
        """Values of all connections now, in PyNN's units and in PyNN's order."""
        if name == "presynaptic_index":
            return self.sources
        if name == "postsynaptic_index":
            return self.targets
        if hasattr(self.synapse_type, "variable_of") and self.synapse_type.variable_of(name) is not None:
            return self._values_in_nestml(name)
        if name not in self.given:
            raise AttributeError(f"connections of {self.label} have no attribute {name}")
        if name == "weight" and self._is_plastic and state.live and len(self):
            return self._read(name)
        return self.given[name]

    @property
    def _is_plastic(self):
        return hasattr(self.synapse_type, "timing_dependence")

    def _values_in_nestml(self, name):
        """Values of a variable of NESTML in NEST's unit; `weight` is in PyNN's, as PyNN has it on NEST."""
        kind, variable = self.synapse_type, self.synapse_type.variable_of(name)
        if variable in kind.kind["state"] and state.live and len(self):
            (part,) = self.parts()
            values = state.read(self.name_in_document, variable)[self.order_of(part)] / kind.scales[variable]
        else:
            parameter = kind.parameter_of(variable)
            values = self.given.get(parameter, np.full(len(self.sources), kind.default_parameters[parameter]))
        return values * (1e-3 if name == "weight" else 1.0)

    def _read(self, name):
        key = (name, state._version)
        if self._cache.get("key") != key:
            values = self.given[name].copy()
            for part in self.parts():
                found = state.read(part["name"], name)
                values[part["connections"]] = found[self.order_of(part)] / float(f"1e{self.weight_exponent(part)}")
            # Building the network may count as a change of it.
            self._cache = {**self._cache, "key": (name, state._version), "values": values}
        return self._cache["values"]

    def weight_exponent(self, part):
        """The power of ten that takes weights of a part to SI."""
        celltype = part["post"].celltype
        if celltype.conductance_based or type(self.synapse_type).__name__ == "ElectricalSynapse":
            return -6
        return -3 if getattr(celltype, "voltage_based_synapses", False) else -9

    def order_of(self, part):
        """Where each connection of a part stands among the synapses of the engine."""
        if "order" not in part:
            found = state.synapses(part["name"])
            theirs = np.lexsort((np.arange(len(found["sources"])), found["targets"], found["sources"]))
            ours = np.lexsort((np.arange(len(part["connections"])), part["post_cells"], part["pre_cells"]))
            order = np.empty(len(theirs), np.int64)
            order[ours] = theirs
            part["order"] = order
        return part["order"]

    def give(self, name, values):
        """Gives the connections other values."""
        if hasattr(self.synapse_type, "parameter_of"):
            name = self.synapse_type.parameter_of(name)
            if name in self.synapse_type.default_parameters:
                self.given.setdefault(name, values)
        if name not in self.given:
            raise errors.NonExistentParameterError(name, type(self.synapse_type).__name__, list(self.given))
        self._check_given(name, values)
        self.given[name] = np.asarray(values, dtype=float)
        if not state.live:
            self._rule = None
            state.changed()
            return
        for part in self.parts():
            self._set_part(part, name, self.given[name][part["connections"]])

    def _set_part(self, part, name, own):
        """Gives the connections of a part other values from now on."""
        if hasattr(self.synapse_type, "phase_of"):
            in_order = np.empty(len(own))
            in_order[self.order_of(part)] = own
            state.phase({"native": self.synapse_type.phase_of(part["name"], name, in_order)})
            return
        numbers = number_or_list(own)
        if isinstance(numbers, list):
            # By sender and then receiver, one for each pair.
            order = np.lexsort((part["post_cells"], part["pre_cells"]))
            ends = part["pre_cells"][order], part["post_cells"][order]
            begins = np.append(True, (np.diff(ends[0]) != 0) | (np.diff(ends[1]) != 0))
            pairs = own[order][begins]
            if (pairs[np.cumsum(begins) - 1] != own[order]).any():
                raise errors.InvalidParameterValueError(
                    f"connections of one pair of cells of {self.label} cannot be given different values of {name} after "
                    "the network has run"
                )
            numbers = pairs.tolist()
        phase = {"set_projection": {"target": part["name"], "params": {name: numbers}}}
        if name == "weight" and state.sets_at_once(len(own)):
            in_place = np.empty(len(own))
            in_place[self.order_of(part)] = own
            if state.set_synapses(part["name"], in_place, self.weight_exponent(part), self._is_plastic, phase):
                return
        state.phase(phase)

    def _set_attributes(self, parameter_space):
        parameter_space.evaluate(simplify=True)
        for name, value in parameter_space.items():
            if self._rule is not None and np.ndim(value) == 0 and self._give_number(name, float(value)):
                continue
            matrix = np.broadcast_to(np.asarray(value, dtype=float), self.shape)
            self.give(name, matrix[self.sources, self.targets])

    def _give_number(self, name, value):
        """Gives all connections one value without making them here. Gives False where they are made already."""
        if self._known is not None or name not in self._rule.values or (state.live and hasattr(self.synapse_type, "phase_of")):
            return False
        self._check_given(name, value)
        if state.live:
            # Who asks for the connections later gets the value of now.
            state.phase({"set_projection": {"target": self.name_in_document, "params": {name: value}}})
        else:
            state.changed()
        self._rule.values[name] = value
        return True

    def set(self, **attributes):
        """Gives parameters of synapses other values: numbers, distributions, functions, or arrays by sender and receiver."""
        check_given(attributes)
        for name, value in attributes.items():
            if np.ndim(value) == 1 and np.size(value) != len(self):
                raise errors.InvalidDimensionsError(f"{len(self)} connections, but {np.size(value)} values of {name}")
        common.Projection.set(self, **attributes)

    def initialize(self, **initial_values):
        """Gives variables of synapses first values: numbers, distributions, or arrays by sender and receiver."""
        check_given(initial_values)
        for variable, value in initial_values.items():
            if np.ndim(value) and np.shape(value) != self.shape:
                raise errors.InvalidDimensionsError(f"first values of {variable} must be an array of shape {self.shape}, not {np.shape(value)}")
            values = LazyArray(value, shape=self.shape, dtype=float)
            self._set_initial_value_array(variable, values)
            self.initial_values[variable] = values

    def _set_initial_value_array(self, variable, initial_value):
        matrix = np.broadcast_to(np.asarray(initial_value.evaluate(simplify=False), dtype=float), self.shape)
        values = matrix[self.sources, self.targets]
        check_finite(variable, values)
        self._initial = {**self._initial, variable: values}
        if not state.live:
            self._rule = None
        if state.live:
            for part in self.parts():
                own = number_or_list(values[part["connections"]])
                state.phase({"initialize": {"target": part["name"], "values": {variable: own}}})
        else:
            state.changed()

    # --- PyNN's side ------------------------------------------------------------------------------------------------
    def __len__(self):
        if self._known is None and state.live:
            # The engine has made them.
            return state.count(self.name_in_document)
        return len(self.sources)

    def __getitem__(self, i):
        if isinstance(i, slice):
            return [Connection(self, k) for k in range(*i.indices(len(self)))]
        if not hasattr(i, "__index__"):
            raise TypeError(f"connections are numbered: an index must be a whole number or a slice, not {i!r}")
        if not -len(self) <= i < len(self):
            raise IndexError(f"there are {len(self)} connections")
        return Connection(self, i % len(self))

    @property
    def connections(self):
        """All connections."""
        return [Connection(self, k) for k in range(len(self))]

    def _get_attributes_as_list(self, names):
        columns = [self.values_of(name).tolist() for name in names]
        return list(zip(*columns))

    def _get_attributes_as_arrays(self, names, multiple_synapses="sum"):
        found = []
        for name in names:
            values = self.values_of(name)
            whole = np.full(self.shape, np.nan)
            at = (self.sources, self.targets)
            if multiple_synapses == "last":
                whole[at] = values
            elif multiple_synapses == "first":
                whole[self.sources[::-1], self.targets[::-1]] = values[::-1]
            else:
                whole[at] = {"sum": 0.0, "min": np.inf, "max": -np.inf}[multiple_synapses]
                gathered: Any = {"sum": np.add, "min": np.minimum, "max": np.maximum}[multiple_synapses]
                gathered.at(whole, at, values)
            found.append(whole)
        return found
