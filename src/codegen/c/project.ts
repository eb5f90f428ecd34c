/**
 * A stand-alone project in C: sources, build file, initial values and a description, which build and run without Node.
 */

import { invariant } from '../../diagnostics/diagnostic.js';
import type { ElementType, Extent, Program, TypedArray } from '../../ir/program.js';
import { renderTemplate } from '../templates/render.js';
import { generateC } from './generate.js';
import { commentText, stringLiteral } from './text.js';

/** One thing that the program's `main` does, in order. */
export type ScriptEntry =
  { readonly kind: 'run'; readonly steps: number } | { readonly kind: 'call'; readonly procedure: string };

const pass = 'codegen/c/project';

/** First bytes of `initial.bin`. */
const dataMagic = 'interneuron 1\n\0\0';

const elementKinds: readonly ElementType[] = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'i64', 'f32', 'f64'];
const kindOf = (element: ElementType): string => `KIND_${element.toUpperCase()}`;

/** A text as a field of a CSV file. */
const csvField = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
const field = (text: string): string => stringLiteral(csvField(text));

interface Tables {
  readonly ordinal: (buffer: string) => number;
  readonly element: (buffer: string) => ElementType;
}

function tablesOf(program: Program): Tables {
  const ordinals = new Map(program.buffers.map(({ name }, k) => [name, k]));
  const ordinal = (name: string): number => {
    const bufferOrdinalOfName = ordinals.get(name);
    invariant(bufferOrdinalOfName !== undefined, pass, `no buffer is named ${name}`);
    return bufferOrdinalOfName;
  };
  return { ordinal, element: (name) => program.buffers[ordinal(name)]?.element ?? 'f64' };
}

/** `known, buffer, index`: a length that is known, or the cell that holds it. */
function extentText(extent: Extent, { ordinal }: Tables): string {
  return typeof extent === 'number' ? `${extent}u, NO_BUFFER, 0u` : `0u, ${ordinal(extent.buffer)}u, ${extent.index}u`;
}

function logLines(program: Program, { ordinal, element }: Tables): string[] {
  return program.logs.map(
    ({ buffer, cursor, rowLength }) =>
      `  {${ordinal(buffer)}u, ${ordinal(cursor.buffer)}u, ${cursor.index}u, ${rowLength}u, ` +
      `${kindOf(element(buffer))}},`,
  );
}

function logOrdinal(program: Program, name: string): number {
  const indexOfLog = program.logs.findIndex((log) => log.name === name);
  invariant(indexOfLog >= 0, pass, `no log is named ${name}`);
  return indexOfLog;
}

function eventLines(program: Program): string[] {
  return program.manifest.events.flatMap(({ event, population, name }) => {
    const log = program.events.find((ring) => ring.name === event)?.log;
    return log === undefined ? [] : [`  {${field(population)}, ${field(name)}, ${logOrdinal(program, log)}u},`];
  });
}

function sampleLines(program: Program): { readonly indices: string[]; readonly rows: string[] } {
  const indices: string[] = [];
  const rows = program.manifest.samples.map((sample, k) => {
    const { recording, owner, variable, unit, log, column, every, offset, label } = sample;
    const isRange = !(sample.indices instanceof Uint32Array);
    const count =
      sample.indices instanceof Uint32Array ? sample.indices.length : sample.indices.end - sample.indices.begin;
    const begin = sample.indices instanceof Uint32Array ? 0 : sample.indices.begin;
    if (sample.indices instanceof Uint32Array) indices.push(indicesLine(`indices_${k}`, sample.indices));
    const names = [recording, owner, variable, unit].map(field).join(', ');
    return (
      `  {${names}, ${logOrdinal(program, log)}u, ${column}u, ${count}u, ${isRange ? 'NULL' : `indices_${k}`}, ` +
      `${begin}u, ${every}, ${offset}, ${label}},`
    );
  });
  return { indices, rows };
}

/** Variables that are recorded at events. */
function valueLines(program: Program): { readonly indices: string[]; readonly rows: string[] } {
  const indices: string[] = [];
  const rows = (program.manifest.eventRecordings ?? []).flatMap((recorded, k) => {
    const { recording, population, event, indices: recordedElements, values = [] } = recorded;
    const events = program.events.find((ring) => ring.name === event)?.log;
    if (events === undefined || values.length === 0) return [];
    const listed = recordedElements instanceof Uint32Array;
    if (listed) indices.push(indicesLine(`recorded_${k}`, recordedElements));
    const [begin, count] = listed
      ? [0, recordedElements.length]
      : [recordedElements.begin, recordedElements.end - recordedElements.begin];
    return values.map(({ variable, unit, log, column }) => {
      const names = [recording, population, variable, unit].map(field).join(', ');
      return (
        `  {${names}, ${logOrdinal(program, events)}u, ${logOrdinal(program, log)}u, ${column}u, ${count}u, ` +
        `${listed ? `recorded_${k}` : 'NULL'}, ${begin}u},`
      );
    });
  });
  return { indices, rows };
}

