"""Scripts of other simulators: run as they are, or until their network is known."""

from __future__ import annotations

import ast
import json
import math
import os
import runpy
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

from numpy.typing import NDArray

from ._script_errors import explained
from ._search_path import packages_path
from ._warnings import warn_at_lines_of


class Captured(BaseException):
    """The network is known: the script need not go on."""


def is_file(script: str) -> bool:
    """Whether a script is there; says so where it is not."""
    if os.path.isfile(script):
        return True
    if os.path.isdir(script):
        print(f"error: {script} is a folder\n  hint  name the script in it", file=sys.stderr)
    else:
        print(f"error: there is no file {script}", file=sys.stderr)
    return False


#: Sets the search path, and runs a module with the words that follow.
_RUN_MODULE = (
    "import json, runpy, sys; sys.path[:] = json.loads(sys.argv[1]); del sys.argv[:2]; "
    "runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"
)


def isolated_module(words: Sequence[str]) -> list[str]:
    """Returns the command that runs a module in this Python's isolated mode, with this process's packages.

    Args:
        words: the module and its arguments.
    """
    prefix = [] if sys.pycache_prefix is None else ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    return [sys.executable, "-I", *prefix, "-W", "ignore", "-c", _RUN_MODULE, json.dumps(packages_path()), *words]


