"""When in a step objects act: which of them are not where specifications have them."""

from .groups import base_of
from .texts import Unsupported


class SlotParts:
    """Places in a step: which objects act elsewhere than where specifications have them."""

    def _in_usual_slot(self, owner, part, order, when="groups"):
        """Refuses equations that a script has put elsewhere than where Brian has them."""
        if part is not None and (part.when, part.order) != (when, order):
            raise Unsupported(owner.name, f"its part {part.name} is in the slot {part.when} with the order {part.order}")

    def _comes_before(self, one, other):
        """Whether an object runs before another one in a step."""
        return self._places.get(id(one), 0) < self._places.get(id(other), 0)

    def is_early(self, each):
        """Whether a monitor or pathway runs before its event is tested for: then it finds those of the step before."""
        source = base_of(each.source)
        return self._comes_before(each, getattr(source, "thresholder", {}).get(getattr(each, "event", "spike"), source))

    def refuse_early_pathways(self, is_divided):
        """Refuses them in all but a first run in one piece.

        Of what comes last in a run, Brian forgets what they have not heard.
        """
        for each in (pathway for synapses in self.synapses for pathway in synapses._pathways):
            if is_divided and each.active and self.is_early(each):
                raise Unsupported(each.name, "it runs before its event is tested for, in a run that goes on")

    def _rank(self, each):
        """The order of an object within its slot: Brian sorts by any values that can be compared."""
        if not isinstance(each.order, str):
            return each.order
        same = {other.order for other in self._objects if getattr(other, "when", None) == each.when}
        return sorted(same).index(each.order)
