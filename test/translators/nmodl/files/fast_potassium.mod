NEURON {
  SUFFIX fastk
  USEION k READ ek WRITE ik
  RANGE gbar
}
UNITS { (mA) = (milliamp) (mV) = (millivolt) (S) = (siemens) }
PARAMETER { gbar = 0.03 (S/cm2) }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) celsius (degC) }
STATE { n }
BREAKPOINT {
  SOLVE states METHOD cnexp
  ik = gbar*n^3*(v - ek)
}
INITIAL { n = steady(v) }
DERIVATIVE states { n' = (steady(v) - n)/(0.4 + 3/(1 + exp((v + 25)/11))) }
FUNCTION steady(v (mV)) { steady = 1/(1 + exp(-(v + 16)/9.5)) }
