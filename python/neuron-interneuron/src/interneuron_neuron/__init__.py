"""Reads models of NEURON."""

# It removes the current folder from the search path of `python -m`.
import interneuron

__version__ = "0.1.0"
