"""Single LIF

One leaky integrate-and-fire neuron with a constant input current.

Source: written for interneuron after Lapicque (1907)

Usage: python single-lif.pynn.py neuron
"""

# One leaky integrate-and-fire neuron driven by a constant current: no randomness, for comparison spike by spike.
# L. Lapicque: Recherches quantitatives sur l'excitation électrique des nerfs traitée comme une polarisation.
# Journal de Physiologie et de Pathologie Générale 9 (1907) 620
# Its interval between spikes has a closed form, refractory + tau*ln((R*I + El - Vr)/(R*I + El - Vt)) = 2 + 10*ln(2.5) ms = 11.163 ms,
# rounded up to the next step.

from pyNN.utility import get_simulator

sim, options = get_simulator()
sim.setup(timestep=0.1, min_delay=0.1, spike_precision="on_grid")

# --- Populations

G = sim.Population(
    1,
    sim.IF_curr_exp(
        v_rest=-70,
        cm=0.1,
        tau_m=10,
        tau_refrac=2,
        i_offset=0.25,
        v_reset=-70,
        v_thresh=-55,
    ),
    initial_values={"v": -70},
    label="G",
)

# --- Recordings

G.record(["spikes", "v"])

# --- Run

sim.run(200)

# --- Results

G.write_data("single-lif.pynn-G.pkl")
sim.end()
