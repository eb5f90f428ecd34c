: an activation that is read before the statement whose equations set it
NEURON { SUFFIX last USEION ca READ eca WRITE ica RANGE gbar, minf, conductance }
PARAMETER { gbar = 0.002 (S/cm2) }
ASSIGNED { v (mV) eca (mV) ica (mA/cm2) minf hinf conductance (S/cm2) }
STATE { h }
BREAKPOINT {
  conductance = gbar*minf^2*h
  ica = conductance*(v - eca)
  SOLVE inactivation METHOD cnexp
}
INITIAL { settings(v) h = hinf }
DERIVATIVE inactivation {
  settings(v)
  h' = (hinf - h)/((5 + 20*minf)*1 (ms))
}
PROCEDURE settings(v (mV)) {
  minf = 1/(1 + exp(-(v + 55)/6.2))
  hinf = 1/(1 + exp((v + 65)/4))
}
