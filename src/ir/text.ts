/**
 * The text form of a program, for dumps, reviews and golden files: `parseProgram(printProgram(p))` equals `p`.
 *
 * Header lines are followed by events, logs, buffers, functions, kernels and the schedule, each after its keyword;
 * bodies are in braces. Constants carry their type as a suffix (`1.0` f64, `1.0f` f32, `1i` i32, `1u` u32, `1L` i64).
 * Conversions are written `f64(x)`, reinterpretations `f64.bits(x)`, fixed-point numbers `toFixed(x, 53)` and
 * `fromFixed(n, 53)`, calls `@exp(x)`, loads `v[index]`. The manifest follows as JSON.
 */

import { isFixedInbox } from './program.js';
import { isTypedArray } from './cells.js';
import type {
  Action,
  Buffer,
  EventRing,
  Extent,
  Inbox,
  IrFunction,
  Kernel,
  Local,
  Log,
  Manifest,
  MapKernel,
  Program,
  StepEntry,
} from './program.js';
import { arrayText, floatText } from './text-data.js';
import { printIrStatements } from './text-print-body.js';

export { printIrExpression } from './text-print-body.js';
export { parseProgram } from './text-reader.js';

/** A program as text. */
export function printProgram(program: Program): string {
  const parts = [
    `program ${quote(program.name)} precision ${program.precision} dt ${floatText(program.dt)} numerics ` +
      `${program.numericsVersion}`,
    program.events.map(printEvent).join('\n'),
    program.logs.map(printLog).join('\n'),
    program.buffers.map(printBuffer).join('\n'),
    ...program.functions.map(printFunction),
    ...program.kernels.map(printKernel),
    printActions('initialise', program.schedule.initialise),
    ...Object.entries(program.schedule.procedures).map(([name, actions]) => printActions(`procedure ${name}`, actions)),
    `step\n${program.schedule.step.map(printEntry).join('')}end`,
    `manifest\n${printManifest(program.manifest)}\n`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const quote = (text: string): string => JSON.stringify(text);
const extent = (e: Extent): string => (typeof e === 'number' ? String(e) : `${e.buffer}[${e.index}]`);
const locals = (list: readonly Local[]): string => list.map(({ name, type }) => `${name}: ${type}`).join(', ');
const clause = (word: string, list: readonly Local[]): string => (list.length > 0 ? `  ${word} ${locals(list)}\n` : '');

function printEvent(e: EventRing): string {
  const log = e.log === undefined ? '' : ` log ${e.log}`;
  return (
    `event ${e.name} size ${e.size} mask ${e.mask} at ${e.maskBegin} list ${e.list} counts ${e.counts} slots ` +
    `${e.slots}${log}`
  );
}

function printLog(l: Log): string {
  const cursor = `${l.cursor.buffer}[${l.cursor.index}]`;
  return (
    `log ${l.name} buffer ${l.buffer} cursor ${cursor} rowLength ${l.rowLength} capacity ${l.capacity} ` +
    `maxRowsPerStep ${l.maxRowsPerStep}`
  );
}

/** Units of an inbox: an exponent, or the buffers that hold its scale and unit. */
function inboxText(inbox: Inbox | undefined): string {
  if (inbox === undefined) return '';
  return ` inbox ${isFixedInbox(inbox) ? inbox.exponent : `${inbox.scale} ${inbox.unit}`}`;
}

function printBuffer(b: Buffer): string {
  const head =
    `buffer ${b.name}: ${b.element}[${extent(b.length)}] ` +
    `${b.role}${b.atMost === undefined ? '' : ` atMost ${floatText(b.atMost)}`}${inboxText(b.inbox)} ` +
    quote(b.comment);
  if (b.initial === undefined) return head;
  if (isTypedArray(b.initial)) return `${head} = ${arrayText(b.initial)}`;
  const { fill } = b.initial;
  return `${head} = fill ${typeof fill === 'bigint' ? `${fill}L` : floatText(fill)}`;
}

function printFunction(f: IrFunction): string {
  const head =
    `function ${f.name}(${locals(f.parameters)}) -> (${locals(f.results)}) ` +
    `${quote(f.comment)}\n${clause('locals', f.locals)}`;
  return `${head}{\n${printIrStatements(f.body, '')}}`;
}

function printKernel(k: Kernel): string {
  const head = `kernel ${k.shape} ${k.name} ${quote(k.comment)}\n${shapeText(k)}`;
  if (k.shape === 'compact') return head;
  const finer =
    k.shape === 'map' && k.finer ? `\nfiner\n${mapText({ ...k.finer, lanes: false })}${bodyText(k.finer)}` : '';
  return `${head}${bodyText(k)}${finer}`;
}

const bodyText = ({ locals: list, body }: Pick<MapKernel, 'locals' | 'body'>): string =>
  `${clause('locals', list)}{\n${printIrStatements(body, '')}}`;

function mapText({ domain, lanes, team }: Pick<MapKernel, 'domain' | 'lanes' | 'team'>): string {
  const more = `${lanes ? '  lanes\n' : ''}${team ? '  team\n' : ''}`;
  if (domain.kind === 'ranges')
    return `  over ranges${domain.ranges.map((r) => ` [${r.begin}, ${r.end})`).join('')}\n${more}`;
  if (domain.kind === 'count') return `  over count ${extent(domain.count)}\n${more}`;
  return `  over spikes ${domain.event}\n${more}`;
}

function shapeText(k: Kernel): string {
  switch (k.shape) {
    case 'map':
      return mapText(k);
    case 'sequential':
      return '';
    case 'compact':
      return `  event ${k.event}`;
    case 'propagate': {
      const order = k.order.kind === 'byTarget' ? `byTarget ${k.order.targets} ${k.order.targetCount}` : k.order.kind;
      return (
        `  event ${k.event} elements [${k.elements.begin}, ${k.elements.end}) delays ${k.delays.first} to ` +
        `${k.delays.last}\n` +
        `  segments ${k.segments} order ${order}${k.synapses === undefined ? '' : ` synapses ${k.synapses}`}\n`
      );
    }
  }
}

function printActions(head: string, actions: readonly Action[]): string {
  const lines = actions.map(
    (action) =>
      `  ${action.kind === 'run' ? `run ${action.kernel}` : `${action.kind} (${action.buffers.join(', ')})`}\n`,
  );
  return `${head}\n${lines.join('')}end`;
}

const printEntry = (e: StepEntry): string =>
  `  run ${e.kernel} every ${e.every} offset ${e.offset} slot ${quote(e.slot)}\n`;

/** JSON with a line for each entry. */
function printManifest(manifest: Manifest): string {
  const entries = Object.entries(manifest)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      if (!Array.isArray(value) || value.length === 0) return `  ${quote(key)}: ${JSON.stringify(value)}`;
      const items = value.map((item) => `    ${JSON.stringify(item, arrayAsObject)}`);
      return `  ${quote(key)}: [\n${items.join(',\n')}\n  ]`;
    });
  return `{\n${entries.join(',\n')}\n}`;
}

/** JSON has no typed arrays: `{"u32": [...]}`. */
function arrayAsObject(_: string, value: unknown): unknown {
  return value instanceof Uint32Array ? { u32: [...value] } : value;
}
