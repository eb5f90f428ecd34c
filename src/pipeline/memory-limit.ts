/** Programs that this machine has no room for, and protocols that are too long. */

import { platform } from '#platform';
import { DiagnosticError } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import { elementBytes, type Buffer, type Program } from '../ir/program.js';
import type { ValidModel } from '../model/model.js';
import type { ChosenTarget } from './choose-target.js';
import { messages, mostSteps } from './messages.js';
import { placeOf } from './read/placed.js';

/** Targets that keep arrays in the memory of this machine. Others have the memory of a device. */
const here: readonly string[] = ['wasm', 'c', 'mpi', 'reference'];

/** Most bytes that WebAssembly can address. */
const wasmMemory = 2 ** 32;

/** Memory of a program in bytes: arrays that exist from the start, and the largest additional need of building. */
interface Need {
  readonly fixed: number;
  readonly built: number;
  /** Bytes of each array, by name; of arrays of synapses on average. */
  readonly arrays: ReadonlyMap<string, number>;
}

/** Returns the memory that a program needs. Arrays of an unknown number of synapses count as empty. */
function needOf({ buffers, manifest, schedule }: Program): Need {
  // The cell with the length of an array of synapses is in the first positions of sources, or of the rule's items.
  const owner = (buffer: string): string => buffer.replace(/\.(rows|connect\d+\.starts)$/, '');
  const averages = manifest.projections.flatMap(({ count, expected }) =>
    typeof count === 'number' || expected === undefined ? [] : [[owner(count.buffer), expected] as const],
  );
  const lengths = new Map(averages);
  // Joint rows of several projections have a length of their own.
  const extents = new Map(buffers.map(({ name, length }) => [name, length]));
  for (const { count, expected = 0, targets } of manifest.projections) {
    const extent = extents.get(targets);
    if (typeof extent !== 'object' || (typeof count !== 'number' && owner(extent.buffer) === owner(count.buffer)))
      continue;
    lengths.set(extent.buffer, (lengths.get(extent.buffer) ?? 0) + (typeof count === 'number' ? count : expected));
  }
  const bytes = ({ element, length }: Buffer): number =>
    elementBytes[element] * (typeof length === 'number' ? length : (lengths.get(owner(length.buffer)) ?? 0));
  const arrays = new Map(buffers.map((buffer) => [buffer.name, bytes(buffer)]));
  const sum = (names: readonly string[]): number => names.reduce((all, name) => all + (arrays.get(name) ?? 0), 0);
  let [now, built] = [0, 0];
  for (const action of schedule.initialise) {
    if (action.kind === 'run') continue;
    now += action.kind === 'allocate' ? sum(action.buffers) : -sum(action.buffers);
    built = Math.max(built, now);
  }
  const fixed = sum(buffers.filter(({ length }) => typeof length === 'number').map(({ name }) => name));
  return { fixed, built, arrays };
}

/**
 * Rejects a program that exceeds the memory of the machine or the engine, before compiling.
 *
 * @throws DiagnosticError with the needed and the available memory, at the owner of the largest array
 */
export function refuseTooLarge(
  { target: { name }, memory: ofDevice }: Pick<ChosenTarget, 'target' | 'memory'>,
  program: Program,
  { model }: Pick<ValidModel, 'model'>,
  positions: Positions,
): void {
  const machine = platform.machine.memory();
  const memory = here.includes(name) ? Math.min(machine, name === 'wasm' ? wasmMemory : Infinity) : ofDevice;
  const { fixed, built, arrays } = needOf(program);
  const bytes = fixed + built;
  if (memory === undefined || bytes <= memory) return;
  const [largest] = [...arrays].reduce((first, second) => (second[1] > first[1] ? second : first));
  const place = placeOf(positions, ownerOf(largest, model));
  const engine = bytes <= machine ? name : undefined;
  const finding = messages.tooLarge(bytes, engine ? memory : machine, engine, (memory - fixed) / built);
  throw new DiagnosticError([{ severity: 'error', ...finding, place }]);
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
    .reduce<readonly [string, string]>(
      (first, second) => (second[0].length > first[0].length ? second : first),
      ['', ''],
    )[1];
}

/** @throws DiagnosticError for a protocol of more steps than are counted */
export function refuseTooLong(steps: number, positions: Positions): void {
  if (steps <= mostSteps) return;
  const place = positions.place('/experiment/protocol');
  throw new DiagnosticError([{ severity: 'error', ...messages.tooManySteps(steps), place }]);
}
