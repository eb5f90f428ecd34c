"""Code of neurons that writes what their variables are linked to: synapses from the neurons to the others carry it out."""

import itertools
import re

import numpy as np
from brian2.core.variables import ArrayVariable
from brian2.groups.neurongroup import NeuronGroup
from brian2.utils.stringtools import get_identifiers, word_substitute

from .texts import Unsupported, assigned, spelled


def _read(statement):
    """The names that a statement reads."""
    found = re.fullmatch(r"\w+\s*([-+*/%]|//|\*\*)?=(?!=)(.*)", statement, re.DOTALL)
    return get_identifiers(statement if found is None or found[1] else found[2])


class LinkParts:
    """Puts code that writes through links into a document."""

    def _writes_links(self, group, code):
        """Whether code of a group writes variables that are linked to others."""
        return bool(assigned(code) & set(getattr(group, "_linked_variables", ())))

    def _parts(self, group, code):
        """What synapses do of code for an event, what is left to the neurons, and whether the synapses are first.

        Synapses leave variables alone that are to stay as they are while neurons are refractory, which a reset sets all the same.
        """
        if not any(group.variables[name].conditional_write for name in assigned(code) if name in group.variables):
            return code, "", False
        links = set(group._linked_variables)
        lines = [each.strip() for each in re.sub(r"#.*", "", code).replace(";", "\n").splitlines()]
        lines = [each for each in lines if each]
        is_through = [bool(assigned(each) & links) for each in lines]
        reads = [_read(each) for each in lines]
        pairs = [(a, b) for a, b in itertools.combinations(range(len(lines)), 2) if is_through[a] != is_through[b]]
        depends = [
            is_through[a] for a, b in pairs if assigned(lines[a]) & (reads[b] | assigned(lines[b])) or assigned(lines[b]) & reads[a]
        ]
        if len(set(depends)) > 1 or not assigned(code) <= set(group.variables):
            raise Unsupported(group.name, "its code writes variables through links and others by turns")
        parts = ["\n".join(each for each, through in zip(lines, is_through) if through is which) for which in (True, False)]
        return *parts, depends[:1] == [True]

    def _write_through(self, group, called, code, act):
        """Has synapses carry out code of a group.

        Args:
            called: what the synapses are called: as what carries it out in Brian, since what has the same slot and order goes by names.
            act: what the code becomes in the entry of the synapses.
        """
        written = {name: group.variables[name] for name in sorted(assigned(code) & set(group._linked_variables))}
        if not all(isinstance(variable, ArrayVariable) and isinstance(variable.owner, NeuronGroup) for variable in written.values()):
            raise Unsupported(group.name, f"its code writes {', '.join(written)}, which are linked to no variables of neurons")
        first = next(iter(written))
        target, index = written[first].owner, group.variables.indices[first]
        if any(variable.owner.name != target.name or group.variables.indices[name] != index for name, variable in written.items()):
            raise Unsupported(group.name, f"its code writes {', '.join(written)}, which are linked to different neurons")
        every = np.arange(int(group._N))
        if index == "_idx":
            places = every
        elif index == "0":
            places = np.zeros_like(every)
        else:
            places = np.asarray(group.variables[index].get_value())
        code = self._statements(group, code)
        names = {name: f"{spelled(variable.name)}_post" for name, variable in written.items()}
        for name in get_identifiers(code) - set(names):
            if name == "N":
                names[name] = "N_pre"
            elif name in group.variables and name not in ("i", "t", "dt", "t_in_timesteps"):
                names[name] = f"{spelled(name)}_pre"
        known = {*group.variables, "i"}
        code = word_substitute(self._with_own_names(group, code, known), names)
        self._write(target.name, [variable.name for variable in written.values()])
        self._write(group.name, [name[:-4] for name in assigned(code) if name.endswith("_pre")])
        self.parts["synapses"][called] = {
            "source": group.name,
            "target": target.name,
            "connect": {
                "i": self.array(every.astype(np.uint32), inline=False),
                "j": self.array(places.astype(np.uint32), inline=False),
            },
            **act(code),
            **self._own_dt(group),
        }
