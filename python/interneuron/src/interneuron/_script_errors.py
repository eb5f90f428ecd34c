"""Errors of scripts as a place, a sentence and a hint."""

from __future__ import annotations

import ast
import builtins
import difflib
import inspect
import linecache
import os
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from ._errors import InterneuronError
from ._failed_statements import filled, is_of, missing_key, names_looked_up, owner_of, requirement


class _Lookup(NamedTuple):
    """A name that is not there."""

    name: str
    #: The sentence about it.
    what: str
    #: Names that are there.
    others: Iterable[str] = ()


def explained(script: str, error: BaseException) -> str:
    """Returns what is wrong in a script: the line, the error, and what to do.

    Args:
        script: its path.
        error: raised by reading or executing it.
    """
    path, line, frame = os.path.abspath(script), None, None
    for each, at in traceback.walk_tb(error.__traceback__):
        if is_of(each, path):
            line, frame = at, each
    error, name, made = _cause(path, error)
    line = made or line
    if isinstance(error, SyntaxError) and (line is None or error.filename == script):
        line, what, hint = error.lineno or None, f"{type(error).__name__}: {error.msg}", _hint(error, frame)
    else:
        lookup = _lookup(error, path, frame)
        text = _sentence(error, path) if lookup is None else lookup.what
        what = _as_variables(text + _within(name), frame)
        if isinstance(error, SystemExit):
            what = f"the script ends itself, sys.exit({error.code!r}), before it runs a network"
        is_current = lookup is not None and not _PYTHON_2.search(str(error))
        hint = (_similar(lookup, path, frame) if lookup and is_current else None) or _hint(error, frame, text)
        hint = hint or _similar_quoted(error, path)
        if line is not None:
            line = _line_within(path, line, text, lookup.name if lookup else _source(error, text), _part(name)[0])
            variable = _assigned_at(path, line) if name else None
            what = what if variable is None else what.replace(f"'{_part(name)[1]}'", variable)
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


def _sentence(error: BaseException, path: str) -> str:
    """Returns an error in one line, as Python's last line of a traceback."""
    # Messages of this package are sentences, and may have several lines.
    if isinstance(error, InterneuronError):
        return str(error).removesuffix(f"; {error.hint}")
    required = requirement(error, path) if isinstance(error, AssertionError) else None
    if required is not None:
        return required
    # Python quotes the only argument of a KeyError.
    said = error.args[0] if isinstance(error, KeyError) and error.args else error
    text = " ".join(filled(str(error.msg if isinstance(error, SyntaxError) else said), error).split())
    if isinstance(error, KeyError) and text.isidentifier():
        return f"the name {text} is not known here"
    worded = _worded(text)
    if worded and worded[0] and not isinstance(error, SyntaxError):
        return worded[0]
    if text.count(" ") >= 2 and not isinstance(error, SyntaxError) and not _is_own(error, path):
        # Packages write sentences, to which the type of the exception adds nothing.
        text = re.sub(r"<class '(?:\w+\.)*(\w+)'>", r"\1", text).replace("`", "")
        begin = re.match(r"[A-Z][a-z]+ ", text)
        return (text[0].lower() + text[1:] if begin else text).removesuffix(".")
    return f"{type(error).__name__}: {text}" if text else f"{type(error).__name__} without a message"


def _is_own(error: BaseException, path: str) -> bool:
    """Whether a script raises an error itself, rather than a package that it uses."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return not frames or is_of(frames[-1], path)


#: Arguments that parts of Brian's objects are made from, by the ends of the names of these parts.
_PARTS = {"thresholder": "threshold", "resetter": "reset", "stateupdater": "model", "pre": "on_pre", "post": "on_post"}


def _part(name: str | None) -> tuple[str, str]:
    """Returns the argument that a part of an object of Brian is made from, and the object's name; '' and the name for whole objects."""
    found = re.fullmatch(rf"(\w+?)(?:_spike)?_({'|'.join(_PARTS)})", name or "")
    return (_PARTS[found[2]], found[1]) if found else ("", name or "")


def _within(name: str | None) -> str:
    """Returns the end of a sentence about an object of Brian."""
    part, owner = _part(name)
    return f" (in '{owner}')" if owner and not part else f" (in {part} of '{owner}')" if owner else ""


def _as_variables(text: str, frame: FrameType | None) -> str:
    """Returns a sentence in which objects of Brian have the names of the script's variables in place of their own."""
    scope = {} if frame is None else {**frame.f_globals, **frame.f_locals}
    for variable, value in scope.items():
        is_named = any(each.__name__ == "Nameable" for each in type(value).__mro__)
        own = getattr(value, "name", None) if is_named else None
        if isinstance(own, str) and own and not variable.startswith("_"):
            text = re.sub(rf"(?<![\w.]){re.escape(own)}(?!\w)", variable, text)
    return text


