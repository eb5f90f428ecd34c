"""Single LIF

One leaky integrate-and-fire neuron with a constant input current.

Source: written for interneuron after Lapicque (1907)
"""

# One leaky integrate-and-fire neuron driven by a constant current: no randomness, for comparison spike by spike.
# L. Lapicque: Recherches quantitatives sur l'excitation électrique des nerfs traitée comme une polarisation.
# Journal de Physiologie et de Pathologie Générale 9 (1907) 620
# Its interval between spikes has a closed form, refractory + tau*ln((R*I + El - Vr)/(R*I + El - Vt)) = 2 + 10*ln(2.5) ms = 11.163 ms,
# rounded up to the next step.

from brian2 import *

defaultclock.dt = 0.1 * ms

# --- Constants
El = -70 * mV
R = 100 * Mohm
tau = 10 * ms
Vt = -55 * mV
Vr = -70 * mV

# --- Groups
G = NeuronGroup(
    1,
    """
    dv/dt = (El - v + R*I)/tau : volt (unless refractory)
    I : amp (constant)
    """,
    threshold="v > Vt",
    reset="v = Vr",
    refractory=2 * ms,
    method="exact",
)
G.I = 0.25 * nA
G.v = "El"

# --- Monitors
spikes = SpikeMonitor(G)
trace = StateMonitor(G, "v", record=True)

# --- Run
run(200 * ms)
