"""Synapses: equations, pathways, connections, delays."""

import numpy as np
from brian2.codegen.translation import get_identifiers_recursively
from brian2.core.variables import Subexpression
from brian2.equations.equations import Equations
from brian2.groups.neurongroup import NeuronGroup
from brian2.monitors.statemonitor import StateMonitor
from brian2.spatialneuron.spatialneuron import SpatialNeuron
from brian2.synapses.synapses import Synapses
from brian2.utils.stringtools import get_identifiers, word_substitute

from . import deferred
from .groups import Code, Held, base_of, end_text, linked_variables, start_of, unit_of, whole
from .texts import Unsupported, assigned, parameter_text, with_plain_locals
from .unsolved import solved_code


def _indices(synapses, side, end):
    """The neuron of each synapse at one end, counted within that end."""
    neurons = synapses.variables[f"_synaptic_{side}"].get_value().astype(np.uint32)
    begin = start_of(end)
    if begin:
        neurons -= np.uint32(begin)
    return neurons


def _concerns(each, synapses):
    """Whether an object needs synapses that do nothing themselves: it records them, or ends at them."""
    if isinstance(each, StateMonitor):
        return each.source is synapses
    return isinstance(each, Synapses) and synapses in (each.source, each.target)


def _reads_before_update(synapses, pathways):
    """Whether code reads a subexpression of an event-driven variable: Brian has its value from before the update."""
    if synapses.event_driven is None:
        return False
    lazy = {id(synapses.variables[name]) for name in synapses.event_driven.diff_eq_names}
    for pathway in pathways:
        known = pathway.variables
        computed = [each for each in get_identifiers(pathway.code) if isinstance(known.get(each), Subexpression)]
        if lazy & {id(known.get(each)) for each in get_identifiers_recursively(computed, known)}:
            return True
    return False


def _are_coupled(synapses):
    """Whether event-driven equations read variables of one another."""
    if synapses.event_driven is None:
        return False
    lazy = synapses.event_driven.diff_eq_names
    rates = synapses.event_driven.get_substituted_expressions(synapses.variables)
    return any((get_identifiers(rate.code) & lazy) - {name} for name, rate in rates)


def _linked_name(synapses, name):
    """What a link of synapses is called in the group that has it."""
    return f"{name.strip('_')}_of_{synapses.name}"


def delay_in_code(pathway):
    """The parameter that the code of a pathway reads as its delay."""
    return f"{pathway.objname}_delay"


class Relay:
    """Neurons that a document has and Brian has not, as far as links ask for them."""

    def __init__(self, name, size, clock):
        self.name, self._N, self.clock = name, size, clock


class _Summed:
    """A summed variable, as an equation has its parts."""

    type, var_type, flags = "subexpression", "float", ["summed"]

    def __init__(self, name, expression, dimensions):
        self.varname, self.dim = name, dimensions
        self.expr = Code(expression)


