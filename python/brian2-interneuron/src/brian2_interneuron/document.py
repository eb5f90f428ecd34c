"""A network of Brian as a specification (translators/brian) with its arrays.

A bare document has no values and connections: it tells whether a network is still the one that a session runs. A
stepped one has the steps of integration that Brian has worked out, where it can, in place of equations.
"""

import json
import re
import weakref

import numpy as np
from brian2.core.clocks import Clock
from brian2.core.functions import Function
from brian2.core.preferences import prefs
from brian2.core.variables import ArrayVariable, Constant, Subexpression
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER, SUBEXPRESSION, Equations
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
from brian2.stateupdaters.GSL import default_method_options
from brian2.stateupdaters.base import StateUpdateMethod, UnsupportedEquationsException
from brian2.synapses import synapses as synapses_module
from brian2.synapses.synapses import SummedVariableUpdater, SynapticPathway, Synapses
from brian2.utils.stringtools import get_identifiers, word_substitute

from interneuron._server import digest

from .functions import NotAnExpression, specification_of
from .morphology import morphology_text
from .texts import (
    Unsupported,
    assigned,
    equation_text,
    external_names,
    line,
    parameter_text,
    quantity_text,
    unit_text,
)

#: Types of arrays as messages name them.
DTYPES = {"float64": "f64", "int32": "i32", "uint32": "u32"}

#: Variables that Brian defines itself in a SpatialNeuron.
_OF_CABLES = {
    *("v", "Cm", "Ri", "Ic", "area", "length", "diameter", "distance", "volume", "x", "y", "z", "r_length_1", "r_length_2"),
    *("time_constant", "space_constant", "gtot__private", "I0__private"),
}

#: Arrays of up to so many numbers stand in the document.
_INLINE = 16


def base_of(group):
    """The group that a subgroup is of, or the group itself."""
    return group.source if isinstance(group, Subgroup) else group


def _whole(group):
    """The object that a proxy stands for: the owner of code knows its group by one."""
    return group.__repr__.__self__ if hasattr(group, "__repr__") and hasattr(group.__repr__, "__self__") else group


def _own_names(synapses):
    """Variables that synapses have themselves."""
    return {name for name, variable in synapses.variables.items() if getattr(variable.owner, "name", None) == synapses.name}


def _indices(synapses, side, end):
    """The neuron of each synapse at one end, counted within that end."""
    neurons = synapses.variables[f"_synaptic_{side}"].get_value().astype(np.uint32)
    begin = start_of(end)
    if begin:
        neurons -= np.uint32(begin)
    return neurons


def through(monitor, name):
    """The group, the variable and the neurons that a monitor of synapses records through them."""
    synapses = monitor.source
    side = "pre" if name.endswith("_pre") else "post"
    end = base_of(synapses.source if side == "pre" else synapses.target)
    bare = re.sub(r"_(pre|post)$", "", name)
    if bare not in end.variables or isinstance(end, Synapses):
        raise Unsupported(monitor.name, f"the variable {name} of synapses")
    neurons = np.asarray(synapses.variables[f"_synaptic_{side}"].get_value())[monitor.record]
    return end, bare, neurons


def _plain(name):
    """A name as specifications take it: those that Brian makes begin with an underscore."""
    return f"linked{name}" if name.startswith("_") else name


def _concerns(each, synapses):
    """Whether an object needs synapses that do nothing themselves: it records them, or ends at them."""
    if isinstance(each, StateMonitor):
        return each.source is synapses
    return isinstance(each, Synapses) and synapses in (each.source, each.target)


def _unit_of(variable):
    """The unit or type of a variable, as equations write it."""
    return {"b": "boolean", "i": "integer"}.get(np.dtype(variable.dtype).kind, unit_text(variable.dim))


def start_of(group):
    """Index of the first neuron of a subgroup in its group."""
    return getattr(group, "start", 0)


def next_spike(group, step):
    """Index of the first of a SpikeGeneratorGroup's spikes that Brian's runtime has not replayed by a step."""
    period = int(np.asarray(group.variables["_period_bins"].get_value()).item())
    return int(np.searchsorted(group.variables["_timebins"].get_value(), step % period if period > 0 else step))


def has_missed_spikes(group, step):
    """Whether spikes were due while a SpikeGeneratorGroup was not active: Brian replays them as soon as it is."""
    last = int(np.asarray(group.variables["_lastindex"].get_value()).item())
    return step > 0 and last < next_spike(group, step)


def end_text(group):
    """A group or subgroup as specifications write it."""
    if isinstance(group, Subgroup):
        return f"{group.source.name}[{group.start}:{group.stop}]"
    return group.name


