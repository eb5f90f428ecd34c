NEURON {
  SUFFIX persistent
  USEION na READ ena WRITE ina
  RANGE gbar
}
UNITS { (mA) = (milliamp) (mV) = (millivolt) (S) = (siemens) }
PARAMETER { gbar = 0.0001 (S/cm2) }
ASSIGNED { v (mV) ena (mV) ina (mA/cm2) celsius (degC) }
STATE { m h }
BREAKPOINT {
  SOLVE states METHOD cnexp
  ina = gbar*m^2*h*(v - ena)
}
INITIAL {
  m = 1/(1 + exp(-(v + 50)/5))
  h = 1/(1 + exp((v + 47)/11))
}
DERIVATIVE states {
  m' = (1/(1 + exp(-(v + 50)/5)) - m)/0.8
  h' = (1/(1 + exp((v + 47)/11)) - h)/slow(v)
}
FUNCTION slow(v (mV)) (ms) { slow = 90 + 200*exp(-(v + 60)^2/625) }
