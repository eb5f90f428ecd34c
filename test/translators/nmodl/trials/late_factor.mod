: the factor of the time constant is set after the first call
NEURON { SUFFIX late USEION k READ ek WRITE ik RANGE g, htau }
PARAMETER { g = 0.004 (S/cm2) celsius (degC) }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) hinf htau (ms) factor }
STATE { h }
BREAKPOINT { SOLVE s METHOD cnexp ik = g*h*(v - ek) }
INITIAL { settings(v) factor = 2.8^((celsius - 23)/10) h = hinf }
DERIVATIVE s { settings(v) h' = (hinf - h)/htau }
PROCEDURE settings(v (mV)) {
  UNITSOFF
  hinf = 1/(1 + exp((v + 75)/6))
  if (v < -60) { htau = 1/(exp((v + 46)/5) + exp(-(v + 238)/38))/factor } else { htau = 19/factor }
  UNITSON
}
