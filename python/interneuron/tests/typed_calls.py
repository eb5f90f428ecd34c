"""Calls with options of wrong types, which mypy finds: a comment without its error is an error, too."""

import interneuron

results: interneuron.Results = interneuron.run("model.yaml", target="wasm", threads=2, set={"w": "1 mV"})
interneuron.run("model.yaml", threads="two")  # type: ignore[arg-type]
interneuron.run("model.yaml", seeds=3)  # type: ignore[call-arg]
interneuron.open(3)  # type: ignore[arg-type]
interneuron.Model("model.yaml").run(duration=5)  # type: ignore[arg-type]
steps: int = results.spikes["cells"].size
