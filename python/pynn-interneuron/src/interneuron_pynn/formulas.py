"""Formulas of distances and displacements that mean the same in the document, as text or read off a function."""

import ast
import numbers
from typing import Any

import numpy as np

#: Functions and operators of expressions that are the same in the document.
_FUNCTIONS = ("exp", "sqrt", "abs", "cos", "sin", "tanh")
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)

#: NumPy's functions of two numbers, and of one, as expressions have them.
_BINARY = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/", "power": "**",
    "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=",
}  # fmt: skip
_UNARY = {"absolute": "abs", "exp": "exp", "sqrt": "sqrt", "cos": "cos", "sin": "sin", "tanh": "tanh"}


def _tree(text):
    return ast.parse(text.strip(), mode="eval").body


def _is_component(e):
    """Whether an expression is `d[0]`, `d[1]` or `d[2]`."""
    named = isinstance(e, ast.Subscript) and isinstance(e.value, ast.Name) and e.value.id == "d"
    return named and isinstance(e.slice, ast.Constant) and e.slice.value in (0, 1, 2)


def is_formula(text, of_displacement=False):
    """Whether an expression of the distance, or of the displacement, in Python means the same in the document."""
    try:
        tree = _tree(text)
    except SyntaxError:
        return False

    def known(e):
        if isinstance(e, ast.Constant):
            return isinstance(e.value, (int, float)) and not isinstance(e.value, bool)
        if isinstance(e, ast.Name):
            return e.id == "d" and not of_displacement
        if isinstance(e, ast.Subscript):
            return of_displacement and _is_component(e)
        if isinstance(e, ast.UnaryOp):
            return isinstance(e.op, ast.USub) and known(e.operand)
        if isinstance(e, ast.Compare):
            return len(e.ops) == 1 and isinstance(e.ops[0], _COMPARISONS) and known(e.left) and known(e.comparators[0])
        if isinstance(e, ast.Call):
            return isinstance(e.func, ast.Name) and e.func.id in _FUNCTIONS and len(e.args) == 1 and not e.keywords and known(e.args[0])
        if not isinstance(e, ast.BinOp) or not isinstance(e.op, _OPERATORS) or not known(e.left):
            return False
        # Divisors and exponents are numbers: a division by a distance of zero is infinite in NumPy alone.
        divisor: Any = getattr(e.right, "value", 0)
        is_number = isinstance(e.right, ast.Constant) and known(e.right) and divisor > 0
        return is_number if isinstance(e.op, (ast.Div, ast.Pow)) else known(e.right)

    return known(tree)


def has_steps(text):
    """Whether a formula compares: on a grid, distances lie just at the limit, on the side where rounding puts them."""
    return any(isinstance(e, ast.Compare) for e in ast.walk(_tree(text)))


class _Traced:
    """Stands for a component of displacements in a function, and notes what is made of it."""

    def __init__(self, text):
        self.text = text

    def __array_ufunc__(self, function, method, *given, **more):
        texts = [_text(each) for each in given]
        name = function.__name__
        if method == "__call__" and not more and None not in texts:
            if name == "negative":
                return _Traced(f"(-{texts[0]})")
            if name == "square":
                return _Traced(f"({texts[0]}**2)")
            if name in _UNARY:
                return _Traced(f"{_UNARY[name]}({texts[0]})")
            if name in _BINARY:
                return _Traced(f"({texts[0]} {_BINARY[name]} {texts[1]})")
        return NotImplemented

    def __bool__(self):
        raise TypeError("the function decides by a displacement")


def _operator(function, swapped=False):
    return lambda one, other: function(other, one) if swapped else function(one, other)


for _name, _function in (("add", "add"), ("sub", "subtract"), ("mul", "multiply"), ("truediv", "divide"), ("pow", "power")):
    setattr(_Traced, f"__{_name}__", _operator(getattr(np, _function)))
    setattr(_Traced, f"__r{_name}__", _operator(getattr(np, _function), True))
for _name, _function in (("neg", "negative"), ("abs", "absolute")):
    setattr(_Traced, f"__{_name}__", lambda one, function=getattr(np, _function): function(one))
for _name, _function in (("lt", "less"), ("le", "less_equal"), ("gt", "greater"), ("ge", "greater_equal")):
    setattr(_Traced, f"__{_name}__", _operator(getattr(np, _function)))


def _text(value):
    """A number, or what is made of displacements, as text; None for anything else."""
    if isinstance(value, _Traced):
        return value.text
    if isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_)):
        return repr(value.item() if isinstance(value, np.generic) else value)
    return None


def formula_of(function):
    """The formula of a function of displacements, an array of x, y and z by pairs; None where it is more than a formula."""
    components = np.array([_Traced(f"d[{k}]") for k in range(3)], dtype=object)
    pairs = np.array([[0.0, 1.0, -2.5, 0.3, 40.0], [0.0, -0.7, 3.0, 1e-3, -7.0], [0.0, 2.0, 0.1, -5.0, 0.6]])
    try:
        [text, again] = [_text(function(components)) for _ in range(2)]
        if text is None or text != again or not is_formula(text, of_displacement=True):
            return None
        names = {"d": pairs, **{name: getattr(np, name) for name in _FUNCTIONS}}
        expected = function(pairs)
        found = eval(compile(text, "formula", "eval"), {"__builtins__": {}}, names)
    except Exception:
        # Whatever a function does with something that is no array: PyNN calls it then.
        return None
    return text if np.shape(expected) == (5,) and np.array_equal(found, expected) else None


__all__ = ["formula_of", "has_steps", "is_formula"]
