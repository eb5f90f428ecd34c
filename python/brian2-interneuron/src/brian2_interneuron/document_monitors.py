"""Monitors of spikes, events, rates and state."""

from brian2.groups.neurongroup import NeuronGroup
from brian2.monitors.statemonitor import StateMonitor
from brian2.synapses.synapses import Synapses, SynapticPathway

from .clocks import is_listed
from .groups import base_of, end_text, linked_variables, own_names, through, unit_of
from .texts import Unsupported, spelled


class MonitorParts:
    """Puts monitors into a document."""

    def _state_monitor(self, monitor):
        self.monitors.append(monitor)
        if monitor.n_indices == 0 or not monitor.active:
            return
        source = monitor.source
        if isinstance(source, SynapticPathway):
            # Delays are constant in a run: `results.py` repeats them.
            for name in sorted(set(monitor.record_variables) - {"delay"}):
                raise Unsupported(monitor.name, f"it records {name} of the pathway {source.name}; record it of {source.synapses.name}")
            return
        if isinstance(source, Synapses):
            text = source.name
            if len(source) == 0:
                return
        else:
            text = end_text(source)
        names = [str(name) for name in monitor.record_variables]
        entry = {"source": text, "variables": [spelled(name) for name in names]}
        if not monitor.record_all:
            entry["record"] = sorted({int(each) for each in monitor.record})
        self._when(monitor, entry)
        if isinstance(source, Synapses):
            own = [name for name in names if name in own_names(source) - linked_variables(source)]
            entry["variables"] = [spelled(name) for name in own]
            for name in [each for each in names if each not in own]:
                end, variable, neurons = through(monitor, name, self.links)
                other = {"source": end, "variables": [spelled(variable)], "record": sorted({int(each) for each in neurons})}
                self._when(monitor, other)
                self.parts["state_monitors"][f"{monitor.name}_{name}"] = other
        if entry["variables"]:
            self.parts["state_monitors"][monitor.name] = entry

    def _when(self, each, entry):
        """When a monitor samples, or an operation runs."""
        if is_listed(each.clock):
            # Samples of other steps are left out when results are read.
            times = self._listed(each)
            entry.update({"dt": f"{self.ticks(each) * self.dt!r}*second"} if isinstance(each, StateMonitor) else {"times": times})
        else:
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
        if extra and self.is_early(monitor) and isinstance(base_of(monitor.source), NeuronGroup):
            self._hear_later(monitor, extra)
            return
        entry = {"source": end_text(monitor.source), "variables": [spelled(name) for name in extra]}
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
                self._again.append((base_of(monitor.source), f"{other} = {spelled(name)} : {unit_of(variable)}"))
        self._record(monitor.name, entry, monitor.event)

    def _hear_later(self, monitor, extra):
        """A monitor that records variables before its event is tested for: it hears of it a step later, by an event of its own."""
        if monitor.when == "before_start":
            raise Unsupported(monitor.name, "it records variables before everything else, and before its event")
        group, own = base_of(monitor.source), f"{monitor.event}_for_{monitor.name}"
        due = f"{own}_is_due"
        self.due.append((group.name, due))
        self.received_as[monitor.name] = own
        self._again.append((group, f"{due} : integer"))
        code = {"code": f"{due} = 0", "when": monitor.when, "order": int(monitor.order) + 1}
        self._later.append((group, monitor.event, due, own, {"condition": f"{due} > 0", "condition_when": "before_start", **code}))
        entry = {"source": end_text(monitor.source), "variables": [spelled(name) for name in extra]}
        self._record(monitor.name, {**entry, "when": monitor.when, "order": int(monitor.order)}, own)

    def _note_for_later(self):
        """Has events note that they are due for what hears of them later."""
        for group, name, due, own, event in self._later:
            entry = self._entry_of(group)
            events = entry.setdefault("events", {})
            noted, code, when = (entry, "reset", "reset_when") if name == "spike" else (events[name], "code", "when")
            if code in noted:
                noted[code] += f"\n{due} = 1"
            else:
                noted.update({code: f"{due} = 1", when: "after_end"})
            events[own] = event

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
