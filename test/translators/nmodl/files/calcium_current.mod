NEURON {
  SUFFIX cal
  USEION ca READ cai, cao WRITE ica
  RANGE pbar
}
UNITS {
  FARADAY = (faraday) (kilocoulombs)
  R = (k-mole) (joule/degC)
  (mV) = (millivolt)
  (mM) = (milli/liter)
}
PARAMETER { pbar = 2e-4 (cm/s) half = -20 (mV) }
ASSIGNED { v (mV) celsius (degC) ica (mA/cm2) cai (mM) cao (mM) inf }
STATE { s }
BREAKPOINT {
  SOLVE states METHOD cnexp
  ica = pbar*s*s*ghk(v, cai, cao)
}
INITIAL { s = steady(v) }
DERIVATIVE states {
  inf = steady(v)
  s' = (inf - s)/(1.5 + 8*exp(-(v + 30)^2/400))
}
FUNCTION steady(v) { steady = 1/(1 + exp((half - v)/6.5)) }
FUNCTION ghk(v (mV), inside (mM), outside (mM)) (.001 coul/cm3) {
  LOCAL z, ei, eo
  z = (1e-3)*2*FARADAY*v/(R*(celsius + 273.15))
  eo = outside*relative(z)
  ei = inside*relative(-z)
  ghk = (.001)*2*FARADAY*(ei - eo)
}
FUNCTION relative(z) {
  if (fabs(z) < 1e-4) {
    relative = 1 - z/2
  } else {
    relative = z/(exp(z) - 1)
  }
}