/** A constant array of elements, never empty. */
const indicesLine = (name: string, indices: Uint32Array): string =>
  `static const uint32_t ${name}[] = {${[...indices, 0].map((index) => `${index}u`).join(', ')}};`;

function variableLines(program: Program, tables: Tables): string[] {
  return program.manifest.variables
    .filter(({ state }) => state)
    .map(({ owner, variable, unit, buffer, offset, length }) => {
      const names = [owner, variable, unit].map(field).join(', ');
      return (
        `  {${names}, ${tables.ordinal(buffer)}u, ${kindOf(tables.element(buffer))}, ${offset}u, ` +
        `${extentText(length, tables)}},`
      );
    });
}

/** Returns buffers with initial contents, which `initial.bin` stores. */
function initialArrays(program: Program): readonly { readonly ordinal: number; readonly data: TypedArray }[] {
  return program.buffers.flatMap(({ initial }, ordinal) =>
    initial !== undefined && ArrayBuffer.isView(initial) ? [{ ordinal, data: initial }] : [],
  );
}

/** The contents of `initial.bin`. */
export function dataFile(program: Program): Uint8Array {
  const arrays = initialArrays(program);
  const file = new Uint8Array(dataMagic.length + arrays.reduce((sum, { data }) => sum + data.byteLength, 0));
  file.set(new TextEncoder().encode(dataMagic));
  let at = dataMagic.length;
  for (const { data } of arrays) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

function scriptLines(program: Program, script: readonly ScriptEntry[]): string[] {
  const procedures = Object.keys(program.schedule.procedures);
  return script.flatMap((entry) => {
    if (entry.kind === 'run') return entry.steps === 0 ? [] : [`  {${entry.steps}, 0u},`];
    const list = procedures.indexOf(entry.procedure) + 1;
    invariant(list > 0, pass, `no procedure is named ${entry.procedure}`);
    return [`  {0, ${list}u},`];
  });
}

/**
 * The program that runs an experiment and writes its results; it uses a network only through `network.h`.
 *
 * @param mpi  whether several processes run it together
 */
export function mainFile(program: Program, script: readonly ScriptEntry[], mpi = false): string {
  const tables = tablesOf(program);
  const samples = sampleLines(program);
  const values = valueLines(program);
  return renderTemplate('c-main', {
    title: commentText(program.name),
    mpi,
    magic: stringLiteral(dataMagic.slice(0, -2)),
    magicLength: dataMagic.length,
    kinds: elementKinds.map(kindOf).join(', '),
    dt: String(program.dt),
    spikeLabel: program.manifest.spikeLabel,
    logs: logLines(program, tables).join('\n'),
    events: eventLines(program).join('\n'),
    indices: [...samples.indices, ...values.indices].join('\n'),
    values: values.rows.join('\n'),
    samples: samples.rows.join('\n'),
    variables: variableLines(program, tables).join('\n'),
    initial: initialArrays(program)
      .map(({ ordinal, data }) => `  {${ordinal}u, ${data.length}u, ${data.BYTES_PER_ELEMENT}u},`)
      .join('\n'),
    script: scriptLines(program, script).join('\n'),
    faults: Object.entries(program.manifest.faults)
      .map(([bits, { says }]) => `  {${Number(bits) >>> 0}u, ${stringLiteral(says)}},`)
      .join('\n'),
  });
}

/** A project's description, from the template with this name. */
export function readmeFile(program: Program, template: string): string {
  const dataTable = initialArrays(program).map(({ ordinal, data }) => {
    const buffer = program.buffers[ordinal];
    return `| \`${buffer?.element}[${data.length}]\` | ${commentText(buffer?.name ?? '').replace(/[|`]/g, ' ')} |`;
  });
  return renderTemplate(template, {
    title: commentText(program.name).replace(/[`#<>[\]]/g, ' '),
    precision: program.precision,
    numericsVersion: program.numericsVersion,
    dt: String(program.dt),
    results: renderTemplate('project-results', {}).trimEnd(),
    data: dataTable.join('\n'),
  });
}

/**
 * Returns the files of a stand-alone project, by name.
 *
 * @param script the run's steps after initialisation, in order
 * @returns texts, and the bytes of `initial.bin`; the same for equal programs
 */
export function cProject(program: Program, script: readonly ScriptEntry[]): ReadonlyMap<string, string | Uint8Array> {
  const { header, source } = generateC(program);
  return new Map<string, string | Uint8Array>([
    ['network.h', header],
    ['network.c', source],
    ['main.c', mainFile(program, script)],
    ['CMakeLists.txt', renderTemplate('c-cmake', { mpi: false })],
    ['README.md', readmeFile(program, 'c-readme')],
    ['initial.bin', dataFile(program)],
  ]);
}
