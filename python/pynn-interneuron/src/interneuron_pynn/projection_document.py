"""What a projection is in the document: its rule, or its connections by the populations that they are between."""

from copy import deepcopy
from typing import Any

import numpy as np
from pyNN import common
from pyNN.connectors import AllToAllConnector, FromListConnector, OneToOneConnector

from .members import members_of
from .morphology import location
from .native import Connector as NativeConnector
from .populations import stem_of
from .rules import NATIVE, is_drawn_natively, parameters_of, space_of
from .simulator import state
from .units import plain

#: From so many connections on they are sent as arrays.
_MANY = 64


class DocumentOfProjection:
    """The part of a projection that writes it into the document."""

    #: Both ends, the type of its synapses, and its name in the document.
    pre: Any
    post: Any
    synapse_type: Any
    receptor_type: Any
    name_in_document: str
    sources: Any
    targets: Any
    given: Any
    #: Its rule, its connections by population, its document once it is built, and where its synapses are on cells.
    _rule: Any
    _known: Any
    _parts: Any
    _built: Any
    _places: Any
    _initial: Any
    _connector: Any
    _is_plastic: Any
    draw: Any

    def parts(self):
        """Its connections by the populations that they are between."""
        if self._parts is None:
            self._parts = []
            pre, post = members_of(self.pre), members_of(self.post)
            for sender, own_pre, at_pre in pre:
                for receiver, own_post, at_post in post:
                    where_pre = np.full(self.pre.size, -1)
                    where_pre[at_pre] = own_pre
                    where_post = np.full(self.post.size, -1)
                    where_post[at_post] = own_post
                    several = len(pre) * len(post) > 1
                    if several:
                        connections = np.flatnonzero((where_pre[self.sources] >= 0) & (where_post[self.targets] >= 0))
                    else:
                        connections = np.arange(len(self.sources))
                    if len(connections) == 0:
                        continue
                    name = state.unique(f"{self.name_in_document}_part", "projection") if several else self.name_in_document
                    self._parts.append({
                        "name": name,
                        "pre": sender,
                        "post": receiver,
                        "connections": connections,
                        "pre_cells": where_pre[self.sources[connections]],
                        "post_cells": where_post[self.targets[connections]],
                    })
        return self._parts

    def freeze(self):
        """The network is built: what changes from now on are phases."""
        if self._rule is not None and any(isinstance(cells, common.Assembly) for cells in (self.pre, self.post)):
            # What comes of the run is known by parts.
            self.draw()
            self._rule = None
        if self._built is None:
            self._built = self._documents()

    def names_in_document(self):
        """How the document calls its parts."""
        return [part["name"] for part in self.parts()]

    def to_document(self):
        """Its parts as the document has them."""
        return self._built if self._built is not None else self._documents()

    def _documents(self):
        if hasattr(self.synapse_type, "definition"):
            return [self._native_document()]
        if self._rule is not None:
            return [self._declared()]
        return [self._part(part) for part in self.parts()]

    def _location(self, part):
        """Where the synapses of a part are, on cells with compartments."""
        if not self._places:
            return {}
        places = [location(self._places[k]) for k in part["connections"]]
        return {"location": places[0] if all(each == places[0] for each in places) else places}

    def _declared(self):
        """The projection by its connector's rule."""
        connector, values = self._rule.to_document()
        pre, post = (state.cells(members_of(end), stem_of(end)) for end in (self.pre, self.post))
        document = self._document(self.name_in_document, pre, post, connector, self._synapse(values))
        space = space_of(self) if connector["type"] in ("DistanceDependentProbabilityConnector", "SmallWorldConnector") else {}
        return {**document, **({"space": space} if space else {})}

    def _synapse(self, values):
        """Returns the synapse type as the document has it, with those of its parameters that are given."""
        synapse: dict[str, Any] = {"type": type(self.synapse_type).__name__}
        if self._is_plastic:
            timing, weight = self.synapse_type.timing_dependence, self.synapse_type.weight_dependence
            synapse["timing_dependence"] = _component(timing, values)
            synapse["weight_dependence"] = _component(weight, values)
            synapse["dendritic_delay_fraction"] = float(self.synapse_type.dendritic_delay_fraction)
            values = {name: values[name] for name in ("weight", "delay") if name in values}
        return {**synapse, "params": values}

    def _part(self, part):
        connections = part["connections"]
        many = len(connections) > _MANY
        whole = len(connections) == len(self.sources)
        values = {name: _number_or_array(value if whole else value[connections]) for name, value in self.given.items()}
        columns = {name: value for name, value in values.items() if many and isinstance(value, np.ndarray)}
        synapse = self._synapse({name: plain(value) for name, value in values.items() if name not in columns})
        connections = {}
        if many:
            connections["i"] = state.array(part["pre_cells"].astype(np.uint32))
            connections["j"] = state.array(part["post_cells"].astype(np.uint32))
            connections.update({name: state.array(value) for name, value in columns.items()})
        else:
            connections = np.stack([part["pre_cells"], part["post_cells"]], axis=1).tolist()
        params = {"conn_list": connections, **({"column_names": []} if isinstance(connections, list) else {})}
        connector = {"type": "FromListConnector", "params": params}
        ends = part["pre"].name_in_document, part["post"].name_in_document
        initial = {k: number_or_list(v[part["connections"]]) for k, v in self._initial.items()}
        return self._document(part["name"], *ends, connector, synapse, initial, self._location(part))

    def _document(self, name, pre, post, connector, synapse, initial=None, location=None):
        electrical = type(self.synapse_type).__name__ == "ElectricalSynapse"
        return {
            "label": name,
            "pre": pre,
            "post": post,
            **({} if electrical else {"receptor_type": self.receptor_type}),
            **(location or {}),
            "connector": connector,
            "synapse": synapse,
            **({"initial_values": initial} if initial else {}),
        }

    def _native_document(self):
        """A projection of synapses of a type of the script's own."""
        ends = [state.view(owner, indices) for cells in (self.pre, self.post) for owner, indices, _ in members_of(cells)]
        connector, more = self._connector, dict(self.synapse_type.more)
        members = {"values": self.synapse_type.values} if not hasattr(self.synapse_type, "to_document") else self._in_nestml()
        if "connector" in members:
            named: dict[str, Any] = members.pop("connector")
        elif isinstance(connector, NativeConnector):
            named = {"type": "native"}
            more["connect"] = connector.rules
        else:
            params: dict[str, Any] = {}
            if isinstance(connector, FromListConnector):
                params["conn_list"] = [[int(i), int(j)] for i, j, *_ in connector.conn_list]
                params["column_names"] = []
            elif isinstance(connector, AllToAllConnector) and not connector.allow_self_connections:
                params["allow_self_connections"] = False
            elif is_drawn_natively(connector):
                params = parameters_of(connector)
            elif not isinstance(connector, (AllToAllConnector, OneToOneConnector)):
                raise NotImplementedError(
                    f"native synapses by {type(connector).__name__}; sim.native.Connector takes rules, and random connectors "
                    "draw by a sim.NativeRNG"
                )
            drawn = {"rng": NATIVE} if is_drawn_natively(connector) else {}
            named = {"type": type(connector).__name__, **({"params": params} if params else {}), **drawn}
        return {
            "label": self.name_in_document,
            "pre": ends[0],
            "post": ends[1],
            **({"receptor_type": self.receptor_type} if self.receptor_type else {}),
            "connector": named,
            "synapse": {
                "type": self.synapse_type.document_name(),
                **{key: each for key, each in members.items() if each},
            },
            **({"native": more} if more else {}),
        }

    def _in_nestml(self):
        """The connector, values and delays of synapses in NESTML: the connector's rule where all synapses have the same values."""
        if self._rule is not None and self._known is None and all(isinstance(each, float) for each in self._rule.values.values()):
            return {"connector": self._rule.to_document()[0], **self.synapse_type.to_document(self._rule.values)}
        pairs = np.stack([self.sources, self.targets], axis=1).tolist()
        named = {"type": "FromListConnector", "params": {"conn_list": pairs, "column_names": []}}
        return {"connector": named, **self.synapse_type.to_document(self.given)}


def _component(part, values):
    """Returns a part of a plastic synapse as the document has it; columns of connections have what is neither given nor one number."""
    params = {}
    for name, each in deepcopy(part.parameter_space).items():
        each.shape = (1,)
        if name in values:
            params[name] = values[name]
        elif each.is_homogeneous:
            params[name] = float(each.evaluate(simplify=True))
    return {"type": type(part).__name__, "params": params}


def _number_or_array(values):
    return float(values[0]) if len(values) and (values == values[0]).all() else np.asarray(values, dtype=float)


def number_or_list(values):
    """Values as the document has them: one number where they are all the same."""
    return plain(_number_or_array(values))
