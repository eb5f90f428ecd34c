: f_flux and b_flux are the fluxes of the reaction before
NEURON { SUFFIX fluxes NONSPECIFIC_CURRENT i RANGE scale }
PARAMETER { scale = 0.01 (mA-ms/cm2) }
ASSIGNED { v (mV) i (mA/cm2) net (/ms) }
STATE { a b }
INITIAL { a = 1 b = 0 }
BREAKPOINT { SOLVE k METHOD sparse i = scale*net }
KINETIC k {
  ~ a <-> b (0.3, 0.1)
  net = f_flux - b_flux
}
