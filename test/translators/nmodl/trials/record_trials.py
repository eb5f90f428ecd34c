"""Prints the potentials of trials.test.ts in mV: of membranes with a leak, after 5 ms in steps of 0.025 ms, and
extrapolated from steps of 0.005 and 0.0025 ms to none.

    cp ../files/calcium_pool.mod . && nrnivmodl . && python record_trials.py
"""

from neuron import h

h.load_file("stdrun.hoc")


def section(*mechanisms, length=20, diameter=20):
    """Return a section with a leak and mechanisms."""
    made = h.Section()
    made.L, made.diam, made.Ra, made.cm = length, diameter, 100, 1
    for name in ("pas", *mechanisms):
        made.insert(name)
    made.g_pas, made.e_pas = 0.001, -65
    return made


def run(celsius, *sections):
    """Return the potentials of sections after 5 ms, in steps of 0.025 ms and extrapolated."""
    found = []
    for dt in (0.025, 0.005, 0.0025):
        h.dt, h.steps_per_ms, h.celsius = dt, 1 / dt, celsius
        h.finitialize(-65)
        h.continuerun(5)
        found.append([one(0.5).v for one in sections])
    return found[0], [2 * fine - coarse for coarse, fine in zip(found[1], found[2])]


for celsius in (6.3, 34):
    for name in ("caonly", "klevel"):
        print(name, celsius, run(celsius, section(name)))
    soma, dend = section("caonly", "pool"), section("caonly", length=100, diameter=2)
    dend.connect(soma(1))
    print("pool", celsius, run(celsius, soma, dend))
    del soma, dend
for name in ("fluxes", "late", "owncal", "six", "implicit", "square", "instant", "last"):
    print(name, run(6.3, section(name)))
for name, mechanisms in (("careader", ("caonly", "pool")), ("implicitsyn", ()), ("blocksyn", ())):
    soma = section(*mechanisms)
    point = getattr(h, name)(soma(0.5))
    print(name, run(6.3, soma))
