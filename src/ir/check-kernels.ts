/** Checks kernels: their domain, their implicit locals, their promises, their bodies. */

import { type StatementContext, checkBody } from './check-body.js';
import { checkLanes, checkOrder, checkTeam } from './check-parallelism.js';
import { isLocalName } from './names.js';
import type {
  Buffer,
  EventRing,
  Extent,
  FinerMap,
  IrFunction,
  Kernel,
  Local,
  MapKernel,
  PropagateKernel,
  ScalarType,
} from './program.js';
import { accessesOf } from './walk.js';

/** The objects of a program by name, and the report of violations. */
export interface ProgramContext {
  readonly buffers: ReadonlyMap<string, Buffer>;
  readonly functions: ReadonlyMap<string, IrFunction>;
  /** Rings of events, by name. */
  readonly events: ReadonlyMap<string, EventRing>;
  /** Kernels that run in initialisation and nowhere else. */
  readonly initialising: ReadonlySet<string>;
  /** Takes a violation, as a sentence. */
  readonly report: (sentence: string) => void;
}

/** True for integers in [least, 2^32). */
export function isCount(value: number, least = 0): boolean {
  return Number.isInteger(value) && value >= least && value < 4294967296;
}

/** Checks that an extent is a count or a cell of a u32 buffer. */
export function checkExtent(owner: string, extent: Extent, context: Pick<ProgramContext, 'buffers' | 'report'>): void {
  if (typeof extent === 'number') {
    if (!isCount(extent)) context.report(`${owner}: the count ${extent} is not a u32`);
    return;
  }
  const buffer = context.buffers.get(extent.buffer);
  if (!buffer) context.report(`${owner}: the count is in ${extent.buffer}, which is not a buffer`);
  else if (buffer.element !== 'u32')
    context.report(`${owner}: the count is in ${extent.buffer}, whose elements are ${buffer.element}, not u32`);
  else if (!isCount(extent.index) || (typeof buffer.length === 'number' && extent.index >= buffer.length)) {
    context.report(`${owner}: the count is at ${extent.index}, outside ${extent.buffer}`);
  }
}

/** Checks one function: its body, with parameters set, must set its results. */
export function checkFunction(f: IrFunction, context: ProgramContext): void {
  const report = (sentence: string): void => context.report(`function ${f.name}: ${sentence}`);
  const declared = [...f.parameters, ...f.locals];
  const locals = declareLocals(declared, new Map(), report);
  const assigned = checkBody(f.body, new Set(f.parameters.map((local) => local.name)), {
    owner: f.name,
    locals,
    buffers: new Map(),
    functions: context.functions,
    report,
    implicit: new Set(),
    effects: false,
    bits: false,
    constants: false,
  });
  if (f.results.length === 0) report('has no results');
  for (const result of f.results) {
    const type = locals.get(result.name);
    if (type === undefined) report(`returns ${result.name}, which is not declared`);
    else if (type !== result.type) report(`returns ${result.name} as ${result.type}, but it is ${type}`);
    else if (!assigned.has(result.name)) report(`returns ${result.name}, which may not have been set`);
  }
}

function declareLocals(
  declared: readonly Local[],
  implicit: ReadonlyMap<string, ScalarType>,
  report: (sentence: string) => void,
): ReadonlyMap<string, ScalarType> {
  const locals = new Map(implicit);
  for (const { name, type } of declared) {
    if (!isLocalName(name)) report(`declares ${name}, which is not a legal name`);
    if (implicit.has(name)) report(`declares ${name}, which the kernel's shape defines`);
    else if (locals.has(name)) report(`declares ${name} twice`);
    locals.set(name, type);
  }
  return locals;
}

const mapLocals: Readonly<Record<MapKernel['domain']['kind'], readonly [string, ScalarType][]>> = {
  ranges: [
    ['index', 'u32'],
    ['begin', 'u32'],
    ['group', 'u32'],
  ],
  count: [['index', 'u32']],
  spikes: [['index', 'u32']],
};

/** The locals that a kernel's shape defines, with their types. */
export function implicitLocals(kernel: Kernel): ReadonlyMap<string, ScalarType> {
  const step: [string, ScalarType] = ['step', 'i32'];
  switch (kernel.shape) {
    case 'map':
      return new Map([step, ...mapLocals[kernel.domain.kind]]);
    case 'propagate':
      return new Map([step, ['row', 'u32'], ['position', 'u32'], ['delay', 'i32']]);
    case 'sequential':
    case 'compact':
      return new Map([step]);
  }
}

