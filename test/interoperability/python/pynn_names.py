"""Prints the names of PyNN's standard models, connectors, structures and distributions as JSON."""

import inspect
import json

import pyNN.connectors
import pyNN.random
import pyNN.space
import pyNN.standardmodels.cells
import pyNN.standardmodels.electrodes
import pyNN.standardmodels.receptors
import pyNN.standardmodels.synapses
from pyNN.standardmodels import base

# Classes that others are made from, and parts that only cells with compartments have.
abstract = {
    'Connector', 'MapConnector', 'DistanceMatrix', 'FixedNumberConnector', 'BaseStructure', 'Shape', 'PositionsGenerator', 'Space',
    'DefaultStructure', 'STDPTimingDependence', 'STDPWeightDependence', 'MultiCompartmentNeuron', 'StandardCurrentSource', 'LIF', 'AdExp',
}


def classes(module, kind=object):
    return [
        name
        for name, value in inspect.getmembers(module, inspect.isclass)
        if value.__module__ == module.__name__ and issubclass(value, kind) and not name.startswith('_') and name not in abstract
    ]


names = [
    *classes(pyNN.standardmodels.cells, base.StandardCellType),
    *classes(pyNN.standardmodels.synapses),
    *classes(pyNN.standardmodels.electrodes),
    *[name for name in classes(pyNN.connectors) if name.endswith('Connector')],
    *classes(pyNN.space),
    *pyNN.random.available_distributions,
]
print(json.dumps(sorted(set(names))))
