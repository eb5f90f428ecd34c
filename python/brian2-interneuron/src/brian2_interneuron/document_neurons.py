"""Neuron groups: equations, methods, thresholds, operations, links."""

import weakref

import numpy as np
from brian2.core.clocks import Clock
from brian2.core.preferences import prefs
from brian2.core.variables import Constant, Subexpression
from brian2.equations.equations import DIFFERENTIAL_EQUATION, Equations, SUBEXPRESSION
from brian2.groups.group import CodeRunner
from brian2.groups.neurongroup import NeuronGroup
from brian2.groups.subgroup import Subgroup
from brian2.input.poissoninput import PoissonInput
from brian2.spatialneuron.spatialneuron import SpatialNeuron
from brian2.stateupdaters.GSL import default_method_options
from brian2.stateupdaters.base import StateUpdateMethod, UnsupportedEquationsException
from brian2.synapses.synapses import Synapses
from brian2.utils.stringtools import get_identifiers, word_substitute

from .arithmetic import statements_as_computed
from .groups import base_of, unit_of, whole
from .morphology import morphology_text
from .texts import Unsupported, assigned, line, parameter_text, quantity_text, spelled, with_plain_locals
from .unsolved import solved_code


#: Variables that Brian defines itself in a SpatialNeuron.
_OF_CABLES = {
    *("v", "Cm", "Ri", "Ic", "area", "length", "diameter", "distance", "volume", "r_length_1", "r_length_2"),
    *("time_constant", "space_constant", "gtot__private", "I0__private"),
}


def _plain(name):
    """A name as specifications take it: those that Brian makes begin with an underscore."""
    return f"linked{name}" if name.startswith("_") else spelled(name)


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