class Document:
    """What a network is, as a specification; `parts` is it, `data` holds its arrays by digest."""

    def __init__(self, net, namespace, objects, bare=False, stepped=False):
        self.net, self.run_namespace, self._bare, self._stepped = net, namespace, bare, stepped
        self.data = {}
        self.groups, self.synapses, self.monitors = [], [], []
        self.poisson_inputs = 0
        #: Groups whose equations are not active, by name.
        self.resting = set()
        #: Variables whose values the document has.
        self.kept = []
        #: Variables that code writes, by name of their owner.
        self.written = {}
        self._tables = {}
        #: Where in a step variables at events are recorded, by group, event and name.
        self._sampled = {}
        #: Names of those that are recorded at several times, by monitor and variable, and the equations that define them.
        self.recorded_as, self._again = {}, []
        #: Steps of integration that Brian has worked out, by owner.
        self._updates = {}
        #: Operations that stand for parts of groups in other slots, by group.
        self._moved = {}
        self.clock = self._clock_of(objects)
        self.dt = float(self.clock.dt_)
        #: Whether groups or synapses have steps of their own.
        self.has_clocks = any(
            float(each.clock.dt_) != self.dt for each in objects if isinstance(each, (Group, SpikeGeneratorGroup)) and not isinstance(each, Subgroup)
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
        for each in objects:
            self._add(each)
        if not self.groups:
            raise Unsupported(net.name, "it has no neurons")
        for group, equation in self._again:
            entry = self.parts["spatial_neurons" if type(group) is SpatialNeuron else "neuron_groups"][group.name]
            entry["model"] += f"\n{equation}"
        self._record_events()
        for section in list(self.parts):
            if self.parts[section] == {}:
                del self.parts[section]

    def has_steps(self):
        """Whether a group has steps that Brian has worked out."""
        return bool(self._updates)

    def draws(self):
        """Whether steps draw random numbers."""
        text = json.dumps({section: each for section, each in self.parts.items() if section != "namespace"})
        return bool(re.search(r"\brandn?\(|\bxi\b|\bxi_|\bpoisson\(", text)) or any(
            section in self.parts for section in ("poisson_groups", "poisson_inputs")
        )

    # --- Objects ----------------------------------------------------------------------------------------------------
    def _clock_of(self, objects):
        """The clock with the smallest step, of which all others are multiples."""
        clocks = {each.clock for each in objects if hasattr(each, "clock")}
        smallest = min(clocks, key=lambda each: each.dt_)
        for each in clocks:
            ratio = float(each.dt_) / float(smallest.dt_)
            if abs(ratio - round(ratio)) > 1e-6:
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
                if type(each).__module__.split(".")[0] != "brian2":
                    raise Unsupported(each.name, f"{type(each).__name__} is a class of its own")
                add(each)
                return
        parts = (StateUpdater, Thresholder, Resetter, SubexpressionUpdater, SynapticPathway, SummedVariableUpdater, SpatialStateUpdater)
        if isinstance(each, (*parts, synapses_module.StateUpdater)):
            return
        if type(each) is CodeRunner:
            owner = _whole(each.group)
            if isinstance(owner, Subgroup) and {"i", "N"} & get_identifiers(each.abstract_code):
                raise Unsupported(each.name, "it reads i or N of a subgroup")
            if not isinstance(owner, (NeuronGroup, PoissonGroup, Synapses, Subgroup)):
                raise Unsupported(each.name, "an operation on such an object")
            return
        raise Unsupported(each.name, f"{type(each).__name__} runs in Python alone")

    def ticks(self, each):
        """Steps of the engine in one of an object's clock."""
        return int(round(float(each.clock.dt_) / self.dt))

    def _own_dt(self, each):
        dt = float(each.clock.dt_)
        return {} if dt == self.dt else {"dt": f"{dt!r}*second"}

    def _write(self, owner, names):
        self.written.setdefault(owner, set()).update(names)

    def _neuron_group(self, group):
        spatial = type(group) is SpatialNeuron
        if type(group) is not NeuronGroup and not spatial:
            raise Unsupported(group.name, f"{type(group).__name__} is not among what the device runs")
        if spatial and not (group.active and group.state_updater.active and group.diffusion_state_updater.active):
            raise Unsupported(group.name, "it is not active")
        if group._refractory is not False and prefs.legacy.refractory_timing:
            raise Unsupported(group.name, "the preference legacy.refractory_timing")
        rests = self._rests(group)
        holder = group.subexpression_updater
        holds = holder is not None and not holder.active
        moved = holder is not None and holder.active and (holder.when, holder.order) != ("before_start", group.order)
        if moved:
            # A subexpression that is constant over a step is a variable that an operation sets.
            code = {"code": holder.abstract_code, "name": holder.name, "when": holder.when, "order": int(holder.order)}
            self._moved[group.name] = [code]
        if spatial:
            self._in_usual_slot(group, group.state_updater, group.order)
            self._in_usual_slot(group, group.diffusion_state_updater, 1)
        method = {} if rests else self._method(group)
        equations = group.user_equations
        if spatial:
            # Brian has put point currents into Im, and its own variables beside those of the user.
            equations = Equations([each for each in equations.values() if each.varname not in _OF_CABLES])
        # What reads a linked variable has a value for each neuron here, though Brian takes one that is of one neuron as shared.
        apart = ["shared"] if group._linked_variables else []
        # Variables that equations do not change now, though they have one.
        still = {
            each.varname
            for each in equations.values()
            if (each.type == DIFFERENTIAL_EQUATION and (rests or group.name in self._updates))
            or ((holds or moved) and "constant over dt" in each.flags)
        }
        linked, expanded = self._links(group)
        lines = [
            parameter_text(each)
            if each.varname in still
            else equation_text(each, apart if each.type == SUBEXPRESSION else ())
            for each in equations.values()
            if each.varname not in expanded
        ]
        size = self._structure(group) if spatial else {"N": int(group._N)}
        entry = {**size, "model": "\n".join([*lines, *expanded.values()]), **method}
        codes = [
            each.expr.code
            for each in equations.values()
            if each.expr is not None and each.varname not in still
        ]
        codes += [group.variables[name].expr for name in group._linked_variables if name in expanded]
        if "spike" in group.events and not group.thresholder["spike"].active:
            entry["threshold"] = "False"
        elif "spike" in group.events:
            entry["threshold"] = line(group.events["spike"])
            codes.append(group.events["spike"])
            thresholder = group.thresholder["spike"]
            if thresholder.when != "thresholds" or thresholder.order != group.order:
                raise Unsupported(group.name, f"its threshold is in the slot {thresholder.when}")
            if "spike" in group.resetter and group.resetter["spike"].active:
                resetter = group.resetter["spike"]
                if resetter.when != "resets" or resetter.order != group.order:
                    raise Unsupported(group.name, f"its reset is in the slot {resetter.when}")
                entry["reset"] = group.event_codes["spike"]
                codes.append(group.event_codes["spike"])
                self._write(group.name, assigned(group.event_codes["spike"]))
        if group._refractory is not False and not rests:
            if isinstance(group._refractory, str):
                entry["refractory"] = line(group._refractory)
                codes.append(group._refractory)
            elif group._refractory is True:
                entry["refractory"] = True
            else:
                entry["refractory"] = quantity_text(float(group._refractory), group._refractory.dim)
        events = {}
        for name, condition in group.events.items():
            thresholder, resetter = group.thresholder[name], group.resetter.get(name)
            acts = thresholder.active and resetter is not None and resetter.active
            if acts and self._comes_before(resetter, thresholder):
                raise Unsupported(group.name, f"its code for {name} runs before the test for it")
            if name == "spike":
                continue
            if not thresholder.active:
                events[name] = {"condition": "False"}
                continue
            event = {"condition": line(condition), "condition_when": thresholder.when}
            codes.append(condition)
            if acts:
                event["code"], event["when"] = group.event_codes[name], resetter.when
                codes.append(group.event_codes[name])
                self._write(group.name, assigned(group.event_codes[name]))
                if self._rank(resetter) != thresholder.order:
                    raise Unsupported(group.name, f"condition and code of {name} have different orders")
            if thresholder.order != 0:
                event["order"] = int(thresholder.order)
            events[name] = event
        if events:
            entry["events"] = events
        entry.update(self._operations(group, codes))
        held = [] if holds else [each.varname for each in equations.values() if "constant over dt" in each.flags]
        self._write(group.name, [*(() if rests else equations.diff_eq_names), *held])
        if linked:
            entry["linked"] = linked
        entry["initializers"] = self._values(group, equations, group._N)
        entry["initializers"].update({name: self._value(group.variables[name]) for name in still if name not in entry["initializers"]})
        if spatial:
            entry["initializers"].update(self._membrane(group))
        if group.order != 0:
            entry["order"] = int(group.order)
        entry.update(self._own_dt(group))
        entry.update(self._names(group, codes))
        self.groups.append(group)
        self.parts["spatial_neurons" if spatial else "neuron_groups"][group.name] = entry

    def _rests(self, group):
        """Whether the equations of a group are not active: then neurons stay as refractory as they are."""
        if group.state_updater is None or group.state_updater.active:
            return False
        self.resting.add(group.name)
        if group._refractory is False:
            return True
        if "spike" in group.events and group.thresholder["spike"].active:
            raise Unsupported(group.name, "its neurons spike while its equations are not active")
        if not np.asarray(group.variables["not_refractory"].get_value()).all() and self._is_written(group):
            raise Unsupported(group.name, "its neurons are refractory while its equations are not active")
        return True

    def _is_written(self, group):
        """Whether synapses, inputs or operations may write variables of a group."""
        for each in self._objects:
            if isinstance(each, Synapses) and each.active and group in (base_of(each.source), base_of(each.target)):
                return True
            if isinstance(each, PoissonInput) and each.active and base_of(each._group) is group:
                return True
            if type(each) is CodeRunner and each.active and base_of(_whole(each.group)) is group:
                return True
        return False

    def _structure(self, group):
        """What a SpatialNeuron has beside equations; its capacitance is a variable like others."""
        self._write(group.name, ["v"])
        resistivity = float(group.variables["Ri"].get_value().item())
        return {"morphology": morphology_text(group.name, group.morphology), "Ri": f"{resistivity!r}*ohm*metre"}

    def _membrane(self, group):
        """First values of what a SpatialNeuron defines itself."""
        found = {name: self._value(group.variables[name]) for name in ("Cm", "v")}
        charging = np.asarray(group.variables["Ic"].get_value())
        if charging.any() and not self._bare:
            rise = charging * self.dt / np.asarray(group.variables["Cm"].get_value())
            found["v_rise"] = self.array(rise, inline=False)
        return found

    def _in_usual_slot(self, owner, part, order, when="groups"):
        """Refuses equations that a script has put elsewhere than where Brian has them."""
        if part is not None and (part.when, part.order) != (when, order):
            raise Unsupported(owner.name, f"its part {part.name} is in the slot {part.when} with the order {part.order}")

    def _comes_before(self, one, other):
        """Whether an object runs before another one in a step."""
        return self._places.get(id(one), 0) < self._places.get(id(other), 0)

    def is_early(self, each):
        """Whether a monitor or pathway runs before its event is tested for: then it finds those of the step before."""
        source = base_of(each.source)
        return self._comes_before(each, getattr(source, "thresholder", {}).get(getattr(each, "event", "spike"), source))

    def refuse_early_pathways(self, is_divided):
        """Refuses them in all but a first run in one piece: of what comes last in a run, Brian forgets what they have not heard."""
        for each in (pathway for synapses in self.synapses for pathway in synapses._pathways):
            if is_divided and each.active and self.is_early(each):
                raise Unsupported(each.name, "it runs before its event is tested for, in a run that goes on")

    def _rank(self, each):
        """The order of an object within its slot: Brian sorts by any values that can be compared."""
        if not isinstance(each.order, str):
            return each.order
        same = {other.order for other in self._objects if getattr(other, "when", None) == each.when}
        return sorted(same).index(each.order)

    def _links(self, group):
        """What linked variables stand for, and the lines of those that stand for subexpressions.

        Brian copies a subexpression into the group that reads it, and links the variables of its expression.
        """
        links, lines = {}, {}
        left = sorted(group._linked_variables)
        while left:
            name = left.pop()
            if name not in group.variables:
                raise Unsupported(group.name, f"the linked variable {name} is not linked")
            variable = group.variables[name]
            unit = _unit_of(variable)
            if not isinstance(variable, Subexpression):
                links[_plain(name)] = self._link(group, name, variable)
                if name not in group._linked_variables:
                    lines[name] = f"{_plain(name)} : {unit} (linked)"
                continue
            code, owned = variable.expr, {}
            for each in sorted(get_identifiers(code)):
                if not each.startswith(f"_{name}_") or each not in group.variables:
                    continue
                own = group.variables[each]
                if isinstance(own, Constant):
                    owned[each] = repr(np.asarray(own.get_value()).item())
                elif isinstance(own.owner, Clock):
                    if own.owner.name != group.clock.name:
                        raise Unsupported(group.name, f"{name} is linked to the time of another clock")
                    owned[each] = {"timestep": "t_in_timesteps"}.get(own.name, own.name)
                else:
                    owned[each] = _plain(each)
                    left.append(each)
            lines[name] = f"{_plain(name)} = {line(word_substitute(code, owned))} : {unit}"
        return links, lines

    def _link(self, group, name, variable):
        """What a linked variable stands for, with the neuron that each neuron reads."""
        index = group.variables.indices[name]
        owner = variable.owner
        if variable.name == "i" and isinstance(owner, NeuronGroup):
            raise Unsupported(group.name, f"{name} is linked to indices of neurons")
        if not isinstance(owner, NeuronGroup):
            raise Unsupported(group.name, f"the linked variable {name} is of {type(owner).__name__}")
        text = f"{owner.name}.{variable.name}"
        if index == "_idx":
            return text
        if index == "0":
            one = {"values": [0] * int(group._N)}
            return text if variable.scalar or owner._N == 1 else {"variable": text, "index": one}
        places = np.asarray(group.variables[index].get_value()).astype(np.int32)
        return {"variable": text, "index": self.array(places)}

    def _method(self, group):
        choice = group.method_choice if isinstance(group, NeuronGroup) else group.state_updater.method_choice
        if group.state_updater is None or not len(group.equations.diff_eq_names):
            return {}
        options = dict(group.state_updater.method_options or {})
        # Brian fills in the options of GSL's methods; engines have one method with steps of its own for all of them.
        usual = default_method_options if isinstance(choice, str) and choice.lower().startswith("gsl") else {}
        other = {name for name, value in options.items() if name != "simplify" and (name, value) not in usual.items()}
        if other:
            raise Unsupported(group.name, f"the option {sorted(other)[0]} of its method")
        plain = isinstance(group, NeuronGroup) and not any(
            "unless refractory" in each.flags for each in group.user_equations.values()
        )
        updater = group.state_updater
        if isinstance(group, NeuronGroup) and (updater.when, updater.order) != ("groups", group.order):
            # Steps that Brian has worked out can come anywhere; when neurons are refractory is decided with equations.
            if not plain or group._refractory is not False:
                self._in_usual_slot(group, updater, group.order)
            self._updates[group.name] = self._update(group)
            return {}
        if plain and self._stepped:
            self._updates[group.name] = self._update(group)
            return {}
        if isinstance(choice, str):
            return {"method": choice}
        if isinstance(choice, (tuple, list)) and all(isinstance(each, str) for each in choice):
            chosen = self._chosen(group, choice)
            if chosen is not None:
                return {"method": chosen}
        if plain:
            self._updates[group.name] = self._update(group)
            return {}
        raise Unsupported(group.name, "its method is a function or a list of methods")

    def _chosen(self, group, names):
        """The first of several methods that Brian takes."""
        equations = group.equations
        variables = group.resolve_all(equations.names | equations.identifiers | {"dt"}, self.run_namespace, set())
        kinds = sorted((name, type(each).__name__, getattr(each, "constant", None)) for name, each in variables.items())
        key = (tuple(names), float(group.clock.dt_), str(kinds))
        known = _CHOSEN.get(group)
        if known is None or known[0] != key:
            known = _CHOSEN[group] = (key, _first(names, equations, variables))
        return known[1]

    def _update(self, group):
        """A step as Brian has worked it out, for methods that have no name: statements in the slot of integration."""
        code = group.state_updater.abstract_code
        first, _, rest = code.partition("\n")
        if first.startswith("not_refractory ="):
            code = rest
        local = {name for name in assigned(code) if name.startswith(("_", "xi"))}
        code = word_substitute(code, {name: f"new_{name.strip('_')}" for name in local})
        updater = group.state_updater
        entry = {"code": code, "name": updater.name, "when": updater.when}
        return {**entry, "order": int(updater.order)} if updater.order != 0 else entry

    def _operations(self, owner, codes):
        operations = []
        for each in self._objects:
            if type(each) is not CodeRunner or not each.active or base_of(_whole(each.group)).name != owner.name:
                continue
            entry = {"code": each.abstract_code, "name": each.name}
            if isinstance(_whole(each.group), Subgroup):
                entry["slice"] = f"{each.group.start}:{each.group.stop}"
            codes.append(each.abstract_code)
            self._when(each, entry)
            operations.append(entry)
            if isinstance(owner, Synapses):
                self._write_synaptic(owner, each.abstract_code)
            else:
                self._write(owner.name, assigned(each.abstract_code))
        if self._updates.get(owner.name):
            operations.append(self._updates[owner.name])
            codes.append(operations[-1]["code"])
        for each in self._moved.get(owner.name, ()):
            operations.append(each)
            codes.append(each["code"])
        return {"run_regularly": operations} if operations else {}

    def _poisson_group(self, group):
        codes = []
        entry = {"N": int(group._N)}
        if not (group.active and group.thresholder["spike"].active):
            entry["rates"] = "0*hertz"
        elif isinstance(group._rates, str):
            entry["rates"] = line(group._rates)
            codes.append(group._rates)
        else:
            entry["rates"] = self._value(group.variables["rates"])
        entry.update(self._operations(group, codes))
        if group.order != 0:
            entry["order"] = int(group.order)
        entry.update(self._own_dt(group))
        entry.update(self._names(group, codes))
        self.groups.append(group)
        self.parts["poisson_groups"][group.name] = entry

    def _spike_generator(self, group):
        if group.when != "thresholds":
            raise Unsupported(group.name, f"it is in the slot {group.when}")
        indices, times = group._neuron_index, group._spike_time
        if not group.active:
            indices, times = (), ()
        elif has_missed_spikes(group, int(self.clock.variables["timestep"].get_value().item())):
            raise Unsupported(group.name, "the spikes of when it was not active come together")
        period = float(group.variables["period"].get_value().item())
        entry = {
            "N": int(group.variables["N"].get_value()),
            "indices": np.asarray(indices).astype(int).tolist(),
            "times": {"values": np.asarray(times, dtype=float).tolist(), "unit": "second"},
        }
        if period > 0 and np.isfinite(period):
            entry["period"] = f"{period!r}*second"
        if group.order != 0:
            entry["order"] = int(group.order)
        entry.update(self._own_dt(group))
        self.groups.append(group)
        self.parts["spike_generators"][group.name] = entry

    def _poisson_input(self, poisson):
        if not poisson.active:
            return
        target = poisson._group
        weight = poisson._weight
        entry = {
            "target": end_text(target),
            "target_var": poisson._target_var,
            "N": int(poisson._N),
            "rate": quantity_text(float(poisson._rate), poisson._rate.dim),
            "weight": line(weight)
            if isinstance(weight, str)
            else quantity_text(float(weight), target.variables[poisson._target_var].dim),
        }
        if isinstance(weight, str):
            own = self._names(base_of(target), [weight]).get("namespace", {})
            kind = "spatial_neurons" if isinstance(base_of(target), SpatialNeuron) else "neuron_groups"
            known = self.parts[kind].setdefault(base_of(target).name, {}).setdefault("namespace", {})
            known.update(own)
        if poisson.when != "synapses":
            entry["when"] = poisson.when
        if poisson.order != 0:
            entry["order"] = int(poisson.order)
        self._write(base_of(target).name, [poisson._target_var])
        self.parts["poisson_inputs"][poisson.name] = entry

    # --- Synapses ---------------------------------------------------------------------------------------------------
    def _synapses(self, synapses):
        if type(synapses) is not Synapses:
            raise Unsupported(synapses.name, f"{type(synapses).__name__} is not among what the device runs")
        # A sum over no synapses is zero.
        if len(synapses) == 0 and not any(each.active for each in synapses.summed_updaters.values()):
            return
        if synapses._linked_variables:
            raise Unsupported(synapses.name, f"the linked variable {sorted(synapses._linked_variables)[0]}")
        pathways = [each for each in synapses._pathways if each.active]
        updaters = [each for each in synapses.summed_updaters.values() if each.active]
        self._in_usual_slot(synapses, synapses.state_updater, synapses.order)
        self._in_usual_slot(synapses, synapses.subexpression_updater, synapses.order, "before_start")
        sums = {each.target_varname: self._sum_slot(each) for each in updaters}
        equations = self._synaptic_equations(synapses, updaters)
        if synapses.state_updater is not None and not synapses.state_updater.active:
            raise Unsupported(synapses.name, "its equations are not active")
        codes = [each.expr.code for each in equations if each.expr is not None]
        entry = {"source": end_text(synapses.source), "target": end_text(synapses.target)}
        if synapses.multisynaptic_index is not None:
            entry["multisynaptic_index"] = synapses.multisynaptic_index
        if equations:
            entry["model"] = "\n".join(equation_text(each) for each in equations)
        if synapses.state_updater is not None:
            entry.update(self._method(synapses))
        code = {"pre": {}, "post": {}}
        events, schedule, delays, initializers = {}, {}, {}, {}
        for pathway in pathways:
            name = pathway.objname
            code[pathway.prepost][name] = pathway.code
            codes.append(pathway.code)
            self._write_synaptic(synapses, pathway.code)
            if pathway.event != "spike":
                events[name] = pathway.event
            usual = -1 if pathway.prepost == "pre" else 1
            if pathway.when != "synapses" or pathway.order != usual:
                schedule[name] = {"when": pathway.when, "order": int(pathway.order)}
            delay = pathway.variables["delay"]
            self.kept.append(delay)
            if self._bare:
                continue
            values = delay.get_value()
            if delay.scalar or np.ndim(values) == 0 or (len(values) and (values == values[0]).all()):
                first = float(np.ravel(values)[0])
                if first != 0:
                    delays[name] = f"{first!r}*second"
            else:
                initializers[f"{name}.delay"] = self.array(np.asarray(values, dtype=np.float64), inline=False)
        for side, argument in (("pre", "on_pre"), ("post", "on_post")):
            if code[side]:
                entry[argument] = code[side]
        if events:
            entry["on_event"] = events
        if schedule:
            entry["pathways"] = schedule
        if any(sums.values()):
            entry["summed_updaters"] = {name: place for name, place in sums.items() if place}
        if delays:
            entry["delay"] = delays
        entry["connect"] = len(synapses) if self._bare else {
            "i": self.array(_indices(synapses, "pre", synapses.source), inline=False),
            "j": self.array(_indices(synapses, "post", synapses.target), inline=False),
        }
        entry.update(self._operations(synapses, codes))
        plain = Equations([each for each in equations if not isinstance(each, (_Held, _Summed))])
        self._write(synapses.name, [each.varname for each in equations if isinstance(each, _Held)])
        initializers.update(self._values(synapses, plain, len(synapses)))
        for pathway in pathways:
            if "delay" in get_identifiers(pathway.code):
                self._read_delay(pathway, entry, initializers)
        if initializers:
            entry["initializers"] = initializers
        for updater in updaters:
            self._write_synaptic(synapses, f"{updater.target_varname} = 0")
        self._write(synapses.name, plain.diff_eq_names)
        if synapses.order != 0:
            entry["order"] = int(synapses.order)
        entry.update(self._own_dt(synapses))
        entry.update(self._names(synapses, codes))
        acts = bool(pathways or updaters or synapses.state_updater is not None or "run_regularly" in entry)
        if not acts and not any(_concerns(each, synapses) for each in self._objects):
            return
        self.synapses.append(synapses)
        self.parts["synapses"][synapses.name] = entry

    def _read_delay(self, pathway, entry, initializers):
        """The code of a pathway that reads its delays reads a parameter with their values: they are constant during a run."""
        if "delay" in assigned(pathway.code):
            raise Unsupported(pathway.name, "it writes its delays")
        name = f"{pathway.objname}_delay"
        entry["model"] = "\n".join([*filter(None, [entry.get("model")]), f"{name} : second (constant)"])
        code = entry[f"on_{pathway.prepost}"]
        code[pathway.objname] = word_substitute(code[pathway.objname], {"delay": name})
        initializers[name] = self._value(pathway.variables["delay"])

    def _synaptic_equations(self, synapses, updaters):
        """What the user wrote: Brian keeps its equations in several parts."""
        found = {}
        for part in (synapses.equations, synapses.event_driven or ()):
            for each in part.values() if part else ():
                found.setdefault(each.varname, each)
        updater = synapses.subexpression_updater
        held = updater.abstract_code if updater is not None and updater.active else ""
        for statement in filter(None, held.splitlines()):
            name, _, code = statement.partition(" = ")
            found[name] = _Held(name, code, synapses.variables[name])
        for updater in updaters:
            name = updater.target_varname
            unit = synapses.variables[name].dim
            found[name] = _Summed(name, updater.expression, unit)
        # Brian declares these as variables of the equations; a time of the last update may also be the user's own.
        if synapses.event_driven:
            found.pop("lastupdate", None)
        found.pop(synapses.multisynaptic_index, None)
        return list(found.values())

    @staticmethod
    def _sum_slot(updater):
        """Where a summed variable is computed, if not where Brian does it."""
        when = {"when": updater.when} if updater.when != "groups" else {}
        return {**when, **({"order": int(updater.order)} if when or updater.order != updater.target.order - 1 else {})}

    def _write_synaptic(self, synapses, code):
        for name in assigned(code):
            if name.endswith("_pre") and name in synapses.variables:
                self._write(base_of(synapses.source).name, [name[:-4]])
            elif name.endswith("_post") and name in synapses.variables:
                self._write(base_of(synapses.target).name, [name[:-5]])
            elif name in synapses.variables and synapses.variables[name].owner is not None:
                owner = synapses.variables[name].owner.name
                self._write(synapses.name if owner == synapses.name else base_of(synapses.target).name, [name])

    # --- Monitors ---------------------------------------------------------------------------------------------------
    def _state_monitor(self, monitor):
        self.monitors.append(monitor)
        if monitor.n_indices == 0 or not monitor.active:
            return
        source = monitor.source
        if isinstance(source, Synapses):
            text = source.name
            if len(source) == 0:
                return
        else:
            text = end_text(source)
        names = [str(name) for name in monitor.record_variables]
        entry = {"source": text, "variables": names}
        if not monitor.record_all:
            entry["record"] = sorted({int(each) for each in monitor.record})
        self._when(monitor, entry)
        if isinstance(source, Synapses):
            entry["variables"] = [name for name in names if name in _own_names(source)]
            for name in set(names) - set(entry["variables"]):
                end, variable, neurons = through(monitor, name)
                other = {"source": end.name, "variables": [variable], "record": sorted({int(each) for each in neurons})}
                self._when(monitor, other)
                self.parts["state_monitors"][f"{monitor.name}_{name}"] = other
        if entry["variables"]:
            self.parts["state_monitors"][monitor.name] = entry

    def _when(self, each, entry):
        """When a monitor samples, or an operation runs."""
        entry.update({"dt": f"{float(each.clock.dt_)!r}*second"} if self.has_clocks else self._own_dt(each))
        if each.when != "start":
            entry["when"] = each.when
        if each.order != 0:
            entry["order"] = int(each.order)

    def _event_monitor(self, monitor):
        extra = sorted(monitor.record_variables - {"i", "t"})
        self.monitors.append(monitor)
        if not monitor.active or not (extra or monitor.record is True):
            return
        entry = {"source": end_text(monitor.source), "variables": [*extra]}
        usual = getattr(base_of(monitor.source), "thresholder", {}).get(monitor.event)
        place = (monitor.when, monitor.order)
        if extra and usual is not None and place != (usual.when, usual.order + 1):
            entry.update(when=monitor.when, order=int(monitor.order))
        for name in extra:
            # What is recorded comes back by its name: a second one where it is recorded at another time, too.
            if self._sampled.setdefault((base_of(monitor.source).name, monitor.event, name), place) != place:
                self.recorded_as[monitor.name, name] = other = f"{name}_of_{monitor.name}"
                entry["variables"][extra.index(name)] = other
                variable = base_of(monitor.source).variables[name]
                self._again.append((base_of(monitor.source), f"{other} = {name} : {_unit_of(variable)}"))
        self._record(monitor.name, entry, monitor.event)

    def _rate_monitor(self, monitor):
        self.monitors.append(monitor)
        if monitor.active:
            if self.is_early(monitor):
                raise Unsupported(monitor.name, "it counts spikes before they are tested for")
            self.parts["population_rate_monitors"][monitor.name] = {"source": end_text(monitor.source)}

    def _record(self, name, entry, event):
        if event == "spike":
            self.parts["spike_monitors"][name] = entry
        else:
            self.parts["event_monitors"][name] = {**entry, "event": event}

    def _record_events(self):
        """All events of groups are recorded: monitors take theirs from them, and queues what is under way."""
        recorded = [*self.parts["spike_monitors"].values(), *self.parts["event_monitors"].values()]
        known = {(each["source"], each.get("event", "spike")) for each in recorded}
        missing = [(group.name, event) for group in self.groups for event in group.events]
        for k, (source, event) in enumerate(each for each in missing if each not in known):
            self._record(f"events_{k}", {"source": source}, event)

    # --- Values -----------------------------------------------------------------------------------------------------
    def array(self, values, inline=True):
        """An array: in the document where it is short, beside it where it is long."""
        values = np.ascontiguousarray(values)
        if inline and len(values) <= _INLINE and np.isfinite(values).all():
            return {"values": values.tolist()}
        name = digest(values)
        if name not in self.data:
            self.data[name] = values
        return {"$data": name, "dtype": DTYPES[values.dtype.name], "shape": list(values.shape)}

    def _value(self, variable):
        """What a variable holds now: one quantity where all elements have the same."""
        self.kept.append(variable)
        if self._bare:
            return None
        values = np.asarray(variable.get_value())
        flat = np.ravel(values)
        if flat.dtype.kind == "f" and not np.isfinite(flat).all():
            raise Unsupported(getattr(variable.owner, "name", variable.name), f"{variable.name} is not a finite number")
        if flat.size and (flat == flat[0]).all():
            return quantity_text(flat[0], variable.dim)
        if flat.dtype == bool or variable.is_boolean:
            return {"values": flat.astype(bool).tolist()}
        numbers = flat.astype(np.int32 if variable.is_integer else np.float64, copy=False)
        sent = self.array(numbers)
        unit = unit_text(variable.dim)
        return {**sent, "unit": unit} if "values" in sent and unit != "1" else sent

    def _values(self, owner, equations, size):
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
            found[each.varname] = self._value(variable)
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
                constants[name] = quantity_text(np.asarray(resolved.get_value()).item(), resolved.dim)
            elif isinstance(resolved, TimedArray):
                self._table(owner, name, resolved)
            elif isinstance(resolved, Function):
                self._function(owner, name, resolved)
            elif isinstance(resolved, Subexpression):
                raise Unsupported(owner.name, f"the name {name} is a variable of another object")
        return {"namespace": constants} if constants else {}

    def _function(self, owner, name, function):
        if self._tables.setdefault(name, function) is not function and self._tables[name].pyfunc is not function.pyfunc:
            raise Unsupported(owner.name, f"the name {name} refers to two functions")
        try:
            section, entry = specification_of(function)
        except NotAnExpression:
            raise Unsupported(owner.name, f"the function {name} is Python's") from None
        self.parts[section][name] = entry

    def _table(self, owner, name, table):
        if self._tables.setdefault(name, table) is not table:
            raise Unsupported(owner.name, f"the name {name} refers to two TimedArrays")
        self.parts["timed_arrays"][name] = {
            "values": table.values.tolist(),
            "unit": unit_text(table.dim),
            "dt": f"{float(table.dt)!r}*second",
        }


#: The method that Brian has chosen for a group, with what it depends on.
_CHOSEN = weakref.WeakKeyDictionary()


def _first(names, equations, variables):
    for name in names:
        try:
            StateUpdateMethod.apply_stateupdater(equations, variables, name)
            return name
        except UnsupportedEquationsException:
            continue
    return None


_SPECIAL = {"i", "j", "t", "dt", "delay", "N", "N_pre", "N_post", "lastupdate", "t_in_timesteps"}


class _Held:
    """A subexpression that is constant over a step, as an equation has its parts: Brian keeps its code alone."""

    type, flags = SUBEXPRESSION, ["constant over dt"]

    def __init__(self, name, code, variable):
        self.varname, self.dim, self.expr = name, variable.dim, _Code(code)
        self.var_type = {"b": "boolean", "i": "integer"}.get(np.dtype(variable.dtype).kind, "float")


class _Summed:
    """A summed variable, as an equation has its parts."""

    type, var_type, flags = "subexpression", "float", ["summed"]

    def __init__(self, name, expression, dimensions):
        self.varname, self.dim = name, dimensions
        self.expr = _Code(expression)


class _Code:
    """An expression, as equations have it."""

    def __init__(self, code):
        self.code = str(getattr(code, "code", code))
