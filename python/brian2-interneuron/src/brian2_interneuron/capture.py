"""The network of a script as a specification, with rules and distributions where the script has them."""

import copy
import json
import os
import re
import signal
import sys
import time
from pathlib import Path

import interneuron
from brian2 import BrianLogger, NetworkOperation
from interneuron._scripts import (
    Captured,
    captured_by,
    ended_with,
    has_ended,
    note_left_out,
    runs_to_come,
    write_captured,
)

from . import document as documents
from . import operations
from .device import InterneuronDevice
from .launcher import run_script
from .phases import NoPhase, Phases, line_in, with_monitors
from .rules import keep_rules
from .script_names import connect_by_rules, list_arrays, name_by_variables
from .statements import Statements
from .texts import Unsupported


def capture(words):
    """Runs a script until its network has run for the last time, and writes it as a specification.

    Args:
        words: `--partial`, where functions of Python may be left out; `--network=2`, where another one than the first
            is asked for; the file to write, the script, and its own arguments.

    Returns:
        the exit code.
    """
    words, partial, number = list(words), False, None
    while words[0].startswith("--"):
        name, _, value = words.pop(0).partition("=")
        partial, number = partial or name == "--partial", int(value) if name == "--network" else number
    output, script = Path(words[0]), words[1]
    begun = Begun(number)
    try:
        # Conversion runs only what precedes the network, on any engine: the script's own may be missing here.
        run = lambda: run_script(words[1:], strict=True, target=None, engine_device=None)  # noqa: E731
        sentences = first_network(run, output, Path(script).stem, partial, script, begun)
    except NotImplementedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if sentences is None:
        count = {0: "no network", 1: "one network"}.get(begun.count, f"{begun.count} networks")
        hint = "" if begun.count else "\n  hint  a network is known when the script calls run()"
        print(f"error: {script} runs {count}{hint}", file=sys.stderr)
        return 1
    for sentence in sentences:
        print(f"note: {sentence}", file=sys.stderr)
    return 0


class Begun:
    """The networks that a script has begun to run, each from its time 0, and which one is to be written."""

    def __init__(self, asked=None):
        """The networks of a script.

        Args:
            asked: the number of the one that is asked for, from 1; None: the first, and whatever else runs is left out.
        """
        #: How many have begun.
        self.count = 0
        self.asked, self._before = asked, None

    def note(self, net, duration):
        """A run is about to begin."""
        # A run of no time leaves a network at its beginning.
        self.count += net.t_ == 0 and self._before != (id(net), 0.0)
        self._before = (id(net), float(duration))

    @property
    def is_early(self):
        """Whether the network that is asked for has not begun."""
        return self.count < (self.asked or 1)

    @property
    def is_past(self):
        """Whether another network has begun after the one that is asked for."""
        return self.count > (self.asked or 1)


#: Arrays of so many numbers at most are in the document, as they are in documents of other notations.
_MOST_LISTED = 100_000


