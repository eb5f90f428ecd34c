"""PyNN's standard models: parameters keep their names and units, which the document has too."""

from typing import TYPE_CHECKING, Any

from pyNN.standardmodels import StandardModelType, build_translations, cells, receptors, synapses

from .checks import check_given
from .simulator import state


def _same(names):
    return build_translations(*((name, name) for name in names))


#: What PyNN's models have, of which the classes below are too.
_Base: Any = StandardModelType if TYPE_CHECKING else object


class _Checked(_Base):
    """A model whose parameters are checked before PyNN makes arrays of them."""

    def __init__(self, *values, **parameters):
        known = {name: value for name, value in parameters.items() if name in self.default_parameters}
        check_given(known, self.others_for_numbers, getattr(self, "units", None))
        super().__init__(*values, **parameters)

    #: Types that stand for numbers, besides those that do everywhere.
    others_for_numbers: tuple[type, ...] = ()


def _standard(base):
    """A class of PyNN's with names as they are."""
    return type(
        base.__name__,
        (_Checked, base),
        {"__doc__": base.__doc__, "__module__": __name__, "translations": _same(base.default_parameters)},
    )


IF_curr_alpha = _standard(cells.IF_curr_alpha)
IF_curr_exp = _standard(cells.IF_curr_exp)
IF_curr_delta = _standard(cells.IF_curr_delta)
IF_cond_alpha = _standard(cells.IF_cond_alpha)
IF_cond_exp = _standard(cells.IF_cond_exp)
IF_cond_exp_gsfa_grr = _standard(cells.IF_cond_exp_gsfa_grr)
IF_facets_hardware1 = _standard(cells.IF_facets_hardware1)
HH_cond_exp = _standard(cells.HH_cond_exp)
EIF_cond_alpha_isfa_ista = _standard(cells.EIF_cond_alpha_isfa_ista)
EIF_cond_exp_isfa_ista = _standard(cells.EIF_cond_exp_isfa_ista)
Izhikevich = _standard(cells.Izhikevich)
GIF_cond_exp = _standard(cells.GIF_cond_exp)
SpikeSourcePoisson = _standard(cells.SpikeSourcePoisson)
SpikeSourcePoissonRefractory = _standard(cells.SpikeSourcePoissonRefractory)
SpikeSourceGamma = _standard(cells.SpikeSourceGamma)
SpikeSourceInhGamma = _standard(cells.SpikeSourceInhGamma)
SpikeSourceArray = _standard(cells.SpikeSourceArray)
LIF = _standard(cells.LIF)
AdExp = _standard(cells.AdExp)


def _receptor(base):
    """A receptor, whose conductance or current is recorded."""
    made = _standard(base)
    variable, unit = ("gsyn", "uS") if base.conductance_based else ("isyn", "nA")
    made.recordable = [variable]
    made.scale_factors = {variable: 1}
    made.units = {**getattr(base, "units", {}), variable: unit}
    made.default_initial_values = {variable: 0.0}
    return made


CurrExpPostSynapticResponse = _receptor(receptors.CurrExpPostSynapticResponse)
CondExpPostSynapticResponse = _receptor(receptors.CondExpPostSynapticResponse)
CondAlphaPostSynapticResponse = _receptor(receptors.CondAlphaPostSynapticResponse)
CondBetaPostSynapticResponse = _receptor(receptors.CondBetaPostSynapticResponse)
ExpPSR = CondExpPostSynapticResponse
AlphaPSR = CondAlphaPostSynapticResponse
BetaPSR = CondBetaPostSynapticResponse


class PointNeuron(cells.PointNeuron):
    """A neuron that is put together from a membrane and receptors."""

    @property
    def native_parameters(self):
        """Parameters of the membrane, then those of each receptor."""
        return self.parameter_space

    @property
    def translations(self):
        """Names stay as they are."""
        return _same(self.parameter_space.keys())

    def get_native_names(self, *names):
        """Names stay as they are."""
        return list(names) if names else list(self.parameter_space.keys())

    def translate(self, parameters, copy=True):
        """Names stay as they are."""
        return parameters

    def reverse_translate(self, native_parameters):
        """Names stay as they are."""
        return native_parameters

    def computed_parameters(self):
        """None is worked out from others."""
        return []

    def computed_parameters_include(self, parameter_names):
        """None is worked out from others."""
        return False


class _Delay(_Checked):
    #: Formulas of the distance; None: the shortest delay.
    others_for_numbers = (str, type(None))

    def _get_minimum_delay(self):
        return state.smallest()


def _synapse(base):
    return type(
        base.__name__,
        (_Delay, base),
        {"__doc__": base.__doc__, "__module__": __name__, "translations": _same(base.default_parameters)},
    )


StaticSynapse = _synapse(synapses.StaticSynapse)
ElectricalSynapse = _synapse(synapses.ElectricalSynapse)
TsodyksMarkramSynapse = _synapse(synapses.TsodyksMarkramSynapse)
SimpleStochasticSynapse = _synapse(synapses.SimpleStochasticSynapse)
StochasticTsodyksMarkramSynapse = _synapse(synapses.StochasticTsodyksMarkramSynapse)
MultiQuantalSynapse = _synapse(synapses.MultiQuantalSynapse)
AdditiveWeightDependence = _standard(synapses.AdditiveWeightDependence)
MultiplicativeWeightDependence = _standard(synapses.MultiplicativeWeightDependence)
AdditivePotentiationMultiplicativeDepression = _standard(synapses.AdditivePotentiationMultiplicativeDepression)
GutigWeightDependence = _standard(synapses.GutigWeightDependence)
SpikePairRule = _standard(synapses.SpikePairRule)
Vogels2011Rule = _standard(synapses.Vogels2011Rule)


class STDPMechanism(_Delay, synapses.STDPMechanism):
    """Synapses whose weight changes by spikes of both sides."""

    #: Every combination of parts is one model here.
    possible_models = frozenset(["STDPMechanism"])

    def _build_translations(self):
        # Each instance has its own: PyNN's would be shared by all.
        parts = [self.timing_dependence, self.weight_dependence, self.voltage_dependence]
        own = _same(("weight", "delay", "dendritic_delay_fraction"))
        for part in parts:
            if part:
                own.update(part.translations)
        object.__setattr__(self, "translations", own)
