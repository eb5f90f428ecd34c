"""Where a run begins: what its session is told besides the values of variables."""

import json
import re

import numpy as np
from brian2.input.spikegeneratorgroup import SpikeGeneratorGroup

from interneuron._server import pack

from . import deferred, queues
from .groups import keeps_last_spikes
from .texts import Unsupported

#: Step of the last spike of a neuron that never had one.
_NEVER = -(2**30)


class Changed(Unsupported):
    """What is under way does not follow from the delays that there are."""


_CHANGED = "its delays or synapses have changed while spikes were in transit"


def start_of_run(document):
    """The parameter `start` of the session, as keywords: nothing where a network is fresh."""
    now = int(document.clock.variables["timestep"].get_value().item())
    events, received = _under_way(document, now)
    last, free, updates = {}, {}, {}
    fresh = now == 0 and not events
    for group in document.groups:
        if not keeps_last_spikes(group) or "spike" not in group.events:
            continue
        times = np.asarray(group.variables["lastspike"].get_value(), dtype=float)
        steps = np.where(times <= -1e4, _NEVER, np.round(times / document.dt))
        may = np.asarray(group.variables["not_refractory"].get_value())
        if _between_steps(times[times > -1e4], document):
            is_used = not may.all() or isinstance(group._refractory, str)
            if is_used or re.search(r"\blastspike", json.dumps(document.parts)):
                raise Unsupported(group.name, "steps are others than those of its last spikes")
        last[f"{group.name}.spike"] = pack(np.maximum(steps, _NEVER).astype(np.int32))
        free[f"{group.name}.spike"] = pack(may.astype(np.uint8))
        fresh = fresh and (steps == _NEVER).all() and may.all()
    for synapses in document.synapses:
        if not document.keeps_updates(synapses) or deferred.of(synapses) is not None:
            continue
        times = np.asarray(synapses.variables["lastupdate"].get_value())
        if _between_steps(times, document):
            raise Unsupported(synapses.name, "steps are others than those of its last updates")
        steps = np.round(times / document.dt)
        updates[synapses.name] = pack(steps.astype(np.int32))
        fresh = fresh and not steps.any()
    if fresh:
        return {}
    start = {"step": now, "events": events, "lastEvents": last, "free": free, "lastUpdates": updates}
    return {"start": {**start, **({"received": received} if received else {})}}


def _between_steps(times, document):
    """Whether times are not those of whole steps: the network had other steps before."""
    steps = np.asarray(times) / document.dt
    return bool((np.abs(steps - np.round(steps)) > 1e-3).any())


def _under_way(document, now):
    """The events that delays have still to bring, by `group.event`; which of them synapses have received, by `synapses.pathway`."""
    drawn = [each for each in document.synapses if deferred.of(each) is None]
    pathways = [each for synapses in drawn for each in synapses._pathways if each.active]
    found = {}
    for pathway in pathways:
        every = document.ticks(pathway.source)
        recent = queues.recent_events(pathway, -(-now // every))
        if recent is None:
            raise Changed(pathway.name, _CHANGED)
        # Queues count the steps of those that send.
        found.setdefault(_source_of(document, pathway), []).append(recent * [every, 1])
    events = {key: np.unique(np.concatenate(parts), axis=0) for key, parts in found.items()}
    received = {}
    for pathway in pathways:
        # The engine sends an event along all pathways of its group.
        every = document.ticks(pathway.source)
        of_source, at = events[_source_of(document, pathway)] // [every, 1], -(-now // every)
        if queues.are_explained(pathway, at, of_source):
            continue
        stretch = queues.received(pathway, at, of_source)
        if stretch is None:
            raise Changed(pathway.name, _CHANGED)
        first, end = (pack((each * every).astype(np.int32)) for each in stretch)
        received[f"{pathway.synapses.name}.{pathway.objname}"] = {"from": first, "until": end}
    if any(len(each) and each[0, 0] < 0 for each in events.values()):
        raise Unsupported(document.net.name, "spikes from before time 0 are in transit")
    for group in document.groups:
        key = f"{group.name}.spike"
        if isinstance(group, SpikeGeneratorGroup) and len(events.get(key, ())):
            every = document.ticks(group)
            own = [each for each in pathways if _source_of(document, each) == key]
            events[key] = queues.in_order(own, -(-now // every), events[key] // [every, 1]) * [every, 1]
    return {
        key: {"steps": pack(each[:, 0].astype(np.int32)), "cells": pack(each[:, 1].astype(np.int32))}
        for key, each in events.items()
        if len(each)
    }, received


def _source_of(document, pathway):
    return f"{document.sender_of(pathway)}.{pathway.event}"
