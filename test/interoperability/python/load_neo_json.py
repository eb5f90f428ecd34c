"""Loads Neo-like JSON into Neo objects, and prints what they hold, as JSON. The loader is all that a user needs."""

import base64
import json
import sys

import neo
import numpy as np
import quantities as pq


def array_of(data, shape):
    return np.frombuffer(base64.b64decode(data["bytes"]), dtype=data["dtype"]).reshape(shape)


def load(path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    blocks = []
    for b in document["blocks"]:
        block = neo.Block(name=b["name"], **b["annotations"])
        for s in b["segments"]:
            segment = neo.Segment(name=s["name"], index=s["index"], **s["annotations"])
            segment.spiketrains.extend([
                neo.SpikeTrain(t["times"], units=t["units"], t_start=t["t_start"], t_stop=t["t_stop"], name=t["name"], **t["annotations"])
                for t in s["spiketrains"]
            ])
            segment.analogsignals.extend([
                neo.AnalogSignal(array_of(a["data"], a["shape"]), units=a["units"], t_start=a["t_start"] * pq.s, name=a["name"],
                                 sampling_rate=pq.Quantity(a["sampling_rate"], a["sampling_rate_units"]),
                                 array_annotations=a["array_annotations"], **a["annotations"])
                for a in s["analogsignals"]
            ])
            segment.irregularlysampledsignals.extend([
                neo.IrregularlySampledSignal(a["times"], array_of(a["data"], a["shape"]), units=a["units"], time_units=a["time_units"],
                                             name=a["name"], array_annotations=a["array_annotations"])
                for a in s["irregularlysampledsignals"]
            ])
            segment.epochs.extend([
                neo.Epoch(e["times"] * pq.Quantity(1, e["units"]), e["durations"] * pq.Quantity(1, e["units"]), np.array(e["labels"]), name=e["name"])
                for e in s["epochs"]
            ])
            block.segments.append(segment)
        for g in b["groups"]:
            group = neo.Group(name=g["name"])
            trains = [list(segment.spiketrains) for segment in block.segments]
            group.spiketrains.extend([trains[i][j] for i, j in g["spiketrains"]])
            block.groups.append(group)
        blocks.append(block)
    return blocks


def summary(block):
    (segment,) = block.segments
    return {
        "name": block.name,
        "complete": block.annotations["complete"],
        "spiketrains": [
            {"name": t.name, "units": t.units.dimensionality.string, "t_stop": float(t.t_stop), "cell_id": t.annotations["cell_id"],
             "times": [float(x).hex() for x in t.magnitude]}
            for t in segment.spiketrains
        ],
        "analogsignals": [
            {"name": a.name, "units": a.units.dimensionality.string, "sampling_rate": float(a.sampling_rate), "shape": list(a.shape),
             "cell_id": [int(x) for x in a.array_annotations["cell_id"]], "data": [float(x).hex() for x in a.magnitude.ravel()]}
            for a in segment.analogsignals
        ],
        "irregular": [{"name": a.name, "times": [float(x) for x in a.times]} for a in segment.irregularlysampledsignals],
        "epochs": [{"labels": [str(x) for x in e.labels], "times": [float(x) for x in e.times]} for e in segment.epochs],
        "groups": {g.name: [t.name for t in g.spiketrains] for g in block.groups},
    }


if __name__ == "__main__":
    print(json.dumps([summary(block) for block in load(sys.argv[1])]))
