"""`interneuron neuron script.py|init.hoc`: NEURON builds the model of a script, which is read until its first run."""

from __future__ import annotations

import ast
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from interneuron._scripts import captured_by, command_on_script, ended_with, note_left_out, note_options, run_file, write_captured

from .followed import followed_potentials
from .memory import Memory, Variable
from .model import Model
from .run import Run
from .sources import Sources, mod_files


#: Variable of the process of a script that asks for what NEURON computes.
_CHECK = "INTERNEURON_CHECK"


def use_script(words: list[str], command: list[str], arguments: Sequence[str] = ()) -> int:
    """Runs a command on the model of a script.

    Args:
        words: the script, and the options of the command.
        command: the program and the name of the command, as a list.
        arguments: the script's own.

    Returns:
        the exit code.
    """
    return command_on_script(
        command,
        # A model that is read is not yet the one that NEURON runs.
        [*words, "--captured-by", "NEURON"] if command[-1] == "convert" else words,
        lambda captured: ["interneuron_neuron.launcher", captured, words[0], *arguments],
        {**os.environ, "MPLBACKEND": "Agg", **({_CHECK: "1"} if command[-1] == "convert" and "--check" in words else {})},
        until="",
    )


def _capture(words: list[str]) -> int:
    """Runs a script until its model runs for the first time, and writes the model as a document.

    Args:
        words: the file to write, the script, and its own arguments.

    Returns:
        the exit code.
    """
    output, script, is_hoc = Path(words[0]), words[1], words[1].endswith((".hoc", ".oc"))
    path = os.path.abspath(script)
    own = os.path.dirname(path)
    folders = list(dict.fromkeys([own, os.getcwd()]))
    compiled = _compiled(folders)
    if is_hoc:
        os.chdir(own)
        words = [words[0], os.path.basename(script), *words[2:]]
    from neuron import h

    if compiled:
        h.nrn_load_dll(compiled)
        # NEURON has loaded it, and its texts with it.
        shutil.rmtree(Path(compiled).parents[1] if Path(compiled).parent.name != ".libs" else Path(compiled).parents[2], ignore_errors=True)
    capture = _Capture(h, output, path, folders)
    try:
        if is_hoc:
            h.load_file("stdrun.hoc")
            if not h.load_file(1, words[1]):
                raise RuntimeError(f"NEURON does not read {words[1]}")
        else:
            # Sections are there as long as the variables of the script.
            capture.variables = run_file(words[1:])
    except BaseException as error:
        if not capture.run.has_begun:
            raise
        if not isinstance(error, SystemExit):
            print(f"note: {ended_with(error)}", file=sys.stderr)
        capture.run.finish()
    capture.run.finish()
    if not list(h.allsec()):
        print(f"error: {script} makes no sections\n  hint  a model is known when the script runs it, or ends", file=sys.stderr)
        return 1
    h.load_file("stdrun.hoc")
    try:
        h.run()
    except RuntimeError as error:
        reason = _why(error, sys.stderr)
        hint = "call the procedure that runs the model at the end of the script"
        print(f"error: {script} leaves the run to its user, and NEURON's own run() ends: {reason}\n  hint  {hint}", file=sys.stderr)
    capture.run.finish()
    return 1


