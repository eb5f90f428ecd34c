"""Small made-up data for examples that ask for what they do not bring along."""

import struct

import numpy as np


def _digits(folder):
    """Images and weights of Diehl and Cook's network, which takes hours to train."""
    images, data = folder.parent / "mnist", folder / "data"
    images.mkdir(exist_ok=True)
    data.mkdir(exist_ok=True)
    draw = np.random.default_rng(1)
    pixels = np.zeros((10, 28, 28), np.uint8)
    pixels[:, 4:24, 4:24] = draw.integers(0, 2, (10, 20, 20)) * 255
    (images / "t10k-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 2051, *pixels.shape) + pixels.tobytes())
    (images / "t10k-labels-idx1-ubyte").write_bytes(struct.pack(">II", 2049, 10) + bytes(range(10)))
    np.save(data / "theta.npy", np.full(400, 0.02))
    np.save(data / "weights.npy", draw.random(784 * 400) * 0.3)
    np.save(data / "assign.npy", np.arange(400) % 10)
    return "with made-up digits and weights"


def _film(folder):
    """A bright bar that moves over noise, in place of the film that the example downloads."""
    import cv2

    draw = np.random.default_rng(1)
    film = cv2.VideoWriter(str(folder / "Megamind.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 24, (32, 24))
    for k in range(48):
        frame = draw.integers(0, 60, (24, 32, 3)).astype(np.uint8)
        frame[:, k % 32] = 255
        film.write(frame)
    film.release()
    return "with a made-up film"


_MAKERS = {"frompapers/Diehl_Cook_2015.py": _digits, "advanced/opencv_movie.py": _film}


def make_inputs(script, name):
    """Writes the data that an example needs beside it.

    Args:
        script: its path.
        name: the path within the examples.

    Returns:
        what is made up; None for most examples.
    """
    maker = _MAKERS.get(name)
    return None if maker is None else maker(script.parent)
