"""Opens NWB files with pynwb, nwbinspector, Neo and h5py and prints what they say, as JSON.

Each line of standard input, a JSON list of checks and paths, is answered by a line, null where it fails.
"""

import json
import sys
import traceback
import uuid
import warnings

import h5py
import numpy as np

TYPED = ("neurodata_type", "namespace", "object_id")


def structure(path):
    """Breaches of the layout rules that pynwb's validator does not look at."""
    problems = []
    identifiers = []
    with h5py.File(path, "r") as file:

        def visit(name, item):
            marks = [mark for mark in TYPED if mark in item.attrs]
            if marks and len(marks) != len(TYPED):
                problems.append(f"{name} has only {marks}")
            if len(marks) == len(TYPED):
                identifiers.append(item.attrs["object_id"])
                uuid.UUID(item.attrs["object_id"])
            for key, value in item.attrs.items():
                kind = h5py.check_string_dtype(item.attrs.get_id(key).dtype)
                if isinstance(value, str) and (kind is None or kind.length is not None or kind.encoding != "utf-8"):
                    problems.append(f"attribute {key} of {name} is not variable-length UTF-8")
            if isinstance(item, h5py.Dataset):
                kind = h5py.check_string_dtype(item.dtype)
                if kind is not None and kind.length is not None:
                    problems.append(f"{name} is a fixed-length string")
                if name.endswith("_index"):
                    check_index(file, name, item, problems)
            if isinstance(item, h5py.Group) and "colnames" in item.attrs:
                check_table(name, item, problems)
            if item.attrs.get("neurodata_type") == "TimeSeries":
                check_series(name, item, problems)

        visit("/", file)
        file.visititems(visit)
        if len(set(identifiers)) != len(identifiers):
            problems.append("object ids repeat")
        for scalar in ("identifier", "session_description", "session_start_time", "timestamps_reference_time"):
            if file[scalar].shape != ():
                problems.append(f"{scalar} is not a scalar")
        if file["file_create_date"].ndim != 1:
            problems.append("file_create_date is not one-dimensional")
    return problems


def check_index(file, name, item, problems):
    ends = item[()]
    target = file[item.attrs["target"]]
    if item.dtype.kind != "u":
        problems.append(f"{name} is not unsigned")
    if np.any(np.diff(ends.astype(np.int64)) < 0):
        problems.append(f"{name} decreases")
    if len(ends) and ends[-1] != len(target):
        problems.append(f"{name} ends at {ends[-1]} of {len(target)}")
    if target.name != "/" + name[: -len("_index")]:
        problems.append(f"{name} points at {target.name}")


def check_table(name, item, problems):
    columns = list(item.attrs["colnames"])
    datasets = {key for key in item if key != "id" and not key.endswith("_index")}
    if set(columns) != datasets or len(columns) != len(datasets):
        problems.append(f"{name} has columns {sorted(datasets)} and names {columns}")
    rows = len(item["id"])
    for column in columns:
        dataset = item[f"{column}_index"] if f"{column}_index" in item else item[column]
        if len(dataset) != rows:
            problems.append(f"{name}/{column} has {len(dataset)} rows of {rows}")


def check_series(name, item, problems):
    bases = [base for base in ("starting_time", "timestamps") if base in item]
    if len(bases) != 1:
        problems.append(f"{name} has the time bases {bases}")
    if bases == ["timestamps"] and len(item["timestamps"]) != item["data"].shape[0]:
        problems.append(f"{name} has {len(item['timestamps'])} times for {item['data'].shape[0]} samples")


def validate(path):
    import pynwb

    result = pynwb.validate(path=path)
    errors = result[0] if isinstance(result, tuple) else result
    return [str(error) for error in errors]


def inspect(path):
    from nwbinspector import inspect_nwbfile

    return [
        {"check": message.check_function_name, "importance": message.importance.name, "message": message.message, "location": message.location}
        for message in inspect_nwbfile(nwbfile_path=path)
    ]


def with_pynwb(path):
    from pynwb import NWBHDF5IO

    with NWBHDF5IO(path, "r") as io:
        file = io.read()
        units = None
        if file.units is not None:
            units = {
                "columns": list(file.units.colnames),
                "population": list(file.units["population"][:]),
                "cell_id": [int(value) for value in file.units["cell_id"][:]],
                "spike_times": [[float(time).hex() for time in row] for row in file.units["spike_times"][:]],
                "obs_intervals": [np.asarray(row).tolist() for row in file.units["obs_intervals"][:]],
                "resolution": float(file.units.resolution) if file.units.resolution is not None else None,
            }
        series = {
            name: {
                "unit": item.unit, "rate": item.rate, "starting_time": item.starting_time,
                "timestamps": None if item.timestamps is None else item.timestamps[:].tolist(),
                "shape": list(item.data.shape), "data": [float(value).hex() for value in np.asarray(item.data[()]).ravel()],
                "conversion": float(item.conversion),
            }
            for name, item in file.acquisition.items()
        }
        cells = None
        if "misc" in file.processing:
            table = file.processing["misc"]["recorded_cells"].to_dataframe(index=True)
            cells = json.loads(table.to_json(orient="records"))
        epochs = None
        if file.epochs is not None:
            epochs = [
                {"start": float(row.start_time), "stop": float(row.stop_time), "tags": list(row.tags)}
                for row in file.epochs.to_dataframe().itertuples()
            ]
        return {
            "units": units, "series": series, "cells": cells, "epochs": epochs, "identifier": file.identifier,
            "source_script": file.source_script, "source_script_file_name": file.source_script_file_name,
            "record": json.loads(file.scratch["interneuron_run"].data),
            "generated_by": [list(row) for row in file.was_generated_by[:]],
            "start": file.session_start_time.isoformat(),
        }


def with_neo(path):
    from neo.io import NWBIO

    blocks = NWBIO(path, "r").read_all_blocks()
    return [
        {
            "name": block.name,
            "segments": [
                {
                    "name": segment.name,
                    "spiketrains": [
                        {
                            "name": train.name, "units": train.units.dimensionality.string, "t_stop": float(train.t_stop.rescale("s")),
                            "times": [float(time).hex() for time in train.rescale("s").magnitude],
                        }
                        for train in segment.spiketrains
                    ],
                    "analogsignals": [
                        {
                            "name": signal.name, "units": signal.units.dimensionality.string, "shape": list(signal.shape),
                            "sampling_rate": float(signal.sampling_rate.rescale("Hz")), "t_start": float(signal.t_start.rescale("s")),
                            "data": [float(value).hex() for value in np.asarray(signal.magnitude).ravel()],
                        }
                        for signal in segment.analogsignals
                    ],
                    "irregular": [signal.name for signal in segment.irregularlysampledsignals],
                    "epochs": [
                        {"name": epoch.name, "times": [float(time) for time in epoch.times.rescale("s")],
                         "durations": [float(time) for time in epoch.durations.rescale("s")]}
                        for epoch in segment.epochs
                    ],
                }
                for segment in block.segments
            ],
        }
        for block in blocks
    ]


CHECKS = {"structure": structure, "validate": validate, "inspect": inspect, "pynwb": with_pynwb, "neo": with_neo}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        checks, *paths = json.loads(line)
        try:
            found = {path: {check: CHECKS[check](path) for check in checks.split(",")} for path in paths}
        except Exception:  # the test shows it
            traceback.print_exc()
            found = None
        print(json.dumps(found), flush=True)
