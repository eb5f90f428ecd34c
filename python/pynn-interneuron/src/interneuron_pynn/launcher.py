"""`interneuron pynn script.py`: runs a script that names another simulator, or asks for one, on this backend."""

import os
import re
import sys
from pathlib import Path

from interneuron._script_words import PACKAGES, SIMULATORS, read_words
from interneuron._scripts import (
    Captured,
    captured_by,
    command_on_script,
    ended_with,
    has_ended,
    note_left_out,
    run_file,
    runs_to_come,
    write_captured,
)


def _as_spinnaker(module):
    """What sPyNNaker adds to PyNN without a meaning for the model: names, places on its machine, seeds of populations."""
    module.name = lambda: module.simulator.name
    module.set_number_of_neurons_per_core = lambda *_, **__: None
    make = module.Population.__init__

    def with_usual_arguments(population, *given, seed=None, additional_parameters=None, splitter=None, **named):
        make(population, *given, **named)

    module.Population.__init__ = with_usual_arguments


# Modules of a simulator of PyNN from which scripts import, as well as from the simulator itself.
_parts_of_standardmodels = ("cells", "electrodes", "receptors", "synapses")


def run_script(words, instead_of=(), **options):
    """Runs a script with its arguments.

    Args:
        words: the script and its own arguments.
        instead_of: simulators for which this backend stands; none: those that the script imports by name.
        options: of `setup`, in place of those that the script gives: `target`, `device`, `threads`, `precision`, `seed`,
            `output`.

    Returns:
        the exit code.
    """
    import pyNN

    import interneuron_pynn
    from interneuron_pynn.unavailable import MODULES

    if not instead_of and os.path.isfile(words[0]):
        instead_of = _named_simulators(words[0])
    for part in _parts_of_standardmodels:
        setattr(interneuron_pynn.standardmodels, part, interneuron_pynn)
    for name in ["interneuron", *instead_of]:
        module = name if name in PACKAGES else f"pyNN.{name}"
        sys.modules[module] = interneuron_pynn
        sys.modules[f"{module}.standardmodels"] = interneuron_pynn.standardmodels
        for part in _parts_of_standardmodels:
            sys.modules[f"{module}.standardmodels.{part}"] = interneuron_pynn
        if name not in PACKAGES:
            setattr(pyNN, name, interneuron_pynn)
        parts = MODULES.get(PACKAGES.get(name, name), ())
        sys.modules.update({f"{module}.{part.__name__}": part for part in parts})
    if "nest" in instead_of:
        sys.modules["pyNN.nest.nestml"] = interneuron_pynn.nestml
    if any(PACKAGES.get(name, name) == "spiNNaker" for name in instead_of):
        _as_spinnaker(interneuron_pynn)
    interneuron_pynn.given_options.update({name: value for name, value in options.items() if value != "auto"})
    interneuron_pynn.state.takes_next_step = list(instead_of) == ["nest"]
    run_file(words)
    return 0


class _Callbacks:
    """What callbacks of a run change, which becomes phases; whether they do so after they have read results."""

    def __init__(self, state):
        self._state = state
        self.are_there = self._reading = self._have_read = self.followed_results = False
        self._first = 0

    def __enter__(self):
        self.are_there, self._first = True, len(self._state._phases)
        self._originals = {name: getattr(self._state, name) for name in ("read", "collect", "flush")}
        for name in ("read", "collect"):
            setattr(self._state, name, self._noting(self._originals[name]))
        self._state.flush = self._unnoted(self._originals["flush"])

    def __exit__(self, *_):
        self.are_there = False
        for name, original in self._originals.items():
            setattr(self._state, name, original)
        phases = self._state._phases
        # A stop at which nothing changes is none.
        phases[self._first :] = [
            phase
            for phase, next_one in zip(phases[self._first :], [*phases[self._first + 1 :], {}])
            if not ("run_until" in phase and "run_until" in next_one)
        ]

    def _noting(self, function):
        def noting(*given):
            self._have_read = self._have_read or self._reading
            return function(*given)

        return noting

    def _unnoted(self, function):
        """What the state reads for itself."""

        def unnoted():
            reading, self._reading = self._reading, False
            try:
                function()
            finally:
                self._reading = reading

        return unnoted

    def watched(self, callback):
        """The callback, observed."""

        def call(time):
            before = len(self._state._phases)
            self._reading = True
            try:
                return callback(time)
            finally:
                self._reading = False
                if self._have_read and len(self._state._phases) > before:
                    self.followed_results = True

        return call

    def drop_last(self):
        """Forgets what was changed after the run."""
        phases = self._state._phases
        while phases and "run_until" not in phases[-1]:
            phases.pop()


