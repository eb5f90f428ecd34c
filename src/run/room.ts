/** Programs that this machine has no room for, and protocols that are too long. */

import { DiagnosticError } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import { elementBytes, type Buffer, type Program } from '../ir/program.js';
import type { ValidModel } from '../model/model.js';
import { machineMemory } from './machine-memory.js';
import { messages, mostSteps } from './messages.js';
import { placeOf } from './read/placed.js';

/** Targets that keep arrays in the memory of this machine. */
const here: readonly string[] = ['wasm', 'c', 'reference'];

/** Returns the bytes of an array of known length. */
const bytesOf = ({ element, length }: Buffer): number =>
  typeof length === 'number' ? length * elementBytes[element] : 0;

/**
 * Rejects a program with arrays of known length that exceed the machine's memory, before compiling.
 *
 * @throws DiagnosticError with the needed and the available memory, at the owner of the largest array
 */
export function refuseTooLarge(
  target: string,
  { buffers }: Program,
  { model }: Pick<ValidModel, 'model'>,
  positions: Positions,
): void {
  const memory = machineMemory();
  const bytes = buffers.reduce((sum, buffer) => sum + bytesOf(buffer), 0);
  if (!here.includes(target) || bytes <= memory) return;
  const largest = buffers.reduce((one, other) => (bytesOf(other) > bytesOf(one) ? other : one));
  const place = placeOf(positions, ownerOf(largest.name, model));
  throw new DiagnosticError([{ severity: 'error', ...messages.tooLarge(bytes, memory), place }]);
}

/** Returns the pointer of an array's owner, which has the name that the array's name begins with. */
function ownerOf(buffer: string, model: ValidModel['model']): string {
  const owners: (readonly [name: string, pointer: string])[] = [
    ...(['populations', 'projections', 'neurons', 'stimuli'] as const).flatMap((kind) =>
      Object.keys(model[kind]).map((name) => [name, `/${kind}/${name}`] as const),
    ),
    ...model.recordings.map(({ name }, k) => [name, `/recordings/${k}`] as const),
  ];
  return owners
    .filter(([name]) => buffer === name || buffer.startsWith(`${name}.`))
    .reduce<readonly [string, string]>((one, other) => (other[0].length > one[0].length ? other : one), ['', ''])[1];
}

/** @throws DiagnosticError for a protocol of more steps than are counted */
export function refuseTooLong(steps: number, positions: Positions): void {
  if (steps <= mostSteps) return;
  const place = positions.place('/experiment/protocol');
  throw new DiagnosticError([{ severity: 'error', ...messages.tooManySteps(steps), place }]);
}
