/** Types of cells, populations, views and assemblies as lines of a script. */

import { call, dictionary, followed, layout, method, prefixed, quoted, type Source } from '../../shared/python.js';
import type { NativeType } from '../native/equations.js';
import { nativeName } from '../native/types.js';
import { differs, startsUnderNeuron } from './backends.js';
import type { Assembly, Population, PynnSpecification, Values, View } from '../specification.generated.js';
import { isSequences } from '../value-kinds.js';
import { rowOf } from '../../../src/model/selected.js';
import { keywordLiterals, typeSource } from './native-source.js';
import {
  isRecord,
  cellSource,
  generatorSource,
  keywords,
  readsPlaces,
  structureSource,
  valueSource,
  type ScriptNames,
} from './python-text.js';
import { type Script, mostRows } from './script.js';
import { compartmentCell } from './script-compartments.js';
import { sharedGenerators } from './shared-generators.js';

/** Returns types by their equations, and the model's other native parts. */
export function nativeTypes(script: Script): readonly string[] {
  const { cells = {}, synapses = {}, ...rest } = script.document.native ?? {};
  const type =
    (kind: 'cell' | 'synapse') =>
    ([name, own]: readonly [string, NativeType]): string => {
      const variable = script.names.take(`${name}_${kind}`);
      script.types.set(`${kind} ${name}`, variable);
      return layout(prefixed(`${variable} = `, typeSource(kind, name, own)));
    };
  const more = Object.keys(rest).length === 0 ? [] : [layout(call('sim.native.model', keywordLiterals({ ...rest })))];
  return [...more, ...Object.entries(cells).map(type('cell')), ...Object.entries(synapses).map(type('synapse'))];
}

/** Returns a native type with its values and its other properties. */
export function nativeSource(
  script: Script,
  kind: 'cell' | 'synapse',
  type: string,
  values: Readonly<Record<string, unknown>> | undefined,
  more: Readonly<Record<string, unknown>>,
): Source {
  const name = script.types.get(`${kind} ${nativeName(type) ?? ''}`) ?? 'None';
  const made = call(name, keywordLiterals(values ?? {}));
  if (Object.keys(more).length === 0) return made;
  return method(made, 'beside', keywordLiterals(more));
}

type Rng = NonNullable<PynnSpecification['rngs']>[string];

/**
 * Returns random generators with their seeds. In scripts for other simulators, one of them makes all draws without a
 * named generator.
 */
export function generatorLines(script: Script): readonly string[] {
  const { rngs = {}, populations, projections, current_sources: sources, phases } = script.document;
  const isNeeded =
    !script.isNative &&
    Object.values(rngs).every(({ type }) => type !== 'NativeRNG') &&
    drawsFreely([populations, projections, sources, phases]);
  const shared = sharedGenerators(script.document);
  const own = Object.entries(rngs).filter(([label]) => !shared.has(label));
  const lines = [...own, ...(isNeeded ? [['rng', { type: 'NativeRNG' }] as const] : [])].map(([label, rng]) => {
    const labels = [label, ...[...shared].flatMap(([other, first]) => (first === label ? [other] : []))];
    return generatorLine(script, label, rng, labels.sort((a, b) => a.length - b.length)[0]);
  });
  for (const [label, first] of shared) script.rngs.set(label, script.rng(first));
  return lines;
}

/** Returns the parts of a document that are not native synapses. */
const namedParts = ({
  populations,
  projections = [],
  current_sources: sources,
  phases,
}: PynnSpecification): unknown => [
  populations,
  projections.filter(({ synapse }) => nativeName(synapse?.type ?? '') === undefined),
  sources,
  phases,
];

/** Checks whether something is drawn by a generator that it does not name, or by one of a label. */
const drawsFreely = (item: unknown, label?: string): boolean =>
  Array.isArray(item)
    ? item.some((one) => drawsFreely(one, label))
    : isRecord(item) &&
      ((typeof item['random'] === 'string' && item['rng'] === undefined) ||
        (label !== undefined && item['rng'] === label) ||
        Object.values(item).some((one) => drawsFreely(one, label)));

function generatorLine(script: Script, label: string, rng: Rng, wanted = label): string {
  const isOwn = rng.type === 'NativeRNG';
  const name = script.names.take(isOwn ? 'rng' : wanted);
  if (isOwn) script.ownRng ??= name;
  script.rngs.set(label, name);
  if (!isOwn) {
    const made = layout(prefixed(`${name} = `, generatorSource(rng, script)));
    return rng.skip === undefined ? made : `${made}\n${name}.rng.bytes(${4 * rng.skip})`;
  }
  const seed = script.document.seed ?? '0';
  if (!script.isNative || drawsFreely(namedParts(script.document), label))
    script.convention(
      'pynn/native-generator',
      `what ${name} draws is drawn by NumPy, with other random numbers; --freeze keeps those of the model`,
    );
  // The backend with native types draws their connections itself, and draws PyNN's own types by NumPy.
  if (script.isNative) return layout(prefixed(`${name} = `, call('sim.NativeRNG', [`seed=${seed}`])));
  return layout(prefixed(`${name} = `, generatorSource({ type: 'NumpyRNG', seed: Number(seed) % 2 ** 32 }, script)));
}

