"""Records how pyNeuroML's converter reads the files of this folder: segments, areas, segment groups.

    pip install pyneuroml==1.3.22 libneuroml==0.6.7
    python record_cells.py > ../../recorded/swc.json

`python record_cells.py generate` writes the files: random trees with all forms of a soma.
"""

import hashlib
import json
import logging
import math
import random
import sys
from importlib.metadata import version
from pathlib import Path

FILES = Path(__file__).parent / "files"

SOMAS = {
    "one_point": [(0, 0, 0, 8.5, -1)],
    "two_points": [(0, -6, 0, 7, -1), (0, 6.5, 0, 6, 1)],
    "three_points": [(1, 2, 3, 9.25, -1), (1, -7.25, 3, 9.25, 1), (1, 11.25, 3, 9.25, 1)],
    "row": [(0, -8, 0, 2, -1), (0, -4, 0, 7, 1), (0, 0, 1, 9, 2), (0, 5, 1, 6, 3), (0, 8, 1, 2.5, 4)],
}


def generate(soma, seed):
    """A tree with a soma, an axon, and dendrites with branches."""
    draw = random.Random(seed)
    lines = [f"# {soma}, seed {seed}"]
    points = []

    def add(kind, x, y, z, radius, parent):
        points.append((x, y, z))
        lines.append(" ".join(str(value) for value in (len(points), kind, x, y, z, radius, parent)))
        return len(points)

    def grow(kind, parent, depth):
        for _ in range(draw.randint(2, 5)):
            x, y, z = (round(value + draw.uniform(-4, 9), 3) for value in points[parent - 1])
            parent = add(kind, x, y, z, round(draw.uniform(0.2, 1.5), 3), parent)
        for _ in range(0 if depth == 0 else draw.choice((0, 2, 2, 3))):
            grow(kind, parent, depth - 1)

    for x, y, z, radius, parent in SOMAS.get(soma, []):
        add(1, x, y, z, radius, parent)
    if not points:
        add(3, 0.5, 0, 0, 1.25, -1)
        grow(3, 1, 2)
    else:
        for kind, depth in ((2, 1), (3, 2), (3, 1), (4, 2)):
            start = draw.randint(1, len(SOMAS[soma])) if soma == "row" else 1
            # A branch begins at the surface with a point that does not fork.
            x, y, z = (round(value + draw.uniform(-5, 5), 3) for value in points[start - 1])
            grow(kind, add(kind, x, y, z, round(draw.uniform(0.5, 1.5), 3), start), depth)
    return "\n".join(lines) + "\n"


def recorded(path):
    """Segments as (number, parent, area in um2) and the segments of each group."""
    from pyneuroml.swc.ExportNML import convert_swc_to_neuroml

    cell = convert_swc_to_neuroml(str(path), standalone_morphology=False).cells[0]
    segments = []
    for segment in cell.morphology.segments:
        start, end = cell.get_actual_proximal(segment.id), segment.distal
        length = math.dist((start.x, start.y, start.z), (end.x, end.y, end.z))
        a, b = start.diameter / 2, end.diameter / 2
        area = 4 * math.pi * b * b if length == 0 else math.pi * (a + b) * math.hypot(a - b, length)
        segments.append((segment.id, segment.parent.segments if segment.parent else -1, area))
    groups = {group.id: sorted(set(cell.get_all_segments_in_group(group.id))) for group in cell.morphology.segment_groups}
    return {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "segments": segments, "groups": groups}


if __name__ == "__main__":
    if sys.argv[1:] == ["generate"]:
        for soma in (*SOMAS, "no_soma"):
            for seed in range(1, 5):
                (FILES / f"{soma}_{seed}.swc").write_text(generate(soma, seed))
    else:
        logging.disable(logging.CRITICAL)
        print(
            json.dumps(
                {
                    "pyneuroml": version("pyneuroml"),
                    "libneuroml": version("libneuroml"),
                    "files": {path.name: recorded(path) for path in sorted(FILES.glob("*.swc"))},
                }
            )
        )
