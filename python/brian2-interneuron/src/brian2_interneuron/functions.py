"""Functions of the user as expressions: those that consist of assignments and one result can be written so."""

import ast
import inspect
import math
import re
import textwrap

import numpy as np
from brian2.core.functions import DEFAULT_FUNCTIONS, Function
from brian2.input.binomial import BinomialFunction
from brian2.input.timedarray import TimedArray
from brian2.units import unitsafefunctions
from brian2.units.fundamentalunits import Quantity, get_dimensions

from .texts import quantity_text, unit_text

#: Operators that mean the same in Python and in Brian's code.
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**"}
_COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}

#: Functions of NumPy, Python and Brian, by what they are called in Brian's code.
_NAMES = (
    *("sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "exp", "log", "log10", "expm1", "log1p", "exprel"),
    *("sqrt", "abs", "floor", "ceil", "sign", "clip"),
)

#: Functions that Brian's code has no name for, as expressions of their arguments.
_EXPRESSIONS = {
    "where": "({1} if {0} else {2})",
    # What is not a number stays so.
    "maximum": "({0} if {0} > {1} or {0} != {0} else {1})",
    "minimum": "({0} if {0} < {1} or {0} != {0} else {1})",
    "heaviside": "({1} if {0} == 0 else (1.0 if {0} > 0 else 0.0))",
    "power": "({0} ** {1})",
    "square": "({0} * {0})",
    "logical_and": "({0} and {1})",
    "logical_or": "({0} or {1})",
    "logical_not": "(not {0})",
}

_KNOWN, _WRITTEN = {abs: "abs"}, {}
for _module in (np, unitsafefunctions, math):
    _KNOWN.update({getattr(_module, name): name for name in _NAMES if hasattr(_module, name)})
    _WRITTEN.update({getattr(_module, name): each for name, each in _EXPRESSIONS.items() if hasattr(_module, name)})

#: So deep may functions call others.
_DEEPEST = 20


class NotAnExpression(Exception):
    """A function does something that an expression cannot say."""


def is_expression(function):
    """Whether an expression stands for a function of Brian's, or the engine has it itself.

    Args:
        function: any that code calls.
    """
    if isinstance(function, TimedArray) or function in DEFAULT_FUNCTIONS.values():
        return True
    try:
        specification_of(function)
    except NotAnExpression:
        return False
    return True


def specification_of(function):
    """The section of a specification and the entry that a function of Brian's becomes.

    Raises:
        NotAnExpression: what it does cannot be said so.
    """
    if isinstance(function, BinomialFunction):
        known = inspect.getclosurevars(function.implementations["numpy"].get_code(None)).nonlocals
        if "loc" in known:
            return "functions", {"value": f"{float(known['loc'])!r} + {float(known['scale'])!r}*randn()"}
        return "binomial_functions", {"n": int(known["n"]), "p": float(known["p"]), "approximate": False}
    if not isinstance(function, Function):
        raise NotAnExpression
    python, is_plain = _python_of(function)
    names, text = _converted(python, 0, is_plain)
    if is_plain:
        units = [_unit(each) for each in function._arg_units]
        text = f"({_replaced(text, {name: f'({name}/({unit}))' for name, unit in zip(names, units)})})*({_unit(function._return_unit)})"
    return "functions", {"arguments": names, "value": text}


def _unit(unit):
    """One of the units of a function, in Brian's code."""
    if unit is None or isinstance(unit, (bool, str, type)) or callable(unit):
        raise NotAnExpression
    return quantity_text(1.0, get_dimensions(unit))


def _python_of(function):
    """The function of Python that Brian's NumPy target calls, and whether it calls it with numbers in place of quantities."""
    is_plain = False
    python = function.pyfunc if isinstance(function, Function) else function
    python = getattr(python, "_orig_func", python)
    if isinstance(function, Function):
        own = getattr(function.implementations, "_implementations", {}).get("numpy")
        wrapped = getattr(own, "_code", None)
        if inspect.isfunction(wrapped):
            # Brian wraps the function itself, unless the user has given another one for NumPy.
            inner = inspect.getclosurevars(wrapped).nonlocals.get("orig_func", wrapped)
            is_plain = inner is wrapped
            wrapped = inner
        if own is not None and getattr(wrapped, "__code__", None) is not getattr(python, "__code__", python):
            raise NotAnExpression
    if not inspect.isfunction(python):
        raise NotAnExpression
    return python, is_plain


def _converted(python, depth, is_plain=False):
    """Names of the arguments of a function, and its result as an expression of them.

    With `is_plain`, its global quantities are numbers, as Brian has them for functions that discard units.
    """
    try:
        if python.__name__ == "<lambda>":
            tree = _lambda(python)
        else:
            tree = ast.parse(textwrap.dedent(inspect.getsource(python))).body[0]
    except (OSError, SyntaxError, IndexError, TypeError) as error:
        raise NotAnExpression from error
    if not isinstance(tree, (ast.FunctionDef, ast.Lambda)) or depth > _DEEPEST:
        raise NotAnExpression
    given = tree.args
    if given.vararg or given.kwarg or given.kwonlyargs or given.defaults:
        raise NotAnExpression
    names = [each.arg for each in (*given.posonlyargs, *given.args)]
    found = inspect.getclosurevars(python)
    around = {name: np.asarray(each).item() if is_plain and isinstance(each, Quantity) and each.ndim == 0 else each for name, each in found.globals.items()}
    outside = {**found.builtins, **around, **found.nonlocals}
    local = {name: name for name in names}
    if isinstance(tree, ast.Lambda):
        return names, _text(tree.body, local, outside, depth)
    return names, _result(tree.body, local, outside, depth)


def _result(statements, local, outside, depth):
    """What statements return, as an expression. Branches work on one number at a time, as Brian does where it has to."""
    if not statements:
        raise NotAnExpression
    first, *rest = statements
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return _result(rest, local, outside, depth)
    if isinstance(first, ast.Assign) and len(first.targets) == 1 and isinstance(first.targets[0], ast.Name):
        value = f"({_text(first.value, local, outside, depth)})"
        return _result(rest, {**local, first.targets[0].id: value}, outside, depth)
    if isinstance(first, ast.If):
        yes, no = (_result([*branch, *rest], local, outside, depth) for branch in (first.body, first.orelse))
        return f"({yes} if {_text(first.test, local, outside, depth)} else {no})"
    if isinstance(first, ast.Return) and first.value is not None:
        return _text(first.value, local, outside, depth)
    raise NotAnExpression


def _lambda(python):
    """The `lambda` that a function is, in the file that it stands in."""
    lines, _ = inspect.findsource(python)
    code = python.__code__
    found = [each for each in ast.walk(ast.parse("".join(lines))) if isinstance(each, ast.Lambda) and each.lineno == code.co_firstlineno]
    if len(found) > 1 and hasattr(code, "co_positions"):
        places = {(begin, column) for begin, _, column, _ in code.co_positions()}
        found = [each for each in found if (each.body.lineno, each.body.col_offset) in places]
    if len(found) != 1:
        raise NotAnExpression
    return found[0]


def _text(node, local, outside, depth):
    """An expression of Python in Brian's code."""

    def text(part):
        return _text(part, local, outside, depth)

    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, ast.Name) and node.id in local:
        return local[node.id]
    if isinstance(node, (ast.Name, ast.Attribute)):
        return _constant(_object(node, local, outside))
    if isinstance(node, ast.BinOp):
        if type(node.op) in _OPERATORS:
            return f"({text(node.left)} {_OPERATORS[type(node.op)]} {text(node.right)})"
        both = {ast.BitAnd: "and", ast.BitOr: "or"}.get(type(node.op))
        if both and all(isinstance(each, ast.Compare) for each in (node.left, node.right)):
            return f"({text(node.left)} {both} {text(node.right)})"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return f"({'-' if isinstance(node.op, ast.USub) else ''}{text(node.operand)})"
    if isinstance(node, ast.IfExp):
        return f"({text(node.body)} if {text(node.test)} else {text(node.orelse)})"
    if isinstance(node, ast.BoolOp) and all(isinstance(each, (ast.Compare, ast.BoolOp)) for each in node.values):
        return f"({(' and ' if isinstance(node.op, ast.And) else ' or ').join(map(text, node.values))})"
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
        return f"({text(node.left)} {_COMPARISONS[type(node.ops[0])]} {text(node.comparators[0])})"
    if isinstance(node, ast.Call) and not node.keywords and not any(isinstance(each, ast.Starred) for each in node.args):
        return _call(_object(node.func, local, outside), [text(each) for each in node.args], depth)
    raise NotAnExpression


