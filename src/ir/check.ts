/**
 * The rules of the kernel program. Lowering and the tests of every pass call it; an illegal program is a mistake of
 * ours.
 */

import { isTypedArray } from './cells.js';
import { checkInboxes } from './check-inboxes.js';
import { type ProgramContext, checkExtent, checkFunction, checkKernel } from './check-kernels.js';
import { checkEvent, checkLog, checkManifest, checkSchedule } from './check-schedule.js';
import { faultsBuffer, isDottedName } from './names.js';
import type { Action, Buffer, ElementType, IrFunction, Program, TypedArray } from './program.js';
import { calleesOf } from './walk.js';

/**
 * Checks a program against the rules that `program.ts` states.
 *
 * @returns one sentence for each violation, naming the kernel, function, buffer, event or log; empty when the program
 *   is legal
 */
export function checkProgram(program: Program): string[] {
  const violations: string[] = [];
  const context: ProgramContext = {
    buffers: new Map(program.buffers.map((buffer) => [buffer.name, buffer])),
    functions: new Map(program.functions.map((f) => [f.name, f])),
    events: new Map(program.events.map((event) => [event.name, event])),
    initialising: initialisingKernels(program),
    report: (sentence) => {
      violations.push(sentence);
    },
  };
  if (!(program.dt > 0 && Number.isFinite(program.dt)))
    context.report(`program ${program.name}: has steps of ${program.dt} s`);
  checkNames(program, context);
  checkRecursion(program.functions, context);
  for (const f of program.functions) checkFunction(f, context);
  for (const buffer of program.buffers) checkBuffer(buffer, context);
  for (const kernel of program.kernels) checkKernel(kernel, context);
  for (const event of program.events) checkEvent(event, program, context);
  for (const log of program.logs) checkLog(log, program, context);
  checkSchedule(program, context);
  checkManifest(program, context);
  checkInboxes(program, context.report);
  return violations;
}

function initialisingKernels(program: Program): ReadonlySet<string> {
  const { initialise, step, procedures } = program.schedule;
  const names = (actions: readonly Action[]): string[] =>
    actions.flatMap((action) => (action.kind === 'run' ? [action.kernel] : []));
  const later = new Set([...step.map((entry) => entry.kernel), ...Object.values(procedures).flatMap(names)]);
  return new Set(names(initialise).filter((name) => !later.has(name)));
}

function checkNames(program: Program, context: ProgramContext): void {
  const kinds: readonly (readonly [string, readonly string[]])[] = [
    ['function', program.functions.map(({ name }) => name)],
    ['buffer', program.buffers.map(({ name }) => name)],
    ['kernel', program.kernels.map(({ name }) => name)],
    ['event', program.events.map(({ name }) => name)],
    ['log', program.logs.map(({ name }) => name)],
    ['procedure', Object.keys(program.schedule.procedures)],
  ];
  for (const [kind, names] of kinds) {
    const seen = new Set<string>();
    for (const name of names) {
      if (!isDottedName(name)) context.report(`${kind} ${name}: is not a legal name`);
      if (seen.has(name)) context.report(`${kind} ${name}: is defined twice`);
      seen.add(name);
    }
  }
}

function checkRecursion(functions: readonly IrFunction[], context: ProgramContext): void {
  const done = new Set<string>();
  const visit = (name: string, callers: readonly string[]): void => {
    if (callers.includes(name)) {
      context.report(`function ${name}: calls itself (${[...callers.slice(callers.indexOf(name)), name].join(' → ')})`);
      return;
    }
    const f = context.functions.get(name);
    if (!f || done.has(name)) return;
    for (const callee of calleesOf(f.body)) visit(callee, [...callers, name]);
    done.add(name);
  };
  for (const { name } of functions) visit(name, []);
}

const elementOf: readonly (readonly [ElementType, new (length: number) => TypedArray])[] = [
  ['u8', Uint8Array],
  ['i8', Int8Array],
  ['u16', Uint16Array],
  ['i16', Int16Array],
  ['u32', Uint32Array],
  ['i32', Int32Array],
  ['i64', BigInt64Array],
  ['f32', Float32Array],
  ['f64', Float64Array],
];

/** The element type that a typed array holds. */
function elementTypeOf(array: TypedArray): ElementType | undefined {
  return elementOf.find(([, type]) => array instanceof type)?.[0];
}

function checkBuffer(buffer: Buffer, context: ProgramContext): void {
  const report = (sentence: string): void => context.report(`buffer ${buffer.name}: ${sentence}`);
  checkExtent(`buffer ${buffer.name}`, buffer.length, context);
  if (buffer.name === faultsBuffer && (buffer.element !== 'u32' || buffer.length !== 1 || buffer.role !== 'state'))
    report('is not state u32[1]');
  if (buffer.atMost !== undefined && buffer.element !== 'f64' && buffer.element !== 'f32')
    report(`has bounds for ${buffer.element} elements`);
  const { initial } = buffer;
  if (initial === undefined) return;
  if (typeof buffer.length !== 'number') {
    report('has initial contents, but is allocated later and zeroed');
    return;
  }
  if (isTypedArray(initial)) {
    if (elementTypeOf(initial) !== buffer.element)
      report(`has ${elementTypeOf(initial) ?? 'other'} initial contents for ${buffer.element} elements`);
    if (initial.length !== buffer.length) report(`has ${initial.length} initial elements for ${buffer.length}`);
  } else if ((typeof initial.fill === 'bigint') !== (buffer.element === 'i64')) {
    report(`is filled with a ${typeof initial.fill}, but its elements are ${buffer.element}`);
  }
}
