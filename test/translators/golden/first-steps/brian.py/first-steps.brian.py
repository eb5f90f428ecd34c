"""First steps"""

from brian2 import *

defaultclock.dt = 0.1 * ms
seed(1)

# --- Constants
tau = 10 * ms
w = 0.8 * mV

# --- Groups
cells = NeuronGroup(
    20,
    "dv/dt = -v/tau : volt (unless refractory)",
    threshold="v > 10*mV",
    reset="v = 0*mV",
    refractory=2 * ms,
)
input = PoissonGroup(100, rates=50 * Hz)

# --- Synapses
drive = Synapses(input, cells, on_pre="v += w", delay=1 * ms)
drive.connect(p=0.3)

# --- Monitors
spikes = SpikeMonitor(cells)
trace = StateMonitor(cells, "v", record=[0, 1])

# --- Run
run(500 * ms)
