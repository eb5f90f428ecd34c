NEURON {
  SUFFIX mcurrent
  USEION k READ ek WRITE ik
  RANGE gbar
}
UNITS { (mA) = (milliamp) (mV) = (millivolt) (S) = (siemens) }
PARAMETER { gbar = 0.0001 (S/cm2) }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) celsius (degC) }
STATE { m }
BREAKPOINT {
  SOLVE states METHOD cnexp
  ik = gbar*m*(v - ek)
}
INITIAL { m = open(v)/(open(v) + close(v)) }
DERIVATIVE states { m' = (open(v)/(open(v) + close(v)) - m)/slow(v) }
FUNCTION slow(v (mV)) (ms) { slow = 2.1^((24 - celsius)/10)/(open(v) + close(v)) }
FUNCTION open(v (mV)) (/ms) { open = 0.0035*exp((v + 36)/18) }
FUNCTION close(v (mV)) (/ms) { close = 0.0035*exp(-(v + 36)/18) }
