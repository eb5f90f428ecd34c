/** The kernel that runs whole steps: its work-groups stay on the device, and meet at a barrier after each launch. */

import type { Program, StepEntry } from '../../../ir/program.js';
import type { Launch } from '../../schedule/launches.js';
import { block, indent } from '../text.js';
import type { DeviceContext } from './context.js';

/** A launch of the step, which is a function here, and when it runs. */
export interface StepPart {
  readonly entry: StepEntry;
  readonly launch: Launch;
}

/** The launch of whole steps. */
export interface ResidentStep {
  /** Its arguments are the arena, the first step, the buffers, the number of steps, and the groups of each part. */
  readonly launch: Launch;
  /** The launches that it replaces, in order. */
  readonly parts: readonly Launch[];
}

/** Elements up to which one launch runs whole steps: a block on each multiprocessor has too few threads for more. */
const mostElements = 4096;
/** Arguments besides buffers and parts: the arena, and the first step and the number of steps. */
const fixedArguments = 3;

/** Checks whether a network is so small that one launch should run whole steps. */
export const isSmall = ({ manifest }: Program): boolean =>
  manifest.populations.reduce((sum, { size }) => sum + size, 0) <= mostElements;

/** The condition for an entry to run in a step; none for each step. */
function whenDue({ every, offset }: StepEntry): string[] {
  const begun = offset === 0 ? [] : [`step >= ${offset}`];
  const turn = offset === 0 ? 'step' : `(step - ${offset})`;
  return [...begun, ...(every === 1 ? [] : [`${turn} % ${every} == 0`])];
}

/**
 * Prints the kernel of all parts.
 *
 * @returns undefined if there is no part, a part has an unknown number of items, or a kernel has too few arguments
 */
export function residentStep(
  context: DeviceContext,
  parts: readonly StepPart[],
): { readonly lines: readonly string[]; readonly step: ResidentStep } | undefined {
  const { device, bufferNames } = context;
  const { i32, u32 } = device.types;
  const own = [...new Set(parts.flatMap(({ launch }) => launch.own))];
  if (parts.length === 0 || parts.some(({ launch }) => launch.geometry.kind === 'counted')) return undefined;
  if (fixedArguments + own.length + parts.length > device.mostPointers) return undefined;
  const id = context.kernelNames.fresh('resident');
  const groups = parts.map((_, k) => bufferNames.fresh(`groups_${k}`));
  // Buffers change between barriers: no pointer to them is `const` or `restrict` for the entire kernel.
  const parameters = [
    'unsigned char *arena',
    `const ${i32} first`,
    ...own.map((name) => `${device.elementTypes[context.buffer(name).element]} *${bufferNames.id(name)}`),
    `const ${i32} steps`,
    ...groups.map((name) => `const ${u32} ${name}`),
  ];
  const calls = parts.flatMap(({ entry, launch }, k) => {
    const due = whenDue(entry);
    const names = launch.own.map((name) => bufferNames.id(name));
    const call = (group: string): string =>
      `${launch.entry}(${['arena', 'step', group, groups[k] ?? '', ...names].join(', ')});`;
    const turns = block(`for (${u32} group = group_id(); group < ${groups[k] ?? ''}; group += groups())`, [
      `${launch.geometry.kind === 'one' ? 'if (local_id() == 0u) ' : ''}${call('group')}`,
      'sync_team();',
    ]);
    const lines = [...turns, 'sync_grid(arena, &goal);'];
    return due.length === 0 ? lines : block(`if (${due.join(' && ')})`, lines);
  });
  return {
    lines: [
      '/* Steps from `first` on. All blocks come to each barrier, as they see the same stops. */',
      `${device.deviceKernel('items')} void ${id}(${parameters.join(', ')})`,
      '{',
      ...indent([
        `${u32} goal = 0u;`,
        ...block(`for (${i32} step = first; step < first + steps; step += 1)`, [
          'if (is_stopped(arena, step)) break;',
          ...calls,
        ]),
      ]),
      '}',
    ],
    step: {
      launch: { kernel: `steps: ${id}`, entry: id, geometry: { kind: 'team' }, own },
      parts: parts.map(({ launch }) => launch),
    },
  };
}
