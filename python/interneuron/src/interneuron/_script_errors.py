"""Errors of scripts as a place, a sentence and a hint."""

from __future__ import annotations

import ast
import builtins
import difflib
import inspect
import linecache
import os
import re
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from ._errors import InterneuronError


class _Lookup(NamedTuple):
    """A name that is not there."""

    name: str
    #: The sentence about it.
    what: str
    #: Names that are there.
    others: Iterable[str] = ()


#: Hint for an error that a capture cannot explain.
_BY_ITSELF = "run the script by itself first; its arguments stand after --"


def explained(script: str, error: BaseException, usual_hint: str | None = _BY_ITSELF) -> str:
    """Returns what is wrong in a script: the line, the error, and what to do.

    Args:
        script: its path.
        error: raised by reading or executing it.
        usual_hint: hint for errors without one of their own; None: no hint.
    """
    path, line, frame = os.path.abspath(script), None, None
    for each, at in traceback.walk_tb(error.__traceback__):
        if os.path.abspath(each.f_code.co_filename) == path:
            line, frame = at, each
    error, name, made = _cause(path, error)
    line = made or line
    if isinstance(error, SyntaxError) and (line is None or error.filename == script):
        line, what, hint = error.lineno or None, f"{type(error).__name__}: {error.msg}", _hint(error, frame) or usual_hint
    else:
        lookup = _lookup(error, frame)
        text = _sentence(error) if lookup is None else lookup.what
        what = text + (f" (in '{name}')" if name else "")
        if isinstance(error, SystemExit):
            what = f"the script ends itself, sys.exit({error.code!r}), before it runs a network"
        is_current = lookup is not None and not _PYTHON_2.search(str(error))
        hint = (_similar(lookup, path, frame) if lookup and is_current else None) or _hint(error, frame) or usual_hint
        if line is not None:
            line = _line_within(path, line, text, lookup.name if lookup else _source(error))
    shown = "" if line is None else linecache.getline(path, line).rstrip()
    return "\n".join(
        [
            f"error: {_place(script, line, error)}{what}",
            *([f"  {line:5} | {shown}"] if shown else []),
            *([f"  hint  {hint}"] if hint else []),
        ]
    )


def _place(script: str, line: int | None, error: BaseException) -> str:
    """Returns the beginning of a message; options of the command have no place in the script."""
    if line is None:
        return "" if isinstance(error, InterneuronError) else f"{script}: "
    return f"{script}:{line}: "


def _sentence(error: BaseException) -> str:
    """Returns an error in one line, as Python's last line of a traceback."""
    text = str(error.msg if isinstance(error, SyntaxError) else error)
    # Messages of this package are sentences, and may have several lines.
    return text if isinstance(error, InterneuronError) else " ".join(f"{type(error).__name__}: {text}".split())


def _cause(path: str, error: BaseException) -> tuple[BaseException, str | None, int | None]:
    """Returns the cause of Brian's error about an object that it prepares, the object's name and its line."""
    if type(error).__name__ != "BrianObjectException" or error.__cause__ is None:
        return error, None, None
    name = re.search(r"object named '(.*)'", str(error))
    places = re.findall(r"File '(.*)', line (\d+)", str(error))
    made = [int(line) for file, line in places if os.path.abspath(file) == path]
    cause, inner, inner_line = _cause(path, error.__cause__)
    return cause, inner or (name[1] if name else None), inner_line or (made[0] if made else None)


def _source(error: BaseException) -> str:
    """Returns the text of an equation that does not parse."""
    return (error.text or "").strip() if isinstance(error, SyntaxError) else ""


