"""Functions of Python that a network calls while it runs: the session stops where they are due, and goes on after them."""

from brian2.core.operations import NetworkOperation

from .texts import Unsupported


def simulated(objects):
    """The objects that engines run: all but functions of Python."""
    return [each for each in objects if not isinstance(each, NetworkOperation)]


class Calls:
    """The calls of a run, in order of time; steps are those of the engine.

    Raises:
        Unsupported: for functions that are due within a step of the engine.
    """

    def __init__(self, objects, document):
        self._document = document
        #: Functions before a step, and after it, with the number of steps from one call to the next.
        self._before, self._after = [], []
        acting = [each for each in simulated(objects) if each.active and list(each.code_objects)]
        for place, each in enumerate(objects):
            if not isinstance(each, NetworkOperation) or not each.active:
                continue
            every = float(each.clock.dt_) / document.dt
            if abs(every - round(every)) > 1e-6:
                raise Unsupported(each.name, f"its step ({each.clock.dt}) is not a multiple of {document.clock.dt}")
            others = [objects.index(other) for other in acting]
            if place < min(others, default=place):
                self._before.append((round(every), each))
            elif place > max(others, default=place):
                self._after.append((round(every), each))
            else:
                raise Unsupported(each.name, "it is called within a step, between other objects")

    def __bool__(self):
        return bool(self._before or self._after)

    def due(self, boundary, begin, end):
        """Functions to call before step `boundary`, with the step that each is called in."""
        found = []
        if boundary > begin:
            found += [(boundary - 1, each) for every, each in self._after if (boundary - 1) % every == 0]
        if boundary < end:
            found += [(boundary, each) for every, each in self._before if boundary % every == 0]
        return found

    def next_stop(self, boundary, end):
        """The first step after `boundary` before which something is due; `end` where nothing is."""
        stops = [end]
        stops += [(boundary // every + 1) * every for every, _ in self._before]
        stops += [-(-boundary // every) * every + 1 for every, _ in self._after]
        return min(stops)
