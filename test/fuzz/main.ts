/**
 * `npm run fuzz -- [--notation NAME] [--seed N] [--first N] [--inputs N] [--out DIR]`: feeds changed models of all
 * notations, and writes those that break something to files.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { notations } from './inputs.js';
import { campaign } from './supervise.js';

const { values } = parseArgs({
  options: {
    notation: { type: 'string', multiple: true, default: [...notations] },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    inputs: { type: 'string', default: '100000' },
    out: { type: 'string', default: 'out/fuzz' },
  },
});

let failed = false;
for (const notation of notations.filter((name) => values.notation.includes(name))) {
  const began = performance.now();
  const seen = new Set<string>();
  const { accepted, refused, broken } = await campaign(
    notation,
    Number(values.seed),
    Number(values.first),
    Number(values.inputs),
    ({ ordinal, why, input }) => {
      const kind = why.split('\n').slice(0, 3).join(' ');
      if (seen.has(kind)) return;
      seen.add(kind);
      mkdirSync(values.out, { recursive: true });
      const path = join(values.out, `${notation}-${values.seed}-${ordinal}`);
      writeFileSync(path, input);
      process.stdout.write(`${notation} ${ordinal}: ${why}\n  written to ${path}\n`);
    },
  );
  failed ||= broken.length > 0;
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(
    `${notation}: ${accepted} accepted, ${refused} refused, ${broken.length} broken, ${seconds.toFixed(0)} s\n`,
  );
}
process.exitCode = failed ? 1 : 0;
