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
