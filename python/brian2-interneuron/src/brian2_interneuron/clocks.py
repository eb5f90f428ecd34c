"""Clocks of a network: the steps of the engine are those of one of which all others are multiples."""

import math

import numpy as np
from brian2.core.clocks import Clock
from brian2.units import second

#: Clocks that no object has, by their steps in units of 1e-15 s.
_MADE = {}

#: So many steps of the engine may be in one of the smallest clock.
_MOST = 100


def is_multiple(one, other):
    """Whether a step is a whole number of another one."""
    ratio = float(one) / float(other)
    return abs(ratio - round(ratio)) <= 1e-6


def is_listed(clock):
    """Whether a clock has listed times in place of a step: an EventClock of Brian 2.10 and later."""
    return not hasattr(clock, "dt_")


def times_of(clock):
    """The times of a clock with listed times, in s."""
    return clock.variables["times"].get_value()[:-1]


def listed_steps(clock, dt):
    """The steps of the engine at the times of a clock with listed times.

    Args:
        clock: whose times are multiples of the step.
        dt: of a step of the engine, in s.
    """
    return np.round(times_of(clock) / dt).astype(np.int64)


def interval(clock, dt):
    """Steps of the engine from one tick of a clock to the next, or whole parts of these for listed times."""
    if is_listed(clock):
        return int(np.gcd.reduce(listed_steps(clock, dt))) or 1
    return int(round(float(clock.dt_) / dt))


def with_base(clocks):
    """Clocks with steps, and one more where none of them divides all others and all listed times, if there is one that is not too small."""
    stepped = {each for each in clocks if not is_listed(each)}
    times = [time for each in clocks - stepped for time in times_of(each) if time > 0]
    smallest = min((each.dt_ for each in stepped), default=None)
    if smallest is None or all(is_multiple(each, smallest) for each in [*(each.dt_ for each in stepped), *times]):
        return stepped
    divisor = math.gcd(*(round(float(each) * 1e15) for each in [*(each.dt_ for each in stepped), *times]))
    if divisor * _MOST < smallest * 1e15 or not all(is_multiple(each.dt_, divisor / 1e15) for each in stepped):
        return stepped
    if divisor not in _MADE:
        _MADE[divisor] = Clock(divisor / 1e15 * second, name=f"interneuron_clock_{divisor}")
    return stepped | {_MADE[divisor]}


def _set(clock, step, dt, is_due):
    """Sets a clock to a step of the engine: to its tick in it if it is due then, and else to the next one."""
    if is_listed(clock):
        steps = listed_steps(clock, dt)
        own = int(np.searchsorted(steps, step, side="left" if is_due else "right"))
        time = clock.variables["times"].get_value()[own]
    else:
        ticks = step * dt / float(clock.dt_)
        own = math.ceil(ticks - Clock.epsilon_dt) if is_due else math.floor(ticks + Clock.epsilon_dt) + 1
        time = own * clock.dt_
    clock.variables["timestep"].set_value(own)
    clock.variables["t"].set_value(time)


def set_clocks(net, step, dt):
    """Every clock as it is in a step, or between two: those that are not due then are at their next."""
    for each in net._clocks:
        _set(each, step, dt, True)
    net.t_ = step * dt


def stop_clocks(net, step, dt):
    """Every clock after a step, or a place between two, in which a network was stopped: it is at the next time of any clock."""
    for each in net._clocks:
        _set(each, step, dt, False)
    net.t_ = min(each.clock.variables["t"].get_value().item() for each in net.sorted_objects)


def finish_clocks(net, end, dt, early):
    """Sets all clocks of a network to where a run has ended.

    Args:
        net: the network.
        end: the step that it has reached.
        dt: of a step, in s.
        early: whether more steps were asked for.
    """
    if early:
        set_clocks(net, end, dt)
        return
    for each in net._clocks:
        each.variables["timestep"].set_value(each._i_end)
        listed = each.variables["times"].get_value() if is_listed(each) else None
        each.variables["t"].set_value(each._i_end * each.dt_ if listed is None else listed[each._i_end])
