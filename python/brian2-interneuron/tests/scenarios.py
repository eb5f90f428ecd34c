"""Small scripts, one for each feature of Brian: each gives the arrays that both sides must agree in."""

from brian2 import *  # noqa: F403

ALL = {}


def scenario(function):
    """Registers a scenario by its name."""
    ALL[function.__name__] = function
    return function


def spikes(monitor):
    """Indices, times and counts."""
    return {f"{monitor.name}.i": monitor.i[:], f"{monitor.name}.t": monitor.t_[:], f"{monitor.name}.count": monitor.count[:]}


@scenario
def cuba():
    """Vogels and Abbott's benchmark, small."""
    equations = """
    dv/dt = (ge + gi - (v - El))/taum : volt (unless refractory)
    dge/dt = -ge/taue : volt
    dgi/dt = -gi/taui : volt
    """
    taum, taue, taui, Vt, Vr, El = 20 * ms, 5 * ms, 10 * ms, -50 * mV, -60 * mV, -49 * mV
    P = NeuronGroup(400, equations, threshold="v > Vt", reset="v = Vr", refractory=5 * ms, method="exact")
    P.v = "Vr + rand()*(Vt - Vr)"
    we, wi = 16.2 * mV, -90 * mV
    Ce, Ci = Synapses(P, P, on_pre="ge += we"), Synapses(P, P, on_pre="gi += wi")
    Ce.connect("i < 320", p=0.02)
    Ci.connect("i >= 320", p=0.02)
    monitor, samples, rate = SpikeMonitor(P), StateMonitor(P, "v", record=[3, 0]), PopulationRateMonitor(P)
    run(100 * ms)
    return {
        **spikes(monitor),
        "v": samples.v_[:],
        "v.t": samples.t_[:],
        "rate": rate.rate_[:],
        "ge": P.ge_[:],
        "lastspike": P.lastspike_[:],
        "not_refractory": P.not_refractory[:],
        "t": array([P.t_[:]]),
    }


@scenario
def several_runs():
    """Runs go on where the last ended: state, refractoriness, spikes under way; constants change in between."""
    tau, drive = 10 * ms, 1.3
    G = NeuronGroup(
        20, "dv/dt = (drive + a - v)/tau : 1 (unless refractory)\na : 1", threshold="v > 1", reset="v = 0", refractory=3 * ms
    )
    G.v, G.a = "i/20.0", "i*0.01"
    S = Synapses(G, G, "w : 1", on_pre="v_post += w", on_post={"up": "w += 0.001"})
    S.connect("i != j", p=0.3)
    S.w, S.delay = "0.02*rand()", "rand()*5*ms"
    S.up.delay = "1.5*ms"
    monitor, samples, rate = SpikeMonitor(G), StateMonitor(G, "v", record=True), PopulationRateMonitor(G[5:15])
    run(30.3 * ms)
    first = S.w_[:].copy()
    drive = 1.5
    run(20 * ms)
    G.v[:5] = 0.9
    G.a = 0.2
    run(10.1 * ms)
    return {
        **spikes(monitor),
        "v": samples.v_[:],
        "v.t": samples.t_[:],
        "rate": rate.rate_[:],
        "w first": first,
        "w": S.w_[:],
        "lastspike": G.lastspike_[:],
        "not_refractory": G.not_refractory[:],
    }


@scenario
def stdp_in_two_runs():
    """Event-driven traces are brought up to date across runs."""
    taupre, taupost, wmax, Apre = 20 * ms, 20 * ms, 0.01, 0.0001
    Apost = -Apre * 1.05
    inputs = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1, 2, 0], [1, 3, 5, 21, 22.1, 24, 38] * ms)
    G = NeuronGroup(1, "dv/dt = -v/(10*ms) : 1", threshold="v > 0.5", reset="v = 0", method="exact")
    S = Synapses(
        inputs,
        G,
        """w : 1
        dapre/dt = -apre/taupre : 1 (event-driven)
        dapost/dt = -apost/taupost : 1 (event-driven)""",
        on_pre="""v_post += w*50
        apre += Apre
        w = clip(w + apost, 0, wmax)""",
        on_post="""apost += Apost
        w = clip(w + apre, 0, wmax)""",
    )
    S.connect()
    S.w = "wmax*(0.5 + 0.2*i)"
    monitor, samples = SpikeMonitor(G), StateMonitor(S, ["w", "apre"], record=[0, 2])
    run(20 * ms)
    run(25 * ms)
    return {
        **spikes(monitor),
        "w": samples.w[:],
        "apre": samples.apre[:],
        "lastupdate": S.lastupdate_[:],
        "final": S.apost[:],
    }