def _named_simulators(script):
    """The simulators that a script imports by name; none if it imports this backend as well."""
    text = Path(script).read_text(encoding="utf-8", errors="replace")
    if re.search(r"pyNN\.interneuron|interneuron_pynn", text):
        return []
    found = re.findall(r"\b(?:pyNN\.|from\s+pyNN\s+import\s+)(\w+)", text)
    packages = re.findall(r"^\s*(?:import|from)\s+(\w+)", text, re.MULTILINE)
    return [name for name in SIMULATORS if name in found] + [name for name in PACKAGES if name in packages]


def capture(words):
    """Runs a script until its network runs for the last time, and writes it as PyNN-style JSON with its arrays.

    Args:
        words: the file to write, and those of the command `interneuron pynn`.
    """
    import interneuron_pynn
    from interneuron_pynn.script_names import called_by_variables, variables_of_script
    from interneuron_pynn.simulator import state

    output = Path(words[0])
    options, own = read_words("pynn", words[1:])
    left = []
    state.keeps_draws = True
    state.simulator = "nest" if options.get("instead_of") == ["nest"] else None
    run_until, clear = state.run_until, state.clear
    run_in_parts = interneuron_pynn._run_until
    calling = _Callbacks(state)

    variables = {}

    def until(tstop):
        variables.update(variables_of_script())
        if calling.are_there or runs_to_come(words[1]):
            run_until(tstop)
            return
        # The last needs not be run.
        if state._session is not None:
            state.flush()
        state._phases.append({"run_until": float(tstop)})
        raise Captured

    def run_with_callbacks(time_point, callbacks):
        if not callbacks:
            return run_in_parts(time_point)
        goes_on = runs_to_come(words[1])
        with calling:
            reached = run_in_parts(time_point, [calling.watched(each) for each in callbacks])
        if calling.followed_results:
            left.append("what callbacks of run() change after they have read results: it holds for this run alone")
        if not goes_on:
            calling.drop_last()
            raise Captured
        return reached

    def begin():
        if any("run_until" in phase for phase in state._phases):
            left.append("what the script does after setup() has begun another network")
            raise Captured
        clear()

    # Scripts call it through PyNN's functions.
    setattr(state, "run_until", until)
    setattr(state, "clear", begin)
    setattr(interneuron_pynn, "_run_until", run_with_callbacks)
    # Conversion runs only what precedes the network, on any engine: the script's own may be missing here.
    setattr(interneuron_pynn, "require_engine", lambda *_: None)
    setattr(interneuron_pynn, "_ENGINE", ("threads", "precision"))
    try:
        run_script(own, **options)
    except Captured:
        pass
    except (Exception, SystemExit) as error:
        if not any("run_until" in phase for phase in state._phases):
            raise
        if not has_ended(error):
            left.append(ended_with(error))
    if not any("run_until" in phase for phase in state._phases) and state.populations:
        print(f"note: {words[1]} runs no network; what it builds is converted", file=sys.stderr)
    elif not any("run_until" in phase for phase in state._phases):
        own = [name for name in SIMULATORS if sys.modules.get(f"pyNN.{name}", interneuron_pynn) is not interneuron_pynn]
        other = f" on interneuron, but perhaps one on pyNN.{own[0]}" if own else ""
        hint = f"add --instead-of {own[0]}" if own else "a network is known when the script calls run()"
        print(f"error: {words[1]} runs no network{other}\n  hint  {hint}", file=sys.stderr)
        return 1
    named = {**called_by_variables(state.document(), variables, state), "name": Path(words[1]).stem}
    write_captured(output, named, state._arrays)
    note_left_out(words[0], list(dict.fromkeys(left)))
    return 0


def use_script(words, command, arguments=()):
    """Runs a command on the network of a script.

    As in `interneuron convert script.py --to NOTATION -o FILE [--instead-of NAME] [-- ARGUMENT…]`. The script is
    executed, in a process of its own, until it first runs its network; what it does later is left out. Simulators that it imports by name are this one, unless `--instead-of` names others.

    Args:
        words: the script, and the options of the command.
        command: the program and the name of the command, as a list.
        arguments: the script's own; none: the name of this simulator, which most scripts ask for.
    """
    words, named = list(words), []
    while "--instead-of" in words:
        at = words.index("--instead-of")
        named += words[at : at + 2]
        del words[at : at + 2]
    script = words[0]
    if not named and os.path.isfile(script):
        named = [word for name in _named_simulators(script) for word in ("--instead-of", name)]
    read_words("pynn", [script, *named])
    own = [*named, "--", *(arguments or ["interneuron"])]
    return command_on_script(
        command,
        words,
        lambda captured: ["interneuron_pynn.launcher", captured, script, *own],
        {**os.environ, "MPLBACKEND": "Agg"},
        arguments,
    )


if __name__ == "__main__":
    sys.exit(captured_by(capture, sys.argv[1:], sys.argv[2]))