def _object(node, local, outside):
    """What a name, or an attribute of a module, stands for."""
    if isinstance(node, ast.Name) and node.id not in local and node.id in outside:
        return outside[node.id]
    if isinstance(node, ast.Attribute):
        owner = _object(node.value, local, outside)
        if inspect.ismodule(owner) and hasattr(owner, node.attr):
            return getattr(owner, node.attr)
    raise NotAnExpression


def _constant(value):
    if not isinstance(value, (bool, int, float, np.bool_, np.number, Quantity)) or np.ndim(value) > 0 or np.isnan(value):
        raise NotAnExpression
    number, dimensions = np.asarray(value).item(), get_dimensions(value)
    if np.isinf(number):
        return f"({'-' if number < 0 else ''}inf*{unit_text(dimensions)})"
    return f"({quantity_text(number, dimensions)})"


def _call(called, arguments, depth):
    try:
        known, written = _KNOWN.get(called), _WRITTEN.get(called)
    except TypeError:
        known = written = None
    if known is not None:
        return f"{known}({', '.join(arguments)})"
    if written is not None:
        if len(arguments) != 1 + max(map(int, re.findall(r"\{(\d)\}", written))):
            raise NotAnExpression
        return written.format(*(f"({each})" for each in arguments))
    # A function of the user that calls another one.
    names, inner = _converted(_python_of(called)[0], depth + 1)
    if len(names) != len(arguments):
        raise NotAnExpression
    return f"({_replaced(inner, dict(zip(names, arguments)))})"


def _replaced(text, given):
    """An expression with others in the place of names, all at once."""

    class Names(ast.NodeTransformer):
        def visit_Name(self, node):
            return ast.parse(given[node.id], mode="eval").body if node.id in given else node

    return ast.unparse(Names().visit(ast.parse(text, mode="eval")).body)