/** Checks one kernel. */
export function checkKernel(kernel: Kernel, context: ProgramContext): void {
  const report = (sentence: string): void => context.report(`kernel ${kernel.name}: ${sentence}`);
  if (kernel.shape === 'compact') {
    if (!context.events.has(kernel.event)) report(`compacts ${kernel.event}, which is not an event`);
    return;
  }
  const implicit = implicitLocals(kernel);
  const body: StatementContext = {
    owner: kernel.name,
    locals: declareLocals(kernel.locals, implicit, report),
    buffers: context.buffers,
    functions: context.functions,
    report,
    implicit: new Set(implicit.keys()),
    effects: true,
    bits: kernel.shape === 'map' && kernel.domain.kind !== 'spikes',
    constants: context.initialising.has(kernel.name),
  };
  checkBody(kernel.body, body.implicit, body);
  if (kernel.shape === 'map') {
    checkDomain(kernel, context, report);
    checkMasks(kernel, context, report);
    if (kernel.lanes) checkLanes(kernel, report);
    if (kernel.team) checkTeam(kernel, report);
    if (kernel.finer) checkFiner(kernel, kernel.finer, context);
  }
  if (kernel.shape === 'propagate') checkPropagate(kernel, context, report);
}

/** The finer form is a map too, which writes the same buffers. */
function checkFiner({ finer: _, ...kernel }: MapKernel, finer: FinerMap, context: ProgramContext): void {
  checkKernel({ ...kernel, lanes: false, ...finer, name: `${kernel.name} (finer)` }, context);
  const [written, finerWritten] = [kernel, finer].map(
    ({ body }) => [...accessesOf(body).writes].sort().join(', ') || 'nothing',
  );
  if (written !== finerWritten)
    context.report(`kernel ${kernel.name}: writes ${written}, but ${finerWritten} in finer pieces`);
}

function checkDomain(kernel: MapKernel, context: ProgramContext, report: (sentence: string) => void): void {
  const { domain } = kernel;
  switch (domain.kind) {
    case 'ranges': {
      let end = 0;
      for (const range of domain.ranges) {
        if (range.begin % 64 !== 0) report(`has a range that begins at ${range.begin}, not a multiple of 64`);
        if (!isCount(range.begin) || !isCount(range.end) || range.end < range.begin)
          report(`has a range [${range.begin}, ${range.end})`);
        if (range.begin < end) report(`has a range that begins at ${range.begin}, before the end of the one before it`);
        end = range.end;
      }
      return;
    }
    case 'count':
      checkExtent(`kernel ${kernel.name}`, domain.count, context);
      return;
    case 'spikes':
      if (!context.events.has(domain.event)) report(`runs over the spikes of ${domain.event}, which is not an event`);
      return;
  }
}

/** A mask must have a bit for every item. */
function checkMasks(kernel: MapKernel, context: ProgramContext, report: (sentence: string) => void): void {
  const { domain } = kernel;
  const items =
    domain.kind === 'ranges'
      ? Math.max(0, ...domain.ranges.map((range) => range.end))
      : domain.kind === 'count'
        ? domain.count
        : 0;
  if (typeof items !== 'number') return;
  for (const s of kernel.body) {
    if (s.kind !== 'setBit') continue;
    const length = context.buffers.get(s.mask)?.length;
    if (typeof length === 'number' && length * 32 < items)
      report(`sets bits of ${s.mask}, which has ${length * 32} bits for ${items} items`);
  }
}

function checkPropagate(kernel: PropagateKernel, context: ProgramContext, report: (sentence: string) => void): void {
  const { elements, delays, order } = kernel;
  const event = context.events.get(kernel.event);
  if (!event) report(`propagates ${kernel.event}, which is not an event`);
  if (
    !isCount(elements.begin) ||
    !isCount(elements.end) ||
    elements.end < elements.begin ||
    (event && elements.end > event.size)
  ) {
    report(
      `takes elements [${elements.begin}, ${elements.end}) of ${kernel.event}, which has ${event?.size ?? 'none'}`,
    );
  }
  if (!isCount(delays.first) || !isCount(delays.last) || delays.last < delays.first)
    report(`has delays ${delays.first} to ${delays.last}`);
  else if (event && delays.last >= event.slots)
    report(`has delays up to ${delays.last}, but ${kernel.event} keeps ${event.slots} steps`);
  const needed = (elements.end - elements.begin) * (delays.last - delays.first + 1) + 1;
  checkIndices(kernel.segments, 'segments', context, report);
  const length = context.buffers.get(kernel.segments)?.length;
  if (typeof length === 'number' && length < needed)
    report(`needs ${needed} offsets in ${kernel.segments}, which has ${length}`);
  if (order.kind === 'byTarget') {
    checkIndices(order.targets, 'targets', context, report);
    if (!isCount(order.targetCount)) report(`has ${order.targetCount} targets`);
  }
  checkOrder(kernel, context.buffers, report);
}

function checkIndices(name: string, what: string, context: ProgramContext, report: (sentence: string) => void): void {
  const buffer = context.buffers.get(name);
  if (!buffer) {
    report(`has its ${what} in ${name}, which is not a buffer`);
    return;
  }
  // Segments are offsets of any size; targets may be kept narrow.
  const elements: readonly string[] = what === 'segments' ? ['u32'] : ['u8', 'u16', 'u32'];
  if (!elements.includes(buffer.element)) report(`has its ${what} in ${name}, whose elements are ${buffer.element}`);
}
