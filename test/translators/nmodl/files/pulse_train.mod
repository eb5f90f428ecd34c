: Pulses of current, each of which begins and ends at an event that the last one has sent.
NEURON {
  POINT_PROCESS pulse_train
  RANGE onset, width, gap, amp
  NONSPECIFIC_CURRENT i
}
UNITS { (nA) = (nanoamp) }
PARAMETER { onset = 11 (ms) width = 6 (ms) gap = 9 (ms) amp = 0.02 (nA) }
ASSIGNED { i (nA) isOn }
INITIAL {
  isOn = 0
  net_send(onset, 1)
}
BREAKPOINT { i = -amp*isOn }
NET_RECEIVE (weight) {
  if (flag == 1) {
    if (isOn == 0) {
      isOn = 1
      net_send(width, 1)
    } else {
      isOn = 0
      net_send(gap, 1)
    }
  }
}
