: A spike during the pulse of another one prolongs it: only the event of the last spike ends the pulse.
NEURON {
  POINT_PROCESS prolonged_synapse
  RANGE g, width, tau
  NONSPECIFIC_CURRENT i
}
UNITS { (nA) = (nanoamp) (mV) = (millivolt) (uS) = (microsiemens) }
PARAMETER { width = 13 (ms) tau = 5 (ms) e = 0 (mV) }
ASSIGNED { v (mV) i (nA) target (uS) }
STATE { g (uS) }
INITIAL { g = 0 target = 0 }
BREAKPOINT {
  SOLVE states METHOD cnexp
  i = g*(v - e)
}
DERIVATIVE states { g' = (target - g)/tau }
NET_RECEIVE (weight (uS), isOn, count) {
  if (flag == 0) {
    count = count + 1
    if (!isOn) {
      isOn = 1
      target = target + weight
    }
    net_send(width, count)
  }
  if (flag == count) {
    isOn = 0
    target = target - weight
  }
}