class _Shell:
    """Stands for IPython in scripts that Jupyter writes: magic commands have no effect."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None


def run_file(words: list[str]) -> dict[str, Any]:
    """Runs a script as Python does.

    Args:
        words: the script and its own arguments.

    Returns:
        its variables, whose objects may end with them.
    """
    script = words[0]
    sys.argv = words
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    warn_at_lines_of(script)
    with open(script, "rb") as file:
        # Other scripts ask by this name whether they run in a notebook.
        is_notebook = b"get_ipython()." in file.read()
    names = {"get_ipython": _Shell} if is_notebook else {}
    return runpy.run_path(script, names, run_name="__main__")


def command_on_script(
    command: Sequence[str],
    words: Sequence[str],
    launcher: Callable[[str], Sequence[str]],
    environment: Mapping[str, str] | None = None,
    arguments: Sequence[str] = (),
    until: str = " until its network is known",
) -> int:
    """Runs a command on the network of a script.

    The script is executed, in a process of its own, until its network is known.

    Args:
        command: the program and the name of its command.
        words: the path of the script, and the options of the command.
        launcher: the module of the process and its arguments, for the file that it is to write.
        environment: of the process; None: that of this one.
        arguments: the script's own, with which a matrix runs it as it is.
        until: how far the script is executed, for the user.

    Returns:
        the exit code.
    """
    script = words[0]
    if not is_file(script):
        return 2
    try:
        if not script.endswith((".hoc", ".oc")):
            ast.parse(Path(script).read_bytes(), script)
    except (SyntaxError, ValueError) as error:
        print(explained(script, error), file=sys.stderr)
        return 1
    print(f"executing {script}{until}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        captured = os.path.join(folder, f"{Path(script).stem}.json")
        child = isolated_module(launcher(captured))
        try:
            # Nobody would see what it asks.
            ended = subprocess.run(child, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment, timeout=_LIMIT)
        except subprocess.TimeoutExpired:
            print(
                f"error: {script} was stopped after {_LIMIT} s, before its network was known\n"
                "  hint  a loop without end, or a wait for a window or a key: the script has to come to its run",
                file=sys.stderr,
            )
            return 1
        except KeyboardInterrupt:
            print(f"error: {script} was stopped before its network was known", file=sys.stderr)
            return 130
        if ended.returncode < 0:
            print(
                f"error: {script} was ended by signal {-ended.returncode} before its network was known\n"
                "  hint  where memory is short, convert a smaller network",
                file=sys.stderr,
            )
        if ended.returncode == 0 and not os.path.exists(captured):
            print(f"error: {script} ended its process before its network was known\n  hint  remove its call of quit or exit", file=sys.stderr)
        if ended.returncode != 0 or not os.path.exists(captured):
            return 1
        # What the process leaves out of the file, a line for each part.
        gone = Path(left_out_beside(captured))
        sentences = gone.read_text(encoding="utf-8").splitlines() if gone.exists() else []
        left: list[str] = []
        if command[-1] == "convert":
            left = [word for sentence in sentences for word in ("--left-out", sentence)]
        else:
            for sentence in sentences:
                print(f"note: not in the model: {sentence}", file=sys.stderr)
        options = Path(options_beside(captured))
        own = options.read_text(encoding="utf-8").splitlines() if options.exists() else []
        if command[-1] == "matrix":
            own += [f"--script-argument={word}" for word in arguments]
        return subprocess.run([*command, captured, *words[1:], *own, "--captured-from", script, *left]).returncode


def captured_by(capture: Callable[[list[str]], int], words: list[str], script: str) -> int:
    """What a process ends with that captures the network of a script, and says what goes wrong in the script.

    Args:
        capture: what it does.
        words: for `capture`.
        script: the path of the script.
    """
    path, main = os.path.abspath(script), threading.get_ident()

    def still_there() -> None:
        line = _line_in(path, sys._current_frames().get(main))
        where = "" if line is None else f", in line {line} of the script"
        print(f"note: executing for {_LONG} s{where}; Ctrl-C stops it", file=sys.stderr)

    watch = threading.Timer(_LONG, still_there)
    watch.daemon = True
    watch.start()
    try:
        return capture(words)
    except KeyboardInterrupt:
        return 130
    except (Exception, SystemExit) as error:
        if os.environ.get("INTERNEURON_STACK"):
            traceback.print_exception(error)
        print(explained(script, error), file=sys.stderr)
        return 1
    finally:
        watch.cancel()


#: Seconds after which a process says that it still executes a script.
_LONG = 60

#: Seconds after which a process that still executes a script is ended.
_LIMIT = 3600


def _line_in(path: str, frame: FrameType | None) -> int | None:
    """The line of a script that is carried out; None where nothing of it is."""
    while frame is not None and os.path.abspath(frame.f_code.co_filename) != path:
        frame = frame.f_back
    return None if frame is None else frame.f_lineno


def left_out_beside(captured: str) -> str:
    """The file in which a process notes what it leaves out of what it writes.

    Args:
        captured: the file that it writes.
    """
    return f"{captured}.left-out"


def note_left_out(captured: str, sentences: Sequence[str]) -> None:
    """Notes what a process leaves out of the file that it writes, a line for each part."""
    if sentences:
        Path(left_out_beside(captured)).write_text("\n".join(sentences), encoding="utf-8")


def options_beside(captured: str) -> str:
    """The file in which a process notes options that reading what it writes needs.

    Args:
        captured: the file that it writes.
    """
    return f"{captured}.options"


def note_options(captured: str, words: Sequence[str]) -> None:
    """Notes options that reading the file that a process writes needs, a line for each word."""
    Path(options_beside(captured)).write_text("\n".join(words), encoding="utf-8")


def has_ended(error: BaseException) -> bool:
    """Whether what a script raised is its usual end."""
    return isinstance(error, SystemExit) and error.code in (None, 0)


def ended_with(error: BaseException) -> str:
    """What a process leaves out where its script has ended with an error, after a run."""
    return f"the script ended with an error, {type(error).__name__}: {error}"


def write_captured(output: Path, document: Mapping[str, object], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes a document, and beside it the arrays that it names.

    Args:
        output: the file of the document; arrays are in a folder of its name that ends in `.data`.
        document: what JSON can say.
        arrays: by the names of their files.
    """
    text = json.dumps(document)
    output.write_text(text, encoding="utf-8")
    folder = output.with_suffix(".data")
    for name, array in arrays.items():
        if name in text:
            folder.mkdir(exist_ok=True)
            array.tofile(folder / name)


_RUNS = ("run", "run_for", "run_until")
_OTHER_RUNS = ("subprocess", "asyncio", "os")
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Scope = ast.Module | _Function
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_REPEATED = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

#: Line and column where a part of a script begins, and where it ends; columns are known from Python 3.11 on.
_Place = tuple[tuple[int, float], tuple[int, float]]


def runs_to_come(script: str) -> list[str]:
    """What a script, which is in its first run now, runs after it: read from its text, and from where it is.

    Args:
        script: its path.

    Returns:
        a sentence for each place; none where the text says of no more.
    """
    path = os.path.abspath(script)
    tree = ast.parse(Path(path).read_bytes())
    running = _running(tree)
    found: dict[int, str] = {}
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if os.path.abspath(frame.f_code.co_filename) == path:
            place = _place_in(frame)
            scope = tree if frame.f_code.co_name == "<module>" else _around(tree, frame.f_code.co_name, place)
            later = [*_later(scope, place, running), *_beside(scope, place, running)] if scope else []
            for line, loop in later:
                found.setdefault(line, "the loop goes on" if loop else "it runs a network again")
        frame = frame.f_back
    return [f"what the script does after its first run: {what} in line {line}" for line, what in sorted(found.items())]


