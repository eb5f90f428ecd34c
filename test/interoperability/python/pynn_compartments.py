"""Prints spikes and samples of cells with compartments under a simulator of PyNN: SIMULATOR TIMESTEP."""

import importlib
import json
import sys

import numpy as np
from neuroml import Morphology, Point3DWithDiam, Segment
from pyNN.morphology import NeuroMLMorphology
from pyNN.morphology import any as any_of
from pyNN.parameters import IonicSpecies

sim = importlib.import_module(sys.argv[1])
sim.setup(timestep=float(sys.argv[2]))


def segment(number, name, begin, end, parent=None):
    """A piece of a cell between two points with diameters."""
    points = [Point3DWithDiam(x=x, y=y, z=0, diameter=d) for x, y, d in (begin, end)]
    return Segment(id=number, name=name, proximal=points[0], distal=points[1], parent=parent)


soma = segment(0, "soma", (18.8, 0, 18.8), (0, 0, 18.8))
trunk = segment(1, "trunk", (0, 0, 3), (-200, 0, 2), soma)
left = segment(2, "left", (-200, 0, 1), (-300, 80, 0.8), trunk)
right = segment(3, "right", (-200, 0, 1.2), (-350, -90, 0.6), trunk)
cell = sim.MultiCompartmentNeuron
cell.label = "Branched"
cell.ion_channels = {"pas": sim.PassiveLeak, "na": sim.NaChannel, "kdr": sim.KdrChannel}
cell.post_synaptic_entities = {"AMPA": sim.CondExpPostSynapticResponse, "GABA": sim.CondExpPostSynapticResponse}
uniform, labelled = sim.morphology.uniform, sim.morphology.with_label
places = sim.morphology.LabelledLocations
branched = cell(
    morphology=NeuroMLMorphology(Morphology(segments=[soma, trunk, left, right])),
    cm=uniform("all", 1.2),
    Ra=150.0,
    ionic_species={
        "na": IonicSpecies("na", reversal_potential=50.0),
        "k": IonicSpecies("k", reversal_potential=-77.0),
    },
    pas={"conductance_density": any_of(uniform("soma", 0.0003), uniform("all", 0.0001)), "e_rev": -54.3},
    na={"conductance_density": uniform(labelled("soma", "trunk"), 0.12)},
    kdr={"conductance_density": sim.morphology.by_diameter(labelled("soma", "trunk"), lambda d: 0.03 + 0.0003 * d)},
    AMPA={"locations": places("left", "right"), "e_syn": 0.0, "tau_syn": 2.0},
    GABA={"locations": places("soma", "trunk"), "e_syn": -75.0, "tau_syn": 6.0},
)
cells = sim.Population(3, branched, initial_values={"v": [-65.0, -65.0, -62.0]})
source = sim.Population(2, sim.SpikeSourceArray(spike_times=[5.0, 12.0, 13.0]))
synapse = sim.StaticSynapse(weight=0.003, delay=1.0)
for selector, receptor in (("left", "AMPA"), (labelled("right", "left"), "AMPA"), ("trunk", "GABA")):
    connector = sim.AllToAllConnector(location_selector=selector)
    sim.Projection(source, cells, connector, synapse, receptor_type=receptor)
pulse = sim.DCSource(start=20.0, stop=35.0, amplitude=0.3)
pulse.inject_into(cells[0:1], location="soma")
pulse.inject_into(cells[1:2], location="left")
cells.record("spikes")
cells.record("v", locations=["soma", "right"])
cells.record(["na.h", "kdr.n"], locations="trunk")
sim.run(40.0)
segment = cells.get_data().segments[0]
every = round(1.0 / float(sys.argv[2]))
print(json.dumps({
    "spikes": [np.asarray(train).tolist() for train in segment.spiketrains],
    "samples": {each.name: np.asarray(each)[::every].T.tolist() for each in segment.analogsignals},
}))
