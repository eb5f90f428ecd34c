/** Commands that make sense for a model, ready to copy. */

import { shownFor, usualSuffix } from '../convert/target-notations.js';
import { shellWord } from '../diagnostics/display.js';
import type { Notation } from '../pipeline/read/notation.js';

/** A command with its purpose in a few words. */
export type NextCommand = readonly [purpose: string, command: string];

/** Returns commands for a valid model. @param isArchive  whether the file is an archive with results */
export function modelCommands(path: string, notation: Notation, isArchive = false): readonly NextCommand[] {
  const [file, stem, to] = [shellWord(path), stemOf(path), shownFor(notation)];
  return [
    ['run', `interneuron run ${file} -o ${shellWord(`${stem}.nwb`)}`],
    ['convert', `interneuron convert ${file} --to ${to} -o ${shellWord(`${stem}${usualSuffix(to)}`)}`],
    isArchive
      ? ['run again and compare', `interneuron verify ${file}`]
      : ['compare with another model', `interneuron same ${file} OTHER`],
  ];
}

/** Returns commands for a model with mistakes. @param code  of the first mistake; absent if it has none */
export const repairCommands = (path: string, code?: string): readonly NextCommand[] => [
  ['check again', `interneuron validate ${shellWord(path)}`],
  ...(code === undefined ? [] : [['explain the first', `interneuron explain ${code}`] as const]),
];

/** Returns the name for files made from a file: its own without folder and suffix, or the folder's for a config. */
export function stemOf(path: string): string {
  const [file = '', folder = ''] = path.split(/[\\/]/).reverse();
  const name = file.replace(/(?<=.)\.[^.]*$/, '');
  return /^(?:simulation_)?config$/.test(name) ? folder || 'circuit' : name.replace(/\.(?:nml|net)$/, '');
}
