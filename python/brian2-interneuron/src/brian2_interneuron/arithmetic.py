"""Code with the operations that Brian carries out: it rewrites expressions before it generates code.

Its optimiser makes `(0.02*t)/ms` of `t/(50*ms)`, and its units are doubles: `350*ms` is 0.35000000000000003 s, where
specifications scale decimals. What is compared or rounded to a whole number shows the difference.
"""

import ast
import re
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import numpy as np
from brian2.codegen.optimisation import Simplifier
from brian2.codegen.translation import make_statements
from brian2.core.functions import DEFAULT_CONSTANTS, DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_UNITS
from brian2.core.preferences import prefs
from brian2.core.variables import AuxiliaryVariable, Constant
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.parsing.statements import parse_statement
from brian2.parsing.sympytools import str_to_sympy, sympy_to_str
from brian2.units import second
from brian2.units.fundamentalunits import DimensionMismatchError, get_dimensions
from brian2.utils.stringtools import word_substitute

from .texts import line, quantity_text

#: Functions that jump: the last bit of their argument may change their value.
_JUMPING = {"int", "floor", "ceil", "sign", "timestep"}


class _Literal(NamedTuple):
    """A number times units. A number with units that are scaled as decimals is rounded once, with them."""

    number: Fraction
    scale: Fraction = Fraction(1)
    #: Units by themselves.
    is_unit: bool = False

    @property
    def value(self):
        return float(self.number * self.scale)


def statements_as_computed(code, variables):
    """Statements with the operations of Brian's generated code; those with the same ones keep their text.

    Args:
        code: the statements.
        variables: Brian's variables and functions, by name; other names are constants.
    """
    known, lines = {**DEFAULT_FUNCTIONS, **variables}, []
    for text in re.split(r"[;\n]", re.sub(r"#.*", "", code)):
        if text.strip():
            lines.append(_statement(text.strip(), known))
    return "\n".join(lines)


def _statement(text, known):
    target, operator, expression, _ = parse_statement(text)
    scalar, vector = make_statements(text, known, np.float64, optimise=False)
    found = next(each for each in reversed([*scalar, *vector]) if each.var == target and not each.subexpression)
    known.setdefault(target, AuxiliaryVariable(target, dtype=found.dtype, scalar=found.scalar))
    does = found.op.replace(":=", "=")
    # Brian does not optimise what is one value of all elements.
    computed = found.expr if found.scalar else _optimised(found.expr, known)
    if does == operator:
        return f"{target} {does} {_chosen(expression, computed, known)}"
    # Brian adds to a variable: `x += a` of `x = x + a`.
    return f"{target} {operator} {_chosen(expression, f'{target} {does[:-1]} ({computed})', known)}"


def expression_as_computed(text, variables, is_scalar=False):
    """An expression with the operations of Brian's generated code; the same text if it has them.

    Args:
        text: the expression.
        variables: Brian's variables and functions, by name; other names are constants.
        is_scalar: whether it stands for one value of all elements, which Brian does not optimise.
    """
    known, text = {**DEFAULT_FUNCTIONS, **variables}, line(text)
    return _chosen(text, text if is_scalar else _optimised(text, known), known)


def rate_as_computed(text, variables):
    """A rate of change whose conditions and whole numbers have the operations of Brian's generated code.

    Args:
        text: the rate.
        variables: Brian's variables and functions, by name; other names are constants.
    """
    known = {**DEFAULT_FUNCTIONS, **variables}
    return _replaced(line(text), partial(_jump_as_computed, known=known))


def _jump_as_computed(node, known):
    """What a condition or whole number within a rate becomes; None for other parts of rates."""
    if not _jumps(node):
        return None
    text = ast.unparse(node)
    # Brian solves equations by SymPy, which also orders terms.
    return ast.parse(_chosen(text, _optimised(sympy_to_str(str_to_sympy(text, known)), known), known), mode="eval").body


def _optimised(text, known):
    if not prefs.codegen.loop_invariant_optimisations:
        return text
    # The optimiser leaves the units of zeros out.
    zeros = {}
    simplifier = Simplifier(dict(known), [])
    computed = simplifier.render_expr(_replaced(text, partial(_as_name, known=known, names=zeros)))
    invariants = {name: f"({each})" for each, name in simplifier.loop_invariants.items()}
    return word_substitute(word_substitute(computed, invariants), zeros)


def _as_name(node, known, names):
    """A name in the place of a zero with units, noted with the text that it stands for."""
    if not _is_quantity(node, known) or _operations(node, known, True).value != 0:
        return None
    name = f"_zero_{len(names)}"
    names[name] = f"({ast.unparse(node)})"
    return ast.Name(name, ast.Load())


def _chosen(text, computed, known):
    """The computed form of an expression where it has other operations, and a bit may matter; else its own text."""
    node = ast.parse(text, mode="eval").body
    other = ast.parse(_replaced(computed, _as_sign), mode="eval").body
    is_other = _matters(node, known) and _operations(node, known, True) != _operations(other, known, False)
    chosen = ast.unparse(other) if is_other and _has_dimensions(ast.unparse(other), known) else text
    return _replaced(chosen, partial(_as_doubles, known=known))


def _as_sign(node):
    """`-x` in the place of `0.0 - x`, which is the optimiser's."""
    is_zero = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and getattr(node.left, "value", None) == 0
    return ast.UnaryOp(ast.USub(), node.right) if is_zero and isinstance(node.left, ast.Constant) else None


