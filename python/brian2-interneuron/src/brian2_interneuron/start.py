"""Where a run begins: what its session is told besides the values of variables."""

import numpy as np

from interneuron._server import pack

from . import queues
from .document import base_of
from .texts import Unsupported

#: Step of the last spike of a neuron that never had one.
_NEVER = -(2**30)


def start_of_run(document):
    """The parameter `start` of the session, as keywords: nothing where a network is fresh."""
    now = int(document.clock.variables["timestep"].get_value().item())
    events = _under_way(document, now)
    last, free, updates = {}, {}, {}
    fresh = now == 0 and not events
    for group in document.groups:
        if "lastspike" not in group.variables or "spike" not in group.events:
            continue
        times = np.asarray(group.variables["lastspike"].get_value(), dtype=float)
        steps = np.where(times <= -1e4, _NEVER, np.round(times / document.dt))
        may = np.asarray(group.variables["not_refractory"].get_value())
        last[f"{group.name}.spike"] = pack(np.maximum(steps, _NEVER).astype(np.int32))
        free[f"{group.name}.spike"] = pack(may.astype(np.uint8))
        fresh = fresh and (steps == _NEVER).all() and may.all()
    for synapses in document.synapses:
        if synapses.event_driven is None:
            continue
        steps = np.round(np.asarray(synapses.variables["lastupdate"].get_value()) / document.dt)
        updates[synapses.name] = pack(steps.astype(np.int32))
        fresh = fresh and not steps.any()
    if fresh:
        return {}
    return {"start": {"step": now, "events": events, "lastEvents": last, "free": free, "lastUpdates": updates}}


def _under_way(document, now):
    """The events that delays have still to bring, by `group.event`."""
    found = {}
    for synapses in document.synapses:
        for pathway in synapses._pathways:
            if not pathway.active:
                continue
            recent = queues.recent_events(pathway, now)
            if recent is None:
                raise Unsupported(pathway.name, "its delays were changed while spikes were in transit")
            if len(recent[0]):
                key = f"{base_of(pathway.source).name}.{pathway.event}"
                found.setdefault(key, []).append(np.column_stack(recent))
    events = {}
    for key, parts in found.items():
        pairs = np.unique(np.concatenate(parts), axis=0)
        if pairs[:, 0].min() < 0:
            raise Unsupported(key, "spikes from before time 0 are in transit")
        events[key] = {"steps": pack(pairs[:, 0].astype(np.int32)), "cells": pack(pairs[:, 1].astype(np.int32))}
    return events
