"""Times as people write them."""

from __future__ import annotations

import re

from ._errors import UsageError

_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "min": 60.0}


def seconds(time: str | float) -> float:
    """A time in s, from text with a unit or a number of ms.

    Raises:
        UsageError: for what is no time.
    """
    if not isinstance(time, str):
        return float(time) / 1000
    found = re.fullmatch(r"\s*([0-9.eE+-]+)\s*([a-zµ]+)\s*", time)
    unit = _UNITS.get(found[2]) if found else None
    try:
        if found is None or unit is None:
            raise ValueError
        number = float(found[1])
    except ValueError:
        raise UsageError(f"{time!r} is no time", "write a number with a unit, such as '100 ms'") from None
    # Division by a power of ten rounds once, as multiplication by its inverse would not.
    return number * unit if unit >= 1 else number / round(1 / unit)