def _similar_quoted(error: BaseException, path: str) -> str | None:
    """Returns a hint with the name that was probably meant in place of one that an error's message quotes."""
    if isinstance(error, SyntaxError) or _is_own(error, path):
        return None
    message, script = filled(str(error), error), "".join(linecache.getlines(path))
    quoted = re.findall(r"""['"]([\w.]+)['"]""", message) or re.findall(r"[\w.]+", message)[:1]
    names = names_looked_up(error, path)
    for each in quoted:
        is_written = re.search(rf"(?<!\w){re.escape(each)}(?!\w)", script)
        if is_written and each not in names and (meant := _closest(each, names, 0.75)):
            return f"did you mean {meant}?"
    return None


def _closest(name: str, names: Iterable[str], cutoff: float) -> str | None:
    """Returns the name most like another one, the same in other cases first; None if none is like it."""
    other_case = [each for each in names if each.lower() == name.lower()]
    close = [*other_case, *difflib.get_close_matches(name, names, n=2, cutoff=cutoff)]
    return next((each for each in close if each != name), None)


def _cause(path: str, error: BaseException) -> tuple[BaseException, str | None, int | None]:
    """Returns the cause of Brian's error about an object that it prepares, the object's name and its line."""
    if type(error).__name__ != "BrianObjectException" or error.__cause__ is None:
        return error, None, None
    name = re.search(r"object named '(.*)'", str(error))
    places = re.findall(r"File '(.*)', line (\d+)", str(error))
    made = [int(line) for file, line in places if os.path.abspath(file) == path]
    cause, inner, inner_line = _cause(path, error.__cause__)
    return cause, inner or (name[1] if name else None), inner_line or (made[0] if made else None)


def _source(error: BaseException, sentence: str = "") -> str:
    """Returns the text of an equation that does not parse."""
    if sentence.startswith(_UNPARSED):
        return sentence.removeprefix(_UNPARSED)
    return (error.text or "").strip() if isinstance(error, SyntaxError) else ""


