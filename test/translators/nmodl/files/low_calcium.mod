NEURON {
  SUFFIX lowca
  USEION ca READ eca WRITE ica
  RANGE gbar
}
UNITS { (mA) = (milliamp) (mV) = (millivolt) (S) = (siemens) }
PARAMETER { gbar = 0.0002 (S/cm2) }
ASSIGNED { v (mV) eca (mV) ica (mA/cm2) celsius (degC) }
STATE { m h }
BREAKPOINT {
  SOLVE states METHOD cnexp
  ica = gbar*m^2*h*(v - eca)
}
INITIAL {
  m = 1/(1 + exp(-(v + 38)/6))
  h = 1/(1 + exp((v + 82)/6.4))
}
DERIVATIVE states {
  m' = (1/(1 + exp(-(v + 38)/6)) - m)/(2 + 6/(1 + exp((v + 35)/5)))
  h' = (1/(1 + exp((v + 82)/6.4)) - h)/(10 + 20/(1 + exp((v + 50)/7)))
}