class _Kept:
    """A stream whose last lines are kept. NEURON prints why it ends, and raises an error that does not say it."""

    def __init__(self, stream: Any) -> None:
        self._stream, self.text = stream, ""

    def write(self, text: str) -> int:
        """Writes a text."""
        self.text = (self.text + text)[-4000:]
        return int(self._stream.write(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _why(error: RuntimeError, printed: Any) -> str:
    """Returns why NEURON ends, with the line of its script, from what it has printed."""
    said = re.findall(r"(.*)\n?^NEURON: ?(.*)\n (?:in (\S+) )?near line (\d+)", getattr(printed, "text", ""), re.MULTILINE)
    for before, own, file, line in reversed(said):
        if reason := ("" if own.startswith("hoc_Load_file") else own.strip() or before.strip()):
            return reason.rstrip(".") + (f", in line {line} of {os.path.basename(file)}" if file and int(line) else "")
    return str(error)


def _explained(words: list[str]) -> int:
    """Captures a model. Errors of NEURON say what it has printed of them."""
    sys.stderr = _Kept(sys.stderr)
    try:
        return _capture(words)
    except RuntimeError as error:
        if "hoc_execerror" not in str(error):
            raise
        raise RuntimeError(_why(error, sys.stderr)).with_traceback(error.__traceback__) from None


def _compiled(folders: list[str]) -> str | None:
    """Compiles mechanisms that nobody has compiled. Returns the library; None if there is nothing to do."""
    files = next((found for found in map(mod_files, folders) if found), [])
    kinds = ("libnrnmech.*", "*/libnrnmech.*", "*/.libs/libnrnmech.*")
    near = [*folders, *(os.path.dirname(each) for each in files)]
    if not files or any(glob.glob(os.path.join(folder, kind)) for folder in near for kind in kinds):
        return None
    # That of this Python's NEURON comes first: libraries of other versions do not load.
    program = shutil.which("nrnivmodl", path=os.path.dirname(sys.executable)) or shutil.which("nrnivmodl")
    if program is None:
        return None
    target = tempfile.mkdtemp(prefix="interneuron-mechanisms-")
    print(f"compiling {len(files)} .mod files, such as {files[0]}", file=sys.stderr)
    for path in reversed(files):
        shutil.copy(path, target)
        for name in re.findall(r'^\s*INCLUDE\s*"([^"]+)"', Path(path).read_text(encoding="latin-1"), re.MULTILINE):
            included = os.path.join(os.path.dirname(path), name)
            if os.path.isfile(included):
                shutil.copy(included, os.path.join(target, os.path.basename(name)))
    while True:
        ended = subprocess.run([program, "."], cwd=target, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        found = glob.glob(f"{target}/*/libnrnmech.*") or glob.glob(f"{target}/*/.libs/libnrnmech.*")
        if not ended.returncode and found:
            break
        said = [re.sub(r"\x1b\[\d*m", "", line).strip() for line in (ended.stdout + ended.stderr).splitlines() if "rror" in line]
        wrong: dict[str, str] = {}
        # What make says of the same file comes later, and has no line of it.
        for line in sorted(said, key=lambda each: each.startswith("make")):
            for name in re.findall(r"([\w-]+)\.(?:cpp|mod|o)\b", line):
                if os.path.exists(os.path.join(target, f"{name}.mod")):
                    wrong.setdefault(f"{name}.mod", line)
        if not wrong:
            raise RuntimeError(f"nrnivmodl does not compile {len(files)} .mod files such as {files[0]}: {' '.join(said[:3])}")
        for name, line in sorted(wrong.items()):
            print(f"note: nrnivmodl does not compile {name}, which is left out: {line.replace(target, '.')}", file=sys.stderr)
            os.remove(os.path.join(target, name))
    return found[0]


class _Capture:
    """Waits for the first run of a model."""

    def __init__(self, h: Any, output: Path, script: str, folders: list[str]) -> None:
        self.h, self.output, self.script, self.folders = h, output, script, folders
        self.cvode = h.CVode()
        self.run = Run(h, script, self._write)
        self.run.tell, self.run.begun = self._known, self._begun
        if os.environ.get(_CHECK):
            self.run.potentials = []
        #: Numbers of events of artificial cells before the first step.
        self.before: dict[str, int] = {}
        #: Whether NEURON shows what vectors record and play: version 8 does not.
        self.shows_vectors = True
        self.recorded: list[tuple[Any, float | None]] = []
        self.plays: list[tuple[Any, tuple[Any, ...]]] = []
        #: Arguments of source_var and target_var.
        self.given: list[tuple[Any, ...]] = []
        self.taken: list[tuple[Any, ...]] = []
        #: Times in ms of the events that the script puts into NetCons, by the names of these.
        self.put: dict[str, list[float]] = {}
        self.variables: dict[str, Any] = {}
        self.trains: dict[str, Any] = {}
        self.kept: list[Any] = []
        self.sources: list[Any] = []
        self._watch_vectors()
        self.handler = h.FInitializeHandler(3, self._watch_sources)

    def _watch_vectors(self) -> None:
        """Notes which variables vectors record and play, and which follow others, such as the far side of a gap junction."""
        try:
            _noted(self.h.Vector, "record", self._note_record)
            _noted(self.h.Vector, "play", lambda own, words: self.plays.append((own, words)))
            _noted(self.h.ParallelContext, "source_var", lambda own, words: self.given.append(words))
            _noted(self.h.ParallelContext, "target_var", lambda own, words: self.taken.append(words))
            _noted(self.h.NetCon, "event", self._note_event)
            _noted(self.h.CVode, "event", self._note_statement)
            for kind, name, sentence in _UNREAD:
                _noted(getattr(self.h, kind), name, self._noting_unread(sentence))
        except (AttributeError, TypeError, LookupError):
            self.shows_vectors = False

    def _note_record(self, _: Any, words: tuple[Any, ...]) -> None:
        # The first argument may be a point process, which decides the thread.
        references = [each for each in words if _is_reference(each)]
        step = words[-1] if len(words) > 1 and isinstance(words[-1], (int, float)) and words[-1] > 0 else None
        self.recorded += [(each, None if step is None else float(step)) for each in references[:1]]

    def _note_event(self, own: Any, words: tuple[Any, ...]) -> None:
        self.put.setdefault(own.hname(), []).append(float(words[0]))

    def _note_statement(self, _: Any, words: tuple[Any, ...]) -> None:
        if len(words) > 1 and not any(isinstance(getattr(each, "__self__", None), Run) for each in words):
            self._noting_unread(_STATEMENTS)(None, ())

    def _noting_unread(self, sentence: str) -> Callable[[Any, tuple[Any, ...]], None]:
        """Returns what notes a call that is not read, unless its argument is the run's own."""

        def note(_: Any, words: tuple[Any, ...]) -> None:
            if not any(getattr(each, "__self__", None) is self.run for each in words):
                self.run.say(f"{sentence}{self.run.place()}", sentence)

        return note

    def _watch_sources(self) -> None:
        """Records the events of artificial cells and stimuli, also those at the time 0, and keeps sources with a gid."""
        h, pc = self.h, self.h.ParallelContext()
        # NEURON forgets events that were put before.
        self.trains, self.kept, self.put = {}, [], {}
        # The NetCon of such a source may be gone. The new ones have no target, because nobody keeps it.
        self.sources = [pc.gid_connect(gid, h.IntFire1()) for gid in _gids(h)]
        connections = h.List("NetCon")
        for k in range(int(connections.count())):
            sender = connections.o(k).pre()
            if sender is not None and sender.hname() not in self.trains:
                events, watch = h.Vector(), h.NetCon(sender, None)
                watch.record(events)
                self.trains[sender.hname()] = events
                self.kept.append(watch)

    def _known(self) -> dict[str, Any]:
        """Returns what the run shows: events of artificial cells by name, and those that the script puts into NetCons."""
        if self.run.potentials is not None:
            self._write_potentials(self.run.potentials)
        return {"trains": {name: list(events)[self.before.get(name, 0) :] for name, events in self.trains.items()}, "put": self.put}

    def _write_potentials(self, potentials: list[list[float]]) -> None:
        with open(f"{self.output}.potentials", "wb") as file:
            array("d", chain.from_iterable(potentials)).tofile(file)

    def _begun(self) -> None:
        self.before = {name: len(events) for name, events in self.trains.items()}

    def _write(self, known: dict[str, Any]) -> None:
        """Writes the model. Memory is that of the first step.

        Args:
            known: of the runs: their ends in ms, sentences on what the script changes, changes, and what `_known` returns of each.
        """
        h = self.h
        # NEURON aborts a run by an alarm if its time stands still for so many seconds.
        if hasattr(signal, "SIGALRM"):
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
        sources = Sources(h, str(self.output.parent), self.folders)
        memory = self.run.memory
        followed, unknown = followed_potentials(h, sources, memory, self.given, self.taken)
        model = Model(h, sources, Path(self.script).stem, memory, followed, self.run.first)
        if "neuron.rxd" in sys.modules and getattr(sys.modules.get("neuron.rxd.species"), "_all_species", None):
            model.leave("reactions and diffusion of rxd")
        for sentence in [*unknown, *known["sentences"], *_unseen_in_hoc(self.script, [*self.folders, os.path.join(h.neuronhome(), "lib", "hoc")])]:
            model.leave(sentence)
        if h.List("LinearMechanism").count():
            model.leave("equations of LinearMechanism")
        self.kept.clear()
        ends = known["ends"]
        trains, put = _of_all_runs(known["told"], ends, model)
        model.connect(trains, put, max(ends), self._played(model))
        text = Path(self.script).read_text(encoding="latin-1")
        if not self.shows_vectors:
            model.note("NEURON 8 does not show what vectors record: the potential of each cell is recorded")
            model.record_potentials()
            if re.search(r"\.play\s*\(", text):
                model.leave("values that vectors play, which NEURON 8 does not show")
        if found := re.search(r"\b(fstim|fclamp|fsyn)\s*\(", text):
            line = text.count("\n", 0, found.start()) + 1
            model.leave(f"currents, clamps and synapses of fstim, fclamp and fsyn, in line {line} of {os.path.basename(self.script)}")
        if h.secondorder and not self.cvode.active():
            model.leave("the second order of the steps (secondorder): this program's differs by more than the error of the step")
        if self.cvode.active():
            model.note(f"the script takes the variable time step of CVode, which becomes NEURON's fixed one of {model.dt} ms, as for --check")
        model.record_all(self.recorded)
        model.change(known["changes"], ends)
        note_left_out(str(self.output), model.left_out)
        document = model.document()
        options = [word for folder in sorted(sources.folders) for word in ("--allow-path", folder)]
        if self.run.potentials is not None:
            if self.cvode.active():
                self._write_potentials(self.run.at_fixed_steps(model.dt, ends[0]))
            options += ["--recorded", self._write_check(model, document)]
        note_options(str(self.output), options)
        for place in _without_number(document):
            raise ValueError(f"{place} is not a number (NaN)")
        write_captured(self.output, document, {})

    def _write_check(self, model: Model, document: dict[str, Any]) -> str:
        """Writes the document with the potentials of all compartments as its recordings. Returns the file that names it."""
        places = [model.place_of(segment) for section in self.h.allsec() for segment in section]
        cells: dict[tuple[str, str, float], list[int]] = {}
        for population, index, section, x in places:
            cells.setdefault((population, section, x), []).append(index)
        sites = list(cells)
        record = [
            {"of": {"population": population, "indices": indices}, "variables": ["v"], "section": section, "fraction": x}
            for (population, section, x), indices in cells.items()
        ]
        check = Path(f"{self.output}.check.json")
        write_captured(check, {**document, "record": record}, {})
        columns = [
            (sites.index((population, section, x)), cells[population, section, x].index(index), f"{section}({x:g}) of {population}[{index}]")
            for population, index, section, x in places
        ]
        recorded = Path(f"{self.output}.recorded.json")
        recorded.write_text(json.dumps({"model": str(check), "potentials": f"{self.output}.potentials", "columns": columns}), encoding="utf-8")
        return str(recorded)

    def _played(self, model: Any) -> dict[Any, Any]:
        """Returns what vectors play, by point process and variable."""
        found: dict[Any, Any] = {}
        for vector, words in self.plays:
            reference = next((each for each in words if _is_reference(each)), None)
            variable = None if reference is None else _variable(self.run.memory, reference)
            if variable is None or not variable.owner.startswith("IClamp["):
                model.leave(f"a vector that plays into {variable or 'a variable'}")
                continue
            # A number is a step; a vector has the times, and the flag of continuous play may follow.
            rest = words[next(k for k, each in enumerate(words) if _is_reference(each)) + 1 :]
            times = next((list(each) for each in rest if hasattr(each, "to_python")), None)
            values = list(vector)
            if times is None:
                found[variable.owner, variable.name] = (float(rest[0]) if rest else None, values)
            else:
                found[variable.owner, variable.name] = ((times, len(rest) > 1), values[: len(times)])
        return found


def _of_all_runs(told: list[dict[str, Any]], ends: list[float], model: Model) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Returns the events of artificial cells and those that a script puts into NetCons, which are the same in all runs."""
    found: dict[str, dict[str, list[float]]] = {"trains": {}, "put": {}}
    for kind, events in found.items():
        for name in sorted({name for each in told for name in each[kind]}):
            runs = [sorted(time for time in each[kind].get(name, []) if time <= end) for each, end in zip(told, ends)]
            events[name] = max(runs, key=len)
            if any(run != [time for time in events[name] if time <= end] for run, end in zip(runs, ends)):
                model.leave(f"events of {name}, which differ between the script's runs")
    return found["trains"], found["put"]


_EVENTS = "events that the script puts into NetCons (NetCon.event)"
_STATEMENTS = "statements that the script runs at set times (CVode.event)"

#: Methods whose effect no model shows.
_UNREAD = (
    ("Random", "play", "random numbers that NEURON draws in each step (Random.play)"),
    ("CVode", "extra_scatter_gather", "a statement that the script runs in each step (CVode.extra_scatter_gather)"),
    ("SaveState", "restore", "a state that the script restores (SaveState.restore)"),
    ("BBSaveState", "restore", "a state that the script restores (BBSaveState.restore)"),
)

#: Actions whose calls in hoc NEURON does not show.
_UNSEEN = {
    r"\b(?!cvode)\w+(?:\.o\([^()]*\)|\[[^\]]*\])?\.event\s*\(": _EVENTS,
    # A time without a statement only ends a step.
    r"\bcvode\.event\s*\((?![\w.+*/\s-]*\))": _STATEMENTS,
    r"\.play\s*\(": "values that vectors or random numbers play in hoc",
    r"\.restore\s*\(": "a state that the script restores",
    r"\btarget_var\s*\(": "variables that follow those of other cells (target_var of ParallelContext)",
}


def _line_breaks(comment: re.Match[str]) -> str:
    """Returns the line breaks of a comment, so that lines keep their numbers without it."""
    return "\n" * comment[0].count("\n")


def _unseen_in_hoc(script: str, folders: Sequence[str]) -> Iterator[str]:
    """Finds files that do not exist, and actions in hoc: a sentence with file and line for each."""
    library = folders[-1]
    found, files = set(), [script]
    for path in files:
        is_hoc, text = path.endswith((".hoc", ".oc")) or path != script and not path.endswith(".py"), Path(path).read_text(encoding="latin-1")
        # Without comments, by line.
        pattern = r"/\*.*?\*/|//[^\n]*" if is_hoc else r"^\s*#[^\n]*"
        text = re.sub(pattern, _line_breaks, text, flags=re.DOTALL | re.MULTILINE)
        loaded = re.findall(r"(?:\bload_file|\bxopen)\s*\((?:\s*1\s*,)?\s*[\"']([^\"']+)[\"']", text)
        # Names may be given to a variable or a framework, which loads the file.
        for name in [*loaded, *re.findall(r"[\"']([^\"'\s]+\.(?:hoc|oc|tem|ses))[\"']", text)]:
            near = (os.path.abspath(os.path.join(folder, name)) for folder in [os.path.dirname(path), *folders])
            file = next(filter(os.path.isfile, near), None)
            if file is None and name in loaded:
                yield f"{name}, which {os.path.basename(path)} loads and which does not exist"
            elif file is not None and file not in files and not file.startswith(library):
                files.append(file)
        for line, words in enumerate(text.splitlines(), 1) if is_hoc else _hoc_in_python(text):
            for action, sentence in _UNSEEN.items():
                if sentence not in found and re.search(action, words):
                    found.add(sentence)
                    yield f"{sentence}, in line {line} of {os.path.basename(path)}"


def _hoc_in_python(text: str) -> Iterator[tuple[int, str]]:
    """Finds the statements in hoc that a script in Python executes: the line of each, and its text."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and len(node.args) == 1 and "h" in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
            [words] = node.args
            if isinstance(words, ast.Constant) and isinstance(words.value, str):
                yield node.lineno, words.value


def _without_number(value: Any, place: str = "") -> Iterator[str]:
    """Finds the places of a document whose value is NaN."""
    if isinstance(value, (dict, list)):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _without_number(each, f"{place}/{key}")
    elif (isinstance(value, float) and value != value) or (isinstance(value, str) and re.search(r"(?<!\w)nan(?=[ *])", value)):
        yield place


def _noted(kind: Any, name: str, note: Callable[[Any, tuple[Any, ...]], None]) -> None:
    """Notes the calls of a method of a class of NEURON."""

    def method(own: Any, *words: Any, **more: Any) -> Any:
        note(own, words)
        # NEURON's own method is hidden by this one.
        delattr(kind, name)
        try:
            return getattr(own, name)(*words, **more)
        finally:
            setattr(kind, name, method)

    setattr(kind, name, method)


def _is_reference(value: Any) -> bool:
    """Whether a value is a pointer to a variable of NEURON."""
    try:
        value[0]
    except (TypeError, IndexError, AttributeError, RuntimeError):
        return False
    return "Vector" not in type(value).__name__ and not isinstance(value, (str, list, tuple))


def _variable(memory: Memory, reference: Any) -> Variable | None:
    """Returns the variable of a pointer."""
    found = memory.find(reference)
    return None if found is None else found[0]


#: Global identifiers below this one are looked for.
_GIDS = 1_000_000


def _gids(h: Any) -> list[int]:
    """Returns the global identifiers of cells of this process."""
    # NEURON has no list of them. A loop of hoc takes a tenth of the time of one of Python.
    h("objref interneuron_gids, interneuron_parallel")
    h.interneuron_gids, h.interneuron_parallel = h.Vector(), h.ParallelContext()
    h(
        f"for interneuron_gid = 0, {_GIDS - 1} if (interneuron_parallel.gid_exists(interneuron_gid) > 1) "
        "interneuron_gids.append(interneuron_gid)"
    )
    return [int(each) for each in h.interneuron_gids]


if __name__ == "__main__":
    code = captured_by(_explained, sys.argv[1:], sys.argv[2])
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that the script has started may never end.
    os._exit(code)