class NeuronParts:
    """Puts neuron groups into a document: equations, methods, thresholds, operations, links."""

    def _neuron_group(self, group):
        spatial = isinstance(group, SpatialNeuron)
        if spatial and not (group.active and group.state_updater.active and group.diffusion_state_updater.active):
            raise Unsupported(group.name, "it is not active")
        self.refuse_other_integers(group)
        if group._refractory is not False and prefs.legacy.refractory_timing:
            raise Unsupported(group.name, "the preference legacy.refractory_timing")
        rests = group.state_updater is not None and not group.state_updater.active
        if rests:
            self.resting.add(group.name)
        holder = group.subexpression_updater
        holds = holder is not None and not holder.active
        moved = holder is not None and holder.active and (holder.when, holder.order) != ("before_start", group.order)
        if moved:
            # A subexpression that is constant over a step is a variable that an operation sets.
            code = {"code": self._statements(group, holder.abstract_code), "name": holder.name, "when": holder.when, "order": int(holder.order)}
            self._moved[group.name] = [code]
        if spatial:
            self._in_usual_slot(group, group.state_updater, group.order)
            self._in_usual_slot(group, group.diffusion_state_updater, 1)
        method = {} if rests else self._method(group)
        equations = group.user_equations
        if spatial:
            # Brian has put point currents into Im, and its own variables beside those of the user.
            of_cable = _OF_CABLES | (set("xyz") if group.flat_morphology.has_coordinates else set())
            equations = Equations([each for each in equations.values() if each.varname not in of_cable])
        # What reads a linked variable has a value for each neuron here, though Brian takes one that is of one neuron as shared.
        apart = ["shared"] if group._linked_variables else []
        # Variables that equations do not change now, though they have one.
        still = {
            each.varname
            for each in equations.values()
            if (each.type == DIFFERENTIAL_EQUATION and (rests or group.name in self._updates))
            or ((holds or moved) and "constant over dt" in each.flags)
        }
        linked, expanded, listed = self._links(group)
        lines = [
            self._resting(each, group.variables)
            if each.varname in still
            else self._equation(group, each, apart if each.type == SUBEXPRESSION else ())
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
            entry["threshold"] = self._expression_of(group, group.events["spike"])
            codes.append(group.events["spike"])
            thresholder = group.thresholder["spike"]
            if thresholder.order != group.order:
                entry["threshold_order"] = int(self._rank(thresholder) - group.order)
            if thresholder.when != "thresholds":
                entry["threshold_when"] = thresholder.when
        elif group._refractory is not False:
            if np.asarray(group.variables["lastspike"].get_value()).max(initial=-1e4) > -1e4:
                raise Unsupported(group.name, "it has no threshold, and a last spike")
            entry["threshold"] = "False"
        if group._refractory is not False and self._is_endless(group):
            raise Unsupported(group.name, "its refractory period is infinite, of which each of Brian's targets makes something else")
        if rests and group._refractory is not False:
            # Without equations nothing asks whether neurons may spike again.
            entry["refractory"] = True
        elif group._refractory is not False:
            if isinstance(group._refractory, str):
                entry["refractory"] = self._expression_of(group, group._refractory)
                codes.append(group._refractory)
            elif group._refractory is True:
                entry["refractory"] = True
            else:
                entry["refractory"] = quantity_text(float(group._refractory), group._refractory.dim)
        events = {}
        for name, condition in group.events.items():
            thresholder, resetter = group.thresholder[name], group.resetter.get(name)
            acts = thresholder.active and resetter is not None and resetter.active
            text = group.event_codes.get(name, "")
            if acts and not self._comes_before(resetter, thresholder) and self._writes_links(group, text):
                through, text, is_first = self._parts(group, text)
                place = {"when": resetter.when, "order": int(self._rank(resetter))}
                event = {} if name == "spike" else {"on_event": {"pre": name}}
                # Synapses whose name is a beginning of another's act before it.
                known_as = resetter.name[:-1] if is_first else resetter.name
                self._write_through(group, known_as, through, lambda code: {"on_pre": {"pre": code}, "pathways": {"pre": place}, **event})
                acts = bool(text)
            if not thresholder.active:
                if name != "spike":
                    events[name] = {"condition": "False"}
                continue
            code = None
            if acts:
                code = self._statements(group, text)
                codes.append(code)
                self._write(group.name, assigned(code))
            tested, order = int(self._rank(thresholder) - group.order), 0
            if acts:
                order = int(self._rank(resetter) - group.order)
            event = {"code": code, "when": resetter.when} if acts else {}
            if acts and self._comes_before(resetter, thresholder):
                noted, looked_at = self._before_its_test(group, name)
                due = f"{name}_is_due"
                event = {"code": f"{due} = 1", "when": noted}
                events[f"{name}_later"] = self._due(due, code, looked_at, resetter, order)
                order = tested
                entry["model"] += f"\n{due} : integer"
            if name == "spike":
                if event:
                    entry["reset"] = event["code"]
                    if event["when"] != "resets":
                        entry["reset_when"] = event["when"]
                    if order != 0:
                        entry["reset_order"] = order
                continue
            event = {"condition": self._expression_of(group, condition), "condition_when": thresholder.when, **event}
            codes.append(condition)
            if order != 0:
                event["order"] = order
            if acts and tested != order:
                event["condition_order"] = tested
            elif tested != 0:
                event["order"] = tested
            events[name] = event
        if events:
            entry["events"] = events
        entry.update(self._operations(group, codes))
        held = [] if holds else [each.varname for each in equations.values() if "constant over dt" in each.flags]
        self._write(group.name, [*(() if rests else equations.diff_eq_names), *held])
        if linked:
            entry["linked"] = linked
        entry["initializers"] = self._values(group, equations)
        entry["initializers"].update(
            {spelled(name): self._value(group.variables[name]) for name in still if spelled(name) not in entry["initializers"]}
        )
        entry["initializers"].update(listed)
        if spatial:
            entry["initializers"].update(self._membrane(group))
        if group.order != 0:
            entry["order"] = int(group.order)
        entry.update(self._own_dt(group))
        entry.update(self._names(group, codes))
        self._spell(group, group.variables)
        self.groups.append(group)
        self.parts["spatial_neurons" if spatial else "neuron_groups"][group.name] = entry

    def _is_endless(self, group):
        """Whether a refractory period is infinite, for some neurons at least."""
        if not isinstance(group._refractory, str):
            return np.isinf(float(group._refractory))
        read = group.resolve_all(get_identifiers(group._refractory), self.run_namespace, set())
        return any(hasattr(each, "get_value") and np.isinf(each.get_value()).any() for each in read.values() if not isinstance(each, Subexpression))

    @staticmethod
    def _due(due, code, tested, resetter, order):
        """The event that carries out the code of another one, which has noted that it is due.

        Args:
            tested: the slot in which that is looked at.
            order: of the code, which counts from that of the group.
        """
        event = {"condition": f"{due} > 0", "condition_when": tested, "code": f"{code}\n{due} = 0", "when": resetter.when}
        return {**event, "order": order} if order != 0 else event

    def _before_its_test(self, group, name):
        """Slots in which an event is noted, and looked at, whose code Brian runs before it tests for it.

        The code acts on what the step before found.
        """
        thresholder, resetter = group.thresholder[name], group.resetter[name]
        if resetter.when == "before_start" or thresholder.when == "after_end":
            raise Unsupported(group.name, f"its code for {name} runs in the slot {resetter.when}, before the test for it")
        self.due.append((group.name, f"{name}_is_due"))
        return "after_end", "before_start"

    @staticmethod
    def _resting(each, variables):
        """The line of a variable whose equation is not active: a flag that it stays while neurons are refractory needs an equation."""
        if "unless refractory" not in each.flags:
            return parameter_text(each)
        unit = unit_of(variables[each.varname])
        return f"d{each.varname}/dt = 0*({unit})/second : {unit} (unless refractory)"

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

    def _links(self, group):
        """What linked variables stand for, the lines of those that stand for subexpressions, and values that these read.

        Brian copies a subexpression into the group that reads it, and links the variables of its expression.
        """
        links, lines, listed = {}, {}, {}
        left = sorted(group._linked_variables)
        while left:
            name = left.pop()
            if name not in group.variables:
                raise Unsupported(group.name, f"the linked variable {name} is not linked")
            variable = group.variables[name]
            unit = unit_of(variable)
            if variable.name == "i" and isinstance(variable.owner, NeuronGroup) and name not in group._linked_variables:
                # Indices of neurons never change.
                index = group.variables.indices[name]
                every = np.arange(int(group._N)) if index == "_idx" else np.zeros(int(group._N), int)
                places = every if index in ("_idx", "0") else np.asarray(group.variables[index].get_value())
                listed[_plain(name)] = self.array(places.astype(np.int32))
                lines[name] = f"{_plain(name)} : integer (constant)"
                continue
            if not isinstance(variable, Subexpression):
                links[_plain(name)] = self._link(group, name, variable)
                if name not in group._linked_variables:
                    lines[name] = f"{_plain(name)} : {unit} (linked)"
                continue
            code, read = self._expression(group, name, variable, _plain)
            left += read
            lines[name] = f"{_plain(name)} = {code} : {unit}"
        return links, lines, listed

    def _expression(self, owner, name, variable, called):
        """The expression that a variable linked to a subexpression stands for, and names of the links that it reads.

        Args:
            called: what a link is called in the document.
        """
        owned, read = {}, []
        for each in sorted(get_identifiers(variable.expr)):
            if not each.startswith(f"_{name}_") or each not in owner.variables:
                continue
            own = owner.variables[each]
            if isinstance(own, Constant):
                owned[each] = repr(np.asarray(own.get_value()).item())
            elif isinstance(own.owner, Clock):
                if own.owner.name != owner.clock.name:
                    raise Unsupported(owner.name, f"{name} is linked to the time of another clock")
                owned[each] = {"timestep": "t_in_timesteps"}.get(own.name, own.name)
            else:
                owned[each] = called(each)
                read.append(each)
        return word_substitute(self._expression_of(owner, variable.expr, variable.scalar), owned), read

    def _link(self, group, name, variable, places=None):
        """What a linked variable stands for, with the neuron that each neuron reads where `places` has these."""
        index = group.variables.indices[name]
        owner = variable.owner
        if variable.name == "i" and isinstance(owner, NeuronGroup):
            raise Unsupported(group.name, f"{name} is linked to indices of neurons")
        if not isinstance(owner, NeuronGroup):
            raise Unsupported(group.name, f"the linked variable {name} is of {type(owner).__name__}")
        text = f"{owner.name}.{spelled(variable.name)}"
        if index == "_idx" and places is None:
            return text
        if index == "0":
            one = {"values": [0] * (int(group._N) if places is None else len(places))}
            return text if owner._N == 1 else {"variable": text, "index": one}
        if places is not None:
            return {"variable": text, "index": self.array(places)}
        places = np.asarray(group.variables[index].get_value()).astype(np.int32)
        return {"variable": text, "index": self.array(places)}

    def _method(self, group):
        choice = group.method_choice if isinstance(group, NeuronGroup) else group.state_updater.method_choice
        # Brian's own methods may be given by themselves instead of their names, the last of which is the present one.
        names = {id(each): name for name, each in StateUpdateMethod.stateupdaters.items()}
        choice = names.get(id(choice), choice)
        if group.state_updater is None or not len(group.equations.diff_eq_names):
            return {}
        options = dict(group.state_updater.method_options or {})
        # Brian fills in the options of GSL's methods; what else they are told stands in the document.
        is_gsl = isinstance(choice, str) and choice.lower().startswith("gsl")
        usual = default_method_options if is_gsl else {}
        other = {
            name: value
            for name, value in options.items()
            if name != "simplify" and (name not in usual or usual[name] != value)
        }
        if other and not is_gsl:
            raise Unsupported(group.name, f"the option {sorted(other)[0]} of its method")
        errors = other.get("absolute_error_per_variable")
        if errors is not None:
            other["absolute_error_per_variable"] = {
                name: quantity_text(float(error), group.variables[name].dim) for name, error in errors.items()
            }
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
            return {"method": choice, **({"method_options": other} if other else {})}
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
        code = solved_code(group.state_updater, self.run_namespace)
        first, _, rest = code.partition("\n")
        if first.startswith("not_refractory ="):
            code = rest
        code = with_plain_locals(code if self._bare else statements_as_computed(code, self._known(group, code)))
        updater = group.state_updater
        entry = {"code": code, "name": updater.name, "when": updater.when}
        return {**entry, "order": int(updater.order)} if updater.order != 0 else entry

    def _operations(self, owner, codes):
        operations = []
        for each in self._objects:
            if type(each) is not CodeRunner or not each.active or base_of(whole(each.group)).name != owner.name:
                continue
            entry = {"code": self._statements(owner, each.abstract_code), "name": each.name}
            part = whole(each.group)
            if part is owner and self._writes_links(owner, each.abstract_code):
                if isinstance(owner, Synapses):
                    raise Unsupported(owner.name, "synapses write a linked variable")
                self._when(each, entry)
                self._write_through(owner, each.name, each.abstract_code, lambda code: {"run_regularly": [{**entry, "code": code}]})
                continue
            if isinstance(part, Subgroup):
                entry["slice"] = f"{part.start}:{part.stop}"
                entry["code"] = word_substitute(entry["code"], {"i": f"(i - {part.start})", "N": str(len(part))})
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