def _running(tree: ast.Module) -> set[str]:
    """Names of functions, methods and classes that run a network when they are called."""
    scopes = [(node.name, node) for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)]
    for made in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        own = [each for each in made.body if isinstance(each, _FUNCTIONS)]
        scopes += [(made.name, each) for each in own if each.name == "__init__"]
    running = {name for name, scope in scopes if any(map(_is_run, _own(scope)))}
    while more := {
        name
        for name, scope in scopes
        if name not in running and any(_calls(node) in running for node in _own(scope))
    }:
        running |= more
    return running - {"__init__"}


def _place_in(frame: FrameType) -> _Place:
    """What of its script a frame carries out: an expression, or a whole line where that is not known."""
    positions = getattr(frame.f_code, "co_positions", None)
    if positions is not None:
        first, last, begin, end = next(islice(positions(), frame.f_lasti // 2, None))
        if None not in (first, last, begin, end):
            return (first, begin), (last, end)
    return (frame.f_lineno, 0), (frame.f_lineno, math.inf)


def _around(tree: ast.Module, name: str, place: _Place) -> _Function | None:
    """The innermost function of a name around a place."""
    found = [node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS) and node.name == name and _holds(node, place)]
    return found[-1] if found else None


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """What is in a scope, without the functions that it defines."""
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            yield node
            yield from _own(node)


def _calls(node: ast.AST) -> str | None:
    """The name of the function, method or class that a node calls."""
    if not isinstance(node, ast.Call):
        return None
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", None)


def _is_run(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id in _OTHER_RUNS:
            return False
    return _calls(node) in _RUNS


def _later(scope: ast.AST, place: _Place, running: set[str]) -> Iterator[tuple[int, bool]]:
    """Lines of a scope that run a network after a place, and whether something there does so again."""
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            continue
        if not hasattr(node, "lineno"):
            # Arguments and the like have no place of their own.
            yield from _later(node, place, running)
        elif _holds(node, place):
            if isinstance(node, _REPEATED) or _hands_over(node, running):
                yield node.lineno, True
            elif isinstance(node, ast.If) and any(_holds(each, place) for each in node.body):
                # The other branch is not taken.
                for each in node.body:
                    yield from _later(ast.Module([each], []), place, running)
            else:
                yield from _later(node, place, running)
        elif place[0] <= _begins(node) < place[1]:
            # What is given to a call has been computed before it, but for what it computes itself.
            again = [each for each in (node, *_own(node)) if _is_lazy(each, running)]
            yield from ((getattr(each, "lineno", node.lineno), True) for each in again)
        elif _begins(node) > place[0]:
            runs = [each for each in (node, *_own(node)) if _is_run(each) or _calls(each) in running]
            yield from ((getattr(each, "lineno", node.lineno), False) for each in runs)


def _beside(scope: ast.AST, place: _Place, running: set[str]) -> Iterator[tuple[int, bool]]:
    """The line of a place whose columns are not known, where several parts of it run a network."""
    line = place[0][0]
    runs = [each for each in _own(scope) if getattr(each, "lineno", 0) == line and (_is_run(each) or _calls(each) in running)]
    if place[1][1] == math.inf and len(runs) > 1:
        yield line, False


def _is_lazy(node: ast.AST, running: set[str]) -> bool:
    """Whether a part of a script runs a network while what it gives is read."""
    return _hands_over(node, running) or (
        isinstance(node, ast.GeneratorExp) and any(_is_run(each) or _calls(each) in running for each in _own(node))
    )


def _hands_over(node: ast.AST, running: set[str]) -> bool:
    """Whether a call is given a function that runs a network, as `map` is: it may call it again."""
    return isinstance(node, ast.Call) and any(isinstance(each, ast.Name) and each.id in running for each in node.args)


def _begins(node: ast.AST) -> tuple[int, float]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _holds(node: ast.AST, place: _Place) -> bool:
    """Whether a part of a script is around a place, or begins on its line where columns are not known."""
    last = (getattr(node, "end_lineno", None) or 0, getattr(node, "end_col_offset", None) or 0)
    if place[1][1] == math.inf:
        return _begins(node)[0] <= place[0][0] <= last[0]
    return _begins(node) <= place[0] and place[1] <= last