def _assigned_at(path: str, line: int) -> str | None:
    """Returns the variable that the statement at a line of a script assigns an object to."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and node.lineno <= line <= (node.end_lineno or line) and isinstance(node.targets[0], ast.Name):
            return node.targets[0].id
    return None


def _lookup(error: BaseException, path: str, frame: FrameType | None) -> _Lookup | None:
    """Returns the name that an error is about, if it is about one that is not there."""
    missing = missing_key(error, path) if isinstance(error, KeyError) else None
    if missing is not None:
        return _Lookup(*missing)
    message = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    if isinstance(error, NameError) and getattr(error, "name", None):
        return _Lookup(error.name, f"the name {error.name} is not defined")
    if isinstance(error, AttributeError) and getattr(error, "obj", None) is not None:
        owner = error.obj.__name__ if inspect.ismodule(error.obj) else type(error.obj).__name__
        return _Lookup(error.name, f"{'PyNN' if owner == 'interneuron_pynn' else owner} has no {error.name}", dir(error.obj))
    # A top-level module that is missing is not misspelt: names of the script and of Python are no modules.
    if isinstance(error, ModuleNotFoundError) and error.name is not None and "." in error.name:
        return _Lookup(error.name.rpartition(".")[2], message, _modules(error.name))
    absent = re.match(r'Could not find a state variable with name "(?P<name>\w+)"', message) or re.match(
        r"(?P<name>\w+) is not a variable of (?P<owner>\w+)", message
    )
    if absent:
        owner = absent.groupdict().get("owner") or owner_of(error, frame)
        meant = _closest(absent["name"], names_looked_up(error, path), 0.75)
        return _Lookup(absent["name"], f"{owner} has no variable {absent['name']}", [meant] if meant else [])
    imported = re.match(r"cannot import name '(\w+)' from '([\w.]+)'", message)
    if imported:
        return _Lookup(imported[1], f"{imported[2]} has no {imported[1]}", dir(sys.modules.get(imported[2])))
    unknown = re.match(r"(\w+) is not a valid argument for (\w+)\(\)", message)
    if unknown:
        return _Lookup(unknown[1], f"{unknown[2]} has no argument {unknown[1]}", _arguments(unknown[2], frame))
    keyword = re.search(r"(\w+)(?:\.__init__)?\(\) got an unexpected keyword argument '(\w+)'", message)
    if keyword:
        return _Lookup(keyword[2], f"{keyword[1]} has no argument {keyword[2]}", _arguments(keyword[1], frame))
    identifier = re.search(r'^The identifier "(\w+)" could not be resolved', message)
    if identifier:
        return _Lookup(identifier[1], f"the name {identifier[1]} is not defined")
    parameter = re.match(r"(\w+) \(valid parameters for (\w+) are: (.*)\)$", str(error))
    if parameter:
        owner = "" if parameter[2] == "unknown" else f"{parameter[2]} has no parameter"
        return _Lookup(parameter[1], f"{owner or 'there is no parameter'} {parameter[1]}", parameter[3].split(", "))
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
    if isinstance(known.get(called), type) and hasattr(known[called], "default_parameters"):
        return list(known[called].default_parameters)
    try:
        parameters = inspect.signature(known[called]).parameters.values()
    except (KeyError, TypeError, ValueError):
        return []
    return [each.name for each in parameters if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]


#: So many names are listed in a hint.
_MOST_LISTED = 20


def _similar(lookup: _Lookup, path: str, frame: FrameType | None) -> str | None:
    """Returns a hint with the name that was probably meant, or with all names if there are few."""
    others = [each for each in lookup.others if not each.startswith("_")]
    text = "\n".join(linecache.getlines(path))
    # Variables of equations stand in texts of the script only.
    own = re.findall(r"^ *([A-Za-z_]\w*) *=(?!=)|\b([A-Za-z_]\w*) *:", text, re.MULTILINE)
    known = [] if frame is None else [*frame.f_globals, *frame.f_locals, *dir(builtins)]
    for names, cutoff in [(others, 0.6)] if others else [([a or b for a, b in own], 0.6), (known, 0.7)]:
        meant = _closest(lookup.name, names, cutoff)
        if meant is not None:
            return f"did you mean {meant}?"
    return f"there are {', '.join(others)}" if 0 < len(others) <= _MOST_LISTED else None


class _Wording(NamedTuple):
    """What is said in place of words of an error, and what to do. Groups of the pattern stand in both."""

    pattern: str
    #: None: the error's own.
    sentence: str | None
    hint: str


#: Units that people write for a unit as errors name it.
_USUAL_UNITS = {"second": "ms", "volt": "mV", "amp": "nA", "siemens": "nS", "farad": "pF", "hertz": "Hz", "meter": "um", "metre": "um"}

_UNPARSED = "this does not parse: "

#: Wordings of errors of packages, the first that fits.
_WORDINGS = [
    _Wording(r"size should be at least|has one cell or more", None, "give a whole number of cells, 1 or more"),
    _Wording(
        r"Weights must be positive|Weights must be negative",
        None,
        "PyNN's weights are 0 or more; those of inhibitory synapses onto current-based cells are 0 or less",
    ),
    _Wording(r"delays must be", None, "give a longer delay, or lower min_delay or the time step in setup()"),
    _Wording(r"probability .* must be", None, "give a number from 0 to 1"),
    _Wording(r"must be finite and 0 or more|must be 0 or more(?! and)", None, "give a number of 0 or more"),
    _Wording(r"must be greater than 0|must be more than 0|number of ms greater than 0", None, "give a number greater than 0"),
    _Wording(r"must be (-?[\d.]+) or more and (-?[\d.]+) or less", None, r"give a number from \1 to \2"),
    _Wording(r"'[(\[{]' was never closed", None, "write the missing ) or ]"),
    _Wording(r"Perhaps you forgot a comma", None, "write a comma after the entry on this line"),
    _Wording(r"[Dd]uplicate definition|keyword argument repeated", None, "leave out one of the two, or give it another name"),
    _Wording(r"\((\w+) is in (\w+)\)$", None, r"write the number alone: \1 is in \2"),
    _Wording(
        r"expected a quantity with unit (\w+) for argument '(\w+)' but got '(.*?)\.?' \(unit is",
        r"\2 must be in \1, not \3",
        r"write the unit, such as \3*{\1}",
    ),
    _Wording(r"(\w+) should be set with a value with units (\w+), but got (\S+) \(", r"\1 is in \2, and \3 is not", r"write the unit, such as \3*{\2}"),
    _Wording(
        r"[Pp]arsing (?:the statement )?failed:\s*(.*?)\s*\^\s*Expected",
        rf"{_UNPARSED}\1",
        "an equation is dx/dt = expression : unit, a statement is variable = expression",
    ),
    _Wording(r"(\w+)(?:\.__init__)?\(\) missing \d+ required .* arguments?: (.*)$", r"\1 needs the argument \2", r"give a value for \2"),
    _Wording(r"argument '(\w+)' is required", r"the argument \1 is required", r"give a value for \1"),
    _Wording(
        r"broadcast input array from shape \((\d+),\) into shape \((\d+),\)|value has shape \((\d+),\)",
        None,
        "give one value for all, or a list with one for each element",
    ),
    _Wording(r"shape mismatch.*shape \((\d+),\).*shape \((\d+),\)", r"one list has \1 entries, another one \2", "give lists of equal length"),
    _Wording(r"[Ll]ength of the \w+ and \w+ array must match|has \d+ times and \d+ amplitudes", None, "give lists of equal length"),
    _Wording(r"index (-?\d+) is out of bounds for axis \d with size (\d+)", r"there is no element \1 among \2", "indices count from 0"),
    _Wording(r"outside of the range \[(\d+), (\d+)\]|in the interval \[(\d+), (\d+)\[", None, "indices count from 0: give those of elements that exist"),
    _Wording(r"index out of range|[Ii]llegal start/end values", None, "indices count from 0: give those of elements that exist"),
    _Wording(r"is not a boolean expression", None, "compare two values, such as v > -50*mV"),
    _Wording(
        r"`(\w+)` should be an instance of a subclass of \w+\. The argument provided was of type '(\w+)'",
        r"\1 must be an object of PyNN, not a \2",
        r"give an object for \1, such as AllToAllConnector() or StaticSynapse()",
    ),
    _Wording(r"in increasing order|monotonically increasing|go upwards", None, "sort the list"),
    _Wording(r"unique names, the following name\(s\) were used more than once: (.*)$", r"several objects have the name \1", "give each object its own name"),
    _Wording(r"argument is a (\w+), not a Population", r"a Population is needed here, not \1", "give a population, a view or an assembly"),
    _Wording(r"has no receptors", None, "connect to neurons; a spike source is the first population of a projection"),
    _Wording(r"STDPMechanism needs", None, "give both, such as SpikePairRule() and AdditiveWeightDependence()"),
    _Wording(r"such as (\w+\(\)|[\d.]+\*\w+)", None, r"write \1, for example"),
    _Wording(r"need to call connect\(", None, "call connect() before this line"),
    _Wording(r"must be an? (?:integer|whole number)|could not convert string to float|must be (?:a number|'auto' or a number)", None, "give a number"),
    _Wording(r"expected <class 'float'>, got <class 'str'>", None, "give a number, or a function of the distance that contains d"),
    _Wording(r"cannot have a flag '(\w+)', only the following flags are allowed: \((.*?),?\)", r"an equation of this kind cannot have the flag \1", r"flags here are \2"),
    _Wording(r"[Ii]ncorrect parameterization of random distribution\. Expected (\(.*?\)), got (\(.*?\))", r"the distribution takes \1, not \2", r"give \1"),
    _Wording(r"[Ii]ncorrect number of parameters for random distribution\. For (\(.*?\)) received (\(.*?\))", r"the distribution takes \1, not \2", r"give \1"),
    _Wording(r"[Cc]an only add objects of type BrianObject", "a network takes objects of Brian only", "give groups, synapses, monitors, or lists of them"),
    _Wording(r"current 'Im' must be defined", None, "write the membrane current, such as Im = gL*(EL - v) : amp/meter**2"),
    _Wording(r"not (?:a )?valid variable name", None, "use letters, digits and _ only"),
    _Wording(
        r"Unit specification refers to '(\w+)', but this is not a base unit",
        r"the unit \1 is not known",
        "give a base unit in the singular, such as volt, second or amp, or 1",
    ),
    _Wording(r"is in the past", None, "give a time after the current one"),
    _Wording(r"refers to any known variable in the target|does not refer to any known", None, "declare the variable in the equations of the target"),
]


#: Words of errors of scripts for Python 2.
_PYTHON_2 = re.compile(
    r"Missing parentheses in call to|multiple exception types must be parenthesized|leading zeros in decimal"
    r"|has_key|iteritems|itervalues|name '(xrange|raw_input|unicode|reduce|execfile|long)' is not defined"
)


def _worded(message: str) -> tuple[str | None, str] | None:
    """Returns the sentence and the hint for an error's message; None where no wording fits."""
    message = " ".join(message.split())
    for pattern, sentence, hint in _WORDINGS:
        if found := re.search(pattern, message):
            with_units = re.sub(r"\{(\w+)\}", lambda unit: _USUAL_UNITS.get(unit[1], unit[1]), found.expand(hint))
            return sentence and found.expand(sentence), with_units
    return None