def first_network(script, output, stem, partial=False, path=None, begun=None):
    """Writes the network that a function runs first, or another one, as a specification, and arrays beside it.

    Where the function runs it again, what it changes in between and its other runs are phases.

    Args:
        script: the function.
        output: the file.
        stem: what a network without a name is called.
        partial: whether functions of Python that are called while the network runs may be left out.
        path: the file of the function; None: what runs later is not noted.
        begun: which network is to be written; None: the first.

    Returns:
        which connections and values are written as Brian drew them, and why; None where nothing runs. What is left out
        is noted beside the file.
    """
    said, phases, begun = Statements(), Phases(), begun or Begun()
    process = os.getpid()
    prepare, run_document, live_of = InterneuronDevice._prepare, InterneuronDevice.run_document, InterneuronDevice._live_of
    perform, fall_back = InterneuronDevice._perform, InterneuronDevice._fall_back
    found, renamed = [], []

    def prepared(device, net, duration, *rest):
        said.listening = False
        begun.note(net, duration)
        renamed.extend(name_by_variables(net.objects))
        return prepare(device, net, duration, *rest)

    def own_names(device, *words, **keywords):
        try:
            return perform(device, *words, **keywords)
        finally:
            # Stored states have the names that the objects had.
            for each, attribute, value in renamed:
                setattr(each, attribute, value)
            renamed.clear()
            said.listening = begun.is_early

    def fell_back(device, net, reason):
        if not begun.is_early:
            return fall_back(device, net, reason)
        # Brian's own runtime runs it.
        said.listening, device.last_run_native, device.last_reason = True, False, str(reason)

    def stop(reasons):
        if os.getpid() == process:
            others = runs_to_come(path) if path and not (begun.asked and begun.is_past) else []
            note_left_out(str(output), [*reasons, *others])
            raise Captured
        # Pools begin another process for one that has ended, and wait: the first one, which has begun them, is told.
        note_left_out(str(output), [*reasons, "what the script runs in other processes"])
        os.kill(process, signal.SIGTERM)
        wait()

    def wait():
        while True:
            time.sleep(1)

    def raise_captured(*_):
        if os.getpid() != process:
            raise SystemExit(1)
        raise Captured

    def captured(device, net, document, start, duration):
        if os.getpid() != process and not _is_first(output):
            wait()
        if found or begun.is_early:
            return run_document(device, net, document, start, duration)
        if start:
            print("error: the network is not at its beginning", file=sys.stderr)
            raise SystemExit(1)
        name = stem if re.fullmatch(r"(magic)?network(_\d+)?", net.name) else net.name
        document.parts.update(name=name, run=f"{duration!r}*second")
        if device._seed is not None:
            document.parts["seed"] = int(device._seed)
        left = [each.name for each in net.objects if isinstance(each, NetworkOperation) and each.active]
        if left and not partial:
            raise NotImplementedError(
                f"{', '.join(left)}: functions of Python that are called while the network runs are in no notation; "
                "--partial leaves them out"
            )
        running, objects = document.parts, list(net.objects)
        document.parts = whole = with_monitors(copy.deepcopy(running), {each.name for each in objects})
        sentences = _written(document, said, objects, output)
        if document.narrow is not None:
            sentences.append(f"variables such as {document.narrow} are float32 in the script: notations do not say so")
        found.append((document, whole, objects, sentences))
        if left or path is None or os.getpid() != process or not runs_to_come(path):
            stop([f"{name}: it is a function of Python" for name in left])
        document.parts = running
        # Arrays of Brian change while the network runs, and are written again with its phases.
        document.data = {digest: values.copy() for digest, values in document.data.items()}
        phases.begin(whole, duration)
        try:
            return run_document(device, net, document, start, duration)
        except Unsupported as reason:
            print(f"note: no engine runs the network: {reason}", file=sys.stderr)
            stop([])

    def going_on(device, net, bare, duration):
        if found:
            returns = begun.is_past
            try:
                phases.between(device._live, net, bare, returns)
            except NoPhase as reason:
                if not returns:
                    stop([f"line {line_in(path)} of the script: {reason}"])
                stop([] if begun.asked else [_another(line_in(path), begun.count)])
            # A return to the start is no other network.
            begun.count -= returns
            phases.run(duration)
        if not begun.is_early:
            phases.note(bare)
        if found and path is not None and os.getpid() == process and not runs_to_come(path):
            # The last needs not be run, and what follows it is about results.
            raise Captured
        return live_of(device, net, bare, duration)

    InterneuronDevice._prepare, InterneuronDevice.run_document = prepared, captured
    InterneuronDevice._live_of, InterneuronDevice._perform = going_on, own_names
    InterneuronDevice._fall_back = fell_back
    told = signal.signal(signal.SIGTERM, raise_captured) if path else None
    said.listen()
    defers, InterneuronDevice.defers = InterneuronDevice.defers, False
    operations.acts_between = False
    listed, documents.most_listed = documents.most_listed, _MOST_LISTED
    try:
        script()
    except Captured:
        pass
    except (Exception, SystemExit) as error:
        if not found:
            # Brian would warn of each object that is deleted without a run.
            BrianLogger.suppress_name("unused_brian_object")
            raise
        if not has_ended(error):
            note_left_out(str(output), [ended_with(error)])
    finally:
        said.listening, InterneuronDevice.defers, operations.acts_between = False, defers, True
        documents.most_listed = listed
        InterneuronDevice._prepare, InterneuronDevice.run_document = prepare, run_document
        InterneuronDevice._live_of, InterneuronDevice._perform = live_of, perform
        InterneuronDevice._fall_back = fall_back
    if not found:
        return [] if path and os.path.exists(output) else None
    document, whole, objects, sentences = found[0]
    return sentences if len(phases.phases) < 2 else [*_with_phases(document, whole, objects, phases, output), *sentences]


def _another(line, number):
    return f"line {line} of the script: another run from time 0, which --network={number} converts"


def _is_first(output):
    """Whether no other process of the script has come so far."""
    try:
        with open(f"{output}.taken", "x"):
            return True
    except FileExistsError:
        return False


def _with_phases(document, whole, objects, phases, output):
    """Writes a document with phases in the place of its run. Gives what is to be said of them."""
    document.data.update(phases.data)
    if phases.lists:
        # Values that are listed follow from what was drawn.
        document.parts = copy.deepcopy(whole)
        connect_by_rules(document, objects)
        list_arrays(document, _MOST_LISTED)
    else:
        document.parts = json.loads(output.read_text(encoding="utf-8"))
    phases.put_into(document.parts)
    write_captured(output, document.parts, document.data)
    listed = "connections and first values are listed as Brian drew them: the script lists values between its runs"
    return [listed] if phases.lists else []


def _written(document, said, objects, output):
    """Writes a document with the rules that can be read again. Gives why others are not in it."""
    parts, refused = document.parts, {}
    while True:
        document.parts = copy.deepcopy(parts)
        kept, sentences = keep_rules(document, said, objects, refused)
        connect_by_rules(document, objects)
        list_arrays(document, _MOST_LISTED)
        write_captured(output, document.parts, document.data)
        more = _not_understood(output, kept) if kept else {}
        if not more:
            return sentences
        refused.update(more)


def _not_understood(output, kept):
    """Which of the rules and distributions in a specification are in no words of ours, and why: by place."""
    try:
        interneuron.validate(output)
    except interneuron.ModelError as error:
        wrong = [each for each in error.diagnostics if each["severity"] == "error"]
        at = [(f"{(each.get('place') or {}).get('pointer')}/", each["message"]) for each in wrong]
        found = {place: message for place in kept for pointer, message in at if pointer.startswith(f"{place}/")}
        return found or {place: wrong[0]["message"] for place in kept}
    return {}


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if not word.startswith("--")]
    sys.exit(captured_by(capture, sys.argv[1:], given[1]))
