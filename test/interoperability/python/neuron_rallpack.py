"""The third Rallpack in NEURON, by CVODE: times at which its ends rise above 0 mV, as JSON. Argument: milliseconds."""

import json
import sys

from neuron import h

h.load_file("stdrun.hoc")


def main(duration):
    axon = h.Section(name="axon")
    axon.L, axon.diam, axon.nseg, axon.Ra, axon.cm = 1000, 1, 1000, 100, 1
    axon.insert("hh")
    h.usetable_hh = 0
    h.celsius = 6.3
    axon.ena, axon.ek = 50, -77
    for segment in axon:
        segment.hh.gl, segment.hh.el = 0.25e-4, -65
    ends = [axon(0.0005), axon(0.9995)]
    clamp = h.IClamp(ends[0])
    clamp.delay, clamp.dur, clamp.amp = 0, 1e9, 0.1
    spikes = [h.Vector() for _ in ends]
    detectors = []
    for end, times in zip(ends, spikes, strict=True):
        detector = h.NetCon(end._ref_v, None, sec=axon)
        detector.threshold = 0
        detector.record(times)
        detectors.append(detector)
    solver = h.CVode()
    solver.active(True)
    solver.atol(1e-7)
    solver.rtol(1e-7)
    solver.condition_order(2)
    h.finitialize(-65)
    h.continuerun(duration)
    print(json.dumps([list(times) for times in spikes]))


main(float(sys.argv[1]))
