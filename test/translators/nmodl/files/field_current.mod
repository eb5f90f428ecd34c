: A calcium current by the function of NEURON for constant fields
NEURON {
  SUFFIX fieldca
  USEION ca READ cai, cao WRITE ica
  RANGE p
}
UNITS { (mV) = (millivolt) (mA) = (milliamp) (mM) = (milli/liter) }
PARAMETER { p = 2e-4 (cm/s) }
ASSIGNED { v (mV) ica (mA/cm2) cai (mM) cao (mM) minf mtau (ms) }
STATE { m }
BREAKPOINT { SOLVE st METHOD cnexp ica = p*m*m*nrn_ghk(v, cai, cao, 2) }
INITIAL { rates(v) m = minf }
DERIVATIVE st { rates(v) m' = (minf - m)/mtau }
PROCEDURE rates(v (mV)) { minf = 1/(1 + exp(-(v + 22)/6)) mtau = 1 + exp(-(v + 40)/30) }
