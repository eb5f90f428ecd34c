"""What is under way between neurons: Brian's queues, and the events that they come from."""

from graphlib import TopologicalSorter

import numpy as np


def _pending(queue):
    """Steps until each event under way arrives, and its synapse."""
    state = queue._full_state()
    if len(state) == 2:
        offset, rows = state
        count = len(rows)
        steps = [np.full(len(rows[(offset + k) % count]), k) for k in range(count)]
        synapses = [np.asarray(rows[(offset + k) % count], dtype=np.int64) for k in range(count)]
        if not steps:
            return np.empty(0, int), np.empty(0, int)
        return np.concatenate(steps), np.concatenate(synapses)
    spikes = np.asarray(state[1], dtype=np.int64).reshape(-1, 2)
    spikes = spikes[np.argsort(spikes[:, 0], kind="stable")]
    return spikes[:, 0], spikes[:, 1]


def delay_steps(pathway):
    """Delay of each synapse of a pathway in steps, one where all have the same."""
    delays = np.atleast_1d(np.asarray(pathway.variables["delay"].get_value(), dtype=float))
    return np.floor(delays / float(pathway.source.clock.dt_) + 0.5).astype(np.int64)


def _longest(delays, dt):
    """The longest of some delays in steps."""
    # Rounding keeps the order, so that the longest need not be looked for among rounded ones.
    return int(np.floor(np.asarray(delays, dtype=float).max(initial=0.0) / float(dt) + 0.5))


def recent_events(pathway, now):
    """Steps and neurons (of the whole group) of the events that are under way on a pathway at step `now`.

    Returns None where delays were changed while events were under way: then no events of the source explain them.
    """
    ahead, synapses = under_way(pathway)
    if len(ahead) == 0:
        return np.empty((0, 2), int)
    delays = delay_steps(pathway)
    emitted = now + ahead - (delays[synapses] if len(delays) > 1 else delays[0])
    if (emitted >= now).any():
        return None
    return np.unique(np.column_stack([emitted, np.asarray(pathway.synapse_sources.get_value())[synapses]]), axis=0)


def in_order(pathways, now, events):
    """Events of one group (rows of step and neuron, ascending) in the order in which its pathways bring those of a step."""
    before = {}
    for pathway in pathways:
        ahead, synapses = under_way(pathway)
        delays = delay_steps(pathway)
        emitted = now + ahead - (delays[synapses] if len(delays) > 1 else delays[0])
        cells = np.asarray(pathway.synapse_sources.get_value())[synapses]
        rows = np.lexsort((ahead, emitted))
        emitted, ahead, cells = emitted[rows], ahead[rows], cells[rows]
        follows = np.flatnonzero((np.diff(emitted) == 0) & (np.diff(ahead) == 0) & (np.diff(cells) != 0))
        for k in follows:
            before.setdefault(int(emitted[k]), {}).setdefault(int(cells[k + 1]), set()).add(int(cells[k]))
    places = np.arange(len(events))
    for step, known in before.items():
        if all(cell > earlier for cell, those in known.items() for earlier in those):
            continue
        rank = {cell: k for k, cell in enumerate(TopologicalSorter(known).static_order())}
        rows = np.flatnonzero(events[:, 0] == step)
        places[rows] = rows[0] + np.argsort(np.argsort([rank.get(int(cell), 0) for cell in events[rows, 1]], kind="stable"))
    return events[np.argsort(places)]


def are_explained(pathway, now, events):
    """Whether what is under way on a pathway is what these events (rows of step and neuron) of its group leave there."""
    longest = _longest(pathway.variables["delay"].get_value(), pathway.source.clock.dt_)
    pending = len(under_way(pathway)[0])
    recent = events[events[:, 0] + longest >= now]
    if longest == 0 or len(recent) == 0:
        return pending == 0
    sources, delays = np.asarray(pathway.synapse_sources.get_value()), delay_steps(pathway)
    order = np.argsort(sources, kind="stable")
    begins = np.searchsorted(sources[order], recent[:, 1])
    ends = np.searchsorted(sources[order], recent[:, 1], side="right")
    expected = 0
    for (step, _), begin, end in zip(recent, begins, ends):
        expected += int((step + delays[order[begin:end]] >= now).sum()) if len(delays) > 1 else int(end - begin)
    return expected == pending


def received(pathway, now, events):
    """Which of these events (rows of step and neuron) of its group each synapse of a pathway has received.

    Synapses that were made later, or whose delays have changed, have not received all of them. Returns the first step of which
    each has received, and the one after the last; None where events between those are not under way.
    """
    ahead, synapses = under_way(pathway)
    sources, delays = np.asarray(pathway.synapse_sources.get_value()), delay_steps(pathway)
    delays = np.broadcast_to(delays, sources.shape)
    pending = np.unique(np.column_stack([synapses, now + ahead - delays[synapses]]), axis=0)
    order = np.argsort(sources, kind="stable")
    begins, ends = (np.searchsorted(sources[order], events[:, 1], side=side) for side in ("left", "right"))
    known = np.concatenate([np.empty((0, 2), np.int64)] + [
        np.column_stack([order[begin:end], np.full(end - begin, step)]) for (step, _), begin, end in zip(events, begins, ends)
    ])
    known = known[known[:, 1] + delays[known[:, 0]] >= now]
    first, last = np.full(len(sources), now), np.full(len(sources), -1)
    np.minimum.at(first, pending[:, 0], pending[:, 1])
    np.maximum.at(last, pending[:, 0], pending[:, 1])
    within = (known[:, 1] >= first[known[:, 0]]) & (known[:, 1] <= last[known[:, 0]])
    if within.sum() != len(pending):
        return None
    return first, last + 1


def under_way(pathway):
    """Steps until each event under way on a pathway arrives, ascending, and its synapse, whatever the delays are now."""
    if pathway.queue is None:
        return np.empty(0, int), np.empty(0, int)
    return _pending(pathway.queue)


def replay(pathway, begin, end, steps, neurons, was=None):
    """Takes a queue from step `begin` to `end` as if the events of a group had gone through it.

    Args:
        was: seconds in a step, and delays, where the pathway had others: the queue is made ready for them.
    """
    dt, delays = was or (pathway.source.clock.dt_, pathway.variables["delay"].get_value())
    queue, longest = pathway.queue, _longest(delays, dt)
    if was is not None:
        queue.prepare(delays, dt, pathway.synapse_sources.get_value())
    # Where there is no delay now, what was sent before it changed may still be there.
    if queue is None or (longest == 0 and not len(_pending(queue)[0])):
        return
    first = max(begin, end - longest)
    for _ in range(first - begin):
        queue.advance()
    bounds = np.searchsorted(steps, np.arange(first, end + 1))
    neurons = np.ascontiguousarray(neurons, dtype=np.int32)
    for k in range(end - first):
        now = neurons[bounds[k] : bounds[k + 1]]
        if len(now):
            queue.push(now)
        queue.advance()
