/**
 * The tables of a stand-alone project's host for a device program: memory, launches and lists, in text that is valid C
 * and C++.
 */

import { invariant } from '../../../diagnostics/diagnostic.js';
import { faultsBuffer } from '../../../ir/names.js';
import type { Extent, Program } from '../../../ir/program.js';
import { elementBytes } from '../../../ir/program.js';
import type { Geometry, Launch } from '../../schedule/launches.js';
import { renderTemplate } from '../../templates/render.js';
import { fillBits } from '../generate.js';
import { literal, trustOperands } from '../trust.js';
import type { GeneratedDevice } from './generate.js';

const pass = 'codegen/c/device/host-tables';

interface Ordinals {
  readonly buffer: (name: string) => number;
  readonly launch: (kernel: string) => number;
}

function ordinalsOf(program: Program, generated: GeneratedDevice): Ordinals {
  const numbered = (names: Iterable<string>, what: string): ((name: string) => number) => {
    const known = new Map([...names].map((name, ordinal) => [name, ordinal]));
    return (name) => {
      const knownOrdinal = known.get(name);
      invariant(knownOrdinal !== undefined, pass, `no ${what} is named ${name}`);
      return knownOrdinal;
    };
  };
  return {
    buffer: numbered(
      program.buffers.map(({ name }) => name),
      'buffer',
    ),
    launch: numbered(generated.launches.keys(), 'kernel'),
  };
}

/** Prints `buffer, index` of a cell, or the placeholder for no cell. */
const cellText = (extent: Extent, { buffer }: Ordinals): string =>
  typeof extent === 'number' ? 'NO_BUFFER, 0u' : `${buffer(extent.buffer)}u, ${extent.index}u`;

function bufferLines(program: Program, { layout }: GeneratedDevice): string[] {
  return program.buffers.map((buffer) => {
    const place = layout.places.get(buffer.name);
    const offset = place?.kind === 'arena' ? `${place.offset}u` : 'OWN';
    const length = typeof buffer.length === 'number' ? buffer.length : 0;
    return `  {${offset}, ${elementBytes[buffer.element]}u, ${length}u, 0x${fillBits(buffer).toString(16)}u},`;
  });
}

function geometryText(geometry: Geometry, ordinals: Ordinals): string {
  switch (geometry.kind) {
    case 'items':
      return `ITEMS, ${geometry.items}u, NO_BUFFER, 0u`;
    case 'counted':
      return `COUNTED, 0u, ${cellText(geometry.count, ordinals)}`;
    case 'spikes':
      return `SPIKES, ${geometry.most}u, NO_BUFFER, 0u`;
    case 'teams':
      return `TEAMS, ${geometry.most}u, NO_BUFFER, 0u`;
    case 'workers':
      return `WORKERS, ${geometry.most}u, NO_BUFFER, 0u`;
    case 'ownTeams':
      return `OWN_TEAMS, ${geometry.items}u, NO_BUFFER, 0u`;
    case 'team':
      return 'TEAM, 0u, NO_BUFFER, 0u';
    case 'one':
      return 'ONE, 0u, NO_BUFFER, 0u';
  }
}

function launchLines(
  launches: readonly Launch[],
  ordinals: Ordinals,
): { readonly own: string[]; readonly rows: string[] } {
  const own: string[] = [];
  const rows = launches.map((launch) => {
    const first = own.length;
    for (const name of launch.own) own.push(`  ${ordinals.buffer(name)}u,`);
    return (
      `  {"${launch.entry}", ${geometryText(launch.geometry, ordinals)}, ${first}u, ${launch.own.length}u, ` +
      `${launch.parts ?? 1}u, ${launch.member ?? 0}u},`
    );
  });
  return { own, rows };
}

interface ActionTables {
  readonly begins: readonly number[];
  readonly actions: readonly string[];
  readonly allocations: readonly string[];
}

function actionTables(program: Program, ordinals: Ordinals): ActionTables {
  const { initialise, procedures } = program.schedule;
  const begins: number[] = [];
  const actions: string[] = [];
  const allocations: string[] = [];
  for (const list of [initialise, ...Object.values(procedures)]) {
    begins.push(actions.length);
    for (const action of list) {
      if (action.kind === 'run') {
        actions.push(`  {${ordinals.launch(action.kernel)}u, 0u, 0u},`);
        continue;
      }
      actions.push(`  {NO_BUFFER, ${allocations.length}u, ${action.buffers.length}u},`);
      for (const name of action.buffers) {
        // A released buffer has no elements.
        const length = action.kind === 'release' ? 0 : (program.buffers[ordinals.buffer(name)]?.length ?? 0);
        allocations.push(
          `  {${ordinals.buffer(name)}u, ${cellText(length, ordinals)}, ${typeof length === 'number' ? length : 0}u},`,
        );
      }
    }
  }
  return { begins: [...begins, actions.length], actions, allocations };
}

/**
 * Returns the tables of a host, in text that is valid C and C++: `buffers`, `launches`, `schedule`, `actions`, `logs`
 * and the others that `device-running` uses.
 *
 * @returns text that is the same for equal programs
 */
export function hostTables(program: Program, generated: GeneratedDevice): string {
  const ordinals = ordinalsOf(program, generated);
  const launches = launchLines([...generated.launches.values()], ordinals);
  const { begins, actions, allocations } = actionTables(program, ordinals);
  const hasFaults = program.buffers.some(({ name }) => name === faultsBuffer);
  return renderTemplate('device-tables', {
    arena: generated.layout.arena,
    table: bufferLines(program, generated).join('\n'),
    own: launches.own.join('\n'),
    launches: launches.rows.join('\n'),
    schedule: generated.step
      .map(({ kernel, every, offset }) => `  {${ordinals.launch(kernel)}u, ${every}, ${offset}},`)
      .join('\n'),
    lists: begins.map((begin) => `${begin}u`).join(', '),
    actions: actions.join('\n'),
    cells: allocations.join('\n'),
    logs: program.logs
      .map(
        ({ cursor, capacity, maxRowsPerStep }) =>
          `  {${ordinals.buffer(cursor.buffer)}u, ${cursor.index}u, ${capacity}u, ${maxRowsPerStep}u},`,
      )
      .join('\n'),
    faults: hasFaults ? `${ordinals.buffer(faultsBuffer)}u` : 'NO_BUFFER',
    operands: trustOperands.map(literal).join(', '),
  }).trimEnd();
}

/** The host code that interprets its tables, independent of the driver. */
export const hostRunning = (): string => renderTemplate('device-running', {}).trimEnd();

/** Lists of actions that a program has: initialisation, and its procedures. */
export const listCount = (program: Program): number => 1 + Object.keys(program.schedule.procedures).length;
