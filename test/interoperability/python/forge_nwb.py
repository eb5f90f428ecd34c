"""Copies an NWB file once for each thing in it that can be changed, changes it there, and prints what was changed in which copy, as JSON.

Usage: python forge_nwb.py FILE FOLDER all|turns|values|outside
`turns`: each place in one of the ways only, in turns. `values`: only the values of datasets. `outside`: the contents
stay the same, but lie in other files: behind links, in virtual datasets, in external storage, and some in a pipe.
"""

import json
import os
import shutil
import sys
from pathlib import Path

import h5py
import numpy as np


def other(value):
    """A value of the same type that differs as little as possible."""
    if isinstance(value, bytes):
        return value[:-1] + b"~"
    if isinstance(value, str):
        return value[:-1] + "~"
    if isinstance(value, (float, np.floating)):
        return type(value)(np.nextafter(value, np.inf))
    return value + 1


def edit_attribute(item, name):
    value = item.attrs[name]
    if isinstance(value, h5py.Reference):
        item.attrs[name] = item.file["/acquisition"].ref
    elif isinstance(value, np.ndarray):
        value = value.copy()
        value[-1] = other(value[-1])
        item.attrs[name] = value
    else:
        item.attrs.modify(name, other(value))


def edit_dataset(item, last):
    if item.shape == ():
        item[()] = other(item.asstr()[()] if h5py.check_string_dtype(item.dtype) else item[()])
        return
    place = tuple(length - 1 if last else 0 for length in item.shape)
    value = item.asstr()[place] if h5py.check_string_dtype(item.dtype) else item[place]
    item[place] = other(value)


def retype(file, path):
    item = file[path]
    values, attributes = item[()].astype("f8" if item.dtype != "f8" else "f4"), dict(item.attrs)
    del file[path]
    file[path] = values
    for name, value in attributes.items():
        file[path].attrs[name] = value


def relink(file, path):
    file.move(path, "/elsewhere")
    file[path] = h5py.SoftLink("/elsewhere")


def edits(path):
    """What can be done, each as its name and a function of the file."""
    with h5py.File(path, "r") as file:
        items = [("/", "group", list(file.attrs), None, None)]

        def visit(name, item):
            is_data = isinstance(item, h5py.Dataset)
            items.append((
                "/" + name, "dataset" if is_data else "group", list(item.attrs),
                item.size if is_data else None, item.dtype.kind if is_data else None,
            ))

        file.visititems(visit)
    for place, kind, attributes, size, dtype in items:
        for name in attributes:
            yield f"changed {place}@{name}", lambda f, p=place, n=name: edit_attribute(f[p], n)
            yield f"removed {place}@{name}", lambda f, p=place, n=name: f[p].attrs.__delitem__(n)
        yield f"added {place}@extra", lambda f, p=place: f[p].attrs.__setitem__("extra", 1)
        if place != "/":
            yield f"removed {place}", lambda f, p=place: f.__delitem__(p)
            yield f"linked {place}", lambda f, p=place: relink(f, p)
        if kind == "group":
            yield f"added {place.rstrip('/')}/extra", lambda f, p=place: f[p].create_dataset("extra", data=1.0)
            yield f"added {place.rstrip('/')}/others", lambda f, p=place: f[p].create_group("others")
        elif size:
            yield f"changed {place}", lambda f, p=place: edit_dataset(f[p], False)
            if size > 1:
                yield f"changed {place}", lambda f, p=place: edit_dataset(f[p], True)
            if dtype in "fiu":
                yield f"retyped {place}", lambda f, p=place: retype(f, p)


def replace(file, path, make):
    item = file[path]
    shape, dtype, attributes = item.shape, item.dtype, dict(item.attrs)
    contents = item[()].tobytes()
    del file[path]
    make(shape, dtype, contents)
    for name, value in attributes.items():
        file[path].attrs[name] = value


def outside(path, folder):
    """The same contents in other files, each as its name and a function of the file."""
    pipe = os.path.join(folder, "pipe")
    os.mkfifo(pipe)

    def link(file, place, target):
        del file[place]
        file[place] = h5py.ExternalLink(target, place)

    def virtual(file, place, target):
        def make(shape, dtype, _):
            layout = h5py.VirtualLayout(shape, dtype)
            layout[...] = h5py.VirtualSource(target, place, shape=shape)
            file.create_virtual_dataset(place, layout)

        replace(file, place, make)

    def raw(file, place, target):
        def make(shape, dtype, contents):
            if target is None:
                name = os.path.join(folder, place.replace("/", "_"))
                Path(name).write_bytes(contents)
            file.create_dataset(place, shape, dtype, external=[(target or name, 0, h5py.h5f.UNLIMITED)])

        replace(file, place, make)

    items = []
    with h5py.File(path, "r") as file:
        file.visititems(lambda name, item: items.append(("/" + name, isinstance(item, h5py.Dataset) and item.shape != () and item.dtype.kind in "fiu")))
    for number, (place, is_numbers) in enumerate(items):
        yield f"linked {place}", lambda f, p=place: link(f, p, os.path.abspath(path))
        if number % 8 == 0:
            yield f"piped {place}", lambda f, p=place: link(f, p, pipe)
        if is_numbers:
            yield f"virtual {place}", lambda f, p=place: virtual(f, p, os.path.abspath(path))
            yield f"raw {place}", lambda f, p=place: raw(f, p, None)
            yield f"raw-pipe {place}", lambda f, p=place: raw(f, p, pipe)
            yield f"virtual-pipe {place}", lambda f, p=place: virtual(f, p, pipe)


def main(path, folder, kinds):
    done = []
    wanted = list(outside(path, folder) if kinds == "outside" else edits(path))
    if kinds == "values":
        wanted = [(name, edit) for name, edit in wanted if name.startswith("changed") and "@" not in name]
    if kinds == "turns":
        places = {}
        for name, edit in wanted:
            places.setdefault(name.split(" ", 1)[1], []).append((name, edit))
        wanted = [ways[number % len(ways)] for number, ways in enumerate(places.values())]
    for number, (name, edit) in enumerate(wanted):
        copy = Path(folder) / f"{number}.nwb"
        shutil.copy(path, copy)
        with h5py.File(copy, "r+") as file:
            edit(file)
        done.append({"path": str(copy), "edit": name})
    print(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
