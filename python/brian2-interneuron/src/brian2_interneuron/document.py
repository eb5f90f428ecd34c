"""A network of Brian as a specification (translators/brian) with its arrays.

A bare document has no values and connections: it tells whether a network is still the one that a session runs. A
stepped one has the steps of integration that Brian has worked out, where it can, in place of equations.
"""

import json
import re
from contextlib import suppress

import numpy as np
from brian2.codegen.translation import is_scalar_expression
from brian2.core.functions import DEFAULT_FUNCTIONS, Function
from brian2.core.variables import ArrayVariable, Constant, Subexpression
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER
from brian2.groups.group import CodeRunner, Group
from brian2.groups.neurongroup import NeuronGroup, Resetter, StateUpdater, SubexpressionUpdater, Thresholder
from brian2.groups.subgroup import Subgroup
from brian2.input.poissongroup import PoissonGroup
from brian2.input.poissoninput import PoissonInput
from brian2.input.spikegeneratorgroup import SpikeGeneratorGroup
from brian2.input.timedarray import TimedArray
from brian2.monitors.ratemonitor import PopulationRateMonitor
from brian2.monitors.spikemonitor import EventMonitor
from brian2.monitors.statemonitor import StateMonitor
from brian2.spatialneuron.spatialneuron import SpatialNeuron, SpatialStateUpdater
from brian2.synapses import synapses as synapses_module
from brian2.synapses.synapses import SummedVariableUpdater, Synapses, SynapticPathway
from brian2.utils.stringtools import get_identifiers, word_substitute

from interneuron._server import digest

from . import operations
from .arithmetic import expression_as_computed, rate_as_computed, statements_as_computed
from .clocks import interval, is_listed, is_multiple, listed_steps, times_of, with_base
from .document_inputs import InputParts
from .document_links import LinkParts
from .document_monitors import MonitorParts
from .document_neurons import NeuronParts
from .document_slots import SlotParts, in_usual_slots
from .document_synapses import SynapseParts
from .functions import NotAnExpression, specification_of
from .groups import whole
from .texts import Unsupported, assigned, equation_text, external_names, line, quantity_text, spelled, unit_text, with_whole_numbers, without_constant

#: Types of arrays as messages name them.
DTYPES = {"float64": "f64", "int32": "i32", "uint32": "u32"}

#: Arrays of up to so many numbers stand in the document.
most_listed = 16

_SPECIAL = {"i", "j", "t", "dt", "delay", "N", "N_pre", "N_post", "lastupdate", "t_in_timesteps"}


def _acts_otherwise(given):
    """Whether a class derived from one of Brian's defines again what Brian uses in a run."""
    brians = [each for each in given.__mro__ if each.__module__.split(".")[0] == "brian2"]
    # Every class that derives from an abstract one has `_abc_impl`.
    known = {name for each in brians for name in vars(each) if not name.startswith(("__", "_abc_")) and name != "connect"}
    return any(name in known for each in given.__mro__ if each not in brians for name in vars(each))


