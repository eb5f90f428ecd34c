TITLE A synapse whose level, count and time constant change at events, though they are no states
NEURON {
  POINT_PROCESS Saturating
  RANGE tau, e, level
  NONSPECIFIC_CURRENT i
}
PARAMETER {
  tau = 4 (ms)
  e = 0 (mV)
  jump = 0.5
  most = 1.6
}
ASSIGNED { v (mV) i (nA) level count }
STATE { g (uS) }
INITIAL {
  g = 0
  level = 1
  count = 0
}
BREAKPOINT {
  SOLVE decay METHOD cnexp
  i = g*level*(v - e)
}
DERIVATIVE decay { g' = -g/tau }
NET_RECEIVE(weight (uS)) {
  LOCAL before
  before = level
  if (level < most) {
    level = level + jump
  } else {
    level = most
  }
  count = count + 1
  tau = 4 + count/2
  g = g + weight*before
}
