"""Errors without a sentence of their own, explained by the statement that raised them.

An AssertionError or a KeyError of a package says little. The statement names what it requires, and its frame has the values.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import os
import re
import reprlib
import traceback
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any, NamedTuple


class Missing(NamedTuple):
    """A key that is not there."""

    key: str
    #: The sentence about it.
    sentence: str
    #: Keys that are there.
    others: list[str]


def missing_key(error: KeyError, path: str) -> Missing | None:
    """Returns the key that a mapping lacks, as the frame nearest to the script calls the mapping; None if none is found.

    Args:
        error: raised by a script.
        path: the absolute path of the script.
    """
    key = error.args[0] if error.args else None
    if not isinstance(key, (str, int)) or isinstance(key, str) and " " in key.strip():
        return None
    frames = list(traceback.walk_tb(error.__traceback__))
    script = next((frame for frame, _ in reversed(frames) if is_of(frame, path)), None)
    for frame, line in frames:
        for node in ast.walk(ast.Module(_statements_at(frame, line), [])):
            if not isinstance(node, ast.Subscript):
                continue
            known, mapping = value_of(node.value, frame)
            if not known or not isinstance(mapping, Mapping) or key in mapping or not mapping:
                continue
            others = [each for each in mapping if isinstance(each, str)]
            return Missing(str(key), _absent(node.value, str(key), frame, frame is script, script), others)
    return None


def is_of(frame: FrameType, path: str) -> bool:
    """Whether a frame executes the file with this absolute path."""
    return os.path.abspath(frame.f_code.co_filename) == path


def _absent(mapping: ast.expr, key: str, frame: FrameType, is_own: bool, script: FrameType | None) -> str:
    """Returns the sentence about a key that a mapping lacks: `cells has no variable V`."""
    if isinstance(mapping, ast.Attribute):
        owner = value_of(mapping.value, frame)[1]
        noun = {"translations": "parameter"}.get(mapping.attr, mapping.attr.strip("_").removesuffix("s"))
        if not inspect.isroutine(owner) and not inspect.ismodule(owner):
            return f"{called(owner, script)} has no {noun} {key}"
    return f"{ast.unparse(mapping)} has no key {key}" if is_own else f"the name {key} is not known here"


def owner_of(error: BaseException, script: FrameType | None) -> str:
    """Returns the name of the object whose method raised an error."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return called(frame.f_locals.get("self"), script)


def called(value: Any, script: FrameType | None) -> str:
    """Returns the name of an object: the script's variable, else its own name or label, else its type."""
    scope = {} if script is None else {**script.f_globals, **script.f_locals}
    variables = [name for name, each in scope.items() if each is value and not name.startswith("_")]
    own = [getattr(value, word, None) for word in ("name", "label", "__name__")]
    return next((each for each in [*variables, *own] if isinstance(each, str) and each), type(value).__name__)


def requirement(error: AssertionError, path: str) -> str | None:
    """Returns the condition that an assertion without text requires, with the values in it; None if it has a text.

    Args:
        error: raised by a script.
        path: the absolute path of the script.
    """
    if error.args:
        return None
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    asserted = [node for node in _statements_at(frame, line) if isinstance(node, ast.Assert)]
    if not asserted:
        return None
    condition = asserted[-1].test
    if isinstance(condition, ast.Call) and isinstance(condition.func, ast.Name) and condition.args:
        name, (known, value) = ast.unparse(condition.args[0]), value_of(condition.args[0], frame)
        kinds = " or ".join(_kinds(condition.args[1])) if condition.func.id == "isinstance" and len(condition.args) == 2 else ""
        wanted = "callable" if condition.func.id == "callable" else f"of type {kinds}" if kinds else ""
        if known and wanted:
            return f"{name.rpartition('.')[2]} must be {wanted}, not {shown(value)}"
    bounds = _bounds(condition)
    if bounds is not None:
        compared, allowed = bounds
        known, value = value_of(compared, frame)
        if known:
            return f"{ast.unparse(compared).rpartition('.')[2]} must be {allowed}, not {shown(value)}"
    values = dict(_values(condition, frame))
    given = ", ".join(f"{name} = {shown(value)}" for name, value in values.items())
    owner = "" if is_of(frame, path) else f"{frame.f_globals.get('__name__', '').partition('.')[0]} requires "
    sentence = f"{owner}{ast.unparse(condition)}" if owner else f"the assertion {ast.unparse(condition)} does not hold"
    return sentence.replace("self.", "") + (f", but {given}" if given else "")


#: Comparisons with a number as words of a sentence.
_WORDS: Mapping[type[ast.cmpop], str] = {
    ast.GtE: "{} or more", ast.Gt: "more than {}", ast.LtE: "{} or less", ast.Lt: "less than {}", ast.Eq: "{}",
}
_TURNED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {ast.GtE: ast.LtE, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.Lt: ast.Gt, ast.Eq: ast.Eq}


