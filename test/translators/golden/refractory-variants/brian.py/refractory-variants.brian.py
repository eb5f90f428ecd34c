"""Refractory variants

Four neurons with different forms of refractoriness.

Source: written for interneuron
"""

# Every form of refractoriness that Brian 2 has, and none.
# Steps of the spikes (time step 0.1 ms), worked out from Brian's rules and measured with Brian 2.5.1:
# duration    v' = 1/ms, threshold 0.95, 1 ms                    9, 28, 47
# variable    duration held by a variable that decays            4, 17, 30, 43, 56, 69
# condition   refractory while v < 0.95; no reset                4, 10, 11, 12, ...
# none        threshold without reset                            every step from 4 on

from brian2 import *

defaultclock.dt = 0.1 * ms

# --- Groups
duration = NeuronGroup(
    1,
    "dv/dt = 1/ms : 1 (unless refractory)",
    threshold="v > 0.95",
    reset="v = 0",
    refractory=1 * ms,
    name="duration",
)
variable = NeuronGroup(
    1,
    """
    dv/dt = 2/ms : 1 (unless refractory)
    dr/dt = -r/ms : second
    """,
    threshold="v > 0.9",
    reset="""
    v = 0
    r = 2*ms
    """,
    refractory="r",
    name="variable",
)
condition = NeuronGroup(
    1, "dv/dt = 1/ms : 1", threshold="v > 0.45", refractory="v < 0.95", name="condition"
)
none = NeuronGroup(1, "dv/dt = 1/ms : 1", threshold="v > 0.45", reset="", name="none")
# what synapses and operations write meanwhile is lost, what the reset writes is not
blocked = NeuronGroup(
    2,
    """
    dv/dt = 1/ms : 1 (unless refractory)
    dw/dt = 1/ms : 1
    x : 1
    """,
    threshold="v > 0.95 and not_refractory",
    reset="""
    v = 0.25
    x = lastspike/ms
    """,
    refractory=2 * ms,
    name="blocked",
)
blocked.run_regularly("v += 0.01*int(not_refractory)", dt=0.5 * ms)

# --- Monitors
duration_spikes = SpikeMonitor(duration, name="duration_spikes")
variable_spikes = SpikeMonitor(variable, name="variable_spikes")
condition_spikes = SpikeMonitor(condition, name="condition_spikes")
none_spikes = SpikeMonitor(none, name="none_spikes")
blocked_spikes = SpikeMonitor(blocked, name="blocked_spikes")
blocked_trace = StateMonitor(blocked, ["v", "w", "x"], record=0, name="blocked_trace")

# --- Run
run(8 * ms)