class Document(NeuronParts, LinkParts, SlotParts, InputParts, SynapseParts, MonitorParts):
    """What a network is, as a specification; `parts` is it, `data` holds its arrays by digest."""

    def __init__(self, net, namespace, objects, bare=False, stepped=False):
        self.net, self.run_namespace, self._bare, self._stepped = net, namespace, bare, stepped
        self.data = {}
        self.groups, self.synapses, self.monitors = [], [], []
        #: What waits for synapses that the engine is to draw, and the identities of their variables.
        self.deferred, self._undrawn = [], set()
        self.poisson_inputs = 0
        #: Groups whose equations are not active, by name.
        self.resting = set()
        #: Variables whose values the document has.
        self.kept = []
        #: Variables that code writes, by name of their owner.
        self.written = {}
        #: Functions by name, and the names that they have in the document for an owner that calls them otherwise.
        self._tables, self._renamed = {}, {}
        #: Where in a step variables at events are recorded, by group, event and name.
        self._sampled = {}
        #: Names of those that are recorded at several times, by monitor and variable, and the equations that define them.
        self.recorded_as, self._again = {}, []
        #: Events by which monitors hear of others a step later, by monitor, and what makes them.
        self.received_as, self._later = {}, []
        #: Links of neurons that synapses read, by group and name.
        self._linked = []
        #: Steps of integration that Brian has worked out, by owner.
        self._updates = {}
        #: Variables that note events whose code runs in the next step, by group and name: a new run begins without them.
        self.due = []
        #: The group, the variable and the end where synapses read what they are linked to, by synapses and name.
        self.links = {}
        #: Groups that stand for ends of synapses, by the name of the synapses and of the end.
        self.relays = {}
        #: Synapses whose code brings event-driven variables up to date itself, by name.
        self.updating = set()
        #: Operations that stand for parts of groups in other slots, by group.
        self._moved = {}
        self.clock = self._clock_of(with_base({each.clock for each in objects}))
        self.dt = float(self.clock.dt_)
        #: Whether groups or synapses have steps of their own.
        self.has_clocks = any(
            float(each.clock.dt_) != self.dt
            for each in objects
            if isinstance(each, (Group, SpikeGeneratorGroup)) and not isinstance(each, Subgroup) and not is_listed(each.clock)
        )
        self.parts = {
            "format": "interneuron/brian",
            "version": 1,
            "name": net.name,
            "dt": f"{self.dt!r}*second",
            "timed_arrays": {},
            "functions": {},
            "binomial_functions": {},
            "neuron_groups": {},
            "spatial_neurons": {},
            "poisson_groups": {},
            "spike_generators": {},
            "synapses": {},
            "poisson_inputs": {},
            "spike_monitors": {},
            "event_monitors": {},
            "state_monitors": {},
            "population_rate_monitors": {},
        }
        self._objects = objects
        self._places = {id(each): place for place, each in enumerate(objects)}
        # Monitors come first in a step, and read what synapses are linked to.
        for each in sorted(objects, key=lambda each: isinstance(each, StateMonitor)):
            self._add(each)
        if not self.groups:
            raise Unsupported(net.name, "it has no neurons")
        for group, equation in self._again:
            self._entry_of(group)["model"] += f"\n{equation}"
        self._note_for_later()
        for group, name, link in self._linked:
            self.parts["neuron_groups"][group.name].setdefault("linked", {})[name] = link
        for owner, names in self._renamed.items():
            for section in ("neuron_groups", "spatial_neurons", "poisson_groups", "synapses"):
                if owner in self.parts[section]:
                    self.parts[section][owner] = _with_names(self.parts[section][owner], names)
            for each in self.parts["poisson_inputs"].values():
                if each["target"].split("[")[0] == owner:
                    each["weight"] = _with_names(each["weight"], names)
        for section in ("neuron_groups", "spatial_neurons", "synapses"):
            for owner, entry in self.parts[section].items():
                if "model" in entry:
                    entry["model"] = without_constant(entry["model"], {spelled(name) for name in self.written.get(owner, ())})
        self._record_events()
        for section in list(self.parts):
            if self.parts[section] == {}:
                del self.parts[section]

    def _entry_of(self, group):
        return self.parts["spatial_neurons" if isinstance(group, SpatialNeuron) else "neuron_groups"][group.name]

    def _spell(self, owner, variables, suffix=""):
        """Has the code of an object call variables as the document does."""
        for name in variables:
            if spelled(name) != name:
                names = self._renamed.setdefault(owner.name, {})
                names[f"{name}{suffix}"] = f"{spelled(name)}{suffix}"
                if not suffix and f"d{name}" not in variables:
                    names[f"d{name}"] = f"d{spelled(name)}"

    def has_steps(self):
        """Whether a group has steps that Brian has worked out."""
        return bool(self._updates)

    @property
    def narrow(self):
        """A variable that scripts want in 32 bits; None where there is none."""
        return next((f"{each.owner.name}.{each.name}" for each in self.kept if each.dtype == np.float32), None)

    def keeps_updates(self, synapses):
        """Whether the engine keeps the times of the last updates of synapses."""
        return synapses.event_driven is not None and synapses.name not in self.updating

    def draws(self):
        """Whether steps draw random numbers."""
        text = json.dumps({section: each for section, each in self.parts.items() if section != "namespace"})
        return bool(re.search(r"\brandn?\(|\bxi\b|\bxi_|\bpoisson\(", text)) or any(
            section in self.parts for section in ("poisson_groups", "poisson_inputs")
        )

    def _clock_of(self, clocks):
        """The clock with the smallest step, of which all others are multiples, as listed times are."""
        if not clocks:
            raise Unsupported(self.net.name, "it has no neurons")
        smallest = min(clocks, key=lambda each: each.dt_)
        for each in clocks:
            if not is_multiple(each.dt_, smallest.dt_):
                raise Unsupported(each.name, f"its step ({each.dt}) is not a multiple of {smallest.dt}")
        return smallest

    def _add(self, each):
        """One object; those that belong to another are part of it."""
        if isinstance(each, Subgroup):
            return
        for kind, add in (
            (NeuronGroup, self._neuron_group),
            (PoissonGroup, self._poisson_group),
            (SpikeGeneratorGroup, self._spike_generator),
            (Synapses, self._synapses),
            (PoissonInput, self._poisson_input),
            (StateMonitor, self._state_monitor),
            (EventMonitor, self._event_monitor),
            (PopulationRateMonitor, self._rate_monitor),
        ):
            if isinstance(each, kind):
                if _acts_otherwise(type(each)):
                    raise Unsupported(each.name, f"{type(each).__name__} is a class of its own")
                add(each)
                return
        parts = (StateUpdater, Thresholder, Resetter, SubexpressionUpdater, SpatialStateUpdater)
        if isinstance(each, (*parts, SynapticPathway, SummedVariableUpdater, synapses_module.StateUpdater)):
            return
        if type(each) is CodeRunner:
            owner = whole(each.group)
            if not isinstance(owner, (NeuronGroup, PoissonGroup, Synapses, Subgroup)):
                raise Unsupported(each.name, "an operation on such an object")
            return
        raise Unsupported(each.name, f"{type(each).__name__} runs in Python alone")

    def ticks(self, each):
        """Steps of the engine in one of an object's clock."""
        return interval(each.clock, self.dt)

    def _own_dt(self, each):
        if is_listed(each.clock):
            raise Unsupported(each.name, "it acts at listed times, which only monitors of variables and code of run_at do here")
        dt = float(each.clock.dt_)
        return {} if dt == self.dt else {"dt": f"{dt!r}*second"}

    def _listed(self, each):
        """Listed times as a specification has them, in s.

        Raises:
            Unsupported: for times between steps.
        """
        steps = listed_steps(each.clock, self.dt)
        if not np.allclose(steps * self.dt, times_of(each.clock), rtol=0, atol=1e-4 * self.dt):
            raise Unsupported(each.name, "its listed times are between steps")
        return [f"{float(step * self.dt)!r}*second" for step in steps]

    def _write(self, owner, names):
        self.written.setdefault(owner, set()).update(names)

    def listed(self, values):
        """Numbers as a list; in a bare document that nobody writes down, what tells them from others."""
        return digest(values) if self._bare and operations.acts_between else values.tolist()

    def array(self, values, inline=True):
        """An array: in the document where it is short, beside it where it is long."""
        values = np.ascontiguousarray(values)
        if inline and len(values) <= most_listed and np.isfinite(values).all():
            return {"values": values.tolist()}
        name = digest(values)
        if name not in self.data:
            self.data[name] = values
        return {"$data": name, "dtype": DTYPES[values.dtype.name], "shape": list(values.shape)}

    @staticmethod
    def refuse_other_integers(owner):
        """Refuses variables of the user's equations that are integers of another size than 32 bits.

        Raises:
            Unsupported: with the name of the variable and its type.
        """
        for name, variable in owner.variables.items():
            if variable.owner is None or getattr(variable.owner, "name", None) != owner.name or not variable.is_integer:
                continue
            kind = np.dtype(variable.dtype).name
            if name in owner.equations and kind != "int32":
                raise Unsupported(owner.name, f"{name} is an integer of type {kind}, and those of the engine have 32 bits")

    def _value(self, variable):
        """What a variable holds now: one quantity where all elements have the same."""
        self.kept.append(variable)
        if self._bare:
            return None
        return self.value_of(variable, np.asarray(variable.get_value()))

    def value_of(self, variable, values):
        """Values of a variable: one quantity where all are the same."""
        flat = np.ravel(values)
        if flat.dtype.kind == "f" and np.isinf(flat).any() and (flat == flat[0]).all():
            return f"{'-' if flat[0] < 0 else ''}inf*{unit_text(variable.dim)}"
        if np.isnan(flat).any():
            raise Unsupported(getattr(variable.owner, "name", variable.name), f"{variable.name} is not a number")
        if flat.size and (flat == flat[0]).all():
            return quantity_text(flat[0], variable.dim)
        if flat.dtype == bool or variable.is_boolean:
            return {"values": flat.astype(bool).tolist()}
        numbers = flat.astype(np.int32 if variable.is_integer else np.float64, copy=False)
        sent = self.array(numbers)
        unit = unit_text(variable.dim)
        return {**sent, "unit": unit} if "values" in sent and unit != "1" else sent

    def _values(self, owner, equations):
        """First values of all that a group keeps."""
        found = {}
        for each in equations.values():
            if each.type not in (DIFFERENTIAL_EQUATION, PARAMETER) or each.varname not in owner.variables:
                continue
            if "constant over dt" in each.flags or "linked" in each.flags:
                continue
            variable = owner.variables[each.varname]
            if not isinstance(variable, ArrayVariable):
                continue
            if id(variable) in self._undrawn:
                if self._bare:
                    found[spelled(each.varname)] = None
                continue
            found[spelled(each.varname)] = self._value(variable)
        return found

    def _names(self, owner, codes):
        """The constants that code names, as the namespace of its owner."""
        names = set().union(*(external_names(code, owner.variables) for code in codes)) if codes else set()
        local = set().union(*(assigned(code) for code in codes)) if codes else set()
        constants = {}
        for name in sorted(names):
            try:
                resolved = owner._resolve(name, self.run_namespace, user_identifier=False)
            except KeyError:
                if name in local or name in _SPECIAL:
                    continue
                raise
            if isinstance(resolved, Constant):
                value = np.asarray(resolved.get_value()).item()
                if np.isinf(value):
                    # Constants are finite: infinity stands in the code itself.
                    unit = unit_text(resolved.dim)
                    self._renamed.setdefault(owner.name, {})[name] = f"({'-' if value < 0 else ''}inf*{unit})"
                else:
                    constants[spelled(name)] = quantity_text(value, resolved.dim)
                    if spelled(name) != name:
                        self._renamed.setdefault(owner.name, {})[name] = spelled(name)
            elif isinstance(resolved, TimedArray):
                self._table(owner, name, resolved)
            elif isinstance(resolved, Function):
                self._function(owner, name, resolved)
            elif isinstance(resolved, Subexpression):
                raise Unsupported(owner.name, f"the name {name} is a variable of another object")
        return {"namespace": constants} if constants else {}

    def _with_own_names(self, owner, code, known):
        """Code of an owner for another part of the document: constants as numbers, functions by what they are called there.

        Args:
            known: names that the other part has.
        """
        names = get_identifiers(code) - known
        own = self._names(owner, sorted(names)).get("namespace", {})
        renamed = self._renamed.get(owner.name, {})
        numbers = {name: f"({value})" for name, value in own.items()}
        return word_substitute(code, {**numbers, **{name: renamed[name] for name in names & set(renamed)}})

    def _known(self, owner, code, variables=None):
        """Variables and functions that code of an owner names, and its constants."""
        found = dict(owner.variables if variables is None else variables)
        for name in external_names(code, found):
            with suppress(KeyError):
                found[name] = owner._resolve(name, self.run_namespace, user_identifier=False)
        return found

    def _statements(self, owner, code, variables=None):
        """Statements as Brian computes them, in which integers are set to whole numbers."""
        known = owner.variables if variables is None else variables
        computed = code if self._bare else statements_as_computed(code, self._known(owner, code, known))
        return with_whole_numbers(computed, known)

    def _expression_of(self, owner, code, is_scalar=False):
        """An expression of an owner as Brian computes it."""
        return line(code) if self._bare else expression_as_computed(code, self._known(owner, code), is_scalar)

    def _equation(self, owner, equation, without=()):
        """An equation of an owner as Brian computes it."""
        code = equation.expr and line(equation.expr.code)
        if code is not None and not self._bare:
            known = self._known(owner, code)
            # One value for all neurons: Brian computes a sum over synapses so if its terms are all the same.
            is_summed = "summed" in equation.flags and is_scalar_expression(code, {**DEFAULT_FUNCTIONS, **known})
            if equation.type == DIFFERENTIAL_EQUATION:
                code = rate_as_computed(code, known)
            else:
                code = expression_as_computed(code, known, is_summed or "shared" in equation.flags)
        return equation_text(equation, owner.variables, without, code)

    def _function(self, owner, name, function):
        try:
            section, entry = specification_of(function)
        except NotAnExpression:
            raise Unsupported(owner.name, f"the function {name} is Python's, which an engine has only where it returns one expression of its arguments") from None
        self.parts[section][self._own_name(owner, name, function)] = entry

    def _table(self, owner, name, table):
        if not np.isfinite(table.values).all():
            raise Unsupported(owner.name, f"the TimedArray {name} has values that are infinite or no numbers")
        self.parts["timed_arrays"][self._own_name(owner, name, table)] = {
            "values": self.listed(table.values),
            "unit": unit_text(table.dim),
            "dt": f"{float(table.dt)!r}*second",
        }

    def _own_name(self, owner, name, function):
        """The name of a function in the document: another one where objects have several of that name."""
        known = self._tables.setdefault(name, function)
        if known is function or known.pyfunc is function.pyfunc:
            return name
        other = f"{name}_of_{owner.name}"
        self._tables[other] = function
        self._renamed.setdefault(owner.name, {})[name] = other
        return other


#: Parts of an entry that are no code.
_NO_CODE = {"name", "source", "target", "when", "slice", "method", "linked", "initializers", "connect", "namespace"}


def _with_names(part, names):
    """Part of a document whose code calls functions by other names."""
    if isinstance(part, str):
        return word_substitute(part, names)
    if isinstance(part, list):
        return [_with_names(each, names) for each in part]
    if isinstance(part, dict):
        return {key: each if key in _NO_CODE else _with_names(each, names) for key, each in part.items()}
    return part


def written(net, namespace, objects, bare, stepped):
    """The specification of a network. Brian has checked the network, so that what stops us is none of its mistakes."""
    try:
        with in_usual_slots(net, objects):
            return Document(net, namespace, objects, bare, stepped)
    except Unsupported:
        raise
    except Exception as error:  # noqa: BLE001
        why = f"it cannot be written as a specification ({type(error).__name__}: {error})"
        raise Unsupported(net.name, why) from error
