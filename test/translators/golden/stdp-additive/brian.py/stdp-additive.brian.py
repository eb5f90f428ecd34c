"""AdditiveWeightDependence

Pairs of spikes at five lags move five weights; the receivers are made to fire.
"""

from brian2 import *

defaultclock.dt = 0.1 * ms

# --- Constants
v_rest = -65 * mV
tau_m = 20 * ms
tau_refrac = 0.1 * ms
v_reset = -65 * mV
v_thresh = -50 * mV
tau_plus = 20 * ms
tau_minus = 20 * ms
A_plus = 0.01
A_minus = 0.012
w_min = 0 * mV
w_max = 0.001 * uvolt

# --- Groups
post = NeuronGroup(
    5,
    "dv/dt = (v_rest - v)/tau_m : volt (unless refractory)",
    threshold="v > v_thresh",
    reset="v = v_reset",
    refractory=tau_refrac,
    method="exact",
)
post.v = -65 * mV
pre = SpikeGeneratorGroup(
    5,
    [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4],
    [80, 95, 100, 105, 120, 180, 195, 200, 205, 220, 280, 295, 300, 305, 320] * ms,
)
drive = SpikeGeneratorGroup(1, [0] * 3, [99.5, 199.5, 299.5] * ms)

# --- Synapses
driver = Synapses(
    drive, post, "weight : volt (constant)", on_pre="v += weight", delay=0.1 * ms
)
driver.connect()
driver.weight = 100 * mV
plastic = Synapses(
    pre,
    post,
    """
    dx/dt = -x/tau_plus : 1 (event-driven)
    dy/dt = -y/tau_minus : 1 (event-driven)
    weight : volt
    sent : volt
    """,
    on_pre={
        "pre": """
        x += 1
        weight = clip(weight - A_minus*y*(w_max - w_min), w_min, w_max)
        sent = weight
        """,
        "transmit": "v += sent",
    },
    on_post={
        "post": "weight = clip(weight + A_plus*x*(w_max - w_min), w_min, w_max)",
        "post_trace": "y += 1",
    },
    delay={"transmit": 1 * ms, "post": 1 * ms, "post_trace": 1 * ms},
)
plastic.transmit.order = 0
plastic.post.order = -2
plastic.connect(j="i")
plastic.weight = 0.0005 * uvolt

# --- Monitors
post_spikes = SpikeMonitor(post)
plastic_weight = StateMonitor(plastic, "weight", record=True)

# --- Run
run(400 * ms)
