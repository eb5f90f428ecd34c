/** Generates one C source and its header, and the data that a host needs. */

import { platform } from '#platform';
import type { Buffer, Program } from '../../ir/program.js';
import { elementBytes, fillOf } from '../../ir/program.js';
import { familiesOf } from '../families/families.js';
import { renderTemplate } from '../templates/render.js';
import { bodyOfLocals, functionText, statementsText } from './body.js';
import { compactKernelText } from './compact.js';
import { cDialect } from './dialect.js';
import { calleesOf, faultTexts, listedEvents, stepLines } from './driver.js';
import { logOf, ringOf } from '../schedule/kernel-calls.js';
import { helpersText } from './helpers.js';
import { familyTable, kernelFunction, nameFamilies, spaceTable } from './kernel.js';
import type { NamedFamily } from './kernel.js';
import { actionCounts, actionLists, listTexts, logRows } from './lists.js';
import { mapKernelText } from './map.js';
import { propagateKernelText } from './propagate.js';
import { ProgramContext, Scope } from './scope.js';
import { comment, commentText, indent, render } from './text.js';
import { trustLines } from './trust.js';
import { hasFault, type Distribution } from '../mpi/distribution.js';
import { blockFunctionText, computesWithWords, wordLanesText, wordsFunctionText } from './widened-u32.js';

/** Generated C: `network.h` declares the functions for a host, `network.c` has everything else. */
export interface GeneratedC {
  /** `network.h`. */
  readonly header: string;
  /** `network.c`. */
  readonly source: string;
  /** Names of the lists for `network_perform`, with their numbers of actions; the first is initialisation. */
  readonly lists: readonly { readonly name: string; readonly actions: number }[];
}

function functionOf(context: ProgramContext, named: NamedFamily): string[] {
  const { family } = named;
  const { pattern } = family;
  switch (pattern.shape) {
    case 'map':
      return mapKernelText(context, named, pattern);
    case 'compact':
      return compactKernelText(context, named, pattern);
    case 'propagate':
      return propagateKernelText(context, named, pattern);
    case 'sequential': {
      const scope = new Scope(context, { atomic: false, gathered: false }, true, family);
      const lines = statementsText(bodyOfLocals(scope, pattern.locals, pattern.body, ['step']), pattern.body);
      return kernelFunction(context, named, scope, lines);
    }
  }
}

/** The fill of a buffer as the bits of one element. */
export function fillBits({ element, initial }: Buffer): bigint {
  const fill = initial && fillOf(initial);
  if (fill === undefined) return 0n;
  const bytes = new DataView(new ArrayBuffer(8));
  if (element === 'f64') bytes.setFloat64(0, Number(fill), true);
  else if (element === 'f32') bytes.setFloat32(0, Number(fill), true);
  else bytes.setBigInt64(0, BigInt(fill), true);
  return BigInt.asUintN(8 * elementBytes[element], bytes.getBigUint64(0, true));
}

function fieldLines(context: ProgramContext): string[] {
  return context.program.buffers.flatMap((buffer) => [
    comment(buffer.comment === '' ? buffer.name : `${buffer.name}: ${buffer.comment}`),
    `${context.dialect.elementTypes[buffer.element]} *${context.bufferNames.id(buffer.name)};`,
  ]);
}

function tableLines(context: ProgramContext): string[] {
  return context.program.buffers.map((buffer) => {
    const length = typeof buffer.length === 'number' ? buffer.length : 0;
    const id = context.bufferNames.id(buffer.name);
    return (
      `{offsetof(struct network, ${id}), ${elementBytes[buffer.element]}u, ${length}u, ` +
      `0x${fillBits(buffer).toString(16)}u},`
    );
  });
}

