"""Records spikes of a cell like a pyramidal one of layer 5 in NEURON: a soma, an axon, and an apical tree that branches
in a zone of calcium channels.

    nrnivmodl . && python layered_cell.py

The cell of layered_cell.yaml, in short steps. Prints the times at which the soma rises above 0 mV, extrapolated from two
time steps to none.
"""

from neuron import h

h.load_file("stdrun.hoc")


def sections():
    """Return the sections of the cell, with their mechanisms."""
    made = {}
    for name, parent, length, diameter, count in (
        ("soma", None, 24, 22, 1), ("axon", "soma", 60, 1.2, 3), ("basal", "soma", 180, 2, 5), ("trunk", "soma", 500, 3.5, 11),
        ("left", "trunk", 150, 2, 5), ("right", "trunk", 150, 2, 5), ("tuft", "left", 120, 1, 3),
    ):
        section = made[name] = h.Section(name=name)
        section.L, section.diam, section.nseg, section.Ra, section.cm = length, diameter, count, 100, 1
        if parent:
            section.connect(made[parent](1))
        section.insert("leak")
        for segment in section:
            if name == "soma":
                segment.leak.g = 4e-5
    for name in ("soma", "axon", "trunk"):
        made[name].insert("sodium")
        made[name].insert("fastk")
        for segment in made[name]:
            segment.sodium.gbar = {"soma": 0.25, "axon": 0.5, "trunk": 0.02}[name]
            segment.fastk.gbar = {"soma": 0.08, "axon": 0.15, "trunk": 0.01}[name]
    made["axon"].insert("persistent")
    for name in ("basal", "trunk", "left", "right", "tuft"):
        made[name].insert("hcurrent")
    for name in ("trunk", "left", "right", "tuft"):
        made[name].insert("mcurrent")
    for name in ("soma", "left", "right"):
        made[name].insert("cal")
        made[name].insert("pool")
        made[name].insert("cak")
        for segment in made[name]:
            segment.cal.pbar = 1e-5 if name == "soma" else 6e-5
            segment.cak.gbar = 0.0005 if name == "soma" else 0.001
    for name in ("left", "right"):
        made[name].insert("lowca")
    for section in made.values():
        for ion, potential in (("ek", -85), ("ena", 50)):
            if hasattr(section(0.5), ion):
                setattr(section, ion, potential)
    return made


def spikes(steps):
    """Return spike times with so many steps in a millisecond."""
    cell = sections()
    h.celsius, h.steps_per_ms, h.dt = 34, steps, 1 / steps
    h.usetable_sodium = 0
    clamps = []
    for name, delay, duration, amplitude in (("soma", 20, 100, 0.7), ("left", 60, 5, 1.2)):
        clamp = h.IClamp(cell[name](0.5))
        clamp.delay, clamp.dur, clamp.amp = delay, duration, amplitude
        clamps.append(clamp)
    watch, times = h.NetCon(cell["soma"](0.5)._ref_v, None, sec=cell["soma"]), h.Vector()
    watch.threshold = 0
    watch.record(times)
    h.finitialize(-75)
    h.continuerun(130)
    return list(times)


if __name__ == "__main__":
    coarse, fine = spikes(400), spikes(800)
    print([round(2 * b - a, 4) for a, b in zip(coarse, fine)], len(coarse), len(fine))
