/** Numbered files with what passes make, in a folder of their own. */

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { outputError } from '../../runtime/results/output-error.js';
import { refuseToReplace } from '../pipeline/results/replaceable.js';

/**
 * Returns a function that gives the path for the next pass, such as `01-gather.yaml`. Files of an earlier dump are
 * replaced, and no others.
 *
 * @param mark    stands between number and pass
 * @param ending  of the file's name
 */
export async function passFiles(
  folder: string,
  mark: '.' | '-',
  ending: string,
  force: boolean,
): Promise<(pass: string) => string> {
  try {
    mkdirSync(folder, { recursive: true });
    const dumped = readdirSync(folder).filter((name) => /^\d\d+[.-]/.test(name) && name.endsWith(ending));
    await refuseToReplace(
      dumped.map((name) => join(folder, name)),
      force,
    );
  } catch (error) {
    throw outputError(error, folder);
  }
  let passes = 0;
  return (pass) => join(folder, `${String(++passes).padStart(2, '0')}${mark}${pass}${ending}`);
}
