"""Scripts for NEURON with one feature each, what NEURON computes by them, and what `interneuron neuron` reads.

Prints one object: by the name of each script, the samples of v that NEURON records in its last run, the file of the
captured document (or null), and the sentences on what is not read.

    python neuron_features.py FOLDER [NAME ...]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

OUTPUT_VERSION = 2

BEGIN = """from neuron import h
h.load_file('stdrun.hoc')
h.usetable_hh = 0
s, d = h.Section(name='soma'), h.Section(name='dend')
s.L = s.diam = 20
d.L, d.diam, d.nseg = 200, 2, 5
d.connect(s(1))
for each in (s, d): each.Ra = 100
s.insert('hh'); d.insert('pas')
d.e_pas = -65
ic = h.IClamp(s(0.5)); ic.delay, ic.dur, ic.amp = 2, 20, 0.3
sy = h.ExpSyn(d(0.5)); sy.tau = 2
st = h.NetStim(); st.start, st.interval, st.number, st.noise = 3, 5, 5, 0
nc = h.NetCon(st, sy); nc.weight[0], nc.delay = 0.002, 1
v = h.Vector().record(s(0.5)._ref_v)
"""
START = "h.finitialize(-65)\n"
RUN = START + "h.continuerun(30)\n"
END = "import os, json\njson.dump(list(v), open(os.environ['OUT'], 'w'))\n"


def between(statement: str) -> str:
    """Returns a run of two parts with a statement between them."""
    return f"{START}h.continuerun(10)\n{statement}\nh.continuerun(30)\n"


def before(statement: str) -> str:
    """Returns a run after a statement."""
    return f"{statement}\n{RUN}"


def after(statement: str) -> str:
    """Returns a run of a state that a statement sets."""
    return f"{START}{statement}\nh.continuerun(30)\n"


def along(name: str) -> str:
    """Returns a run with values along the dendrite."""
    return before(f"for k, seg in enumerate(d): {name}")


SCRIPTS = {
    "plain": RUN,
    # What happens during the run.
    "amp between": between("ic.amp = 0.02"),
    "dur between": between("ic.dur = 12"),
    "delay between": between("ic.delay = 5"),
    "gnabar between": between("s.gnabar_hh = 0.2"),
    "gkbar of a segment between": between("s(0.5).hh.gkbar = 0.01"),
    "el between": between("s(0.5).hh.el = -50"),
    "g_pas of all between": between("for seg in d: seg.pas.g = 0.002"),
    "e_pas of one between": between("d(0.9).pas.e = -80"),
    "cm between": between("s.cm = 2"),
    "Ra between": between("d.Ra = 300"),
    "L between": between("d.L = 300"),
    "diam between": between("d.diam = 3"),
    "nseg between": between("d.nseg = 7"),
    "celsius between": between("h.celsius = 12"),
    "dt between": between("h.dt = 0.0125"),
    "ena between": between("s.ena = 40"),
    "ek between": between("for seg in s: seg.ek = -90"),
    "weight between": between("nc.weight[0] = 0.01"),
    "delay of NetCon between": between("nc.delay = 3"),
    "active between": between("nc.active(0)"),
    "tau of synapse between": between("sy.tau = 5"),
    "e of synapse between": between("sy.e = -80"),
    "interval between": between("st.interval = 2"),
    "number between": between("st.number = 2"),
    "v between": between("s.v = -80"),
    "m between": between("s(0.5).hh.m = 0.9"),
    "g of synapse between": between("sy.g = 0.01"),
    "clamp made between": between("new = h.IClamp(d(0.5)); new.delay, new.dur, new.amp = 12, 5, 0.2"),
    "synapse made between": between("s2 = h.ExpSyn(s(0.5)); n2 = h.NetCon(st, s2); n2.weight[0] = 0.01"),
    "mechanism inserted between": between("d.insert('hh')"),
    "event between": between("nc.event(12)"),
    "t between": between("h.t = 5"),
    "usetable between": between("h.usetable_hh = 1"),
    "changed in hoc between": between("h('IClamp[0].amp = 0.02')"),
    "pieces": START + "for k in range(6):\n    ic.amp = 0.1*k\n    h.continuerun(5*(k + 1))\n",
    "pieces with an if": START + "for k in range(6):\n    h.continuerun(5*(k + 1))\n    if s.v > -66: ic.amp *= 0.5\n",
    "psolve pieces": "pc = h.ParallelContext(); pc.set_maxstep(1)\n" + START + "pc.psolve(10)\nic.amp = 0.02\npc.psolve(30)\n",
    "unchanged pieces": START + "for k in range(6): h.continuerun(5*(k + 1))\n",
    "second run": RUN + RUN,
    "second run, amp": RUN + "ic.amp = 0.05\n" + RUN,
    "second run, v_init": RUN + "h.finitialize(-70)\nh.continuerun(30)\n",
    "run twice": "h.tstop = 30\nh.run()\nic.amp = 0.1\nh.run()\n",
    "SaveState": START + "h.continuerun(10)\nss = h.SaveState(); ss.save()\nh.continuerun(20)\nss.restore()\nh.continuerun(30)\n",
    "fadvance loop": START + "while h.t < 30: h.fadvance()\n",
    "fadvance loop of steps": START + "for k in range(1200): h.fadvance()\n",
    "fadvance loop with an if": START + "while h.t < 30:\n    h.fadvance()\n    if s.v > 0: ic.amp = 0\n",
    "its own end": "h.tstop = 20\n" + START + "while h.t < h.tstop*1.5: h.fadvance()\n",
    "longer than tstop": "h.tstop = 10\n" + RUN,
    "advance in hoc": before("h('proc advance() { fadvance() if (t > 10) { IClamp[0].amp = 0 } }')"),
    "run in hoc": "h('{tstop = 30}\\n{v_init = -65}\\n{run()}')\n",
    "change between runs in hoc": "h('proc both() { stdinit() continuerun(10) IClamp[0].amp = 0.02 continuerun(30) }')\nh.both()\n",
    "event callback": START + "h.CVode().event(10, lambda: setattr(ic, 'amp', 0))\nh.continuerun(30)\n",
    "callback of a NetCon": before("n2 = h.NetCon(s(0.5)._ref_v, None, sec=s); n2.record(lambda: setattr(ic, 'amp', 0))"),
    "callback in each step": before("h.CVode().extra_scatter_gather(0, lambda: setattr(ic, 'amp', 0.1 if h.t > 10 else 0.3))"),
    "Random.play": before("rn = h.Random(); rn.Random123(1, 2, 3); rn.normal(0.2, 0.02); rn.play(ic._ref_amp); ic.dur = 1e9"),
    "Random.play in hoc": before("h('objref rn\\nrn = new Random(3)\\nrn.normal(0.2, 0.02)\\nrn.play(&IClamp[0].amp)')"),
    "v set first": after("s.v = -50"),
    "v of one set first": after("d(0.9).v = -30"),
    "m set first": after("s(0.5).hh.m = 0.6"),
    "n set first": after("s.n_hh = 0.5"),
    "g of synapse set first": after("sy.g = 0.01"),
    "amp set first": after("ic.amp = 0.1"),
    "handler sets m": before("fi = h.FInitializeHandler(1, lambda: setattr(s, 'm_hh', 0.6))"),
    "handler sets v": before("fi = h.FInitializeHandler(0, lambda: setattr(s, 'v', -50))"),
    "handler sets v at the end": before("fi = h.FInitializeHandler(2, lambda: setattr(s, 'v', -50))"),
    "settles": START + "h.t, h.dt = -1e4, 100\nwhile h.t < -100: h.fadvance()\nh.t, h.dt = 0, 0.025\nh.fcurrent(); h.frecord_init()\nh.continuerun(30)\n",
    "settles from 0": START + "h.dt = 10\nfor k in range(20): h.fadvance()\nh.t, h.dt = 0, 0.025\nh.fcurrent(); h.frecord_init()\nh.continuerun(30)\n",
    "CVode": before("cv = h.CVode(); cv.active(1)"),
    "CVode, amp between": "cv = h.CVode(); cv.active(1)\n" + START + "h.continuerun(10)\nic.amp = 0.02\ncv.re_init()\nh.continuerun(30)\n",
    "LinearMechanism": before("c, g, y, b = h.Matrix(1, 1), h.Matrix(1, 1), h.Vector(1), h.Vector([0.1])\ng.setval(0, 0, 0.001)\nsl = h.SectionList(); sl.append(sec=s)\nlm = h.LinearMechanism(c, g, y, b, sl, h.Vector([0.5]))"),
    "in a function": "def main():\n    h.finitialize(-65)\n    h.continuerun(10)\n    ic.amp = 0.02\n    h.continuerun(30)\nmain()\n",
    "a user's end": RUN + "exec(END)\nraise SystemExit(3)\n",
    "ends with an error": RUN + "exec(END)\nraise ValueError('of the script')\n",
    "quits": RUN + "exec(END)\nh.quit()\n",
    "ends its process": RUN + "exec(END)\nimport os; os._exit(0)\n",
    "another folder": before("import os, tempfile; os.chdir(tempfile.mkdtemp())"),
    "another folder between": between("import os, tempfile; os.chdir(tempfile.mkdtemp())"),
    "many lines": RUN + "for k in range(1000000): print(k)\n",
    "second order": before("h.secondorder = 2"),
    # What memory holds.
    "play continuous": before("V, T = h.Vector([0, 0, 0.4, 0.1]), h.Vector([0, 3, 9, 15]); ic.dur = 1e9; V.play(ic._ref_amp, T, 1)"),
    "play in steps": before("V, T = h.Vector([0, 0.4, 0.1]), h.Vector([0, 3, 9]); ic.dur = 1e9; V.play(ic._ref_amp, T)"),
    "play in steps of 2 ms": before("V = h.Vector([0, 0.4, 0.1, 0.3]); ic.dur = 1e9; V.play(ic._ref_amp, 2)"),
    "play continuous, begins late": before("V, T = h.Vector([0.1, 0.4, 0]), h.Vector([3, 9, 15]); ic.dur = 1e9; V.play(ic._ref_amp, T, 1)"),
    "play into a conductance": before("V, T = h.Vector([0.12, 0.2]), h.Vector([0, 10]); V.play(s(0.5).hh._ref_gnabar, T, 1)"),
    "play into v": before("V, T = h.Vector([-65, -20, -65]), h.Vector([0, 10, 20]); V.play(d(0.9)._ref_v, T, 1)"),
    "RANGE in ASSIGNED": before("s.insert('rscale'); s(0.5).rscale.factor = 1.5; s(0.5).rscale.half = -50"),
    "GLOBAL in ASSIGNED": before("s.insert('rscale'); s(0.5).rscale.factor = 1; s(0.5).rscale.half = -50; h.gain_rscale = 0.7"),
    "RANGE in ASSIGNED along": before("d.insert('rscale')\nfor k, seg in enumerate(d): seg.rscale.factor, seg.rscale.half = k, -50"),
    "own current": before("s.insert('ownik')"),
    "own current, two channels": before("s.insert('ownik'); s.insert('twice')"),
    "ek along": before("d.insert('hh')\nfor k, seg in enumerate(d): seg.ek = -90 + 5*k"),
    "ena along": before("d.insert('hh')\nfor k, seg in enumerate(d): seg.ena = 30 + 5*k"),
    "el along": before("d.insert('hh')\nfor k, seg in enumerate(d): seg.hh.el = -60 + k"),
    "g_pas along": along("seg.pas.g = 0.0005*(k + 1)"),
    "cm along": along("seg.cm = 1 + 0.2*k"),
    "diameters along": along("seg.diam = 5 - 0.8*k"),
    "diameter of one": before("d(0.1).diam = 6"),
    "diameters by points": before("d.pt3dclear(); [d.pt3dadd(*p) for p in ((0, 0, 0, 6), (100, 0, 0, 2), (200, 0, 0, 1))]"),
    "v along": after("for k, seg in enumerate(d): seg.v = -65 - k"),
    "cai along": before("d.insert('cachan'); d.insert('capool')\nfor k, seg in enumerate(d): seg.capool.rest = 1e-4*(k + 1)"),
    "cao": before("d.insert('cachan')\nfor seg in d: seg.eca = 100"),
    "tables of hh": before("h.usetable_hh = 1"),
    "own table": before("s.insert('tabled')"),
    "own table, off": before("s.insert('tabled'); h.usetable_tabled = 0"),
    "own table at 20": before("s.insert('tabled'); h.celsius = 20"),
    "clamp between steps": before("ic.delay, ic.dur = 2.013, 9.994"),
    "clamp at the middle of a step": before("ic.delay, ic.dur = 2.0125, 10"),
    "clamp from 0": before("ic.delay, ic.dur = 0, 10"),
    "SEClamp": before("se = h.SEClamp(s(0.5)); se.dur1, se.amp1, se.dur2, se.amp2, se.rs = 5, -70, 10, -20, 0.5"),
    "nonlinear rate": before("d.insert('bent')"),
    "state by dt": before("s.insert('stepped')"),
    "temperature": before("h.celsius = 20"),
    "order of insertion": before("s.uninsert('hh'); s.insert('ownik'); s.insert('hh')"),
    "ion_style": before("s.insert('cachan'); h.ion_style('ca_ion', 1, 1, 0, 0, 0, sec=s); s.eca = 90"),
    "array parameter": before("s.insert('rows'); s(0.5).rows.g[1] = 0.002"),
    "global parameter": before("s.insert('tabled'); h.shift_tabled = 5"),
    "myelin": before("d.insert('extracellular'); d.xg[0] = 0.01"),
    "first value of a point process": before("sy.e = -70; nc.weight[0] = 0.02"),
    "two clamps": before("c2 = h.IClamp(d(1)); c2.delay, c2.dur, c2.amp = 4, 3, 0.1"),
}

UNITS = "UNITS { (mA) = (milliamp) (mV) = (millivolt) (S) = (siemens) }\n"
MECHANISMS = {
    "ownik": """NEURON { SUFFIX ownik USEION k READ ek WRITE ik RANGE g, taken }
