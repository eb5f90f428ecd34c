"""Brian's checks of exact integration without its solution, which takes it seconds and which engines find themselves."""

from contextlib import contextmanager

from brian2.equations.codestrings import is_constant_over_dt
from brian2.stateupdaters.base import StateUpdateMethod, UnsupportedEquationsException
from brian2.stateupdaters.exact import get_linear_system, linear
from brian2.synapses import synapses as synapses_module
from brian2.utils.caching import cached
from brian2.utils.logger import get_logger

from .texts import line

#: What tells users of the method that was chosen.
logger = get_logger("brian2.stateupdaters.base")

#: What Brian does: it remembers its answers, so that none of ours may come from it.
_APPLY = StateUpdateMethod.apply_stateupdater


def _apply(equations, variables, method, method_options=None, group_name=None):
    """Code for a method: where it is exact integration that Brian certainly finds, what names all that the equations name."""
    listed = isinstance(method, (list, tuple)) and len(method) > 0
    first = method[0] if listed else method
    is_exact = isinstance(first, str) and first.lower() in ("exact", "linear")
    if not is_exact or method_options or not _is_solvable(equations, variables):
        return _APPLY(equations, variables, method, method_options=method_options, group_name=group_name)
    if listed:
        group = "" if group_name is None else f" for group '{group_name}'"
        logger.info(f"No numerical integration method specified{group}, using method '{first}'.", "method_choice")
    return _step(equations, variables)


def _event_driven(equations, variables=None, method_options=None):
    """The same for what brings synapses up to date."""
    if not _is_solvable(equations, variables):
        return linear(equations, variables, method_options)
    return _step(equations, variables)


def _step(equations, variables):
    steps = equations.get_substituted_expressions(variables)
    changes = [f"_{name} = {name} + dt*({line(code.code)})" for name, code in steps]
    return "\n".join([*changes, *(f"{name} = _{name}" for name, _ in steps)])


@cached
def _is_solvable(equations, variables):
    """Whether a system is linear, with constant coefficients, and some order in which no variable reads a later one."""
    if equations.is_stochastic or variables is None:
        return False
    try:
        names, matrix, constants = get_linear_system(equations, variables)
    except UnsupportedEquationsException:
        return False
    dt = variables["dt"].get_value()[0] if "dt" in variables else None
    if any(not is_constant_over_dt(each, variables, dt) for each in (*matrix, *constants)):
        return False
    left = set(range(len(names)))
    if any(matrix[k, k] == 0 for k in left):
        return False
    while left:
        free = {row for row in left if all(matrix[row, other] == 0 for other in left - {row})}
        if not free:
            return False
        left -= free
    return len(names) > 0


@contextmanager
def unsolved():
    """While this lasts, exact integration is checked alone, of groups and of what synapses do at events."""
    StateUpdateMethod.apply_stateupdater, synapses_module.linear = staticmethod(_apply), _event_driven
    try:
        yield
    finally:
        StateUpdateMethod.apply_stateupdater, synapses_module.linear = staticmethod(_APPLY), linear


def solved_code(runner, namespace):
    """The code of an object as Brian runs it, where only checks were made before."""
    runner.update_abstract_code(namespace)
    return runner.abstract_code