/** Returns a population with its cells, places and first values. */
export function populationLines(script: Script, population: Population): string {
  const { label, size, structure, positions, initial_values: initial, native } = population;
  const { params } = population.cell;
  const cell = { ...population.cell, ...(params && { params: script.takenBy([population], params) }) };
  const name = script.declare(label);
  const times = cell.type === 'SpikeSourceArray' ? trainsIn(cell.params?.['spike_times']) : [];
  const spikes = spikesInFile(script, label, times);
  // Values that depend on positions need these before the population is created.
  const first = readsPlaces([cell, initial]) ? script.names.take(`${name}_positions`) : undefined;
  const names = first === undefined ? script : script.at(first);
  const shared = sharedCell(script, cell);
  const type =
    nativeName(cell.type) !== undefined
      ? nativeSource(script, 'cell', cell.type, cell.values, native ?? {})
      : isRecord(native?.['spikes'])
        ? givenSource(script, label, native['spikes'])
        : script.nestml.has(cell.type)
          ? call(script.types.get(cell.type) ?? 'None', keywords(cell.params, names))
          : spikes === undefined
            ? (compartmentCell(script, cell) ?? shared?.name ?? cellSource(cell, names))
            : call(`sim.${cell.type}`, [spikes]);
  const made = call('sim.Population', [
    valueSource(size, script),
    type,
    ...(structure === undefined || first !== undefined
      ? []
      : [prefixed('structure=', structureSource(structure, script))]),
    ...(initial === undefined ? [] : [prefixed('initial_values=', dictionary(firstValues(script, initial, names)))]),
    `label=${quoted(label)}`,
  ]);
  const lines = [...(shared?.lines ?? []), layout(prefixed(`${name} = `, made))];
  if (first !== undefined) {
    lines.unshift(layout(prefixed(`${first} = `, positionsSource(script, structure, positions, size))));
    lines.push(`${name}.positions = ${first}`);
  } else if (positions !== undefined)
    lines.push(layout(prefixed(`${name}.positions = `, positionsSource(script, structure, positions, size))));
  return [...lines, ...firstUnderNeuron(name, cell.type, initial)].join('\n');
}

/** Returns the variable for cells of several populations that have the same numbers, and the line that defines it. */
function sharedCell(
  script: Script,
  { type, params = {}, ...rest }: Population['cell'],
): { readonly name: string; readonly lines: readonly string[] } | undefined {
  const isPlain = (given: Values): boolean => Object.values(given).every((value) => typeof value === 'number');
  if (Object.keys(params).length === 0 || !isPlain(params) || Object.keys(rest).length > 0) return undefined;
  if (nativeName(type) !== undefined || script.nestml.has(type)) return undefined;
  const key = JSON.stringify([type, params]);
  const known = script.types.get(key);
  if (known !== undefined) return { name: known, lines: [] };
  const alike = (script.document.populations ?? []).filter(
    ({ cell }) => JSON.stringify([cell.type, cell.params]) === key,
  );
  if (alike.length < 2) return undefined;
  const name = script.names.take('cell');
  script.types.set(key, name);
  return { name, lines: [layout(prefixed(`${name} = `, cellSource({ type, params }, script)))] };
}

/** PyNN's mechanisms for NEURON begin with values of their own, so that a script's values are lost there. */
function firstUnderNeuron(name: string, type: string, initial: Values = {}): readonly string[] {
  const start = startsUnderNeuron(type);
  if (start === undefined || !differs(initial[start.variable], start.value)) return [];
  return [
    `if sim.__name__ == "pyNN.neuron":  # where PyNN forgets the first ${start.variable}`,
    `    for each in ${name}:`,
    `        each._cell.${start.as} = each._cell.initial_values["${start.variable}"]`,
  ];
}

/** Returns the positions of a population's cells, [axis][cell]. */
function positionsSource(
  script: Script,
  structure: Population['structure'],
  positions: Population['positions'],
  size: Population['size'],
): Source {
  // PyNN computes distances in the type of the positions, which must not be an integer type.
  if (positions !== undefined) return followed(valueSource(positions, script), '.T.astype(float)');
  const count = typeof size === 'number' ? size : size.reduce((a, b) => a * b, 1);
  return followed(structureSource(structure ?? { type: 'Line' }, script), `.generate_positions(${count})`);
}

/** Returns a source with spikes as the canonical model has them. */
function givenSource(script: Script, label: string, spikes: Readonly<Record<string, unknown>>): Source {
  if (['indices', 'times'].some((name) => isRecord(spikes[name])))
    script.missing(`spikes of ${label}, which are kept in a file; the JSON form has them, scripts do not`);
  return call('sim.native.source', keywordLiterals(spikes));
}

