"""What is under way between neurons: Brian's queues, and the events that they come from."""

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
    return spikes[:, 0], spikes[:, 1]


def delay_steps(pathway):
    """Delay of each synapse of a pathway in steps, one where all have the same."""
    delays = np.atleast_1d(np.asarray(pathway.variables["delay"].get_value(), dtype=float))
    return np.floor(delays / float(pathway.source.clock.dt_) + 0.5).astype(np.int64)


def longest_delay(pathway):
    """The longest delay of a pathway in steps."""
    if not np.any(pathway.variables["delay"].get_value()):
        return 0
    steps = delay_steps(pathway)
    return int(steps.max()) if len(steps) else 0


def recent_events(pathway, now):
    """Steps and neurons (of the whole group) of the events that are under way on a pathway at step `now`.

    Returns None where delays were changed while events were under way: then no events of the source explain them.
    """
    if pathway.queue is None or longest_delay(pathway) == 0:
        return np.empty(0, int), np.empty(0, int)
    ahead, synapses = _pending(pathway.queue)
    if len(ahead) == 0:
        return np.empty(0, int), np.empty(0, int)
    delays = delay_steps(pathway)
    own = delays[synapses] if len(delays) > 1 else np.full(len(synapses), delays[0])
    sources = np.asarray(pathway.synapse_sources.get_value())
    emitted = now + ahead - own
    if (emitted >= now).any():
        return None
    pairs = np.unique(np.column_stack([emitted, sources[synapses]]), axis=0)
    expected = 0
    order = np.argsort(sources, kind="stable")
    begins = np.searchsorted(sources[order], pairs[:, 1])
    ends = np.searchsorted(sources[order], pairs[:, 1], side="right")
    for (step, _), begin, end in zip(pairs, begins, ends):
        each = delays[order[begin:end]] if len(delays) > 1 else np.full(end - begin, delays[0])
        expected += int((step + each >= now).sum())
    return (pairs[:, 0], pairs[:, 1]) if expected == len(ahead) else None


def replay(pathway, begin, end, steps, neurons):
    """Takes a queue from step `begin` to `end` as if the events of a group had gone through it."""
    queue, longest = pathway.queue, longest_delay(pathway)
    if queue is None or longest == 0:
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
