: a channel with a pool of its own, which has the name of a variable of the ion
NEURON { SUFFIX owncal USEION ca READ ica USEION k READ ek WRITE ik RANGE g }
PARAMETER { g = 0.01 (S/cm2) rest = 7e-5 (mM) fill = 0.02 (mM-cm2/mA-ms) }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) ica (mA/cm2) }
STATE { ca_i (mM) q }
INITIAL { ca_i = rest q = 0.1 }
BREAKPOINT { SOLVE s METHOD cnexp ik = g*q*q*(v - ek) }
DERIVATIVE s {
  ca_i' = -fill*ica - (ca_i - rest)/20
  q' = 5e3*ca_i*(1 - q) - 0.4*q
}
