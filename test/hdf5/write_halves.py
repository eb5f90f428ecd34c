"""Writes `files/halves.h5` by h5py 3.14 and NumPy: numbers of 16 bits in both orders of bytes, and of 80 bits."""

from pathlib import Path

import h5py
import numpy as np

numbers = [1, -2.5, 65504, 0.1, 6e-8, 3e-5, -0.0, np.inf]
with h5py.File(Path(__file__).parent / "files" / "halves.h5", "w", libver="latest", track_order=False) as file:
    for name, kind in {"little": "<f2", "big": ">f2", "long": np.longdouble}.items():
        file.create_dataset(f"node/{name}", data=np.array(numbers, kind), track_times=False)
    file.create_dataset("node/one", data=np.float16(0.1), track_times=False)
    file["node"].attrs["half"] = np.float16(1)
    file["node"].attrs["unit"] = "mV"
    print([float(number) for number in file["node/little"][()]])
