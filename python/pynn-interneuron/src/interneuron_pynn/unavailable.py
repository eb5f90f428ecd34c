"""Names that other simulators add to PyNN: using one says what it is, and what to write instead."""

from types import ModuleType

from interneuron import UnsupportedError


class Unavailable(ModuleType):
    """Stands for a class, function or module of another simulator."""

    def __init__(self, name, owner, instead, refusal="is available in {} only"):
        """Makes it.

        Args:
            name: its name.
            owner: the simulator that has it.
            instead: what scripts can write instead.
            refusal: the rest of the sentence about it, with a place for the owner.
        """
        super().__init__(name)
        self._refusal = refusal.format(owner)
        self._instead = instead

    def __call__(self, *_, **__):
        """Refuses to make or do what it stands for."""
        raise UnsupportedError(f"{self.__name__} {self._refusal}", self._instead)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        raise UnsupportedError(f"{self.__name__}.{name} {self._refusal}", self._instead)


_EQUATIONS = "describe the model by its equations with sim.native.cell or sim.native.synapse"
_LISTED = "list its connections with FromListConnector, or give their weights as an array with ArrayConnector"
_STRUCTURAL = "synapses cannot be formed or removed while the network runs"
_DEVICES = "give the spikes with SpikeSourceArray, and read results with get_data after a run"

native_cell_type = Unavailable("native_cell_type", "NEST and NEURON", _EQUATIONS)
native_synapse_type = Unavailable("native_synapse_type", "NEST", _EQUATIONS)
native_electrode_type = Unavailable("native_electrode_type", "NEST", "use a current source of PyNN, such as StepCurrentSource")
KernelConnector = Unavailable("KernelConnector", "sPyNNaker", _LISTED)
ConvolutionConnector = Unavailable("ConvolutionConnector", "sPyNNaker", _LISTED)
PoolDenseConnector = Unavailable("PoolDenseConnector", "sPyNNaker", _LISTED)
StructuralMechanismStatic = Unavailable("StructuralMechanismStatic", "sPyNNaker", _STRUCTURAL)
StructuralMechanismSTDP = Unavailable("StructuralMechanismSTDP", "sPyNNaker", _STRUCTURAL)
RandomSelection = Unavailable("RandomSelection", "sPyNNaker", _STRUCTURAL)
LastNeuronSelection = Unavailable("LastNeuronSelection", "sPyNNaker", _STRUCTURAL)
DistanceDependentFormation = Unavailable("DistanceDependentFormation", "sPyNNaker", _STRUCTURAL)
RandomByWeightElimination = Unavailable("RandomByWeightElimination", "sPyNNaker", _STRUCTURAL)
external_devices = Unavailable("external_devices", "sPyNNaker", _DEVICES)
extra_models = Unavailable("extra_models", "sPyNNaker", _EQUATIONS)

#: Modules of simulators, by the names of the simulators in PyNN.
MODULES = {
    "spiNNaker": [external_devices, extra_models],
}

__all__ = [
    "ConvolutionConnector",
    "DistanceDependentFormation",
    "KernelConnector",
    "LastNeuronSelection",
    "PoolDenseConnector",
    "RandomByWeightElimination",
    "RandomSelection",
    "StructuralMechanismSTDP",
    "StructuralMechanismStatic",
    "external_devices",
    "extra_models",
    "native_cell_type",
    "native_electrode_type",
    "native_synapse_type",
]
