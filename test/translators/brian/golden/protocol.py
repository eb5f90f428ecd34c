"""Protocol

Ten Izhikevich neurons through a protocol of current steps.

Source: written for interneuron after Izhikevich (2003)
doi: 10.1109/TNN.2003.820440
"""

from brian2 import *

defaultclock.dt = 0.1 * ms
seed(1)

# --- Constants
a = 20 * Hz
b = 200 * Hz
c = -65 * mV

# --- Groups
G = NeuronGroup(
    10,
    """
    dv/dt = (40*volt**-1*v**2 + 5*v + 140*mV)/ms - u + I : volt
    du/dt = a*(b*v - u) : volt/second
    d : volt/second (constant, shared)
    I : volt/second (constant)
    """,
    threshold="v >= 30*mV",
    reset="""
    v = c
    u += d
    """,
    method="euler",
)
G.d = 8 * mV / ms
G.v = "c"
G.u = "b*c"

# --- Monitors
spikes = SpikeMonitor(G)
trace = StateMonitor(G, ["v", "u"], record=[0, 9], dt=0.5 * ms)

# --- Run
run(50 * ms)
G.I = "(4 + i)*mV/ms"
run(100 * ms)
G.d = 2 * mV / ms
trace.active = False
run(50 * ms)
G.I["i < 5"] = 0 * mV / ms
trace.active = True
run(50 * ms)
