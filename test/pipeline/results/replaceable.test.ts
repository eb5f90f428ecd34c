/** The record of the files that a folder has from this program. */

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { noteWritten, refuseToReplace } from '../../../src/pipeline/results/replaceable.js';
import { temporaryFolder } from '../../support/command.js';

const folder = temporaryFolder();

it('writes a long record again only if half of its lines are out of date', async () => {
  const paths = Array.from({ length: 3000 }, (_, k) => folder.file(`edges-from-one-population-to-another-${k}.h5`));
  for (const path of paths) writeFileSync(path, 'edges');
  noteWritten(paths);
  const record = folder.file('.interneuron-outputs');
  const lines = (): number => readFileSync(record, 'utf8').split('\n').length - 1;
  const { ino } = statSync(record);
  noteWritten(paths.slice(0, 1000));
  expect([lines(), statSync(record).ino === ino]).toEqual([4000, true]);
  noteWritten(paths.slice(1000));
  expect([lines(), statSync(record).ino === ino]).toEqual([3000, false]);
  await refuseToReplace(paths, false);
  writeFileSync(paths[2999]!, 'changed');
  await expect(refuseToReplace(paths, false)).rejects.toThrow('edges-from-one-population-to-another-2999.h5');
});