def _hint(error: BaseException, frame: FrameType | None, sentence: str = "") -> str | None:
    """Returns what to do about an error of a script, which a sentence tells; None if nothing in particular."""
    if isinstance(error, InterneuronError):
        return error.hint
    message = str(error)
    if _PYTHON_2.search(message):
        return "it is a script for Python 2: rewrite it for Python 3 first"
    if isinstance(error, (SyntaxError, ValueError)) and re.search("null bytes|encoding|codec", message):
        return "it is no text, or one in an encoding that Python does not know: save it in UTF-8"
    arguments = "arguments of the script stand after --"
    if isinstance(error, SystemExit) or (isinstance(error, IndexError) and _reads_arguments(frame)):
        return arguments
    if worded := _worded(message) or _worded(sentence):
        return worded[1]
    if isinstance(error, ValueError) and _reads_arguments(frame):
        return arguments
    if isinstance(error, SyntaxError) and os.path.isfile(error.filename or ""):
        return "correct this line; Python reads no script with a mistake in it"
    if isinstance(error, SyntaxError) and _source(error):
        return f"correct this expression: {_source(error)}"
    if type(error).__name__ == "DimensionMismatchError":
        values = _values(message, frame)
        if worded := _worded(message):
            return worded[1]
        return "both sides must have the same unit" + (f"; here {values}" if values else "")
    if isinstance(error, FileNotFoundError):
        return f"the folder of relative names is {os.getcwd()}: change to another one, or write the whole path"
    if isinstance(error, ModuleNotFoundError):
        name = (error.name or "").partition(".")
        simulator = ".".join((error.name or "").split(".")[:2])
        if getattr(sys.modules.get(simulator), "__name__", "") == "interneuron_pynn":
            return f"this module is one simulator's own: import from {simulator} or from pyNN what all simulators have"
        if name[0] == "pyNN" and name[2]:
            return f"add --instead-of {name[2].split('.')[0]}, so that interneuron stands for this simulator"
        return f"install {name[0]}, or convert where it is installed"
    if isinstance(error, AttributeError) and "interneuron_pynn" in message:
        return "PyNN has no such name: it belongs to one simulator; write this part in PyNN's own names"
    if isinstance(error, NameError) or re.match(r'The identifier "', message):
        return "define it in the script, or import it"
    if isinstance(error, EOFError):
        return "a conversion gives no input: write it into the script, or give it as arguments after --"
    return None


