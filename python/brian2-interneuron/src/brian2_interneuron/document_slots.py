"""When in a step objects act: which of them are not where specifications have them."""

from contextlib import contextmanager

from .groups import base_of
from .texts import Unsupported


#: Brian's schedule, by which specifications go.
_USUAL = ("start", "groups", "thresholds", "synapses", "resets", "end")


def _all_slots(schedule):
    return [f"{prefix}{slot}" for slot in schedule for prefix in ("before_", "", "after_")]


#: Slots of Brian's schedule in their order.
_USUAL_SLOTS = _all_slots(_USUAL)


def _usual_names(used):
    """Slots of Brian's schedule for slots of another one in their order: as many as can be keep their names.

    Returns:
        them by name; None where there are too many.
    """
    usual = _USUAL_SLOTS
    # What comes before and after everything else has tasks of its own there.
    outermost = (usual[0], usual[-1])
    # Best choices for the first slots, by how far in the usual schedule they reach.
    best = {-1: (0, [])}
    for slot in used:
        following = {}
        for place, name in enumerate(usual):
            before = [best[end] for end in best if end < place]
            if before and (name == slot or name not in outermost):
                kept, names = max(before, key=lambda each: each[0])
                following[place] = (kept + (name == slot), [*names, name])
        best = following
    return dict(zip(used, max(best.values(), key=lambda each: each[0])[1])) if best else None


@contextmanager
def in_usual_slots(net, objects):
    """While a document is made: objects of a network with a schedule of its own are in the slots of Brian's own schedule.

    Raises:
        Unsupported: where these are too few.
    """
    if tuple(net.schedule) == _USUAL:
        yield
        return
    slots, taken = _all_slots(net.schedule), {each.when for each in objects}
    names = _usual_names([slot for slot in slots if slot in taken])
    if names is None:
        raise Unsupported(net.name, "its schedule has more slots than Brian's, and objects are in too many of them")
    own = [(each, each.when) for each in objects]
    try:
        for each, slot in own:
            each.when = names[slot]
        yield
    finally:
        for each, slot in own:
            each.when = slot


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
