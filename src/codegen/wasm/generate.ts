/** Generates the text of one WebAssembly module, and the data that a host needs. */

import type { Program } from '../../ir/program.js';
import { familiesOf } from '../families/families.js';
import type { Family } from '../families/pattern.js';
import { compactKernelText } from './compact.js';
import { onceText, segmentsOf, stepText } from './driver.js';
import type { Segment } from './driver.js';
import { helpers } from './helpers.js';
import type { HelperName } from './helpers.js';
import { kernelFunction, kernelScope } from './kernel.js';
import type { KernelContext } from './kernel.js';
import { layOut, mostThreads, pageBytes } from './layout.js';
import type { Layout } from './layout.js';
import { mapKernelText } from './map.js';
import { Names } from './names.js';
import { propagateKernelText } from './propagate.js';
import { functionText, statementsText } from './scalar.js';
import type { ModuleContext } from './scalar.js';
import { commentText, renderWat } from './text.js';
import type { Wat } from './text.js';
import { trustText } from './trust.js';

/** A generated module: its text, its memory, and the functions to call. */
export interface WasmModuleText {
  /** In WebAssembly's text format. */
  readonly text: string;
  /** The addresses of all data in memory. */
  readonly layout: Layout;
  /** The list of initialisation, as calls of exported functions and allocations. */
  readonly initialise: readonly Segment[];
  /** The named lists of the schedule, likewise. */
  readonly procedures: Readonly<Record<string, readonly Segment[]>>;
}

/**
 * Equal kernels share a function from this number on. Fewer have one each, with addresses and numbers as constants,
 * which is faster.
 */
const leastMembers = 64;

function kernelText(context: KernelContext, family: Family): Wat[] {
  const { pattern } = family;
  switch (pattern.shape) {
    case 'map':
      return mapKernelText(context, family, pattern);
    case 'compact':
      return compactKernelText(context, family, pattern);
    case 'propagate':
      return propagateKernelText(context, family, pattern);
    case 'sequential': {
      const scope = kernelScope(context, family, pattern.locals, [], false);
      const body = statementsText(scope, pattern.body);
      return kernelFunction(context, family, scope, body);
    }
  }
}

/** Prints the address of each buffer. */
function memoryMap(layout: Layout): string {
  return [...layout.placements]
    .map(([name, placement]) => {
      const buffer = layout.buffers.get(name);
      const where = placement.kind === 'fixed' ? `${placement.address}` : `at the address in ${placement.cell}`;
      const length = typeof buffer?.length === 'number' ? buffer.length : '…';
      return `;;   ${commentText(`${where}: ${name} ${buffer?.element}[${length}] ${buffer?.comment}`)}`;
    })
    .join('\n');
}

/**
 * The module of a program.
 *
 * @param options.parallel  several threads will run it: barriers between kernels, atomic accumulation. One thread needs
 *   neither.
 * @returns text that is the same for equal programs
 * @throws UsageError when the program cannot fit into a 32-bit memory
 */
export function generateWasm(program: Program, options: { readonly parallel: boolean }): WasmModuleText {
  const families = familiesOf(
    program,
    ({ length }) => (typeof length === 'number' ? 'fixed' : 'dynamic'),
    leastMembers,
  );
  const layout = layOut(program, families.list, options.parallel ? mostThreads : 1);
  const used = new Set<HelperName>();
  const module: ModuleContext = {
    layout,
    functions: new Names('$function:'),
    functionTable: new Map(program.functions.map((callee) => [callee.name, callee])),
    helpers: {
      use: (name) => {
        used.add(name);
        return `$helper:${name}`;
      },
    },
    parallel: options.parallel,
  };
  const byName = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const context: KernelContext = { module, program, byName, families, kernels: new Names('$kernel:') };
  const functions = program.functions.flatMap((callee) => functionText(module, callee, new Names('$')));
  const kernels = families.list.flatMap((family) => kernelText(context, family));
  const driver = [...stepText(context), ...onceText(context), trustText()];
  const usedHelpers = Object.entries(helpers).flatMap(([name, text]) => (used.has(name as HelperName) ? [text] : []));
  const text = `;; ${commentText(program.name)}, for ${options.parallel ? 'several threads' : 'one thread'}
;;
;; Memory (addresses in bytes):
${memoryMap(layout)}
(module
(import "host" "memory" (memory ${Math.ceil(layout.size / pageBytes)} 65536 shared))

;; --- Helpers: operations made total
${usedHelpers.join('\n')}

;; --- Functions of the program
${renderWat(functions)}

;; --- Kernels
${renderWat(kernels)}

;; --- Driver
${renderWat(driver)}
)
`;
  return {
    text,
    layout,
    initialise: segmentsOf(context, program.schedule.initialise),
    procedures: Object.fromEntries(
      Object.entries(program.schedule.procedures).map(([name, actions]) => [name, segmentsOf(context, actions)]),
    ),
  };
}