class SynapseParts:
    """Puts synapses into a document: equations, pathways, connections, delays."""

    def _link_at_end(self, synapses, name):
        """A variable that all synapses read elsewhere: neurons at one end are linked to it, and the synapses read theirs."""
        if name not in synapses.variables:
            raise Unsupported(synapses.name, f"the linked variable {name} is not linked")
        ends = [(base_of(synapses.target), "post"), (base_of(synapses.source), "pre")]
        neurons = [each for each in ends if isinstance(each[0], NeuronGroup) and not isinstance(each[0], SpatialNeuron)]
        known = [each for each in neurons if self._linked_places(synapses, name, *each) is not None]
        if neurons and not known:
            raise Unsupported(synapses.name, f"the linked variable {name} differs between synapses of a neuron")
        group, side = known[0] if known else (self._relay_of(synapses), "post")
        self._put_link(synapses, name, group, side)
        self.links[synapses.name, name] = (group.name, _linked_name(synapses, name), side)
        self._renamed.setdefault(synapses.name, {})[name] = f"{_linked_name(synapses, name)}_{side}"

    def _relay_of(self, synapses):
        """Neurons that stand for a target without variables: they pass on its spikes in the same step."""
        end = whole(synapses.target)
        group = base_of(end)
        if isinstance(group, Synapses):
            raise Unsupported(synapses.name, "it is linked, and ends at synapses")
        name = f"{group.name}_of_{synapses.name}"
        size, order = int(group.variables["N"].get_value()), int(group.order)
        if name not in self.parts["neuron_groups"]:
            dt = self._own_dt(group)
            # Events of the target are known after their slot, and have to be passed on before any synapses act.
            self.parts["neuron_groups"][name] = {
                "N": size,
                "model": "is_due : integer",
                "threshold": "is_due > 0",
                "threshold_when": "after_thresholds",
                "reset": "is_due = 0",
                "order": order + 2,
                **dt,
            }
            self.parts["synapses"][f"to_{name}"] = {
                "source": group.name,
                "target": name,
                "on_pre": {"pre": "is_due_post = 1"},
                "pathways": {"pre": {"when": "after_thresholds", "order": order + 1}},
                "connect": {"j": "i"},
            }
        self.relays[synapses.name, group.name] = name
        return Relay(name, size, group.clock)

    def sender_of(self, pathway):
        """The group of the document whose events a pathway carries."""
        name = base_of(pathway.source).name
        return self.relays.get((pathway.synapses.name, name), name) if pathway.prepost == "post" else name

    @staticmethod
    def _linked_places(synapses, name, group, side):
        """The neuron that a linked variable of synapses is of, for each neuron at one end; None where its synapses differ.

        All neurons have the first one for a variable with one value, and for an expression, if they have one of each variable in it.
        """
        index, places = synapses.variables.indices[name], np.zeros(int(group._N), np.int32)
        variable = synapses.variables[name]
        if isinstance(variable, Subexpression):
            within = [each for each in get_identifiers(variable.expr) if each.startswith(f"_{name}_") and each in synapses.variables]
            known = all(SynapseParts._linked_places(synapses, each, group, side) is not None for each in within)
            return places if known else None
        if index == "0":
            return places
        read = np.arange(len(synapses)) if index == "_idx" else np.asarray(synapses.variables[index].get_value())
        ends = np.asarray(synapses.variables[f"_synaptic_{side}"].get_value())
        places[ends] = read
        return places if (places[ends] == read).all() else None

    def _put_link(self, synapses, name, group, side):
        """Gives a group a variable that stands for one that synapses are linked to, of another size than theirs."""
        variable = synapses.variables[name]
        own, unit = _linked_name(synapses, name), unit_of(variable)
        if not isinstance(variable, Subexpression):
            places = self._linked_places(synapses, name, group, side)
            if places is None:
                raise Unsupported(synapses.name, f"the linked variable {name} differs between synapses of a neuron")
            self._again.append((group, f"{own} : {unit} (linked)"))
            self._linked.append((group, own, self._link(synapses, name, variable, places)))
            return
        if group.clock.name != synapses.clock.name:
            raise Unsupported(synapses.name, f"{name} is linked to an expression, and {group.name} has another clock")
        code, read = self._expression(synapses, name, variable, lambda each: _linked_name(synapses, each))
        code = self._with_own_names(synapses, code, {_linked_name(synapses, each) for each in read})
        self._again.append((group, f"{own} = {code} : {unit}"))
        for each in read:
            self._put_link(synapses, each, group, side)

    def _synapses(self, synapses):
        waiting = deferred.of(synapses)
        if waiting is not None:
            self._undrawn |= {id(each) for each in waiting.variables}
        # A sum over no synapses is zero.
        if waiting is None and len(synapses) == 0 and not any(each.active for each in synapses.summed_updaters.values()):
            return
        for name in sorted(linked_variables(synapses)):
            self._link_at_end(synapses, name)
        pathways = [each for each in synapses._pathways if each.active]
        updaters = [each for each in synapses.summed_updaters.values() if each.active]
        self._in_usual_slot(synapses, synapses.state_updater, synapses.order)
        self._in_usual_slot(synapses, synapses.subexpression_updater, synapses.order, "before_start")
        sums = {each.target_varname: self._sum_slot(each) for each in updaters}
        if _reads_before_update(synapses, pathways) or _are_coupled(synapses):
            # Brian's solution of the equations becomes statements of the pathways.
            self.updating.add(synapses.name)
        self.refuse_other_integers(synapses)
        equations = [each for each in self._synaptic_equations(synapses, updaters) if "linked" not in each.flags]
        integrates = synapses.state_updater is not None
        rests = integrates and not synapses.state_updater.active
        updated = synapses.event_driven.diff_eq_names if synapses.name in self.updating else ()
        # Variables that equations do not change now, though they have one.
        still = {*updated, *(synapses.equations.diff_eq_names if rests else ())}
        codes = [each.expr.code for each in equations if each.expr is not None and each.varname not in still]
        entry = {"source": end_text(synapses.source), "target": end_text(synapses.target)}
        relay = self.relays.get((synapses.name, base_of(synapses.target).name))
        if relay is not None:
            entry["target"] = relay + entry["target"][len(base_of(synapses.target).name) :]
        if synapses.multisynaptic_index is not None:
            entry["multisynaptic_index"] = synapses.multisynaptic_index
        if equations:
            entry["model"] = "\n".join(
                parameter_text(each) if each.varname in still else self._equation(synapses, each) for each in equations
            )
        if integrates and not rests:
            entry.update(self._method(synapses))
        code = {"pre": {}, "post": {}}
        events, schedule, delays, initializers = {}, {}, {}, {}
        for pathway in pathways:
            name = pathway.objname
            text = with_plain_locals(solved_code(pathway, self.run_namespace)) if updated else pathway.code
            text = self._statements(synapses, text, pathway.variables)
            code[pathway.prepost][name] = text
            codes.append(text)
            self._write_synaptic(synapses, text)
            if pathway.event != "spike":
                events[name] = pathway.event
            usual = -1 if pathway.prepost == "pre" else 1
            if pathway.when != "synapses" or pathway.order != usual:
                schedule[name] = {"when": pathway.when, "order": int(pathway.order)}
            delay = pathway.variables["delay"]
            if id(delay) in self._undrawn:
                continue
            self.kept.append(delay)
            if self._bare:
                continue
            values = delay.get_value()
            if delay.scalar or np.ndim(values) == 0 or (len(values) and (values == values[0]).all()):
                first = float(np.ravel(values)[0])
                if first != 0:
                    delays[name] = f"{first!r}*second"
            else:
                numbers = np.asarray(values, dtype=np.float64)
                # Those that hear of spikes a step later get other delays, which needs the numbers.
                initializers[f"{name}.delay"] = (
                    {"values": numbers.tolist(), "unit": "second"} if self.is_early(pathway) else self.array(numbers, inline=False)
                )
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
        if waiting is not None:
            entry["connect"] = "the engine's"
        else:
            entry["connect"] = len(synapses) if self._bare else {
                "i": self.array(_indices(synapses, "pre", synapses.source), inline=False),
                "j": self.array(_indices(synapses, "post", synapses.target), inline=False),
            }
        entry.update(self._operations(synapses, codes))
        plain = Equations([each for each in equations if not isinstance(each, (Held, _Summed))])
        self._write(synapses.name, [each.varname for each in equations if isinstance(each, Held)])
        initializers.update(self._values(synapses, plain))
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
        # `j` is an index in code of synapses.
        self._spell(synapses, set(synapses.variables) - {"j"})
        for end, suffix in ((synapses.source, "_pre"), (synapses.target, "_post")):
            self._spell(synapses, base_of(end).variables, suffix)
        entry.update(self._names(synapses, codes))
        if waiting is None and any("N" in get_identifiers(code) for code in codes):
            self._renamed.setdefault(synapses.name, {})["N"] = str(len(synapses))
        if waiting is not None and not self._bare:
            waiting.write(self, entry)
        acts = bool(pathways or updaters or integrates or "run_regularly" in entry)
        if not acts and not any(_concerns(each, synapses) for each in self._objects):
            return
        self.synapses.append(synapses)
        if waiting is not None:
            self.deferred.append(waiting)
        self.parts["synapses"][synapses.name] = entry

    def _read_delay(self, pathway, entry, initializers):
        """The code of a pathway that reads its delays reads a parameter with their values: they are constant during a run."""
        if "delay" in assigned(pathway.code):
            raise Unsupported(pathway.name, "it writes its delays")
        name = delay_in_code(pathway)
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
            found[name] = Held(name, code, synapses.variables[name])
        for updater in updaters:
            name = updater.target_varname
            unit = synapses.variables[name].dim
            found[name] = _Summed(name, updater.expression, unit)
        # Brian declares these as variables of the equations; a time of the last update may also be the user's own.
        if self.keeps_updates(synapses):
            found.pop("lastupdate", None)
        elif synapses.name in self.updating:
            found["lastupdate"] = Equations("lastupdate : second")["lastupdate"]
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
