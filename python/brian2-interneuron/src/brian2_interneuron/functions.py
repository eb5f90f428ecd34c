"""Functions of the user as expressions: those that consist of assignments and one result can be written so."""

import ast
import inspect
import textwrap

import numpy as np
from brian2.core.functions import Function
from brian2.input.binomial import BinomialFunction
from brian2.units import unitsafefunctions
from brian2.units.fundamentalunits import Quantity, get_dimensions

from .texts import quantity_text

#: Operators that mean the same in Python and in Brian's code.
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**"}
_COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}

#: Functions of NumPy's and of Brian's, by what they are called in Brian's code.
_NAMES = (
    *("sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "exp", "log", "log10", "expm1", "log1p", "exprel"),
    *("sqrt", "abs", "floor", "ceil", "sign", "clip"),
)
_KNOWN = {abs: "abs"}
for _name in _NAMES:
    for _module in (np, unitsafefunctions):
        if hasattr(_module, _name):
            _KNOWN[getattr(_module, _name)] = _name

#: So deep may functions call others.
_DEEPEST = 20


class NotAnExpression(Exception):
    """A function does something that an expression cannot say."""


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
    names, text = _converted(_python_of(function), 0)
    return "functions", {"arguments": names, "value": text}


def _python_of(function):
    """The function of Python that Brian's NumPy target calls."""
    python = function.pyfunc if isinstance(function, Function) else function
    python = getattr(python, "_orig_func", python)
    if isinstance(function, Function):
        own = getattr(function.implementations, "_implementations", {}).get("numpy")
        wrapped = getattr(own, "_code", None)
        if inspect.isfunction(wrapped):
            # Brian wraps the function itself, unless the user has given another one for NumPy.
            wrapped = inspect.getclosurevars(wrapped).nonlocals.get("orig_func", wrapped)
        if own is not None and getattr(wrapped, "__code__", None) is not getattr(python, "__code__", python):
            raise NotAnExpression
    if not inspect.isfunction(python):
        raise NotAnExpression
    return python


def _converted(python, depth):
    """Names of the arguments of a function, and its result as an expression of them."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(python))).body[0]
    except (OSError, SyntaxError, IndexError, TypeError) as error:
        raise NotAnExpression from error
    if not isinstance(tree, ast.FunctionDef) or depth > _DEEPEST:
        raise NotAnExpression
    given = tree.args
    if given.vararg or given.kwarg or given.kwonlyargs or given.defaults:
        raise NotAnExpression
    names = [each.arg for each in (*given.posonlyargs, *given.args)]
    found = inspect.getclosurevars(python)
    outside = {**found.builtins, **found.globals, **found.nonlocals}
    local = {name: name for name in names}
    for statement in tree.body[:-1]:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
            raise NotAnExpression
        local[statement.targets[0].id] = f"({_text(statement.value, local, outside, depth)})"
    if not isinstance(tree.body[-1], ast.Return) or tree.body[-1].value is None:
        raise NotAnExpression
    return names, _text(tree.body[-1].value, local, outside, depth)


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
    if isinstance(value, (bool, int, float, np.bool_, np.number, Quantity)) and np.ndim(value) == 0 and np.isfinite(value):
        return f"({quantity_text(np.asarray(value).item(), get_dimensions(value))})"
    raise NotAnExpression


def _call(called, arguments, depth):
    try:
        known = _KNOWN.get(called)
    except TypeError:
        known = None
    if known is not None:
        return f"{known}({', '.join(arguments)})"
    # A function of the user that calls another one.
    names, inner = _converted(_python_of(called), depth + 1)
    if len(names) != len(arguments):
        raise NotAnExpression
    return f"({_replaced(inner, dict(zip(names, arguments)))})"


def _replaced(text, given):
    """An expression with others in the place of names, all at once."""

    class Names(ast.NodeTransformer):
        def visit_Name(self, node):
            return ast.parse(given[node.id], mode="eval").body if node.id in given else node

    return ast.unparse(Names().visit(ast.parse(text, mode="eval")).body)
