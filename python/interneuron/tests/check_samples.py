"""Checks that the PyNN backend and each result format hold the samples that protocols should give.

Usage: python check_samples.py FOLDER

FOLDER has the files that `python/pynn-interneuron/tests/random_protocols.py` wrote.
"""

import base64
import csv
import json
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np

import interneuron


def of_neo(results):
    """Returns what `to_neo` gives."""
    found = {}
    for k, segment in enumerate(results.to_neo().segments):
        for signal in (*segment.analogsignals, *segment.irregularlysampledsignals):
            recording = results[signal.name]
            for column, cell in enumerate(recording.elements):
                found[k, recording.owner, int(cell)] = np.asarray(signal.times), np.asarray(signal)[:, column] * 1000
    return found


def of_json(path):
    """Returns what a JSON file holds."""
    found = {}
    for k, segment in enumerate(json.loads(path.read_text())["blocks"][0]["segments"]):
        for signal in (*segment["analogsignals"], *segment["irregularlysampledsignals"]):
            values = np.frombuffer(base64.b64decode(signal["data"]["bytes"])).reshape(signal["shape"])
            # Periods are in rates of Hz, times in ms.
            times = signal["times"] if "times" in signal else signal["t_start"] + np.arange(len(values)) * 1000 / signal["sampling_rate"]
            for column, cell in enumerate(signal["array_annotations"]["cell_id"]):
                found[k, signal["annotations"]["owner"], cell] = np.asarray(times), values[:, column]
    return found


def of_csv(folder):
    """Returns what CSV files hold."""
    rows = {}
    for path in folder.glob("run.*.csv"):
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                segment = int(row.get("segment", "segment0").removeprefix("segment"))
                for name, value in row.items():
                    if name not in ("segment", "time_ms") and value != "":
                        owner, cell = name.split(".")[0].rstrip("]").split("[")
                        rows.setdefault((segment, owner, int(cell)), []).append((float(row["time_ms"]), float(value)))
    return {key: tuple(np.array(each).T) for key, each in rows.items()}


def of_nwb(path):
    """Returns what an NWB file holds."""
    found = {}
    with h5py.File(path) as file:
        trials = file.get("intervals/trials")
        begins = {"run": 0.0} if trials is None else dict(zip(trials["segment"].asstr(), trials["start_time"], strict=True))
        columns = file["processing/misc/recorded_cells"]
        names = "series", "population"
        rows = zip(*(columns[name].asstr() for name in names), columns["column"], columns["cell_id"], strict=True)
        for name, population, column, cell in rows:
            series = file["acquisition"][name]
            data = series["data"]
            segment = next((each for each in begins if name.endswith(f"_{each}")), "run")
            if "starting_time" in series:
                start = series["starting_time"]
                times = start[()] + np.arange(len(data)) / start.attrs["rate"]
            else:
                times = series["timestamps"][:]
            values = data[:, column] * data.attrs["conversion"] * 1000
            found[number_of(segment), population, int(cell)] = (times - begins[segment]) * 1000, values
    return found


def number_of(segment):
    """Returns the number of a segment by its name; a run in one piece is called `run`."""
    return 0 if segment == "run" else int(segment.removeprefix("segment"))


def by_key(samples):
    """Returns listed samples by segment, population and cell."""
    return {tuple(key): (np.array(times), np.array(values)) for *key, times, values in samples}


def differences(expected, found):
    """Returns where samples differ from those that are expected, in number, time or value."""
    none = np.empty(0), np.empty(0)
    pairs = {key: (expected.get(key, none), found.get(key, none)) for key in {*expected, *found}}
    return {
        key: [(len(each[0]), each[0][:3].tolist(), each[1][:3].tolist()) for each in pair]
        for key, pair in pairs.items()
        if not all(len(a) == len(b) and np.allclose(a, b, rtol=0, atol=1e-7) for a, b in zip(*pair, strict=True))
    }


def check(path, folder):
    """Returns the differences of a protocol, by where samples were read."""
    given = json.loads(path.read_text(encoding="utf-8"))
    for each in folder.iterdir():
        each.unlink()
    outputs = [folder / f"run.{suffix}" for suffix in ("csv", "json", "nwb")]
    results = interneuron.Model(text=json.dumps(given["document"])).run(output=outputs)
    found = {
        "to_neo": of_neo(results),
        "CSV": of_csv(folder),
        "JSON": of_json(folder / "run.json"),
        "NWB": of_nwb(folder / "run.nwb"),
    }
    expected = by_key(given["expected"])
    wrong = {name: differences(expected, each) for name, each in found.items()}
    wrong["get_data"] = differences(by_key(given["expected_of_backend"]), by_key(given["backend"]))
    return {name: each for name, each in wrong.items() if each}


def main(folder):
    """Checks all protocols of a folder."""
    with tempfile.TemporaryDirectory() as scratch:
        wrong = {path.stem: check(path, Path(scratch)) for path in sorted(Path(folder).glob("*.json"))}
    wrong = {name: each for name, each in wrong.items() if each}
    assert not wrong, f"{len(wrong)} protocols differ: {dict(list(wrong.items())[:3])}"
    print("checked")


if __name__ == "__main__":
    main(sys.argv[1])
