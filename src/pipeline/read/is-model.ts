/** Recognises models among results. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { firstBytes } from '../../../runtime/results/file-start.js';
import { isOurs } from '../../compare/open-recorded.js';
import { notationOfSuffix } from './notation.js';

/**
 * Checks whether a file is a document with a model: markup, a map that states its notation, a config of SONATA, or a
 * file with the suffix of a notation.
 */
export async function isModel(path: string): Promise<boolean> {
  if (!existsSync(path) || !statSync(path).isFile() || (await isOurs(path))) return false;
  if (/\.nml\.h5$/i.test(path) || notationOfSuffix(path) !== undefined) return true;
  if (firstBytes(path, 512).includes('\0')) return false;
  const text = readFileSync(path, 'latin1').trimStart();
  return text.startsWith('<') || /(^|[{,\n])\s*["']?(interneuron|format|networks)["']?\s*:/.test(text);
}
