"""What documents, results and sessions ask of Brian's groups and synapses."""

import re

import numpy as np
from brian2.equations.equations import SUBEXPRESSION
from brian2.groups.subgroup import Subgroup
from brian2.synapses.synapses import Synapses

from .texts import Unsupported, unit_text


def base_of(group):
    """The group that a subgroup is of, or the group itself."""
    return group.source if isinstance(group, Subgroup) else group


def whole(group):
    """The object that a proxy stands for: the owner of code knows its group by one."""
    return group.__repr__.__self__ if hasattr(group, "__repr__") and hasattr(group.__repr__, "__self__") else group


def keeps_last_spikes(group):
    """Whether Brian keeps the last spikes of a group and who is refractory: otherwise variables of these names are its own."""
    return getattr(group, "_refractory", False) is not False


def linked_variables(synapses):
    """Names of linked variables of synapses, which Brian has from 2.9 on."""
    return getattr(synapses, "_linked_variables", ())


def own_names(synapses):
    """Variables that synapses have themselves."""
    return {name for name, variable in synapses.variables.items() if getattr(variable.owner, "name", None) == synapses.name}


def through(monitor, name, links):
    """The name of the group, the variable and the neurons that a monitor of synapses records through them.

    Args:
        links: where in the document links of synapses are, by synapses and name.
    """
    synapses = monitor.source
    if (synapses.name, name) in links:
        group, bare, side = links[synapses.name, name]
        return group, bare, np.asarray(synapses.variables[f"_synaptic_{side}"].get_value())[monitor.record]
    side = "pre" if name.endswith("_pre") else "post"
    end = base_of(synapses.source if side == "pre" else synapses.target)
    bare = re.sub(r"_(pre|post)$", "", name)
    if bare not in end.variables or isinstance(end, Synapses):
        raise Unsupported(monitor.name, f"the variable {name} of synapses")
    neurons = np.asarray(synapses.variables[f"_synaptic_{side}"].get_value())[monitor.record]
    return end.name, bare, neurons


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


def goes_by_time(group):
    """Whether a SpikeGeneratorGroup has spikes of one step that are not in the order of their neurons."""
    bins, neurons = group.variables["_timebins"].get_value(), group.variables["neuron_index"].get_value()
    return bool(((np.diff(bins) == 0) & (np.diff(neurons) < 0)).any())


def by_time(group, ticks, neurons):
    """Where the spikes of a SpikeGeneratorGroup, which are by step, are in Brian's order: in a step, that of their times.

    Args:
        ticks: steps of the group's clock.
        neurons: which of them spiked.
    """
    size = int(group.variables["N"].get_value())
    period = int(np.asarray(group.variables["_period_bins"].get_value()).item())

    def keys(bins, cells):
        return np.asarray(bins, dtype=np.int64) * size + cells

    known = keys(group.variables["_timebins"].get_value(), group.variables["neuron_index"].get_value())
    order = np.argsort(known, kind="stable")
    places = np.searchsorted(known[order], keys(ticks % period if period > 0 else ticks, neurons))
    return np.lexsort((order[np.minimum(places, len(order) - 1)], ticks))


def end_text(group):
    """A group or subgroup as specifications write it."""
    if isinstance(group, Subgroup):
        return f"{group.source.name}[{group.start}:{group.stop}]"
    return group.name


def unit_of(variable):
    """The unit or type of a variable, as equations write it."""
    return {"b": "boolean", "i": "integer"}.get(np.dtype(variable.dtype).kind, unit_text(variable.dim))


class Code:
    """An expression, as equations have it."""

    def __init__(self, code):
        self.code = str(getattr(code, "code", code))


class Held:
    """A subexpression that is constant over a step, as an equation has its parts: Brian keeps its code alone."""

    type, flags = SUBEXPRESSION, ["constant over dt"]

    def __init__(self, name, code, variable):
        self.varname, self.dim, self.expr = name, variable.dim, Code(code)
        self.var_type = {"b": "boolean", "i": "integer"}.get(np.dtype(variable.dtype).kind, "float")
