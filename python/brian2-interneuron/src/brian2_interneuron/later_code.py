"""Code objects that are made when they are called: nothing but Brian's runtime calls those of runs."""

from brian2.codegen.runtime.numpy_rt import NumpyCodeObject
from brian2.core.base import BrianObjectException
from brian2.core.functions import Function

#: What code objects do in every step of a run; the others act at once, as in Brian's runtime.
OF_RUNS = {
    "stateupdate",
    "threshold",
    "reset",
    "synapses",
    "synapses_push_spikes",
    "summed_variable",
    "spikemonitor",
    "statemonitor",
    "ratemonitor",
    "spikegenerator",
    "spatialstateupdate",
}


def make_code(net):
    """Makes the code of a network, as Brian's runtime would: mistakes in it have Brian's own exceptions."""
    for each in net.sorted_objects:
        try:
            for code in each.code_objects:
                if isinstance(code, Later):
                    code.make()
        except Exception as error:
            raise BrianObjectException("An error occurred when preparing an object.", each) from error


class Later:
    """A code object that is made when it is called."""

    def __init__(self, name, owner, make, begins):
        self.name, self._owner, self._make, self._begins, self._made = name, owner, make, begins, None

    def __getstate__(self):
        # The next run makes code objects of its own, but keeps those for queues.
        return {**self.__dict__, "_make": self._make if self._begins else None, "_made": None}

    def before_run(self):
        """Queues are made ready, as the code would."""
        if self._begins is None:
            return
        try:
            self._begins()
        except Exception as error:
            raise BrianObjectException(f"{self.name} cannot be made ready for the run.", self._owner) from error

    def after_run(self):
        """Nothing is to be done."""

    def functions(self):
        """What the code calls."""
        variables = self._make.args[3]
        return [each for each in variables.values() if isinstance(each, Function)]

    def make(self):
        """Makes it."""
        if self._made is None:
            self._made = self._make(codeobj_class=NumpyCodeObject)

    def __call__(self, **kwds):
        self.make()
        return self._made(**kwds)