def _has_dimensions(text, known):
    """Whether the dimensions of an expression agree: the optimiser leaves them out of products that are zero."""
    try:
        parse_expression_dimensions(text, {**DEFAULT_UNITS, **known})
    except (DimensionMismatchError, KeyError):
        return False
    return True


def _matters(node, known):
    """Whether the last bit of an expression may matter: it jumps, or is computed from times."""
    if isinstance(node, ast.Call) and not _jumps(node):
        return any(_jumps(each) for each in ast.walk(node))
    return _jumps(node) or _is_time(node, known) or any(_matters(each, known) for each in ast.iter_child_nodes(node))


def _jumps(node):
    is_call = isinstance(node, ast.Call) and node.func.id in _JUMPING
    divides = isinstance(node, ast.BinOp) and isinstance(node.op, (ast.FloorDiv, ast.Mod))
    return is_call or divides or isinstance(node, ast.Compare)


def _is_time(node, known):
    variable = known.get(node.id) if isinstance(node, ast.Name) else None
    return getattr(variable, "dim", None) is second.dim and not isinstance(variable, Constant)


def _is_quantity(node, known):
    """Whether a node is a number times units."""
    names = [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
    is_of_units = names and all(name in DEFAULT_UNITS and name not in known for name in names)
    return bool(is_of_units) and isinstance(_operations(node, known, True), _Literal)


def _as_doubles(node, known):
    """What a number with units becomes, if its decimal value is another one than the product of doubles."""
    if not _is_quantity(node, known):
        return None
    double = _operations(node, known, False).value
    if _operations(node, known, True).value == double:
        return node
    units = eval(compile(ast.Expression(node), "units", "eval"), {"__builtins__": {}}, dict(DEFAULT_UNITS))  # noqa: S307
    return ast.parse(str(quantity_text(double, get_dimensions(units))), mode="eval").body


def _replaced(text, choose):
    """An expression in which nodes are replaced, from the root on; the same text if none is another one."""

    class Replaced(ast.NodeTransformer):
        def visit(self, node):
            other = choose(node)
            return self.generic_visit(node) if other is None else other

    tree = ast.parse(text, mode="eval")
    before = ast.dump(tree)
    tree.body = Replaced().visit(tree.body)
    return text if ast.dump(tree) == before else ast.unparse(tree)


def _operations(node, known, decimal):
    """The operations of an expression: a literal, or a text that is the same for equal ones.

    Args:
        node: the expression.
        known: variables, which may be called as units are.
        decimal: whether units scale decimals; otherwise they are doubles.
    """

    def inner(each):
        return _operations(each, known, decimal)

    if isinstance(node, ast.Constant) and not isinstance(node.value, bool) and np.isfinite(node.value):
        return _Literal(Fraction(repr(node.value)) if decimal else Fraction(node.value))
    if isinstance(node, ast.Name) and node.id in DEFAULT_UNITS and node.id not in known:
        value = float(DEFAULT_UNITS[node.id])
        return _Literal(Fraction(1), Fraction(f"{value:.15g}"), True) if decimal else _Literal(Fraction(value))
    if isinstance(node, ast.Name) and node.id in ("pi", "e") and node.id not in known:
        return _Literal(Fraction(DEFAULT_CONSTANTS[node.id].value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        operand = inner(node.operand)
        if isinstance(node.op, ast.UAdd):
            return operand
        return _Literal(-operand.number, operand.scale) if isinstance(operand, _Literal) else f"(-{operand})"
    if isinstance(node, ast.BinOp):
        left, right = inner(node.left), inner(node.right)
        both = isinstance(left, _Literal) and isinstance(right, _Literal)
        found = _folded(node.op, left, right) if both else None
        if found is not None:
            return found
        sides = [_text(left), _text(right)]
        return f"({f' {type(node.op).__name__} '.join(sorted(sides) if isinstance(node.op, (ast.Add, ast.Mult)) else sides)})"
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call):
        return f"{node.func.id}({', '.join(_text(inner(each)) for each in node.args)})"
    parts = [_text(inner(each)) if isinstance(each, ast.expr) else type(each).__name__ for each in ast.iter_child_nodes(node)]
    return f"{type(node).__name__}({getattr(node, 'value', '')}, {', '.join(parts)})"


def _text(operations):
    return repr(operations.value) if isinstance(operations, _Literal) else operations


def _folded(operator, a, b):
    """The literal that an operation on two is; None if it is left to the program."""
    if isinstance(operator, ast.Mult) and (a.is_unit or b.is_unit):
        return _Literal(a.number * b.number, a.scale * b.scale, a.is_unit and b.is_unit)
    if isinstance(operator, ast.Div) and b.is_unit:
        return _Literal(a.number, a.scale / b.scale, a.is_unit)
    if isinstance(operator, ast.Pow) and a.is_unit and b.value.is_integer():
        return _Literal(a.number, a.scale ** int(b.value), True)
    operations = {ast.Add: "__add__", ast.Sub: "__sub__", ast.Mult: "__mul__", ast.Div: "__truediv__", ast.Pow: "__pow__"}
    name = operations.get(type(operator))
    try:
        return name and _Literal(Fraction(getattr(a.value, name)(b.value)))
    except (ArithmeticError, ValueError, TypeError):
        return None
