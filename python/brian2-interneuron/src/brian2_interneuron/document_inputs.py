"""Poisson groups, generators of spikes, and Poisson inputs."""

import numpy as np
from brian2.spatialneuron.spatialneuron import SpatialNeuron

from .groups import base_of, end_text, has_missed_spikes
from .texts import Unsupported, line, quantity_text, spelled


class InputParts:
    """Puts Poisson groups, generators of spikes and Poisson inputs into a document."""

    def _poisson_group(self, group):
        codes = []
        entry = {"N": int(group._N)}
        if not (group.active and group.thresholder["spike"].active):
            entry["rates"] = "0*hertz"
        elif isinstance(group._rates, str):
            entry["rates"] = self._expression_of(group, group._rates)
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
            if group.variables["_spikespace"].get_value()[-1]:
                raise Unsupported(group.name, "it is not active, and Brian repeats its spikes of the last step")
            indices, times = (), ()
        elif has_missed_spikes(group, -(-int(self.clock.variables["timestep"].get_value().item()) // self.ticks(group))):
            raise Unsupported(group.name, "the spikes of when it was not active come together")
        indices, times = np.asarray(indices), np.asarray(times, dtype=float)
        if not np.isfinite(times).all():
            raise Unsupported(group.name, "it has spikes at infinite times, or at none")
        if not np.array_equal(np.lexsort((indices, times)), np.arange(len(times))):
            raise Unsupported(group.name, "its spikes are said to be sorted, and are not by time, then neuron")
        period = float(group.variables["period"].get_value().item())
        entry = {
            "N": int(group.variables["N"].get_value()),
            "indices": self.listed(indices.astype(int)),
            "times": {"values": self.listed(times), "unit": "second"},
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
            "target_var": spelled(poisson._target_var),
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
