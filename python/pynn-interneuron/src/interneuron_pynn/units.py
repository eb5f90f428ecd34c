"""PyNN's units in SI, and values as JSON has them."""

from decimal import Decimal

import numpy as np

#: PyNN's units in SI.
SI = {"mV": 1e-3, "nA": 1e-9, "uS": 1e-6, "nS": 1e-9, "ms": 1e-3, "mV/ms": 1.0, "dimensionless": 1.0, "unknown": 1.0}

#: Powers of ten that take PyNN's units to SI.
EXPONENTS = {"mV": -3, "nA": -9, "nF": -9, "ms": -3, "uS": -6, "nS": -9}


def scaled(value, exponent):
    """A number times a power of ten, rounded once, as reading its decimal text does."""
    return float(f"{Decimal(repr(float(value))).scaleb(exponent)}")


def plain(value):
    """A value of a parameter as JSON has it."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    return value
