/** Programs in the place of a simulator's Python. */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Makes a folder with a `python` in another one, that is found as Brian and then runs a line of shell. */
export function standIn(folder: string, name: string, line: string): string {
  const python = join(folder, name, 'bin', 'python');
  const probed = JSON.stringify({ python: '3.12.0', has: { brian2: true }, versions: { brian2: '9.9.9' } });
  mkdirSync(dirname(python), { recursive: true });
  writeFileSync(python, `#!/bin/sh\ncase "$*" in *run_columns*) ${line};; *) echo '${probed}';; esac\n`);
  chmodSync(python, 0o755);
  return join(folder, name);
}

/** Shell that writes the columns of a run of `G`, as the runner does: spikes of cell 0 at 1 and 2 ms. */
export const columns = (end = '{"kind":"end"}'): string =>
  [
    'shift 4',
    'cd "$2"',
    `printf '\\374\\251\\361\\322MbP?\\374\\251\\361\\322Mb\`?' > t`,
    `head -c 16 /dev/zero > c`,
    `echo '{"kind":"spikes","of":"spikes_0","segment":0,"unit":"s","rows":2,"files":{"times":"t","cells":"c"}}' > columns-0.jsonl`,
    `echo '${end}' >> columns-0.jsonl`,
  ].join('; ');
