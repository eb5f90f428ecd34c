"""Events of every kind

A network of 60 neurons with every kind of event.

Source: written for interneuron
"""

from brian2 import *

defaultclock.dt = 0.1 * ms
seed(99)

# --- Constants
El = -55 * mV
tau = 10 * ms
taue = 3 * ms
Vt = -50 * mV
Vr = -60 * mV
taupre = 20 * ms
taupost = 20 * ms
wmax = 4 * mV

# --- Functions of time
modulation = TimedArray([1, 0.5, 1.5, 1], dt=20 * ms)

# --- Groups
P = NeuronGroup(
    60,
    """
    dv/dt = (El - v + ge)/tau + mV*sqrt(2/tau)*xi : volt (unless refractory)
    dge/dt = -ge/taue : volt
    bursts : integer
    theta : volt
    smooth : 1
    """,
    threshold="v > Vt + theta",
    reset="""
    v = Vr
    theta += 1*mV
    """,
    refractory="1*ms + 0.05*ms*i",
    method="euler",
    events={"strong": "ge > 12*mV"},
    name="P",
)
P.run_on_event("strong", "bursts += 1")
P.v = "Vr + rand()*(Vt - Vr)"
P.v["i >= 50"] = "El"
P.run_regularly("theta *= exp(-ms/tau)", dt=1 * ms)
background = PoissonGroup(40, rates="60*Hz*modulation(t)", name="background")
clockwork = SpikeGeneratorGroup(
    2, [0, 1, 0, 1, 0], [2, 5.5, 11, 11, 17.3] * ms, period=20 * ms, name="clockwork"
)

# --- Synapses
regular = Synapses(clockwork, P[:30], on_pre="ge += 6*mV", name="regular")
regular.connect(p=0.5)
afferent = Synapses(
    background,
    P,
    """
    dApre/dt = -Apre/taupre : volt (event-driven)
    dApost/dt = -Apost/taupost : volt (event-driven)
    w : volt
    """,
    on_pre="""
    ge += w
    Apre += 0.05*mV
    w = clip(w + Apost, 0*mV, wmax)
    """,
    on_post="""
    Apost -= 0.06*mV
    w = clip(w + Apre, 0*mV, wmax)
    """,
    delay=1.2 * ms,
    name="afferent",
)
afferent.connect(p=0.3)
afferent.w = "2*mV*rand()"
recurrent = Synapses(P, P, "w : volt (constant)", on_pre="ge += w", name="recurrent")
recurrent.connect("i != j", p=0.1)
recurrent.w = "1.5*mV*int(i < 45) - 3*mV*int(i >= 45)"
recurrent.delay = "0.2*ms + rand()*3*ms"
alarm = Synapses(
    P, P, on_pre="smooth += 0.1", on_event="strong", delay=0.7 * ms, name="alarm"
)
alarm.connect(j="(i + 1)%N_post")

# --- Inputs
drive = PoissonInput(P, "ge", N=20, rate=30 * Hz, weight=1 * mV)

# --- Monitors
spikes = SpikeMonitor(P, name="spikes")
strong_events = EventMonitor(P, "strong", name="strong_events")
trace = StateMonitor(
    P, ["v", "ge", "theta"], record=range(3), dt=0.5 * ms, name="trace"
)

# --- Run
run(100 * ms)