/** Prints how ranks divide positions and exchange data, in the parts that a program has of it. */
function exchangeTexts(
  context: ProgramContext,
  { divided, interval, ownSynapses }: Distribution,
  inside: (lines: readonly string[]) => string,
  digest: string,
): Readonly<Record<'shares' | 'declarations' | 'exchanges', string>> {
  const { program } = context;
  const ordinals = new Map(program.buffers.map(({ name }, k) => [name, k]));
  const ordinal = (name: string): number => ordinals.get(name) ?? 0;
  const events = listedEvents(context);
  const rings = events.map((event) => {
    const ring = ringOf(program, event);
    const log = logOf(program, ring);
    const logged = log
      ? `${ordinal(log.buffer)}u, ${ordinal(log.cursor.buffer)}u, ${log.cursor.index}u`
      : 'NO_LOG, 0u, 0u';
    const { list, counts, size, slots } = ring;
    return `${comment(event)} {${ordinal(list)}u, ${ordinal(counts)}u, ${size}u, ${slots}u, ${logged}},`;
  });
  const listed = interval === 0 ? [] : events.filter((event) => isListed(program, event));
  const arrays: string[] = [];
  const kept = ownSynapses.map((own) => {
    const { positions, offset, count } = own.space;
    const first = arrays.length;
    arrays.push(...own.arrays.map((name) => `${ordinal(name)}u`));
    const buffers = `${ordinal(own.segments)}u, ${own.segmentCount}u, ${ordinal(own.targets)}u`;
    return (
      `${comment(own.projection)} {${own.action}u, ${buffers}, {${positions}u, ${offset}u, ${count}u}, ` +
      `${first}u, ${own.arrays.length}u, ${own.isCounted ? 1 : 0}u},`
    );
  });
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const faulting = program.schedule.initialise.flatMap((action, k) => {
    const kernel = action.kind === 'run' ? kernels.get(action.kernel) : undefined;
    return kernel && hasFault(kernel) ? [`${k}u`] : [];
  });
  return {
    shares: renderTemplate('mpi-shares', {}),
    declarations: renderTemplate('mpi-declarations', {}),
    exchanges: renderTemplate('mpi-exchanges', {
      digest,
      rings: inside(rings),
      divided: inside(
        [...divided.values()].map(
          ({ buffer, positions, perElement, synapses }) =>
            `${comment(buffer)} {${ordinal(buffer)}u, ${positions}u, ${perElement}u, ` +
            `${synapses ? `${ordinal(synapses.targets)}u, ${synapses.offset}u` : 'NO_BUFFER, 0u'}},`,
        ),
      ),
      events: listed.length === 0 ? '0u' : listed.map((event) => `${events.indexOf(event)}u`).join(', '),
      many: listed.length,
      kept: inside(kept),
      arrays: arrays.length === 0 ? '0u' : arrays.join(', '),
      faulting: [...faulting, 'UINT32_MAX'].join(', '),
    }),
  };
}

/** Whether a step lists the spikes of an event. */
const isListed = ({ kernels, schedule }: Program, event: string): boolean =>
  kernels.some(
    (kernel) =>
      kernel.shape === 'compact' &&
      kernel.event === event &&
      schedule.step.some((entry) => entry.kernel === kernel.name),
  );

/** The functions that a host can call, on every target. */
export const headerFile = (program: Program, lists: number): string =>
  renderTemplate('c-header', { title: commentText(program.name), buffers: program.buffers.length, lists });

/**
 * The C source of a program. One text serves one thread (compiled without OpenMP) and several; no value that a seed or
 * data sets is in it.
 *
 * @param distribution  how ranks of MPI share the steps; absent: one process computes them
 * @param more text of the other files of a project, of which ranks compare digests
 * @returns text that is the same for equal programs
 */
export function generateC(program: Program, distribution?: Distribution, more = ''): GeneratedC {
  const context = new ProgramContext(program, cDialect, distribution);
  const families = nameFamilies(context, familiesOf(program).list);
  const kernels = families.flatMap((named) => [
    ...familyTable(context, named),
    ...spaceTable(context, named),
    ...functionOf(context, named),
    '',
  ]);
  const byBlocks = context.usedByBlocks;
  const functions = [
    ...(byBlocks.size > 0 ? wordLanesText.split('\n') : []),
    ...program.functions.flatMap((callee) => [
      ...(computesWithWords(callee) ? wordsFunctionText(context, callee) : functionText(context, callee)),
      '',
      ...(byBlocks.has(callee.name) ? [...blockFunctionText(context, callee), ''] : []),
    ]),
  ];
  const callees = calleesOf(families);
  const helpers = helpersText(context.used, cDialect);
  const title = commentText(program.name);
  const inside = (lines: readonly string[], levels = 1): string => {
    let text = lines;
    for (let k = 0; k < levels; k += 1) text = indent(text);
    return render(text);
  };
  const lists = actionLists(context);
  const texts = listTexts(context, callees);
  const faults = faultTexts(context);
  const buffers = program.buffers.length;
  const digested = [
    ...tableLines(context),
    ...functions,
    ...kernels,
    ...stepLines(context, callees),
    ...texts.cases,
    more,
  ];
  const digest = distribution ? platform.sha256().update(digested.join('\n')).hex().slice(0, 16) : '';
  const source = renderTemplate('c-program', {
    title,
    fields: inside(fieldLines(context)),
    helpers: render(helpers),
    functions: render(functions),
    kernels: render(kernels),
    step: inside(stepLines(context, callees)),
    actions: inside(texts.actions),
    firsts: texts.firsts.map((first) => `${first}u`).join(', '),
    allocations: inside(texts.allocations),
    cases: inside(texts.cases, 2),
    logs: inside(logRows(context)),
    trust: inside(trustLines()),
    table: inside(tableLines(context)),
    mpi: distribution ? exchangeTexts(context, distribution, inside, digest) : false,
    faults: faults.value,
    raise: inside(faults.raise),
    counts: actionCounts(context),
    lists: lists.length,
    buffers,
  });
  return {
    header: headerFile(program, lists.length),
    source,
    lists: lists.map(({ name, actions }) => ({ name, actions: actions.length })),
  };
}
