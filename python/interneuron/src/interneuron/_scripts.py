"""Scripts of other simulators: run as they are, or until their network is known."""

from __future__ import annotations

import ast
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType


class Captured(BaseException):
    """The network is known: the script need not go on."""


def is_file(script: str) -> bool:
    """Whether a script is there; says so where it is not."""
    if os.path.isfile(script):
        return True
    print(f"error: there is no file {script}", file=sys.stderr)
    return False


def run_file(words: list[str]) -> None:
    """Runs a script as Python does.

    Args:
        words: the script and its own arguments.
    """
    script = words[0]
    sys.argv = words
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    runpy.run_path(script, run_name="__main__")


def convert_captured(
    script: str,
    launcher: Callable[[str], Sequence[str]],
    convert: Callable[[str], Sequence[str]],
    environment: Mapping[str, str] | None = None,
) -> int:
    """Converts the network of a script.

    The script is executed, in a process of its own, until its network is known.

    Args:
        script: its path.
        launcher: the module of the process and its arguments, for the file that it is to write.
        convert: the command that converts that file.
        environment: of the process; None: that of this one.

    Returns:
        the exit code.
    """
    print(f"executing {script} until its network is known", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        captured = os.path.join(folder, f"{Path(script).stem}.json")
        child = [sys.executable, "-W", "ignore", "-m", *launcher(captured)]
        code = subprocess.run(child, stdout=subprocess.DEVNULL, env=environment).returncode
        if code != 0 or not os.path.exists(captured):
            print(f"error: {script} ended before its network was known", file=sys.stderr)
            return code or 1
        # What the process leaves out of the file, a line for each part.
        gone = Path(left_out_beside(captured))
        sentences = gone.read_text(encoding="utf-8").splitlines() if gone.exists() else []
        words = [word for sentence in sentences for word in ("--left-out", sentence)]
        return subprocess.run([*convert(captured), *words]).returncode


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


_RUNS = ("run", "run_for", "run_until")
_OTHER_RUNS = ("subprocess", "asyncio", "os")
_Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef


def runs_to_come(script: str) -> list[str]:
    """What a script, which is in its first run now, runs after it: read from its text, and from where it is.

    Args:
        script: its path.

    Returns:
        a sentence for each place; none where the text says of no more.
    """
    path = os.path.abspath(script)
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    running = {name for name, scope in _functions(tree).items() if any(map(_is_run, _own(scope)))}
    while more := {
        name
        for name, scope in _functions(tree).items()
        if name not in running and any(_calls(node) in running for node in _own(scope))
    }:
        running |= more
    found: dict[int, str] = {}
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if os.path.abspath(frame.f_code.co_filename) == path:
            scope = tree if frame.f_code.co_name == "<module>" else _functions(tree).get(frame.f_code.co_name)
            for line, loop in _later(scope, frame.f_lineno, running) if scope else ():
                found.setdefault(line, "the loop goes on" if loop else "it runs a network again")
        frame = frame.f_back
    return [f"what the script does after its first run: {what} in line {line}" for line, what in sorted(found.items())]


def _functions(tree: ast.Module) -> dict[str, _Scope]:
    return {node.name: node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """What is in a scope, without the functions that it defines."""
    for node in ast.iter_child_nodes(scope):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield node
            yield from _own(node)


def _calls(node: ast.AST) -> str | None:
    """The name of the function that a node calls."""
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None


def _is_run(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value
        return node.func.attr in _RUNS and not (isinstance(owner, ast.Name) and owner.id in _OTHER_RUNS)
    return _calls(node) in _RUNS


def _later(scope: ast.AST, line: int, running: set[str]) -> Iterator[tuple[int, bool]]:
    """Lines of a scope that run a network after a line, and whether it is a loop that does so again."""
    for node in ast.iter_child_nodes(scope):
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", None) or 0
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        inside = first <= line <= last
        if inside and isinstance(node, (ast.For, ast.While)):
            yield first, True
        elif inside and isinstance(node, ast.If) and any(_holds(each, line) for each in node.body):
            # The other branch is not taken.
            for each in node.body:
                yield from _later(ast.Module([each], []), line, running)
        elif inside:
            yield from _later(node, line, running)
        elif first > line:
            runs = [each for each in (node, *_own(node)) if _is_run(each) or _calls(each) in running]
            yield from ((getattr(each, "lineno", first), False) for each in runs)


def _holds(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)
