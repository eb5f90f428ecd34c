"""What a run gave goes back into Brian's arrays: monitors, state and synaptic variables, queues."""

from functools import partial

import numpy as np
from brian2.core.variables import ArrayVariable
from brian2.input.spikegeneratorgroup import SpikeGeneratorGroup
from brian2.monitors.ratemonitor import PopulationRateMonitor
from brian2.monitors.spikemonitor import EventMonitor
from brian2.monitors.statemonitor import StateMonitor
from brian2.spatialneuron.spatialneuron import SpatialNeuron
from brian2.synapses.synapses import Synapses, SynapticPathway

import interneuron
from interneuron._server import unpack

from . import deferred, queues
from .clocks import is_listed, listed_steps, times_of
from .groups import base_of, by_time, goes_by_time, keeps_last_spikes, next_spike, start_of, through
from .texts import spelled


def write_back(document, session, begin, end, behind):
    """Takes what was recorded from step `begin` to `end`.

    Args:
        behind: receives what fetches the state at `end`, by variable; those after the first may need the earlier ones.
    """
    behind.clear()
    taken = session._call("take")
    events = {
        (each["population"], each["event"]): (unpack(each["steps"]).astype(np.int64), unpack(each["cells"]).astype(np.int64))
        for each in taken["spikes"]
    }
    for group in document.groups:
        found = events.get((group.name, "spike"))
        if found is not None and isinstance(group, SpikeGeneratorGroup) and goes_by_time(group):
            order = by_time(group, found[0] // document.ticks(group), found[1])
            events[group.name, "spike"] = (found[0][order], found[1][order])
    values = {
        (each["population"], each["event"], variable["name"]): unpack(variable["values"])
        for each in taken["spikes"]
        for variable in each["variables"]
    }
    samples = {(each["recording"], each["variable"]): each for each in taken["samples"]}
    for monitor in document.monitors:
        if not monitor.active:
            continue
        if isinstance(monitor, StateMonitor):
            _state_monitor(document, monitor, samples, begin, end)
        elif isinstance(monitor, EventMonitor):
            _event_monitor(document, monitor, events, values, begin, end)
        elif isinstance(monitor, PopulationRateMonitor):
            _rate_monitor(document, monitor, events, begin, end)
    drawn = [each for each in document.synapses if deferred.of(each) is None]
    for owner in (*document.groups, *document.synapses):
        _variables(document, owner, session, behind)
    for group in document.groups:
        if isinstance(group, SpatialNeuron):
            behind[group.variables["Ic"]] = partial(_charging, document, group, session)
        _last_events(document, group, events, end, session, behind)
        if isinstance(group, SpikeGeneratorGroup) and group.active:
            _next_spike(group, -(-end // document.ticks(group)))
    for synapses in drawn:
        # Without pathways nothing is brought up to date.
        if document.keeps_updates(synapses) and any(each.active for each in synapses._pathways):
            variable = synapses.variables["lastupdate"]
            behind[variable] = partial(_read, session, synapses.name, variable)
    for synapses in document.synapses:
        for pathway in synapses._pathways:
            if pathway.active:
                steps, cells = _events_of(events, base_of(pathway.source).name, pathway.event)
                if document.is_early(pathway):
                    steps, cells = steps[steps + 1 < end] + 1, cells[steps + 1 < end]
                # Queues count the steps of those that send.
                every = document.ticks(pathway.source)
                received = (-(-begin // every), -(-end // every), steps // every, cells)
                waiting = deferred.of(synapses)
                if waiting is None:
                    queues.replay(pathway, *received)
                else:
                    waiting.note(pathway, *received)


def _times(steps, group, document):
    """Times of the ticks of a group's clock that these steps are."""
    return steps // document.ticks(group) * float(group.clock.dt_)


def _events_of(events, group, event):
    return events.get((group, event), (np.empty(0, np.int64), np.empty(0, np.int64)))


def _grow(variable, values):
    """Appends values to a dynamic array."""
    old = len(variable.get_value())
    variable.resize(old + len(values))
    variable.get_value()[old:] = values


def _own(monitor, events, event):
    """Steps and indices of the events of a group or subgroup, counted from its first neuron."""
    source = monitor.source
    steps, cells = _events_of(events, base_of(source).name, event)
    begin, stop = start_of(source), getattr(source, "stop", None)
    inside = slice(None) if stop is None else (cells >= begin) & (cells < stop)
    return steps[inside], cells[inside] - begin, inside


def _event_monitor(document, monitor, events, values, begin, end):
    event = document.received_as.get(monitor.name, monitor.event)
    steps, cells, inside = _own(monitor, events, event)
    if event == monitor.event and document.is_early(monitor):
        # The monitor runs before the event, so it records events of the step before; at the end of a run Brian drops the last.
        known, own = _received(document, monitor), steps + 1 < end
        steps, cells = np.concatenate([np.full(len(known), begin), steps[own] + 1]), np.concatenate([known, cells[own]])
    count = monitor.variables["count"].get_value()
    count += np.bincount(cells, minlength=len(count)).astype(count.dtype)
    recorded = {"i": cells, "t": _times(steps, monitor.source, document)}
    for name in monitor.record_variables - {"i", "t"}:
        known = document.recorded_as.get((monitor.name, name), spelled(name))
        recorded[name] = values[base_of(monitor.source).name, event, known][inside]
    old = int(np.asarray(monitor.variables["N"].get_value()).item())
    monitor.resize(old + len(steps))
    for name in monitor.record_variables:
        monitor.variables[name].get_value()[old:] = recorded[name]
    monitor.variables["N"].set_value(old + len(steps))


def _received(document, monitor):
    """Neurons of a monitor's source whose events of the step before Brian still keeps."""
    source, event = monitor.source, getattr(monitor, "event", "spike")
    space = base_of(source).variables[f"_{event}space"].get_value()
    cells = np.array(space[: space[-1]], dtype=np.int64) - start_of(source)
    return cells[(cells >= 0) & (cells < len(source))]


def _rate_monitor(document, monitor, events, begin, end):
    steps, _, _ = _own(monitor, events, "spike")
    every = int(round(float(monitor.clock.dt_) / document.dt))
    first = -(-begin // every)
    count = -(-end // every) - first
    rates = np.bincount((steps - first * every) // every, minlength=count)[:count]
    size = int(np.asarray(monitor.variables["_num_source_neurons"].get_value()).item())
    old = len(monitor.variables["t"].get_value())
    monitor.resize(old + count)
    monitor.variables["rate"].get_value()[old:] = rates / float(monitor.clock.dt_) / size
    monitor.variables["t"].get_value()[old:] = (first + np.arange(count)) * float(monitor.clock.dt_)
    monitor.variables["N"].set_value(old + count)


def _state_monitor(document, monitor, series, begin, end):
    every = document.ticks(monitor)
    ticks = np.arange(-(-begin // every), max(-(-begin // every), -(-end // every)))
    if is_listed(monitor.clock):
        # Samples between listed times are left out.
        taken = np.isin(ticks * every, listed_steps(monitor.clock, document.dt))
        times = times_of(monitor.clock)[np.isin(listed_steps(monitor.clock, document.dt), ticks * every)]
    else:
        taken, times = slice(None), ticks * float(monitor.clock.dt_)
    count, old = len(times), len(monitor.variables["t"].get_value())
    monitor.resize(old + count)
    monitor.variables["t"].get_value()[old:] = times
    for name, variable in monitor.recorded_variables.items():
        if monitor.n_indices == 0 or count == 0:
            continue
        if isinstance(monitor.source, SynapticPathway):
            delay = monitor.source.variables["delay"]
            values = np.asarray(delay.get_value())
            variable.get_value()[old:, :] = values if delay.scalar else values[np.asarray(monitor.record)]
            continue
        sent = series.get((monitor.name, spelled(name)))
        if sent is None:
            _, bare, wanted = through(monitor, name, document.links)
            sent = series[f"{monitor.name}_{name}", spelled(bare)]
        else:
            wanted = np.asarray(monitor.record) + (0 if isinstance(monitor.source, Synapses) else start_of(monitor.source))
        values = unpack(sent["values"])
        elements = sent["elements"]
        if elements is None:
            columns = np.zeros(len(wanted), int)
        elif isinstance(elements, dict):
            columns = wanted - elements["begin"]
        else:
            place = {element: k for k, element in enumerate(elements)}
            columns = np.asarray([place[int(each)] for each in wanted])
        variable.get_value()[old:, :] = values[:, columns][taken]


def _variables(document, owner, session, behind):
    """State and what code wrote."""
    for name in sorted(document.written.get(owner.name, ())):
        variable = owner.variables.get(name)
        if not isinstance(variable, ArrayVariable) or getattr(variable.owner, "name", None) != owner.name or deferred.waits(variable):
            continue
        behind[variable] = partial(_read, session, owner.name, variable)


def _read(session, owner, variable):
    """Fetches a variable, unless the engine does not have it."""
    try:
        values = unpack(session._call("read", owner=owner, variable=spelled(variable.name)))
    except interneuron.UsageError:
        return
    array = variable.get_value()
    array[:] = values[:1] if len(array) == 1 else values


def _charging(document, group, session):
    """What charges the membrane of a SpatialNeuron: how far potentials rose in the last step."""
    rise = unpack(session._call("read", owner=group.name, variable="v_rise"))
    group.variables["Ic"].get_value()[:] = np.asarray(group.variables["Cm"].get_value()) * rise / document.dt


def _next_spike(group, end):
    """Where Brian's own runtime would go on to replay."""
    group.variables["_lastindex"].set_value(next_spike(group, end))


def end_of_run(document):
    """After a run no events are left over, as in Brian: a group that rests then must not repeat its last ones."""
    for group in document.groups:
        for event in () if isinstance(group, SpikeGeneratorGroup) else group.events:
            group.variables[f"_{event}space"].get_value()[-1] = 0


def _last_events(document, group, events, end, session, behind):
    """The events of the last step, and the time of each neuron's last spike."""
    # The last step in which the group's clock has ticked.
    every = document.ticks(group)
    tick = (-(-end // every) - 1) * every
    for event in group.events:
        steps, cells = _events_of(events, group.name, event)
        last = cells[steps == tick]
        space = group.variables[f"_{event}space"].get_value()
        space[: len(last)] = last
        space[-1] = len(last)
    if not keeps_last_spikes(group) or not len(group.events):
        return
    steps, cells = _events_of(events, group.name, "spike")
    # Later spikes come later, so that the last assignment of each neuron stays.
    group.variables["lastspike"].get_value()[cells] = _times(steps, group, document)
    free = group.variables["not_refractory"]
    if group.name in document.resting:
        free.get_value()[cells] = False
    else:
        behind[free] = partial(_refractory, document, group, tick, cells[steps == tick], session)


def _refractory(document, group, tick, last, session):
    """Which neurons are not refractory after a tick of their clock, in which the last ones spiked."""
    free, period = group.variables["not_refractory"].get_value(), group._refractory
    every = document.ticks(group)
    if isinstance(period, str) or period is True:
        try:
            free[:] = unpack(session._call("read", owner=group.name, variable="not_refractory")) != 0
        except interneuron.UsageError:
            # The engine has no such variable, because what the period is computed from does not change.
            now = f"{tick // every * float(group.clock.dt_)!r}*second"
            condition = f"timestep({now} - lastspike, dt) >= timestep({period}, dt)"
            free[:] = False
            free[group.i.get_item(condition, namespace=document.run_namespace)] = True
            free[last] = False
        return
    # As in the last step: those that spiked in it are refractory.
    dt, spiked = float(group.clock.dt_), group.variables["lastspike"].get_value()
    passed = np.trunc((tick // every * dt - spiked + 1e-3 * dt) / dt)
    free[:] = passed >= np.trunc((float(period) + 1e-3 * dt) / dt)
    free[last] = False