PARAMETER { g = 0.0005 (S/cm2) }
ASSIGNED { v (mV) ik (mA/cm2) ek (mV) }
STATE { taken }
INITIAL { taken = 0 }
BREAKPOINT { SOLVE st METHOD cnexp ik = g*(1 + 30*taken)*(v - ek) }
DERIVATIVE st { taken' = 2*ik - taken/20 }
""",
    "twice": """NEURON { SUFFIX twice USEION k READ ek WRITE ik RANGE g, mean }
PARAMETER { g = 0.0008 (S/cm2) }
ASSIGNED { v (mV) ik (mA/cm2) ek (mV) }
STATE { mean }
INITIAL { mean = 0 }
BREAKPOINT { SOLVE st METHOD cnexp ik = g*(1 + 10*mean)*(v - ek) }
DERIVATIVE st { mean' = (ik - mean)/3 }
""",
    "rscale": """NEURON { SUFFIX rscale NONSPECIFIC_CURRENT i RANGE g, factor, half GLOBAL gain }
PARAMETER { g = 0.0005 (S/cm2) }
ASSIGNED { v (mV) i (mA/cm2) factor (1) half (mV) gain (1) }
STATE { m }
INITIAL { m = 1/(1 + exp(-(v - half)/8)) }
BREAKPOINT { SOLVE st METHOD cnexp i = g*(factor + gain)*m*(v + 80) }
DERIVATIVE st { m' = (1/(1 + exp(-(v - half)/8)) - m)/5 }
""",
    "tabled": """NEURON { SUFFIX tabled USEION k READ ek WRITE ik RANGE g GLOBAL shift }
PARAMETER { g = 0.004 (S/cm2) shift = 0 (mV) }
ASSIGNED { v (mV) ik (mA/cm2) ek (mV) celsius (degC) minf mtau (ms) }
STATE { m }
INITIAL { rates(v) m = minf }
BREAKPOINT { SOLVE st METHOD cnexp ik = g*m*m*(v - ek) }
DERIVATIVE st { rates(v) m' = (minf - m)/mtau }
PROCEDURE rates(v (mV)) { LOCAL q
  TABLE minf, mtau DEPEND celsius, shift FROM -100 TO 60 WITH 40
  q = 3^((celsius - 6.3)/10)
  minf = 1/(1 + exp(-(v + 40 - shift)/6))
  mtau = (1 + 4/(1 + exp((v + 30)/9)))/q
}
""",
    "cachan": """NEURON { SUFFIX cachan USEION ca READ eca WRITE ica RANGE gbar }
PARAMETER { gbar = 0.0005 (S/cm2) }
ASSIGNED { v (mV) eca (mV) ica (mA/cm2) }
STATE { m }
BREAKPOINT { SOLVE states METHOD cnexp ica = gbar*m*m*(v - eca) }
INITIAL { m = 1/(1 + exp(-(v + 20)/6)) }
DERIVATIVE states { m' = (1/(1 + exp(-(v + 20)/6)) - m)/2 }
""",
    "capool": """NEURON { SUFFIX capool USEION ca READ ica WRITE cai RANGE tau, rest }
PARAMETER { tau = 60 (ms) rest = 1e-4 (mM) share = 0.02 (mM cm2/mA/ms) }
ASSIGNED { ica (mA/cm2) }
STATE { cai (mM) }
INITIAL { cai = rest }
BREAKPOINT { SOLVE states METHOD cnexp }
DERIVATIVE states { cai' = -share*ica - (cai - rest)/tau }
""",
    "bent": """NEURON { SUFFIX bent NONSPECIFIC_CURRENT i RANGE g }
PARAMETER { g = 0.001 (S/cm2) }
ASSIGNED { v (mV) i (mA/cm2) }
STATE { x }
INITIAL { x = 0.9 }
BREAKPOINT { SOLVE st METHOD cnexp i = g*x*(v + 40) }
DERIVATIVE st { x' = -x*x/4 + 0.05 }
""",
    "stepped": """NEURON { SUFFIX stepped NONSPECIFIC_CURRENT i RANGE g }
PARAMETER { g = 0.001 (S/cm2) }
ASSIGNED { v (mV) i (mA/cm2) dt (ms) }
STATE { x }
INITIAL { x = 1 }
BREAKPOINT { SOLVE st i = g*x*(v + 40) }
PROCEDURE st() { x = x - dt*x/7 }
""",
    "rows": """NEURON { SUFFIX rows NONSPECIFIC_CURRENT i RANGE g }
PARAMETER { g[2] (S/cm2) }
ASSIGNED { v (mV) i (mA/cm2) }
BREAKPOINT { i = g[0]*(v + 70) + g[1]*(v + 50) }
""",
}


def main(folder: str, names: list[str]) -> None:
    """Prints what NEURON computes and what interneuron reads."""
    own = Path(folder)
    for each in ("mod", "captured"):
        (own / each).mkdir(parents=True, exist_ok=True)
    for name, text in MECHANISMS.items():
        (own / "mod" / f"{name}.mod").write_text(text.replace("PARAMETER", UNITS + "PARAMETER", 1))
    subprocess.run([Path(sys.executable).parent / "nrnivmodl", "mod"], cwd=own, check=True, capture_output=True)
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(names, pool.map(lambda name: _outcome(own, name), names)))
    print(json.dumps(found))


def _outcome(folder: Path, name: str) -> dict[str, object]:
    script = folder / f"{name.replace(' ', '_').replace(',', '').replace('.', '_')}.py"
    script.write_text(f"END = {END!r}\n{BEGIN}{SCRIPTS[name]}{END}")
    captured = folder / "captured" / f"{script.stem}.json"
    with tempfile.TemporaryDirectory() as place:
        output = Path(place, "out.json")
        environment = {**os.environ, "OUT": str(output), "INTERNEURON_STACK": ""}
        run = {"cwd": folder, "env": environment, "capture_output": True, "text": True, "stdin": subprocess.DEVNULL, "timeout": 300}
        for before in captured.parent.glob(f"{script.stem}.json*"):
            before.unlink()
        read = subprocess.run([sys.executable, "-m", "interneuron_neuron.launcher", str(captured), script.name], **run)  # type: ignore[call-overload]
        left = Path(f"{captured}.left-out")
        return {
            "samples": json.loads(output.read_text()) if output.exists() else [],
            "document": str(captured) if captured.exists() else None,
            "left": left.read_text().splitlines() if left.exists() else [],
            "said": [line for line in read.stderr.splitlines() if line.startswith(("note:", "error:"))],
        }


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] or list(SCRIPTS))
