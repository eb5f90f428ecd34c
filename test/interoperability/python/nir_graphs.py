"""Writes graphs with nir, and what they give by the equations of NIR, computed here with NumPy.

    nir_graphs.py FOLDER    writes NAME.nir and NAME.expected.json for each graph

The computation follows the published equations (Pedersen et al. 2024, Nature Communications 15:8122), discretised by
forward Euler: every step, nodes are computed from the Inputs on; a spike is a signal of 1 for its step; edges that
lead back in a depth-first search from the Inputs carry the signal of the step before; all state begins at zero.
With `current first`, the membrane takes the synaptic current of the end of the step. It shares no code with
interneuron.
"""

import json
import sys

import nir
import numpy as np

DT = 1e-4
# Steps between two samples.
EVERY = 10


def closing_edges(graph):
    """Edges that lead back to a node that the search has not left yet."""
    following = {}
    for source, target in graph.edges:
        following.setdefault(source, []).append(target)
    closing, states = set(), {}

    def visit(name):
        states[name] = "open"
        for target in following.get(name, []):
            if states.get(target) == "open":
                closing.add((name, target))
            elif target not in states:
                visit(target)
        states[name] = "done"

    for name, node in graph.nodes.items():
        if isinstance(node, nir.Input):
            visit(name)
    return closing


def conv(x, weight, bias, stride, padding, dilation, groups):
    """A cross-correlation in two dimensions, by its definition."""
    outputs, per_group, height, width = weight.shape
    padded = np.pad(x, ((0, 0), padding[0], padding[1]))
    rows = (padded.shape[1] - dilation[0] * (height - 1) - 1) // stride[0] + 1
    columns = (padded.shape[2] - dilation[1] * (width - 1) - 1) // stride[1] + 1
    y = np.zeros((outputs, rows, columns))
    for out in range(outputs):
        first = out // (outputs // groups) * per_group
        for row in range(rows):
            for column in range(columns):
                window = padded[
                    first : first + per_group,
                    row * stride[0] : row * stride[0] + dilation[0] * (height - 1) + 1 : dilation[0],
                    column * stride[1] : column * stride[1] + dilation[1] * (width - 1) + 1 : dilation[1],
                ]
                y[out, row, column] = np.sum(window * weight[out]) + bias[out]
    return y


