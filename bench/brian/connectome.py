"""A network with the structure of a model of the fly's connectome, as a Brian 2 script.

usage: python connectome.py WIRING.npz [SECONDS [SPIKES.npz]]
       python -I -m interneuron brian connectome.py WIRING.npz [SECONDS [SPIKES.npz]]

Sizes, equations and constants are those of Shiu et al., Nature 634 (2024) 210: 138,639 cells, 15.1 million connections
whose weights are numbers of synapses times 0.275 mV, 21 cells driven at 150 Hz. The wiring is not theirs: `wiring`
draws it from a seed with lognormal degrees (sigma 1), and saves it where the file is missing. The driven cells are
those with most targets; they get listed spikes, drawn from a seed, so that every simulator gets the same input.
"""

import json
import sys
from pathlib import Path

import numpy as np
from brian2 import Network, NeuronGroup, SpikeGeneratorGroup, SpikeMonitor, Synapses, defaultclock, ms, mV, second

CELLS, CONNECTIONS, DRIVEN, RATE = 138_639, 15_100_000, 21, 150.0


def wiring(cells=CELLS, connections=CONNECTIONS, seed=630):
    """Source, target and signed number of synapses of each connection, sorted by source."""
    random = np.random.default_rng(seed)

    def shares():
        degrees = random.lognormal(0.0, 1.0, cells)
        return degrees / degrees.sum()

    source = np.sort(random.choice(cells, connections, p=shares()).astype(np.int32))
    target = random.choice(cells, connections, p=shares()).astype(np.int32)
    sign = np.where(random.random(cells) < 0.6, 1, -1).astype(np.int16)
    # Mean 3.6 with a heavy tail: rounded up, lognormal.
    synapses = np.minimum(np.ceil(random.lognormal(0.7, 0.95, connections)), 2000).astype(np.int16)
    return {"source": source, "target": target, "synapses": synapses * sign[source]}


def inputs(seconds, seed=783):
    """Indices and steps of the spikes that drive the cells: one stream for each, at most one spike a step."""
    spikes = np.random.default_rng(seed).random((round(seconds * 1e4), DRIVEN)) < RATE * 1e-4
    steps, index = np.nonzero(spikes)
    return index, steps


def network(edges, seconds):
    """All objects, and the monitor of all spikes."""
    equations = """
    dv/dt = (v_0 - v + g)/t_mbr : volt (unless refractory)
    dg/dt = -g/tau : volt (unless refractory)
    rfc : second
    """
    names = {"v_0": -52 * mV, "v_rst": -52 * mV, "v_th": -45 * mV, "t_mbr": 20 * ms, "tau": 5 * ms}
    cells = NeuronGroup(
        CELLS, equations, method="linear", threshold="v > v_th", reset="v = v_rst; g = 0*mV", refractory="rfc", namespace=names
    )
    cells.v = -52 * mV
    driven = np.argsort(-np.bincount(edges["source"], minlength=CELLS), kind="stable")[:DRIVEN]
    cells.rfc = np.where(np.isin(np.arange(CELLS), driven), 0, 2.2) * ms
    synapses = Synapses(cells, cells, "w : volt", on_pre="g += w", delay=1.8 * ms)
    synapses.connect(i=edges["source"], j=edges["target"])
    synapses.w = edges["synapses"] * 0.275 * mV
    index, steps = inputs(seconds)
    driver = SpikeGeneratorGroup(DRIVEN, index, steps * 0.1 * ms)
    drive = Synapses(driver, cells, on_pre="v += 68.75*mV")
    drive.connect(i=np.arange(DRIVEN), j=driven)
    spikes = SpikeMonitor(cells)
    return Network(cells, synapses, driver, drive, spikes), spikes


def main():
    """Runs the network, prints the numbers of spikes and of cells that spike as JSON, and saves the spikes."""
    path, seconds = Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    if not path.exists():
        np.savez(path, **wiring())
    defaultclock.dt = 0.1 * ms
    net, spikes = network(np.load(path), seconds)
    net.run(seconds * second)
    index, steps = spikes.i[:], np.rint(spikes.t[:] / defaultclock.dt).astype(int)
    print(json.dumps({"spikes": len(index), "cells": len(set(index))}))
    if len(sys.argv) > 3:
        order = np.lexsort((index, steps))
        np.savez(sys.argv[3], index=index[order], step=steps[order])


if __name__ == "__main__":
    main()
