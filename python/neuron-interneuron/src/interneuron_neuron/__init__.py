"""Reads models of NEURON."""

__version__ = "0.1.0"