def pairs(padding, kernel, dilation):
    """Zeros before and after each dimension."""
    if isinstance(padding, str):
        extra = [d * (k - 1) if padding == "same" else 0 for k, d in zip(kernel, dilation)]
        return [(e // 2, e - e // 2) for e in extra]
    return [(int(p), int(p)) for p in np.broadcast_to(padding, (2,))]


class Runner:
    """One graph, step by step."""

    def __init__(self, graph, shapes, current_first):
        self.graph, self.shapes, self.current_first = graph, shapes, current_first
        self.closing = closing_edges(graph)
        self.sent = {name: np.zeros(shapes[name]) for name in graph.nodes}
        self.state = {}
        self.nested = {
            name: Runner(node, shapes[name + "/"], current_first)
            for name, node in graph.nodes.items()
            if isinstance(node, nir.NIRGraph)
        }
        self.order = []
        left = list(graph.nodes)
        while left:
            ready = [
                name
                for name in left
                if not any(
                    target == name and source in left and (source, target) not in self.closing
                    for source, target in graph.edges
                )
            ]
            self.order += ready
            left = [name for name in left if name not in ready]

    def step(self, inputs):
        before = {name: signal.copy() for name, signal in self.sent.items()}
        for name in self.order:
            arriving = [
                (before if edge in self.closing else self.sent)[edge[0]] for edge in self.graph.edges if edge[1] == name
            ]
            x = inputs[name] if name in inputs else sum(arriving[1:], arriving[0] * 1.0) if arriving else None
            self.sent[name] = self.node(name, self.graph.nodes[name], x)
        return self.sent

    def node(self, name, node, x):
        kind = type(node).__name__
        if kind == "NIRGraph":
            (entry,) = [one for one, inner in node.nodes.items() if isinstance(inner, nir.Input)]
            (end,) = [one for one, inner in node.nodes.items() if isinstance(inner, nir.Output)]
            return self.nested[name].step({entry: x})[end]
        if kind in ("Input", "Output"):
            return x
        if kind == "Flatten":
            shape = list(x.shape)
            end = node.end_dim % len(shape)
            return x.reshape(shape[: node.start_dim] + [-1] + shape[end + 1 :])
        if kind == "Affine":
            return np.einsum("...oi,...i->...o", node.weight, x) + node.bias
        if kind == "Linear":
            return np.einsum("...oi,...i->...o", node.weight, x)
        if kind == "Scale":
            return node.scale * x
        if kind == "Conv1d":
            padding = pairs(node.padding, node.weight.shape[2:], [node.dilation])[:1]
            return conv(
                x[:, None, :], node.weight[:, :, None, :], node.bias, (1, node.stride), [(0, 0), padding[0]], (1, node.dilation), node.groups
            )[:, 0, :]
        if kind == "Conv2d":
            padding = pairs(node.padding, node.weight.shape[2:], node.dilation)
            return conv(x, node.weight, node.bias, node.stride, padding, node.dilation, node.groups)
        if kind in ("SumPool2d", "AvgPool2d"):
            height, width = node.kernel_size
            value = 1 / (height * width) if kind == "AvgPool2d" else 1
            weight = np.full((len(x), 1, height, width), value)
            return conv(x, weight, np.zeros(len(x)), node.stride, pairs(node.padding, None, None), (1, 1), len(x))
        if kind == "Delay":
            line = self.state.setdefault(name, [])
            line.append(x.copy())
            steps = np.round(node.delay / DT).astype(int)
            y = np.zeros(x.shape)
            for index in np.ndindex(x.shape):
                if len(line) > steps[index]:
                    y[index] = line[-1 - steps[index]][index]
            return y
        if kind == "Threshold":
            return (x > node.threshold) * 1.0
        state = self.state.setdefault(name, {"v": np.zeros(x.shape), "i": np.zeros(x.shape)})
        if kind.startswith("Cuba"):
            current = state["i"]
            state["i"] = current + DT / node.tau_syn * (node.w_in * x - current)
            if self.current_first:
                current = state["i"]
            state["v"] = state["v"] + DT / node.tau_mem * (node.v_leak - state["v"] + node.r * current)
        elif kind in ("LI", "LIF"):
            state["v"] = state["v"] + DT / node.tau * (node.v_leak - state["v"] + node.r * x)
        else:
            state["v"] = state["v"] + DT * node.r * x
        if kind in ("I", "LI", "CubaLI"):
            return state["v"].copy()
        spikes = state["v"] > node.v_threshold
        state["v"] = np.where(spikes, node.v_reset, state["v"])
        return spikes * 1.0


def shapes_of(graph):
    shapes = {}
    for name, node in graph.nodes.items():
        shapes[name] = tuple(int(n) for n in node.output_type["output"])
        if isinstance(node, nir.NIRGraph):
            shapes[name + "/"] = shapes_of(node)
            (end,) = [one for one, inner in node.nodes.items() if isinstance(inner, nir.Output)]
            shapes[name] = shapes[name + "/"][end]
    return shapes


def compute(graph, rows, steps, current_first=False):
    """Spikes of all nodes that fire, and samples of all others that keep state, and of the Outputs."""
    runner = Runner(graph, shapes_of(graph), current_first)
    (entry,) = [name for name, node in graph.nodes.items() if isinstance(node, nir.Input)]
    shape = tuple(int(n) for n in graph.nodes[entry].input_type["input"])
    spikes, samples = {}, {}

    def note(runner, prefix, step):
        for name, node in runner.graph.nodes.items():
            kind = type(node).__name__
            if kind == "NIRGraph":
                note(runner.nested[name], f"{prefix}{name}.", step)
            elif kind in ("IF", "LIF", "CubaLIF", "Threshold"):
                fired = np.flatnonzero(runner.sent[name].ravel())
                spikes.setdefault(prefix + name, []).extend([step, int(cell)] for cell in fired)
            elif step % EVERY == 0 and (kind in ("I", "LI", "CubaLI") or (kind == "Output" and prefix == "")):
                samples.setdefault(prefix + name, []).append(runner.sent[name].ravel().tolist())

    for step in range(steps):
        x = np.zeros(int(np.prod(shape)))
        for cell in (cell for at, cell in rows if at == step):
            x[cell] = 1
        runner.step({entry: x.reshape(shape)})
        note(runner, "", step)
    return {"spikes": spikes, "samples": samples}


def lif(size, tau=0.01, threshold=1.0, reset=0.0, leak=0.0, r=1.0):
    full = lambda value: np.broadcast_to(np.asarray(value, float), size).copy()
    return nir.LIF(tau=full(tau), r=full(r), v_leak=full(leak), v_threshold=full(threshold), v_reset=full(reset))


def graphs():
    random = np.random.default_rng(20)
    cuba = nir.CubaLIF(
        tau_syn=np.array([0.004, 0.005, 0.006, 0.008]),
        tau_mem=np.array([0.01, 0.012, 0.02, 0.015]),
        r=np.array([1.0, 1.2, 0.9, 1.1]),
        v_leak=np.array([0.0, 0.05, 0.0, -0.02]),
        v_threshold=np.array([0.5, 0.6, 0.4, 0.5]),
        v_reset=np.array([0.0, 0.1, 0.0, -0.05]),
        w_in=np.array([2.0, 1.5, 1.0, 1.8]),
    )
    yield "recurrent-cuba", nir.NIRGraph(
        nodes={
            "input": nir.Input(input_type=np.array([3])),
            "in": nir.Affine(weight=random.normal(9, 6, (4, 3)), bias=np.array([0.1, 0.0, 0.2, 0.05])),
            "cuba": cuba,
            "rec": nir.Linear(weight=random.normal(0, 9, (4, 4))),
            "out": nir.Affine(weight=random.normal(0, 1, (2, 4)), bias=np.array([0.25, -0.5])),
            "output": nir.Output(output_type=np.array([2])),
        },
        edges=[("input", "in"), ("in", "cuba"), ("cuba", "rec"), ("rec", "cuba"), ("cuba", "out"), ("out", "output")],
    ), 500
    inner = nir.NIRGraph(
        nodes={
            "input": nir.Input(input_type=np.array([3])),
            "delay": nir.Delay(delay=np.array([0.0, 5e-4, 12e-4])),
            "fc": nir.Linear(weight=random.normal(30, 15, (4, 3))),
            "lif": lif(4, tau=0.01, threshold=[0.8, 1.0, 0.9, 1.1]),
            "output": nir.Output(output_type=np.array([4])),
        },
        edges=[("input", "delay"), ("delay", "fc"), ("fc", "lif"), ("lif", "output")],
    )
    yield "nested-delays", nir.NIRGraph(
        nodes={
            "input": nir.Input(input_type=np.array([3])),
            "block": inner,
            "scale": nir.Scale(scale=np.array([40.0, 55.0, 60.0, -20.0])),
            "lif": lif(4, tau=0.015),
            "later": nir.Delay(delay=np.array([3e-4, 1e-4, 7e-4, 2e-4])),
            "back": nir.Linear(weight=random.normal(0, 0.3, (3, 4))),
            "readout": nir.Affine(weight=random.normal(0, 20, (2, 4)), bias=np.array([0.5, 1.0])),
            "li": nir.LI(tau=np.array([0.02, 0.03]), r=np.ones(2), v_leak=np.array([0.0, 0.1])),
            "output": nir.Output(output_type=np.array([2])),
        },
        edges=[
            ("input", "block"),
            ("block", "scale"),
            ("scale", "lif"),
            ("lif", "later"),
            ("later", "back"),
            ("back", "block"),
            ("lif", "readout"),
            ("block", "readout"),
            ("readout", "li"),
            ("li", "output"),
        ],
    ), 500
    ones = np.ones
    yield "all-primitives", nir.NIRGraph(
        nodes={
            "input": nir.Input(input_type=np.array([2, 6, 5])),
            "conv": nir.Conv2d(
                input_shape=(6, 5),
                weight=random.normal(30, 20, (4, 2, 3, 3)),
                stride=(1, 2),
                padding=(1, 0),
                dilation=(1, 1),
                groups=1,
                bias=np.array([0.5, 0.0, -0.5, 1.0]),
            ),
            "if": nir.IF(r=20 * ones((4, 6, 2)), v_threshold=0.9 * ones((4, 6, 2)), v_reset=0.05 * ones((4, 6, 2))),
            "sum": nir.SumPool2d(kernel_size=np.array([2, 2]), stride=np.array([2, 2]), padding=np.array([0, 0])),
            "average": nir.AvgPool2d(kernel_size=np.array([3, 1]), stride=np.array([2, 1]), padding=np.array([1, 0])),
            "flat": nir.Flatten(input_type={"input": np.array([4, 2, 1])}, start_dim=1, end_dim=-1),
            "conv1d": nir.Conv1d(
                input_shape=2,
                weight=random.normal(4, 8, (3, 4, 2)),
                stride=1,
                padding="same",
                dilation=1,
                groups=1,
                bias=np.zeros(3),
            ),
            "li": nir.LI(tau=0.01 * ones((3, 2)), r=ones((3, 2)), v_leak=np.zeros((3, 2))),
            "threshold": nir.Threshold(threshold=0.15 * ones((3, 2))),
            "flat1": nir.Flatten(input_type={"input": np.array([3, 2])}, start_dim=0, end_dim=-1),
            "fc": nir.Linear(weight=random.normal(2, 6, (4, 6))),
            "cubali": nir.CubaLI(
                tau_syn=0.004 * ones(4), tau_mem=0.01 * ones(4), r=ones(4), v_leak=0.1 * ones(4), w_in=np.array(2.0) * ones(4)
            ),
            "mix": nir.Affine(weight=random.normal(1, 1, (4, 4)), bias=np.array([0.1, 0.2, 0.3, 0.4])),
            "lif": lif(4, tau=0.005, threshold=[0.2, 0.4, 0.3, 0.25]),
            "i": nir.I(r=np.array([50.0, 60.0, 70.0, 80.0])),
            "output": nir.Output(output_type=np.array([4])),
        },
        edges=[
            ("input", "conv"),
            ("conv", "if"),
            ("if", "sum"),
            ("sum", "average"),
            ("average", "flat"),
            ("flat", "conv1d"),
            ("conv1d", "li"),
            ("li", "threshold"),
            ("threshold", "flat1"),
            ("flat1", "fc"),
            ("fc", "cubali"),
            ("cubali", "mix"),
            ("mix", "lif"),
            ("lif", "lif"),
            ("lif", "i"),
            ("i", "output"),
        ],
    ), 200


def main(folder):
    random = np.random.default_rng(7)
    for name, graph, steps in graphs():
        (entry,) = [node for node in graph.nodes.values() if isinstance(node, nir.Input)]
        size = int(np.prod(entry.input_type["input"]))
        rows = [[step, cell] for step in range(steps) for cell in range(size) if random.random() < 0.06]
        nir.write(f"{folder}/{name}.nir", graph)
        graph = nir.read(f"{folder}/{name}.nir")
        expected = {
            "provenance": f"nir {nir.__version__}, NumPy {np.__version__}, test/interoperability/python/nir_graphs.py",
            "dt": DT,
            "steps": steps,
            "every": EVERY,
            "input_rows": rows,
            "euler": compute(graph, rows, steps),
            "euler-current-first": compute(graph, rows, steps, True),
        }
        with open(f"{folder}/{name}.expected.json", "w") as file:
            json.dump(expected, file)
            file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
