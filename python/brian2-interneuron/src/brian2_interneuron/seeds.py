"""Seeds of sessions: a session draws the same numbers whenever it is at the same step, and Brian's trials draw other ones."""

import weakref

import numpy as np


class Seeds:
    """The seed of each session: that of the last one where a network goes on, another one where time begins again."""

    def __init__(self, begins=None, alike=True):
        #: Whether sessions without a seed follow NumPy's generator, which processes of one origin have in common.
        self._alike = alike
        #: The step whose numbers a script expects next, after `seed()` or with a state that it has restored.
        self.expected = begins
        self._net, self._step = lambda: None, 0
        self._base = self._last = self._kept = None
        self._count = 0

    def of(self, net, step, base):
        """The seed of a session.

        Args:
            net: the network.
            step: where the session begins.
            base: what was given to `seed()` or `set_device`; None for any seed.
        """
        if base != self._base:
            self._count, self._last = 0, None
        if self._kept is not None:
            self._last, self._kept = self._kept, None
        elif self._last is None or self._net() is not net or step < self._step:
            drawn = np.random if self._alike else np.random.RandomState()
            self._last = int(drawn.randint(0, 2**31 - 1)) if base is None else _derived(int(base), self._count)
            self._count += 1
        self._base = base
        self.reach(net, step)
        return self._last

    def reach(self, net, step):
        """Notes up to which step a network has drawn numbers."""
        self._net, self._step = weakref.ref(net), step

    def __getstate__(self):
        return {**self.__dict__, "_net": None}

    def __setstate__(self, state):
        self.__dict__.update({**state, "_net": lambda: None})

    def state(self):
        """What a later `resume` takes, in words that can be pickled."""
        return {"base": self._base, "seed": self._last, "count": self._count, "step": self._step}

    def resume(self, state):
        """The next session draws what the one of a state drew from there on."""
        self._base, self._kept, self._count = state["base"], state["seed"], state["count"]
        self._last, self.expected = None, state["step"]


def _derived(base, count):
    """One seed of several: the first is the one that was given."""
    return base if count == 0 else int(np.random.SeedSequence([base, count]).generate_state(1)[0] >> 1)
