NEURON {
  SUFFIX cak
  USEION k READ ek WRITE ik
  USEION ca READ cai
  RANGE gbar
}
UNITS { (mA) = (milliamp) (mV) = (millivolt) (S) = (siemens) (mM) = (milli/liter) }
PARAMETER { gbar = 0.002 (S/cm2) half = 0.0004 (mM) tau = 1.2 (ms) }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) cai (mM) }
STATE { z }
BREAKPOINT {
  SOLVE states METHOD cnexp
  ik = gbar*z*(v - ek)
}
INITIAL { z = steady(cai) }
DERIVATIVE states { z' = (steady(cai) - z)/tau }
FUNCTION steady(cai (mM)) { steady = 1/(1 + (half/cai)^4) }
