"""Networks with plastic synapses, in Brian 2: 1000 Poisson sources, each connected with 1000 cells, for 1 s.

usage: python plasticity.py {pair|triplet|depression} [BUILD_DIRECTORY]

With a build directory, the network runs in cpp_standalone, whose program leaves its run phase in results/run_phase.txt.
"""

import sys

from brian2 import Hz, NeuronGroup, PoissonGroup, SpikeMonitor, Synapses, mV, ms, run, second, seed, set_device

# Model, code at spikes of sources, code at spikes of targets.
rules = {
    "pair": (
        "dap/dt = -ap/(20*ms) : 1 (event-driven)\ndam/dt = -am/(20*ms) : 1 (event-driven)",
        "ge += w*mV\nap += 0.01\nw = clip(w + am, 0, 1)",
        "am -= 0.0105\nw = clip(w + ap, 0, 1)",
    ),
    "triplet": (
        "dr1/dt = -r1/(16.8*ms) : 1 (event-driven)\ndr2/dt = -r2/(101*ms) : 1 (event-driven)\n"
        "do1/dt = -o1/(33.7*ms) : 1 (event-driven)\ndo2/dt = -o2/(125*ms) : 1 (event-driven)",
        "ge += w*mV\nw = clip(w - o1*(0.0005 + 0.0002*r2), 0, 1)\nr1 += 1\nr2 += 1",
        "w = clip(w + r1*(0.0005 + 0.0006*o2), 0, 1)\no1 += 1\no2 += 1",
    ),
    # Short-term plasticity of Tsodyks and Markram
    "depression": (
        "du/dt = -u/(600*ms) : 1 (event-driven)\ndx/dt = (1 - x)/(130*ms) : 1 (event-driven)\nr : 1",
        "u += 0.2*(1 - u)\nr = u*x\nx -= r\nge += w*r*mV",
        None,
    ),
}

name, *directory = sys.argv[1:] or ["pair"]
if directory:
    set_device("cpp_standalone", directory=directory[0])
seed(1)
model, on_pre, on_post = rules[name]
sources = PoissonGroup(1000, rates=(30 if name == "depression" else 15) * Hz)
equations = "dv/dt = (-60*mV - v + ge)/(20*ms) : volt (unless refractory)\ndge/dt = -ge/(5*ms) : volt"
cells = NeuronGroup(1000, equations, threshold="v > -50*mV", reset="v = -60*mV", refractory=2 * ms, method="exact")
cells.v = "-60*mV + rand()*8*mV"
synapses = Synapses(sources, cells, f"w : 1\n{model}", on_pre=on_pre, on_post=on_post)
synapses.connect()
synapses.w = "rand()"
if name == "depression":
    synapses.x = 1
spikes = SpikeMonitor(cells)
run(1 * second)
