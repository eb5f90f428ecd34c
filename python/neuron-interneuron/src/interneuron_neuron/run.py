"""The run of a script, which is followed to its end: what the script changes while NEURON runs the model."""

from __future__ import annotations

import atexit
import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from .memory import Memory, Variable

#: Signals of a child process that the model is written, or not. Systems without them fork no processes.
_ENDS = (signal.SIGUSR1, signal.SIGUSR2) if hasattr(signal, "SIGUSR1") else ()

#: Seconds after which a script that still runs its model is not followed any further.
_LIMIT = 600

#: Runs and changes that are followed.
_RUNS = 20
_CHANGES = 1000


class Run:
    """Follows the steps of NEURON.

    At the first step, the process is split. One half keeps the memory as it is then, and writes the model when it knows
    what became of the run. The other half goes on with the script.
    """

    def __init__(self, h: Any, script: str, write: Callable[[dict[str, Any]], None]) -> None:
        """Begins to follow.

        Args:
            h: NEURON.
            script: path of the script.
            write: writes the model, in a process whose memory is that of the first step: given the ends of all runs,
                sentences on what the script does during the run, changes of variables, and what `tell` adds.
        """
        self.h, self.script, self._write = h, os.path.abspath(script), write
        #: Called at the first step.
        self.begun: Callable[[], None] = lambda: None
        #: Adds to what is known of the run when it ends.
        self.tell: Callable[[], dict[str, Any]] = dict
        #: Potentials at the first step and after each one, if they are kept.
        self.potentials: list[Any] | None = None
        self.cvode = h.CVode()
        #: The process of the script, which waits for the run if a framework runs the model in a child process.
        self.process = os.getpid()
        for code, end in enumerate(_ENDS):
            signal.signal(end, lambda *_, code=code: _exit(code))
        self.has_begun = False
        #: The process that runs the model; the script may split it.
        self._runner = 0
        #: Variables that INITIAL does not give the values that they have at the first step.
        self.first: list[Variable] = []
        #: Sentences on what the script does during the run, and how often.
        self.sentences: dict[str, int] = {}
        #: Changes of variables during the runs, in order: `run`, `time` in ms, `name`, `sentence`, indices in `set`, and
        #: `values` of all variables of the name by index.
        self.changes: list[dict[str, Any]] = []
        #: The ends of the runs in ms, and what `tell` gives after each of them but the last.
        self.ends: list[float] = []
        self._told: list[dict[str, Any]] = []
        self._memory: Memory | None = None
        self._initial: Any = None
        self._last: Any = None
        self._structure: dict[str, float] = {}
        self._is_within = False
        #: Values at the first step.
        self._first_values: Any = None
        #: The first step in ms, and whether all steps until now have its length.
        self._step, self._is_even = 0.0, True
        #: Whether another run begins.
        self._is_again = False
        self._mark: Any = None
        #: The time at which the step begins, in ms.
        self._time = 0.0
        self._line = 0
        self._output = -1
        self._reader = 0
        self._started = 0.0
        self._finishing = threading.Lock()
        self._handlers = [
            h.FInitializeHandler(3, self._before_initial),
            h.FInitializeHandler(1, self._after_initial),
            h.FInitializeHandler(2, self._after_finitialize),
        ]
        self.cvode.extra_scatter_gather(0, self._in_step)

    @property
    def memory(self) -> Memory:
        """Variables of the model at its first step."""
        assert self._memory is not None
        return self._memory

    # --- Times at which NEURON calls --------------------------------------------------------------------------------
    def _before_initial(self) -> None:
        """A run begins."""
        if self.has_begun and not self._is_again:
            # What is recorded begins anew.
            self._told.append(self.tell())
            self._is_again = True
        if not self.has_begun:
            # Sections that the script has deleted end when nothing refers to them.
            self._memory = self._initial = None
        # An event that belongs to a point process comes before the step, others after it. Sections may be gone.
        if self._mark is None or not self._mark.has_loc():
            section = next(iter(self.h.allsec()), None)
            self._mark = None if section is None else self.h.PointProcessMark(section(0.5))

    def _after_initial(self) -> None:
        """INITIAL has set all states."""
        if not self.has_begun:
            self._memory = Memory(self.h)
            self._initial = self._memory.read()

    def _after_finitialize(self) -> None:
        self._await_step(self.h.t)

    def _await_step(self, at: float) -> None:
        # At the beginning of a step, NEURON's own time may be that of an event near it.
        self._time = at
        if self._mark is None or not self._mark.has_loc():
            self.cvode.event(at, self._before_step)
        else:
            self.cvode.event(at, self._before_step, self._mark, 0)

    def _before_step(self) -> None:
        """A step begins: what has changed since the last one, the script has changed."""
        if self._is_within:
            return
        self._is_within = True
        if self._is_again:
            self._begin_again()
        elif not self.has_begun and not self._is_settling():
            self._begin()
        elif self.has_begun:
            self._compare()
        self._is_again = False
        self.cvode.event(self._time + (0.1 if self.cvode.active() else 0), self._after_step)

    def _in_step(self) -> None:
        """A step is being taken. Its beginning is not known if the script has set the time since the last one."""
        if self._is_within or self._memory is None or self.cvode.active():
            return
        if self._is_settling():
            self._last = self._values()
            return
        if not self.has_begun and self._last is not None:
            self._begin(late=True)
        elif self.has_begun:
            self.say(f"the time, which the script sets to {_ms(self.h.t)}{self._where(self._now(), 't')}", "t")
        # The next step ends after it.
        self._is_within = True
        self.cvode.event(self.h.t + 1.5 * self.h.dt, self._after_step)

    def _after_step(self) -> None:
        """A step has been taken."""
        self._is_within = False
        if self._memory is None:
            return
        before, self._last = self._last, self._values()
        if self.has_begun:
            if self.cvode.active():
                self._compare_parameters(before)
            self.ends[len(self._told) :] = [round(self.h.t, 9)]
            self._keep(self._last)
            if time.monotonic() - self._started > _LIMIT:
                self.say(f"the run after {_ms(self.h.t)}, because it has taken {_LIMIT} s until then")
                self.finish()
            self._await_step(self.h.t)

    def _keep(self, values: Any) -> None:
        """Keeps the potentials of one time for a comparison, as long as steps have the first length."""
        self._is_even &= self.h.dt == self._step
        if self.potentials is not None and values is not None and self._memory is not None and self._is_even and not self.cvode.active():
            self.potentials.append([values[k] for k in self._memory.potentials])

    def at_fixed_steps(self, dt: float, end: float) -> list[list[float]]:
        """Returns potentials at the first step and after each one of a length, for a script that takes CVode's own.

        Args:
            dt: the step in ms.
            end: of the run in ms.
        """
        self._is_within = True
        self.cvode.active(0)
        self.h.dt = dt
        found = [self.memory.read()[self.memory.potentials].tolist()]
        while self.h.t < end - dt / 2 and time.monotonic() - self._started < _LIMIT:
            self.h.fadvance()
            found.append(self.memory.read()[self.memory.potentials].tolist())
        return found

    def _is_settling(self) -> bool:
        """Whether long steps, or those before the time 0, let the model settle before it runs."""
        return bool(self.h.t < 0 or (self.h.dt > 1 and not self.cvode.active()))

    # --- The first step ---------------------------------------------------------------------------------------------
    def _begin(self, late: bool = False) -> None:
        """Splits the process at the first step.

        Args:
            late: whether the step has changed the potentials, which were those after the last step.
        """
        self.has_begun, self._runner, self._started = True, os.getpid(), time.monotonic()
        self._line, self._step = self._now(), self.h.dt
        self.begun()
        now = self._values()
        first = now if now is None or not late else self._with_potentials(now)
        if first is None:
            self.say("first values of states: the script changes its sections after finitialize")
        else:
            self.first = self._not_initial(first)
        self._last, self._structure = now, self.memory.structure()
        self._first_values = first
        self._keep(first)
        if not hasattr(os, "fork"):
            self.say("what the script does during the run, because this system cannot split its process")
            self._finish_here()
        reading, self._output = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._reader = os.fork()
        if self._reader:
            os.close(reading)
            atexit.register(self.finish)
            if os.getpid() != self.process and threading.current_thread() is threading.main_thread():
                # A pool ends its processes when it has their results.
                signal.signal(signal.SIGTERM, lambda *_: self.finish())
            os._exit = self._exit_later  # type: ignore[assignment]
            limit = threading.Timer(_LIMIT + 60, self._stop)
            limit.daemon = True
            limit.start()
            return
        os.close(self._output)
        if late and first is not None:
            self.memory.set_potentials(first)
        with os.fdopen(reading, encoding="utf-8") as told:
            text = told.read()
        # Without a text, the other half was killed, which its own end shows.
        _exit(self._written(json.loads(text)) if text else 1)

    def _with_potentials(self, now: Any) -> Any:
        return self.memory.with_potentials(now, self._last)

    def _not_initial(self, values: Any) -> list[Variable]:
        """Returns the states that INITIAL has not given their values. Those at another potential count, too."""
        variables = self.memory.variables
        moved = [k for k in _different(values, self._initial) if variables[k].kind == 3]
        places = {variables[k].owner for k in moved if variables[k].name == "v"}
        return [
            one for k, one in enumerate(variables) if one.kind == 3 and one.name != "v" and (one.owner in places or k in set(moved))
        ]

    def _begin_again(self) -> None:
        """Notes how the first values of another run differ from those of the first one."""
        now, variables, line = self._values(), self.memory.variables, self._now()
        if len(self._told) == _RUNS or self._is_settling() or now is None or self._last is None or self._first_values is None:
            self.say(f"the {len(self._told) + 1}th run, which finitialize begins{self._where(line)}", "run")
            self.finish()
        states = [k for k in _different(now, self._first_values) if variables[k].kind == 3]
        self._note_changes(now, [k for k in _different(now, self._last) if variables[k].kind in (1, -1)], line)
        self._note_changes(now, states, line)
        self._last, self._line = now, line
        self._keep(now)

    # --- Later steps ------------------------------------------------------------------------------------------------
    def _values(self) -> Any:
        """Returns the values of all variables; None if some of them are gone."""
        try:
            return None if self._memory is None else self._memory.read()
        except RuntimeError:
            return None

    def _compare(self) -> None:
        """Notes what has changed since the last step."""
        now, line = self._values(), self._now()
        if now is None or self._last is None:
            self.say(f"changes of sections at {_ms(self._time)}{self._where(line)}")
        else:
            self._note_changes(now, _different(now, self._last), line)
        if line != self._line:
            self._compare_structure(line)
        self._line = line

    def _compare_structure(self, line: int) -> None:
        """Notes which parts of the model are others than at the first step. Those that are gone do not run."""
        before, self._structure = self._structure, self.memory.structure()
        for name, value in self._structure.items():
            if before.get(name, value) != value:
                self.say(f"{name}, which the script sets to {value:.6g} at {_ms(self._time)}{self._where(line, name.partition(' ')[0])}", name)
            elif name not in before:
                self.say(f"{name.partition(' of ')[2]}, which the script makes at {_ms(self._time)}{self._where(line)}", "a part")

    def _compare_parameters(self, before: Any) -> None:
        """Notes which parameters have changed during steps of CVode, whose ends the script does not wait for."""
        now, variables = self._last, self.memory.variables
        if now is not None and before is not None:
            changed = [k for k in _different(now, before) if abs(variables[k].kind) == 1 and variables[k].name != "dt"]
            self._note_changes(now, [k for k in changed if not variables[k].name.startswith("weight")], self._now())

    def _note_changes(self, now: Any, places: Iterable[int], line: int) -> None:
        variables = self.memory.variables
        changed: dict[tuple[str, str], list[int]] = {}
        for k in places:
            changed.setdefault((variables[k].mechanism, variables[k].name), []).append(k)
        for (mechanism, name), own in changed.items():
            more = f" and {len(own) - 1} more" if len(own) > 1 else ""
            sentence = f"{variables[own[0]]}{more}, which the script sets to {now[own[0]]:.6g} at {_ms(self._time)}{self._where(line, name)}"
            # The time of a change is not known during steps of CVode.
            is_timed = len(self.changes) < _CHANGES and not self.cvode.active()
            alike = self.memory.alike[mechanism, name] if is_timed else []
            values = [[k, float(now[k])] for k in alike]
            self.changes.append({"run": len(self._told), "time": self._time, "name": name, "sentence": sentence, "set": own, "values": values})

    def place(self) -> str:
        """Returns the place of the statement of the script that is being executed, as the end of a sentence."""
        return self._where(self._now())

    def say(self, sentence: str, key: str = "") -> None:
        """Notes a sentence; only the first of a key, with the number of others."""
        known = next((each for each in self.sentences if key and each.startswith(f"{key}\0")), f"{key}\0{sentence}")
        self.sentences[known] = self.sentences.get(known, 0) + 1

    def _now(self) -> int:
        """Returns the line of the script that is being executed; 0 if that is not known."""
        frame: FrameType | None = sys._getframe()
        while frame is not None and os.path.abspath(frame.f_code.co_filename) != self.script:
            frame = frame.f_back
        return 0 if frame is None else frame.f_lineno

    def _where(self, line: int, name: str = "") -> str:
        """Returns the place of a statement that was executed before a line and, if a name is given, sets it."""
        found = [k for k, text in enumerate(_lines(self.script), 1) if name and _sets(text, name)]
        before = [k for k in found if self._line <= k <= line] or [k for k in found if k <= line or line == 0]
        place = before[-1] if before else found[0] if found else line
        return f", in line {place} of {os.path.basename(self.script)}" if place else ""

    # --- The end ----------------------------------------------------------------------------------------------------
    def finish(self) -> None:
        """Ends the process when the model is written."""
        if not self.has_begun or os.getpid() != self._runner or not self._finishing.acquire(blocking=False):
            return
        text = json.dumps(self._summary()).encode()
        with os.fdopen(self._output, "wb") as output:
            output.write(text)
        _, status = os.waitpid(self._reader, 0)
        code = os.waitstatus_to_exitcode(status)
        sys.stderr.flush()
        if os.getpid() != self.process:
            os.kill(self.process, _ENDS[code != 0])
        _exit(code)

    def _finish_here(self) -> None:
        _exit(self._written(self._summary()))

    def _summary(self) -> dict[str, Any]:
        if self._memory is not None and hasattr(os, "fork"):
            self._compare_structure(0)
        sentences = [f"{each.partition(chr(0))[2]}{f' and {count - 1} more times' if count > 1 else ''}" for each, count in self.sentences.items()]
        ends = self.ends or [round(float(getattr(self.h, "tstop", 5.0)), 9)]
        if self.cvode.active():
            # The run ends between the times at which CVode's steps are followed.
            ends[-1] = max(ends[-1], round(self.h.t, 9))
        return {"ends": ends, "sentences": sentences, "changes": self.changes, "told": [*self._told, self.tell()]}

    def _written(self, known: dict[str, Any]) -> int:
        try:
            self._write(known)
            return 0
        except Exception as error:
            if os.environ.get("INTERNEURON_STACK"):
                raise
            print(f"error: {self.script}: {type(error).__name__}: {error}", file=sys.stderr)
            return 1
        finally:
            sys.stderr.flush()

    def _exit_later(self, code: int) -> None:
        """Ends the process as the script asks."""
        self.finish()
        _exit(code)

    def _stop(self) -> None:
        self.say(f"what the script does after {_LIMIT} s of its run")
        self.finish()


_exit = os._exit


def _different(a: Any, b: Any) -> Iterator[int]:
    """Returns the indices at which two arrays differ. Equal numbers that are none do not differ."""
    return (int(k) for k in ((a != b) & ((a == a) | (b == b))).nonzero()[0])


def _ms(value: float) -> str:
    return f"{round(value, 6):g} ms"


def _lines(script: str) -> list[str]:
    return Path(script).read_text(encoding="latin-1").splitlines()


def _sets(text: str, name: str) -> bool:
    """Whether a line of a script sets a variable, whose name may end in that of its mechanism."""
    base = name.partition("[")[0]
    names = "|".join(re.escape(each) for each in {base, base.rpartition("_")[0] or base, "delay" if base == "del" else base})
    return re.search(rf"(?:^|[\s.;({{,]|\b)({names})\b\s*(?:\[[^]]*\])?(?:\([^)]*\))?\s*(?:=[^=]|,[^=]*=[^=])", text) is not None
