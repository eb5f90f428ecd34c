"""Runs Brian's own examples with Brian's runtime and with the device, and compares what their monitors hold.

    git archive 2.9.0 examples | tar -x -C /tmp/brian2        (in a clone of brian-team/brian2, of the version in .venv)
    .venv/bin/python scripts/brian_conformance.py /tmp/brian2/examples [NAME ...] [--steps 2000] [--limit 120]

Examples need matplotlib, SciPy, joblib, progressbar2, opencv-python-headless and sbi 0.22 besides; BRIAN_EXAMPLES_PATH names folders that have
them. With `--of Dendrify` they are Dendrify's.

Writes docs/brian-conformance.md: rows of examples that are not run again stay, as do other sections. Runs are cut to a number of steps, and the
first eight of a script are compared, also those in other processes. Plots are not shown, and the random numbers that Brian draws before a run are
the same on both sides. Maass_Natschlaeger_Markram_2002.py takes a hundred seconds before its first run; modelfitting_sbi.py trains a network, and
needs 2000 steps to have something to train it with.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import brian_inputs

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("interneuron", "brian2-interneuron")


# --- All of them --------------------------------------------------------------------------------------------------------
def start(script, side, folder, steps, limit):
    """Runs one script in a process; gives what it says, or why it says nothing."""
    output = folder / f"{script.stem}.{side}"
    own = [str(ROOT / "python" / name / "src") for name in SOURCES]
    path = ":".join([*own, *filter(None, [os.environ.get("BRIAN_EXAMPLES_PATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1"}
    words = [sys.executable, "-W", "ignore", str(ROOT / "scripts/brian_script.py"), str(script), side, str(output), str(steps)]
    for suffix in (".json", ".npz"):
        Path(f"{output}{suffix}").unlink(missing_ok=True)
    try:
        subprocess.run(words, env=environment, timeout=limit, stdin=subprocess.DEVNULL, capture_output=True)
    except subprocess.TimeoutExpired:
        return {"runs": [], "error": f"took more than {limit} s", "seconds": limit}, {}
    if not Path(f"{output}.json").exists():
        return {"runs": [], "error": "ended without a word", "seconds": 0}, {}
    import numpy as np

    arrays = dict(np.load(f"{output}.npz", allow_pickle=False))
    return json.loads(Path(f"{output}.json").read_text()), arrays


def compare(ours, theirs):
    """Differences by array, relative to the size of its numbers; infinite where spikes are others."""
    import numpy as np

    found = {}
    for name in sorted(theirs):
        if name not in ours or ours[name].shape != theirs[name].shape:
            found[name] = float("inf")
            continue
        if not theirs[name].size:
            continue
        if name.endswith((".i", ".t", ".count")):
            found[name] = 0.0 if (ours[name] == theirs[name]).all() else float("inf")
            continue
        with np.errstate(all="ignore"):
            both = np.isnan(ours[name]) & np.isnan(theirs[name])
            scale = np.nanmax(np.abs(theirs[name]), initial=0.0) or 1.0
            off = np.where(both, 0.0, np.abs(ours[name] - theirs[name])) / scale
        found[name] = float("inf") if np.isnan(off.max()) else float(off.max())
    return found


def outcome(script, folder, steps, limit):
    """What is known of an example."""
    theirs, their_arrays = start(script, "runtime", folder, steps, limit)
    ours, our_arrays = start(script, "device", folder, steps, limit)
    native = [each["native"] for each in ours["runs"]]
    found = {"seconds": [round(ours["seconds"], 1), round(theirs["seconds"], 1)], "steps": sum(each["steps"] for each in ours["runs"])}
    reasons = sorted({each["reason"] for each in ours["runs"] if each["reason"]})
    if theirs["error"]:
        print(f"  on both sides: {theirs['error']}", flush=True)
    if not theirs["runs"]:
        said = theirs["error"] or ""
        kind = "missing" if "ModuleNotFoundError" in said else "late" if said.startswith("took") else "none"
        return {**found, "kind": kind, "text": said}
    if len(ours["runs"]) < len(theirs["runs"]) or not ours["runs"] or (ours["error"] and not theirs["error"]):
        said = ours["error"] or "fewer runs"
        return {**found, "kind": "late" if said.startswith("took") else "fails", "text": said}
    if not all(native):
        return {**found, "kind": "runtime" if not any(native) else "partly", "text": "; ".join(reasons)}
    if not any(array.size for array in their_arrays.values()):
        return {**found, "kind": "missing", "text": "nothing that it holds can be compared"}
    off = compare(our_arrays, their_arrays)
    if any(each["random"] for each in ours["runs"]):
        counts = [sum(int(each.sum()) for name, each in arrays.items() if name.endswith(".count")) for arrays in (our_arrays, their_arrays)]
        told = f": {counts[0]} spikes, {counts[1]} with Brian's numbers" if any(counts) else ""
        return {**found, "kind": "native", "text": f"draws random numbers during the run{told}"}
    worst, where = max((each, name) for name, each in off.items())
    if worst <= 1e-9:
        return {**found, "kind": "native", "text": "same spikes" if worst == 0 else f"same spikes, values to {worst:.0e}"}
    text = f"{where}: {worst:.2g}" if worst < float("inf") else f"{where}: other spikes"
    # Where small differences grow, or large numbers are subtracted, Brian's runtime is not exact either.
    for side in ("extended", "rounded"):
        _, other = start(script, side, folder, steps, limit)
        if not other:
            text += f"; {side}: not finished"
            continue
        floor, ours_off = compare(their_arrays, other), off if side == "rounded" else compare(our_arrays, other)
        between = max(floor.values())
        if side == "extended":
            text += f"; from Brian with more digits {max(ours_off.values()):.2g}, Brian itself {between:.2g}"
        else:
            text += f"; Brian with its sums rounded likewise {between:.2g}"
        if between < float("inf") and all(each <= max(1e-9, 2 * floor[name]) for name, each in ours_off.items()):
            return {**found, "kind": "native", "text": text}
    return {**found, "kind": "differs", "text": text}


def features(outcomes):
    """The section of the small scripts of the tests, by what running them gave."""
    import ast

    tree = ast.parse((ROOT / "python/brian2-interneuron/tests/scenarios.py").read_text())
    lenient = {
        target.value.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "lenient"
    }
    lines = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in outcomes:
            told = outcomes[node.name]
            is_mistake = any(isinstance(each, ast.Name) and each.id == "mistake" for each in node.decorator_list)
            on = "refused as Brian does" if is_mistake else "both" if node.name in lenient else "interneuron"
            about = (ast.get_docstring(node) or "").split("\n")[0]
            lines.append(f"| {node.name.replace('_', ' ')} | {about} | {on if told == 'same' else told} |")
    return [
        "Small scripts of the package's tests, each with Brian's runtime and with the device: spikes equal, values to 1e-12. *Both*: an engine and",
        "Brian's runtime take turns.",
        "",
        "| feature | | runs on |",
        "|---|---|---|",
        *lines,
        "",
        "Left to Brian's runtime, with a warning: network operations within a step, functions written in Python or C++ that are no single expression",
        "in other code than operations of neurons,",
        "synapses that write linked variables, links with an index for each synapse, steps with no common divisor near the smallest, equations of synapses in other slots,",
        "and options of GSL methods.",
    ]


def run_features():
    """Runs the small scripts of the tests."""
    path = ":".join(str(ROOT / "python" / name / "src") for name in SOURCES)
    words = [sys.executable, "-W", "ignore", str(ROOT / "python/brian2-interneuron/tests/conformance.py")]
    said = subprocess.run(words, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True).stdout
    return json.loads(said.strip().splitlines()[-1])


# --- The page -----------------------------------------------------------------------------------------------------------
PAGE = ROOT / "docs/brian-conformance.md"
WORDS = {
    "native": "interneuron",
    "partly": "both",
    "runtime": "Brian's runtime",
    "differs": "interneuron, differs",
    "fails": "fails",
    "late": "not finished",
    "missing": "not run",
    "none": "no simulation",
}


def sections():
    """The sections of the page by heading, as lists of lines: those that are not written anew stay."""
    found, now = {}, None
    for line in PAGE.read_text().splitlines() if PAGE.exists() else []:
        if line.startswith("## "):
            now = found[line[3:]] = []
        elif now is not None:
            now.append(line)
    return {heading: "\n".join(lines).strip().splitlines() for heading, lines in found.items()}


def known_outcomes(lines):
    """What the table of a section says of each example."""
    kinds = {text: kind for kind, text in WORDS.items()}
    rows = (re.fullmatch(r"\| (\S+\.py) \| (.*?) \| (\d*) ?\| (.*?) ?\|", line) for line in lines)
    return {
        row[1]: {"kind": kinds[row[2]], "steps": int(row[3] or 0), "text": row[4].replace("\\|", "|").strip()} for row in rows if row
    }


def example_lines(examples, version):
    """The section of a set of examples."""
    count = {kind: sum(each["kind"] == kind for each in examples.values()) for kind in WORDS}
    simulating = len(examples) - count["none"]
    ran = count["native"] + count["differs"] + count["partly"] + count["runtime"]
    unknown = count["late"] + count["missing"]
    lines = [
        f"Written by `scripts/brian_conformance.py`, with {version}. Each example is run with Brian's runtime and with the device, both cut to the",
        "same number of steps; monitors, state and synaptic variables of the first eight runs are compared, also of those in other processes. Spikes and counts must be equal, other numbers to 1e-9 of the largest,",
        "or, if rounding grows, at most twice as far from Brian's runtime with more digits (64 bits) as Brian's runtime itself, or at most twice as far from Brian's",
        "runtime as that runtime with synaptic sums rounded like an engine's ([determinism.md](determinism.md), sums of 50 bits).",
        "",
        f"Of {len(examples)} scripts {simulating} simulate something. {ran} of them run through the device: {count['native'] + count['differs']} on interneuron's engines, {count['partly']}",
        f"in part, {count['runtime']} on Brian's runtime, which runs the parts that the device cannot. {count['differs']} of them differ, {count['fails']} fail.",
        *(
            [f"{unknown} were not compared: they need another package or data, or one of both sides did not finish them in time."]
            if unknown
            else []
        ),
        "",
        "| example | runs on | steps | |",
        "|---|---|---|---|",
    ]
    for name, each in sorted(examples.items()):
        text = each["text"].replace("|", "\\|")
        lines.append(f"| {name} | {WORDS[each['kind']]} | {each['steps'] or ''} | {text} |")
    return lines


def write_page(given):
    """Writes the page with the sections that are given by heading; others stay as they are."""
    all_of = {**sections(), **given}
    order = ["Features", "Brian's examples", "Dendrify's examples"]
    headings = [*(each for each in order if each in all_of), *(each for each in all_of if each not in order)]
    parts = ["# Brian 2 on the device", *("\n".join([f"## {heading}", "", *all_of[heading]]) for heading in headings)]
    PAGE.write_text("\n\n".join(parts) + "\n")


def main():
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("examples", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--of", choices=["Brian", "Dendrify"], default="Brian", help="whose examples they are")
    parser.add_argument("--features", action="store_true", help="runs the small scripts of the tests too")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--limit", type=int, default=120)
    given = parser.parse_intermixed_args()
    given.examples = given.examples.resolve()
    from importlib.metadata import version

    if given.features:
        write_page({"Features": features(run_features())})
    folder = given.examples / ".conformance"
    folder.mkdir(exist_ok=True)
    heading = f"{given.of}'s examples"
    known = known_outcomes(sections().get(heading, []))
    scripts = sorted(path for path in given.examples.rglob("*.py") if ".conformance" not in path.parts)
    versions = f"Brian {version('brian2')}" + ("" if given.of == "Brian" else f" and Dendrify {version('dendrify')}")
    for path in scripts:
        name = str(path.relative_to(given.examples))
        if given.names and not any(each in name for each in given.names):
            continue
        made_up = brian_inputs.make_inputs(path, name)
        known[name] = outcome(path, folder, given.steps, given.limit)
        known[name]["text"] += f"; {made_up}" if made_up else ""
        print(f"{name}: {known[name]['kind']}, {known[name]['text']} {known[name]['seconds']}", flush=True)
        write_page({heading: example_lines(known, versions)})


if __name__ == "__main__":
    main()
