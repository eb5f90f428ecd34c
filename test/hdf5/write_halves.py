"""Writes HDF5 with numbers of 16 bits by h5py 3.16 and NumPy 2.2: in both orders of bytes, beside numbers of 80 bits."""

from pathlib import Path

import h5py
import numpy as np

numbers = [1, -2.5, 65504, 0.1, 6e-8, 3e-5, -0.0, np.inf]
with h5py.File(Path(__file__).parent / "files" / "halves.h5", "w") as file:
    for name, kind in {"little": "<f2", "big": ">f2", "long": np.longdouble}.items():
        file.create_dataset(f"node/{name}", data=np.array(numbers, kind), track_times=False)
    file.create_dataset("node/one", data=np.float16(0.1), track_times=False)
    file["node"].attrs["half"] = np.float16(1)
    file["node"].attrs["unit"] = "mV"
    print([float(number) for number in file["node/little"][()]])

with h5py.File(Path(__file__).parents[1] / "compare" / "files" / "half.nwb", "w") as file:
    file["session_start_time"] = "2020-01-01T00:00:00Z"
    file["units/spike_times"] = np.array([0.1, 0.3], np.float16)
    file["units/spike_times_index"] = np.array([1, 2], np.uint8)
    print([float(number) for number in file["units/spike_times"][()]])
