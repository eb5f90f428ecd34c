"""Brian's objects as text: units, quantities, equations, and the names in code."""

import re

import numpy as np
from brian2.units import allunits
from brian2.equations.equations import DIFFERENTIAL_EQUATION, SUBEXPRESSION
from brian2.core.functions import DEFAULT_CONSTANTS, DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_UNITS
from brian2.utils.stringtools import get_identifiers, word_substitute

#: Units with a name of their own; others are products of the base units.
_NAMED = ("second", "volt", "amp", "siemens", "farad", "ohm", "hertz", "metre", "kilogram", "coulomb", "mole", "kelvin", "joule", "newton", "watt", "candle")
_BY_DIMENSION = {getattr(allunits, name).dim: name for name in reversed(_NAMED)}
_BASES = ("metre", "kilogram", "second", "amp", "kelvin", "mole", "candle")


class Unsupported(Exception):
    """Something that the device leaves to Brian's runtime: which object, and why."""

    def __init__(self, name, reason):
        super().__init__(f"{name}: {reason}")
        #: Name of the object.
        self.name = name
        #: Why it cannot run.
        self.reason = reason


def refused(name, error):
    """Why the engine does not take a document.

    Args:
        name: of the network.
        error: what the engine raised.
    """
    diagnostics = getattr(error, "diagnostics", [])
    found = [each for each in diagnostics if each.get("severity") == "error"] or diagnostics
    return Unsupported(name, str(found[0].get("message", error)) if found else str(error))


def unit_text(dimensions):
    """A unit of these dimensions, `1` where there are none."""
    if dimensions in _BY_DIMENSION:
        return _BY_DIMENSION[dimensions]
    parts = []
    for base, exponent in zip(_BASES, dimensions._dims):
        if exponent != 0:
            power = int(exponent) if float(exponent).is_integer() else float(exponent)
            parts.append(base if power == 1 else f"{base}**{power}")
    return "*".join(parts) or "1"


def quantity_text(value, dimensions):
    """A number in SI with its unit; numbers without dimension stay numbers."""
    unit = unit_text(dimensions)
    if isinstance(value, (bool, np.bool_)):
        return "True" if value else "False"
    if unit != "1":
        return f"{float(value)!r}*{unit}"
    return int(value) if isinstance(value, (int, np.integer)) else float(value)


#: Names that Brian lets variables and constants have, and that mean something else in specifications, or nothing that can be told apart.
_TAKEN = {
    *("j", "pre", "post", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
    *("toLocaleString", "toString", "valueOf"),
}


def spelled(name):
    """What a variable or a constant is called in the document."""
    return f"{name}_itself" if name in _TAKEN else name


def line(text):
    """Code on one line: expressions may span several."""
    without = [re.sub(r"#.*", "", each).strip() for each in str(text).splitlines()]
    return " ".join(each for each in without if each)


def equation_text(equation, variables, without, code):
    """An equation with the code of its expression, without some of its flags."""
    unit = {"boolean": "boolean", "integer": "integer"}.get(equation.var_type) or unit_text(equation.dim)
    kept = sorted(set(equation.flags) - set(without))
    flags = f" ({', '.join(kept)})" if kept else ""
    name = equation.varname
    if equation.type == DIFFERENTIAL_EQUATION:
        return f"d{name}/dt = {code} : {unit}{flags}"
    if equation.type == SUBEXPRESSION:
        return f"{with_whole_numbers(f'{name} = {code}', variables)} : {unit}{flags}"
    return f"{name} : {unit}{flags}"


def parameter_text(equation):
    """The variable of an equation, as one that only code changes."""
    unit = {"boolean": "boolean", "integer": "integer"}.get(equation.var_type) or unit_text(equation.dim)
    return f"{equation.varname} : {unit}{' (shared)' if 'shared' in equation.flags else ''}"


def without_constant(model, names):
    """Equations in which parameters of these names are not constant: Brian lets code write those that are."""
    lines = []
    for text in model.splitlines():
        name, _, rest = text.partition(" : ")
        if name in names and "(" in rest:
            unit, _, flags = rest.rpartition(" (")
            kept = [each for each in flags.rstrip(")").split(", ") if each != "constant"]
            text = f"{name} : {unit}" + (f" ({', '.join(kept)})" if kept else "")
        lines.append(text)
    return "\n".join(lines)


def assigned(code):
    """Names that statements write, whether or not they are variables."""
    statements = re.split(r"[;\n]", re.sub(r"#.*", "", code))
    found = (re.match(r"\s*([A-Za-z_]\w*)\s*[-+*/%]?=(?!=)", each) for each in statements)
    return {each[1] for each in found if each}


def with_whole_numbers(code, variables):
    """Statements in which what integer variables are set to is an integer: Brian cuts off what follows the point."""

    def is_whole(text):
        names = {each for each in get_identifiers(text) if each != "int"}
        integers = all(getattr(variables.get(each), "is_integer", False) or getattr(variables.get(each), "is_boolean", False) for each in names)
        # Powers of integers are none: `2**-1`.
        plain = "**" not in text and re.fullmatch(r"[\w\s+*%()-]*|\s*int\([^()]*\)\s*", text)
        return plain and (integers or text.strip().startswith("int("))

    def whole(found):
        name, value = found[2], found[4]
        is_integer = getattr(variables.get(name), "is_integer", False)
        return found[0] if not is_integer or is_whole(value) else f"{found[1]}{name}{found[3]}int({value.strip()})"

    return re.sub(r"(?m)(^[ \t]*|;[ \t]*)([A-Za-z_]\w*)([ \t]*=(?!=)[ \t]*)([^;#\n]+)", whole, code)


def with_plain_locals(code):
    """Statements of Brian's own making, whose local names begin with underscores, in names as users give them."""
    local = {name for name in assigned(code) if name.startswith(("_", "xi"))}
    return word_substitute(code, {name: f"new_{name.strip('_')}" for name in local})


def is_default(name):
    """Whether Brian itself defines a name: a unit, a function or a constant."""
    return name in DEFAULT_UNITS or name in DEFAULT_FUNCTIONS or name in DEFAULT_CONSTANTS


def external_names(code, variables):
    """Names in code that the caller's namespace defines."""
    bare = re.sub(r"#.*", "", str(code))
    return {
        name for name in get_identifiers(bare) if name not in variables and not is_default(name) and not name.startswith("xi")
    }
