/** Files that Neo reads, through its Python package. */

import { extname, resolve } from 'node:path';
import { isolatedPython } from '../../platform/python.js';
import { outcomeOf } from '../../platform/start-program.js';
import type { Recorded } from '../recorded.js';
import { unusable } from '../messages.js';
import { readNeo } from './neo.js';

/** Suffixes of formats that hold spikes or signals and run no code when read, unlike pickles. */
const suffixes = ['.nix', '.mat', '.plx', '.smr', '.nev', '.ns5', '.abf', '.spike2', '.nex', '.axgx', '.edf'];

/** Checks whether Neo may read a file, by its suffix. */
export const isNeoFile = (path: string): boolean => suffixes.includes(extname(path).toLowerCase());

/** Prints the first segment of a file as JSON with Neo's names. */
const script = `
import json, sys
import neo
path = sys.argv[1]
reader = neo.io.NixIO(path, mode="ro") if path.lower().endswith(".nix") else neo.io.get_io(path)
segment = reader.read_block().segments[0]
def plain(value):
    return [plain(one) for one in value] if hasattr(value, "__len__") and not isinstance(value, str) else value.item() if hasattr(value, "item") else value if isinstance(value, (str, int, float)) else None
json.dump({"blocks": [{"segments": [{
    "spiketrains": [{"times": train.times.rescale("s").magnitude.tolist(), "units": "s", "t_stop": float(train.t_stop.rescale("s")),
                     "annotations": {name: plain(value) for name, value in train.annotations.items()}} for train in segment.spiketrains],
    "analogsignals": [{"name": signal.name, "signal": signal.magnitude.tolist(), "units": signal.dimensionality.string,
                       "sampling_rate": str(float(signal.sampling_rate.rescale("Hz"))) + " Hz",
                       "t_start": str(float(signal.t_start.rescale("s"))) + " s",
                       "annotations": {name: plain(value) for name, value in [*signal.annotations.items(), *signal.array_annotations.items()]}}
                      for signal in segment.analogsignals]}]}]}, sys.stdout)
`;

/** Reads a file with the Python on the PATH. @throws UsageError without Neo, and for files that Neo rejects */
export function readNeoFile(path: string, times: string | undefined): Recorded {
  const { words, options } = isolatedPython(['-c', script, resolve(path)]);
  const { stdout, stderr, status } = outcomeOf(['python3', ...words], options);
  const last = stderr.trim().split('\n').at(-1) ?? '';
  if (status !== 0)
    throw /No module named 'neo'|is not on the PATH/.test(last)
      ? unusable(
          path,
          'it needs the Python package neo',
          'install neo in the environment of the python3 on the PATH, or write the file as NWB or Neo JSON',
        )
      : unusable(
          path,
          `Neo cannot read it (${last})`,
          'write it as NWB, or as a table with the columns time (ms) and id',
        );
  return { ...readNeo(path, parsed(path, stdout), times), format: `Neo ${extname(path).slice(1)}` };
}

function parsed(path: string, stdout: string): unknown {
  try {
    return JSON.parse(stdout.replace(/\b(?:NaN|Infinity)\b/g, 'null'));
  } catch {
    throw unusable(path, 'the output of Neo is no JSON', 'write the file as NWB or Neo JSON');
  }
}
