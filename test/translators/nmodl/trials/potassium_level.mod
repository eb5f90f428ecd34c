: reads the potential and a concentration of potassium
NEURON { SUFFIX klevel USEION k READ ek, ki WRITE ik RANGE g }
PARAMETER { g = 0.002 (S/cm2) }
ASSIGNED { v (mV) ek (mV) ki (mM) ik (mA/cm2) }
BREAKPOINT { ik = g*(v - ek)*(ki/(ki + 1)) }