def _reads_arguments(frame: FrameType | None) -> bool:
    """Whether the line that a script executes reads its arguments."""
    return frame is not None and "argv" in linecache.getline(frame.f_code.co_filename, frame.f_lineno)


def _values(message: str, frame: FrameType | None) -> str:
    """Returns the values of the names in an expression that a message quotes."""
    quoted = [*re.findall(r"""['"]([^'"\n]+)['"]""", message), ""]
    scope = {} if frame is None else {**frame.f_globals, **frame.f_locals}
    names = dict.fromkeys(re.findall(r"[A-Za-z_]\w*", max(quoted, key=len)))
    values = {name: scope.get(name) for name in names}
    return ", ".join(f"{name} = {each}" for name, each in values.items() if type(each).__name__ == "Quantity")


def _line_within(path: str, line: int, message: str, wrong: str, argument: str) -> int:
    """Returns the line of a statement with the part that an error is about.

    Args:
        path: the script.
        line: the first line of the statement.
        message: about the error, which may name an argument, or quote a part.
        wrong: the part, if it is known.
        argument: the argument that has it, if it is known.
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
    twice = re.search(r"[Dd]uplicate definition of variable '(\w+)'", message)
    if twice:
        defined = [each for each in lines if re.match(rf"\W*{twice[1]}\s*[:=]", linecache.getline(path, each))]
        return defined[-1] if defined else line
    keywords = [node for node in ast.walk(statement) if isinstance(node, ast.keyword) and node.arg]
    given = [node.lineno for node in keywords if node.arg == argument]
    if given:
        return given[0]
    named = [node.lineno for node in keywords if re.search(rf"\b{node.arg}s?\b", message, re.IGNORECASE)]
    parts = [part for pair in re.findall(r"'([^'\n]+)'|(?<![\w.])(-?\d[\w.]*)", message) for part in pair if part]
    for part in [wrong] if wrong else reversed(parts):
        found = [each for each in lines if re.search(rf"(?<!\w){re.escape(part)}(?!\w)", linecache.getline(path, each))]
        if found and (wrong or not named):
            return found[0]
    return named[0] if named else line
