"""The three networks of the benchmark, in Brian 2, for timing against interneuron.

usage: python models.py {cuba|cobahh|brunel-hakim} {cpp_standalone|cython} BUILD_DIRECTORY [SECONDS]

Prints one JSON object: seconds of the run phase, of the whole script after the imports, and the number of spikes. The program that cpp_standalone
compiles leaves its run phase in results/run_phase.txt: seconds by the clock and of the processor.
Parameters are those of fixtures/brian/*.yaml.
"""

import json
import sys
import time

import brian2 as b2
from brian2 import Hz, NeuronGroup, SpikeMonitor, Synapses, mV, ms, nS, pF, second, siemens, uS, volt

b2.BrianLogger.log_level_error()


def cuba():
    namespace = dict(taum=20 * ms, taue=5 * ms, taui=10 * ms, Vt=-50 * mV, Vr=-60 * mV, El=-49 * mV, we=1.62 * mV, wi=-9 * mV)
    equations = """
    dv/dt = (ge + gi - (v - El))/taum : volt (unless refractory)
    dge/dt = -ge/taue : volt
    dgi/dt = -gi/taui : volt
    """
    group = NeuronGroup(4000, equations, threshold="v > Vt", reset="v = Vr", refractory=5 * ms, method="exact", namespace=namespace)
    group.v = "Vr + rand()*(Vt - Vr)"
    excitatory = Synapses(group, group, on_pre="ge += we", namespace=namespace)
    inhibitory = Synapses(group, group, on_pre="gi += wi", namespace=namespace)
    excitatory.connect("i < 3200", p=0.02)
    inhibitory.connect("i >= 3200", p=0.02)
    return [group, excitatory, inhibitory], group


def cobahh():
    namespace = dict(
        Cm=200 * pF, gl=10 * nS, El=-60 * mV, EK=-90 * mV, ENa=50 * mV, g_na=20 * uS, g_kd=6 * uS, VT=-63 * mV,
        taue=5 * ms, taui=10 * ms, Ee=0 * mV, Ei=-80 * mV, we=6 * nS, wi=67 * nS,
    )
    equations = """
    dv/dt = (gl*(El-v) + ge*(Ee-v) + gi*(Ei-v) - g_na*(m*m*m)*h*(v-ENa) - g_kd*(n*n*n*n)*(v-EK))/Cm : volt
    dm/dt = alpha_m*(1-m) - beta_m*m : 1
    dn/dt = alpha_n*(1-n) - beta_n*n : 1
    dh/dt = alpha_h*(1-h) - beta_h*h : 1
    dge/dt = -ge*(1./taue) : siemens
    dgi/dt = -gi*(1./taui) : siemens
    alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV-v+VT)/(4*mV))/ms : Hz
    beta_m = 0.28*(mV**-1)*5*mV/exprel((v-VT-40*mV)/(5*mV))/ms : Hz
    alpha_h = 0.128*exp((17*mV-v+VT)/(18*mV))/ms : Hz
    beta_h = 4./(1+exp((40*mV-v+VT)/(5*mV)))/ms : Hz
    alpha_n = 0.032*(mV**-1)*5*mV/exprel((15*mV-v+VT)/(5*mV))/ms : Hz
    beta_n = .5*exp((10*mV-v+VT)/(40*mV))/ms : Hz
    """
    group = NeuronGroup(4000, equations, threshold="v > -20*mV", refractory=3 * ms, method="exponential_euler", namespace=namespace)
    group.v = "El + (randn()*5 - 5)*mV"
    group.ge = "(randn()*1.5 + 4)*10.*nS"
    group.gi = "(randn()*12 + 20)*10.*nS"
    excitatory = Synapses(group, group, on_pre="ge += we", namespace=namespace)
    inhibitory = Synapses(group, group, on_pre="gi += wi", namespace=namespace)
    excitatory.connect("i < 3200", p=0.02)
    inhibitory.connect("i >= 3200", p=0.02)
    return [group, excitatory, inhibitory], group


def brunel_hakim():
    namespace = dict(Vr=10 * mV, theta=20 * mV, tau=20 * ms, J=0.1 * mV, muext=25 * mV, sigmaext=1 * mV)
    equations = "dV/dt = (-V + muext + sigmaext*sqrt(tau)*xi)/tau : volt (unless refractory)"
    group = NeuronGroup(5000, equations, threshold="V > theta", reset="V = Vr", refractory=2 * ms, method="euler", namespace=namespace)
    group.V = "Vr"
    synapses = Synapses(group, group, on_pre="V += -J", delay=2 * ms, namespace=namespace)
    synapses.connect(p=0.2)
    return [group, synapses], group


# Brian's own timer counts seconds of the processor alone.
TIMES = """
struct timespec {when}_clock, {when}_processor;
clock_gettime(CLOCK_MONOTONIC, &{when}_clock);
clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &{when}_processor);
"""
NOTE_TIMES = """
std::ofstream run_phase("results/run_phase.txt");
run_phase << (after_clock.tv_sec - before_clock.tv_sec) + 1e-9 * (after_clock.tv_nsec - before_clock.tv_nsec) << " "
          << (after_processor.tv_sec - before_processor.tv_sec) + 1e-9 * (after_processor.tv_nsec - before_processor.tv_nsec) << std::endl;
"""


def main():
    name, mode, directory = sys.argv[1:4]
    duration = float(sys.argv[4]) if len(sys.argv) > 4 else 1.0
    began = time.perf_counter()
    if mode == "cpp_standalone":
        b2.set_device("cpp_standalone", directory=directory, build_on_run=True)
        b2.device.insert_code("before_network_run", TIMES.format(when="before"))
        b2.device.insert_code("after_network_run", TIMES.format(when="after") + NOTE_TIMES)
    else:
        b2.prefs.codegen.target = "cython"
    b2.seed(42)
    objects, group = {"cuba": cuba, "cobahh": cobahh, "brunel-hakim": brunel_hakim}[name]()
    monitor = SpikeMonitor(group)
    network = b2.Network(objects, monitor)
    network.run(duration * second, namespace={})
    run = b2.device._last_run_time if mode == "cpp_standalone" else None
    print(json.dumps({"run": run, "whole": time.perf_counter() - began, "spikes": int(monitor.num_spikes)}))


if __name__ == "__main__":
    main()