/** Long lists of spike times are kept in a file next to the script. */
function spikesInFile(script: Script, label: string, sequences: readonly (readonly number[])[]): Source | undefined {
  if (sequences.length < 2 || sequences.reduce((sum, { length }) => sum + length, 0) <= mostRows) return undefined;
  const name = script.fileName(label, 'spikes.json');
  script.files.push({ name, text: `[\n${sequences.map((sequence) => JSON.stringify(sequence)).join(',\n')}\n]\n` });
  script.use('Sequence');
  if (!script.definitions.includes(spikesFrom)) script.definitions.push(spikesFrom);
  return prefixed('spike_times=', call('spikes_from', [script.path(name)]));
}

const spikesFrom = `def spikes_from(path):
    """Spike times of each cell, from a file beside this script."""
    return [Sequence(times) for times in json.loads(path.read_text())]`;

/** Returns a view of a population; no line for a slice without a name of its own, which is written at its use. */
export function viewLine(script: Script, { label, of, select }: View): readonly string[] {
  const parent = script.of(of);
  const cells = select.slice ?? sliceOf(select.indices);
  if (cells !== undefined) {
    const size = script.document.populations?.find((population) => population.label === of)?.size;
    const text = sliceText(cells, size);
    const slice = text === ':' ? parent : `${parent}[${text}]`;
    if (!label.startsWith(`${of}[`)) return [`${script.declare(label)} = ${slice}`];
    script.variables.set(`cells ${label}`, slice);
    return [];
  }
  const name = script.declare(label);
  if (select.sample !== undefined)
    return [`${name} = ${parent}.sample(${select.sample}${select.rng ? `, rng=${script.rng(select.rng)}` : ''})`];
  return [
    layout(
      select.mask === undefined
        ? { open: `${name} = ${parent}[[`, items: (select.indices ?? []).map(String), close: ']]' }
        : {
            open: `${name} = ${parent}[np.array([`,
            items: select.mask.map((on) => (on ? 'True' : 'False')),
            close: '])]',
          },
    ),
  ];
}

/** Returns cells in a row as a slice; undefined for others. */
function sliceOf(indices: readonly number[] = []): View['select']['slice'] {
  const row = rowOf(indices);
  return row && [...row];
}

/** Returns `:80`, `80:` or `0:80:2`: bounds equal to the population's are left out. */
function sliceText([from, to, step]: NonNullable<View['select']['slice']>, size: unknown): string {
  const by = step === undefined || step === null || step === 1 ? '' : `:${step}`;
  return `${from === 0 || from === null ? '' : from}:${to === size || to === null ? '' : to}${by}`;
}

/** Returns an assembly of populations and views. */
export function assemblyLine(script: Script, { label, of }: Assembly): string {
  const parts = of.map((part) => script.of(part));
  return layout(prefixed(`${script.declare(label)} = `, call('sim.Assembly', [...parts, `label=${quoted(label)}`])));
}

/** Returns first values; the script converts values that NEST takes in another unit. */
function firstValues(script: Script, values: Values, names: ScriptNames): Record<string, Source> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const source = valueSource(value, names);
      if (!/(^|\.)(isyn|gsyn)(_|$)|^w$/.test(key) || value === 0) return [key, source];
      script.use('larray');
      if (!script.definitions.includes(firstValue)) script.definitions.push(firstValue);
      return [key, call('first_value', [source])];
    }),
  );
}

/** Gives values to cells. Each part of an assembly gets the values separately, since it has positions of its own. */
export function giveCells(
  script: Script,
  what: 'set' | 'initialize',
  target: string,
  given: Values,
): readonly string[] {
  const of = script.of(target, script.hasCells(target) ? 'cells' : 'projection');
  const values = what === 'set' ? script.takenBy(script.populationsOf(target), given) : given;
  if (!readsPlaces(values)) {
    const sources =
      what === 'initialize'
        ? Object.entries(firstValues(script, values, script)).map(([key, source]) => prefixed(`${key}=`, source))
        : keywords(values, script);
    return [layout(call(`${of}.${what}`, sources))];
  }
  if (!(script.document.assemblies ?? []).some(({ label }) => label === target))
    return [layout(call(`${of}.${what}`, keywords(values, script.at(`${of}.positions`))))];
  return [
    `for each in ${of}.populations:`,
    `    ${layout(call(`each.${what}`, keywords(values, script.at('each.positions'))), 4)}`,
  ];
}

/** Returns the spike times of each cell, if each has its own. */
const trainsIn = (times: unknown): readonly (readonly number[])[] =>
  isSequences(times) ? (times.sequences as readonly (readonly number[])[]) : [];

const firstValue = `def first_value(value):
    """A first value in nA or uS, which PyNN hands to NEST as it is; NEST has pA and nS."""
    if sim.__name__ != "pyNN.nest":
        return value
    values = np.array(value) if isinstance(value, list) else value
    return 1000 * larray(values, dtype=float)`;