def _lookup(error: BaseException, frame: FrameType | None) -> _Lookup | None:
    """Returns the name that an error is about, if it is about one that is not there."""
    message = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    if isinstance(error, NameError) and getattr(error, "name", None):
        return _Lookup(error.name, f"the name {error.name} is not defined")
    if isinstance(error, AttributeError) and getattr(error, "obj", None) is not None:
        owner = error.obj.__name__ if inspect.ismodule(error.obj) else type(error.obj).__name__
        return _Lookup(error.name, f"{'PyNN' if owner == 'interneuron_pynn' else owner} has no {error.name}", dir(error.obj))
    # A top-level module that is missing is not misspelt: names of the script and of Python are no modules.
    if isinstance(error, ModuleNotFoundError) and error.name is not None and "." in error.name:
        return _Lookup(error.name.rpartition(".")[2], message, _modules(error.name))
    keyword = re.search(r"(\w+)(?:\.__init__)?\(\) got an unexpected keyword argument '(\w+)'", message)
    if keyword:
        return _Lookup(keyword[2], f"{keyword[1]} has no argument {keyword[2]}", _arguments(keyword[1], frame))
    identifier = re.search(r'^The identifier "(\w+)" could not be resolved', message)
    if identifier:
        return _Lookup(identifier[1], f"the name {identifier[1]} is not defined")
    parameter = re.match(r"(\w+) \(valid parameters for (\w+) are: (.*)\)$", str(error))
    if parameter:
        return _Lookup(parameter[1], f"{parameter[2]} has no parameter {parameter[1]}", parameter[3].split(", "))
    receptor = re.match(r"User gave receptor_types=(\w+), receptor_types must be one of: (.*)$", message)
    if receptor:
        return _Lookup(receptor[1], f"there is no receptor {receptor[1]}", re.findall(r"\w+", receptor[2]))
    among = re.match(r"there is no (\w+) '(\w+)'; there are (.*)$", message)
    if among:
        return _Lookup(among[2], f"there is no {among[1]} {among[2]}", among[3].split(", "))
    variable = re.match(r"Cannot record Variable\(name='(\w+)'.*from cell type (\w+)\. Available variables are (.*)$", message)
    if variable:
        return _Lookup(variable[1], f"{variable[2]} has no variable {variable[1]} to record", variable[3].split(","))
    return None


def _modules(name: str) -> list[str]:
    """Returns names beside that of a module: files of its package."""
    try:
        import importlib.util

        found = importlib.util.find_spec(name.rpartition(".")[0])
    except (ImportError, ValueError):
        return []
    folders = [] if found is None else found.submodule_search_locations or []
    return [Path(each).stem for folder in folders for each in os.listdir(folder) if not each.startswith("_")]


def _arguments(called: str, frame: FrameType | None) -> list[str]:
    """Returns the arguments of a function or class, by the name that an error has of it."""
    known: dict[str, Any] = {}
    for scope in [] if frame is None else (frame.f_globals, frame.f_locals):
        for name, value in scope.items():
            known[name] = value
            if inspect.ismodule(value) and hasattr(value, called):
                known.setdefault(called, getattr(value, called))
    try:
        return list(inspect.signature(known[called]).parameters)
    except (KeyError, TypeError, ValueError):
        return []


def _similar(lookup: _Lookup, path: str, frame: FrameType | None) -> str | None:
    """Returns a hint with the name that was probably meant, or with all names if there are few."""
    others = [each for each in lookup.others if not each.startswith("_")]
    text = "\n".join(linecache.getlines(path))
    # Variables of equations stand in texts of the script only.
    own = re.findall(r"^ *([A-Za-z_]\w*) *=(?!=)|\b([A-Za-z_]\w*) *:", text, re.MULTILINE)
    known = [] if frame is None else [*frame.f_globals, *frame.f_locals, *dir(builtins)]
    for names, cutoff in [(others, 0.6)] if others else [([a or b for a, b in own], 0.6), (known, 0.7)]:
        close = [each for each in difflib.get_close_matches(lookup.name, names, n=2, cutoff=cutoff) if each != lookup.name]
        if close:
            return f"did you mean {close[0]}?"
    return f"there are {', '.join(others)}" if 0 < len(others) <= 12 else None


#: Hints by words of an error.
_HINTS: Mapping[str, str] = {
    r"size should be at least|has one cell or more": "give a whole number of cells, 1 or more",
    r"Weights must be positive|Weights must be negative": (
        "PyNN's weights are 0 or more; those of inhibitory synapses onto current-based cells are 0 or less"
    ),
    r"delays must be": "give a longer delay, or lower min_delay or the time step in setup()",
    r"probability .* must be": "give a number from 0 to 1",
    r"must be finite and 0 or more": "give a number of 0 or more",
    r"must be greater than 0": "give a number greater than 0",
    r"'[(\[{]' was never closed": "write the missing ) or ]",
    r"Perhaps you forgot a comma": "write a comma after the entry on this line",
    r"Duplicate definition|keyword argument repeated": "leave out one of the two, or give it another name",
    r"\((\w+) is in (\w+)\)$": r"write the number alone: \1 is in \2",
}