def _bounds(condition: ast.expr) -> tuple[ast.expr, str] | None:
    """Returns the value that a comparison with numbers is about, and the values that it allows: `0 or more`."""
    if not isinstance(condition, ast.Compare):
        return None
    operands = [condition.left, *condition.comparators]
    named = [k for k, each in enumerate(operands) if isinstance(each, (ast.Name, ast.Attribute))]
    if len(named) != 1 or not all(isinstance(each, ast.Constant) for k, each in enumerate(operands) if k != named[0]):
        return None
    words = []
    for k, operator in enumerate(condition.ops):
        kind = type(operator) if k == named[0] else _TURNED.get(type(operator), type(operator))
        if kind not in _WORDS:
            return None
        words.append(_WORDS[kind].format(ast.unparse(operands[k + 1 if k == named[0] else k])))
    return operands[named[0]], " and ".join(words)


def _kinds(types: ast.expr) -> Iterator[str]:
    """Yields names of types as an assertion lists them."""
    for each in types.elts if isinstance(types, ast.Tuple) else [types]:
        yield ast.unparse(each).rpartition(".")[2]


def _values(condition: ast.expr, frame: FrameType) -> Iterator[tuple[str, Any]]:
    """Yields names and attributes in a condition with their values; functions, types and modules are left out."""
    called = {id(node.func) for node in ast.walk(condition) if isinstance(node, ast.Call)}
    for node in ast.walk(condition):
        if not isinstance(node, (ast.Name, ast.Attribute)) or id(node) in called:
            continue
        known, value = value_of(node, frame)
        is_plain = not callable(value) and not inspect.ismodule(value) and type(value).__name__ != "Unit"
        if known and is_plain and ast.unparse(node) != "self":
            yield ast.unparse(node).removeprefix("self."), value


def filled(text: str, error: BaseException) -> str:
    """Returns a message with the values of names that its author has left in braces: `{method}`."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    if not frames:
        return text
    names = frames[-1].f_locals
    return re.sub(r"'?\{(\w+)\}'?", lambda found: shown(names[found[1]]) if found[1] in names else found[0], text)


def names_looked_up(error: BaseException, path: str) -> list[str]:
    """Returns names in the collections in which the functions of a package that raised an error look names up.

    Args:
        error: raised by a script.
        path: the absolute path of the script.
    """
    frames = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__) if not is_of(frame, path)]
    names: dict[str, None] = {}
    for frame, line in frames[-3:]:
        for container in _containers(frame, line):
            known, found = value_of(container, frame)
            if known and isinstance(found, (Mapping, list, tuple, set, frozenset)) and 0 < len(found) <= _MOST_NAMES:
                names.update((each, None) for each in found if isinstance(each, str))
    return list(names)


#: Collections with more names are none that a user chooses from.
_MOST_NAMES = 500


def _containers(frame: FrameType, line: int) -> Iterator[ast.expr]:
    """Yields the expressions of a function in which it looks keys up: `a` in `a[k]`, `a.get(k)` and `k in a`."""
    for node in ast.walk(_tree_of(frame)):
        if not isinstance(node, ast.FunctionDef) or node.name != frame.f_code.co_name:
            continue
        if not node.lineno <= line <= (node.end_lineno or node.lineno):
            continue
        for part in ast.walk(node):
            if isinstance(part, ast.Subscript):
                yield part.value
            elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "get":
                yield part.func.value
            elif isinstance(part, ast.Compare) and isinstance(part.ops[0], (ast.In, ast.NotIn)):
                yield part.comparators[0]


def shown(value: Any) -> str:
    """Returns a value as messages show it: shortened, and objects by their types."""
    text = reprlib.repr(value)
    return f"a {type(value).__name__}" if text.startswith("<") else text


def _statements_at(frame: FrameType, line: int) -> list[ast.stmt]:
    """Returns the statement at a line of a frame's file: the innermost one; none if its text is not there."""
    tree = _tree_of(frame)
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno) and not hasattr(node, "body")
    ]
    return around[-1:]


def _tree_of(frame: FrameType) -> ast.Module:
    """Returns the syntax tree of a frame's file; an empty one if its text is not there."""
    try:
        return ast.parse("".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals)))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def value_of(node: ast.expr, frame: FrameType) -> tuple[bool, Any]:
    """Returns whether a name or a chain of attributes has a value in a frame, and the value."""
    if isinstance(node, ast.Name):
        for scope in (frame.f_locals, frame.f_globals):
            if node.id in scope:
                return True, scope[node.id]
    if isinstance(node, ast.Attribute):
        known, owner = value_of(node.value, frame)
        if known:
            try:
                return True, getattr(owner, node.attr)
            except Exception:  # noqa: BLE001
                return False, None
    return False, None