#: Words of errors of scripts for Python 2.
_PYTHON_2 = re.compile(
    r"Missing parentheses in call to|multiple exception types must be parenthesized|leading zeros in decimal"
    r"|has_key|iteritems|itervalues|name '(xrange|raw_input|unicode|reduce|execfile|long)' is not defined"
)


def _hint(error: BaseException, frame: FrameType | None) -> str | None:
    """Returns what to do about an error of a script; None if nothing in particular."""
    if isinstance(error, InterneuronError):
        return None
    message = str(error)
    if _PYTHON_2.search(message):
        return "it is a script for Python 2: rewrite it for Python 3 first"
    if isinstance(error, (SyntaxError, ValueError)) and re.search("null bytes|encoding|codec", message):
        return "it is no text, or one in an encoding that Python does not know: save it in UTF-8"
    for words, hint in _HINTS.items():
        if found := re.search(words, message):
            return found.expand(hint)
    if isinstance(error, SyntaxError) and os.path.isfile(error.filename or ""):
        return "correct this line; Python reads no script with a mistake in it"
    if isinstance(error, SyntaxError) and _source(error):
        return f"correct this expression: {_source(error)}"
    if type(error).__name__ == "DimensionMismatchError":
        values = _values(message, frame)
        return "both sides must have the same unit" + (f"; here {values}" if values else "")
    if isinstance(error, FileNotFoundError):
        return f"the folder of relative names is {os.getcwd()}: change to another one, or write the whole path"
    if isinstance(error, ModuleNotFoundError):
        name = (error.name or "").partition(".")
        if name[0] == "pyNN" and name[2]:
            return f"add --instead-of {name[2].split('.')[0]}, so that interneuron stands for this simulator"
        return f"install {name[0]}, or convert where it is installed"
    if isinstance(error, AttributeError) and "interneuron_pynn" in message:
        return "PyNN has no such name: it belongs to one simulator; write this part in PyNN's own names"
    if isinstance(error, NameError):
        return "define it in the script, or import it"
    if isinstance(error, EOFError):
        return "a conversion gives no input: write it into the script, or give it as arguments after --"
    if isinstance(error, SystemExit) or ("argument" in message and not isinstance(error, TypeError)):
        return "arguments of the script stand after --"
    return None


def _values(message: str, frame: FrameType | None) -> str:
    """Returns the values of the names in an expression that a message quotes."""
    quoted = [*re.findall(r"""['"]([^'"\n]+)['"]""", message), ""]
    scope = {} if frame is None else {**frame.f_globals, **frame.f_locals}
    names = dict.fromkeys(re.findall(r"[A-Za-z_]\w*", max(quoted, key=len)))
    values = {name: scope.get(name) for name in names}
    return ", ".join(f"{name} = {each}" for name, each in values.items() if type(each).__name__ == "Quantity")


def _line_within(path: str, line: int, message: str, wrong: str) -> int:
    """Returns the line of a statement with the part that an error is about.

    Args:
        path: the script.
        line: the first line of the statement.
        message: about the error, which may name an argument, or quote a part.
        wrong: the part, if it is known.
    """
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (SyntaxError, ValueError):
        return line
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and node.lineno <= line <= (node.end_lineno or 0)
    ]
    if not around:
        return line
    statement = around[-1]
    lines = range(statement.lineno, (statement.end_lineno or line) + 1)
    twice = re.search(r"Duplicate definition of variable '(\w+)'", message)
    if twice:
        defined = [each for each in lines if re.match(rf"\W*{twice[1]}\s*[:=]", linecache.getline(path, each))]
        return defined[-1] if defined else line
    keywords = [node for node in ast.walk(statement) if isinstance(node, ast.keyword) and node.arg]
    named = [node.lineno for node in keywords if re.search(rf"\b{node.arg}s?\b", message, re.IGNORECASE)]
    parts = [part for pair in re.findall(r"'([^'\n]+)'|(-?\d[\w.]*)", message) for part in pair if part]
    for part in [wrong] if wrong else reversed(parts):
        found = [each for each in lines if re.search(rf"(?<!\w){re.escape(part)}(?!\w)", linecache.getline(path, each))]
        if found and (wrong or not named):
            return found[0]
    return named[0] if named else line
