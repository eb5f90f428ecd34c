/**
 * Writes a script that shows a difference of two models without this program: one cell of each, with its input as given
 * spikes, in a simulator of its readers.
 */

import { UsageError } from '../diagnostics/diagnostic.js';
import { entryOf } from '../diagnostics/entry.js';
import { convertModel } from '../convert/convert.js';
import { targetOf, targetsOf, usualName, type TargetNotation } from '../convert/target-notations.js';
import type { Notation } from '../pipeline/read/notation.js';
import type { ScriptLoop } from '../../translators/shared/notation.js';
import { lengthOf } from '../model/arrays.js';
import type { Model, Recording, ValidModel } from '../model/model.js';
import { unchanged, type Became } from '../model/rewriting/became.js';
import { populationsOf } from '../model/selected.js';
import { chooseTarget } from '../pipeline/choose-target.js';
import { drawnOnce, firstPart, listed, openedBy, partsThere } from './open-loop.js';
import { closedRun, compared } from './open-pair.js';
import { withDrawsOf } from './shared-draws.js';
import { withCells } from './some-cells.js';

/** Cell of the first model in which two models differ. */
interface Place {
  readonly population: string;
  readonly cell: number;
}

/** Returns the form of a script for the readers of two models: of their own notation, else of Brian. */
export function witnessTarget(notations: readonly Notation[]): TargetNotation {
  const [first, ...others] = notations;
  const own = first && others.every((one) => one === first) ? targetsOf(first) : [];
  return own.find((to) => targetOf(to).witness !== undefined) ?? 'brian';
}

/**
 * Returns the script.
 *
 * @param headline  what differs, with both values
 * @throws UsageError for cells that the notation cannot express
 */
export async function witnessOf(
  [first, second]: readonly [ValidModel, ValidModel],
  {
    became,
    place,
    headline,
    to,
  }: { readonly became: Became; readonly place: Place; readonly headline: string; readonly to: TargetNotation },
): Promise<string> {
  const engine = (await chooseTarget('wasm')).target;
  const part = firstPart(first, compared.longest);
  const { valid: source } = await drawnOnce(part, engine);
  const names = {
    population: (name: string) => became.population(name, 0)?.population,
    projection: became.projection,
  };
  const { valid: drawn } = withDrawsOf(second, first, source, names);
  const { valid: target } = await listed(firstPart(drawn, compared.longest), engine);
  const there = partsThere(source, target, became);
  const { spikes } = await closedRun(source, undefined);
  const isCell = (name: string): boolean => source.model.populations[name]?.type !== undefined;
  const trains = new Map([...spikes].filter(([name]) => isCell(name)));
  const own = openedBy(source, trains, partsThere(source, source, unchanged));
  const other = openedBy(target, trains, there);
  const [found] = [...there].filter(
    ([, { population, cells }]) => population === place.population && cells.includes(place.cell),
  );
  if (!found || !isCell(place.population))
    throw new UsageError(`${place.population} has no cells to run by themselves`);
  const [name, { cells }] = found;
  const scripts = [
    await scriptOf(oneCell(own, place.population, place.cell), to),
    await scriptOf(oneCell(other, name, cells.indexOf(place.cell)), to),
  ] as const;
  return looped(headline, merged(...scripts), targetOf(to).witness!);
}

/** Returns a model of one cell with the sources that connect to it, which records its spikes and its first state. */
function oneCell(open: ValidModel, population: string, cell: number): ValidModel {
  const others = Object.entries(open.model.populations).flatMap(([name, { type }]) =>
    type === undefined || name === population ? [] : [[name, []] as const],
  );
  const { model, data } = withCells(open, new Map<string, readonly number[]>([...others, [population, [cell]]]));
  const isOn = ({ to }: { readonly to: Model['projections'][string]['to']['of'] }): boolean =>
    populationsOf(to).includes(population);
  const projections = Object.fromEntries(
    Object.entries(model.projections).filter(
      ([, { to, connect }]) =>
        isOn({ to: to.of }) && connect.every((rule) => rule.rule !== 'list' || lengthOf(rule.sources) > 0),
    ),
  );
  const sources = new Set(Object.values(projections).flatMap(({ from }) => populationsOf(from.of)));
  const kept = Object.entries(model.populations).filter(([name]) => name === population || sources.has(name));
  const { compartments, state = {} } = model.neurons[entryOf(new Map(kept), population).type ?? ''] ?? {};
  const [variable = 'v'] = compartments ? ['v'] : Object.keys(state);
  const recordings: Recording[] = [
    { of: { population }, events: 'spike', name: 'spikes' },
    { of: { population }, variables: [variable], name: 'states' },
  ];
  const stimuli = Object.fromEntries(Object.entries(model.stimuli).filter(([, one]) => isOn(one)));
  return { model: { ...model, populations: Object.fromEntries(kept), projections, stimuli, recordings }, data };
}

/** Returns the statements of a script. @throws UsageError if the notation lacks a part of the model */
async function scriptOf(valid: ValidModel, to: TargetNotation): Promise<readonly string[]> {
  const { files, outcome } = await convertModel(valid, to, { name: usualName(to), origin: false });
  const [script] = files;
  if (script === undefined || outcome === 'incomplete' || files.length > 1)
    throw new UsageError(`a witness in ${to} cannot express this cell`);
  const text = [...(script.pieces ?? [script.text])].join('').replace(/^""".*?"""\n/s, '');
  // A statement begins at the margin; brackets that close one stand there, too.
  return text
    .split(/\n(?=[^\s)\]}"#])/)
    .map((statement) => statement.replace(/\n*^#.*$/gm, '').trim())
    .filter((statement) => statement !== '' && !/^(?:from|import) /.test(statement));
}

/** Returns statements of both sides; those that differ, with a choice by `side`. */
function merged(first: readonly string[], second: readonly string[]): readonly string[] {
  let [before, after] = [0, 0];
  const shortest = Math.min(first.length, second.length);
  while (before < shortest && first[before] === second[before]) before += 1;
  while (after < shortest - before && first.at(-1 - after) === second.at(-1 - after)) after += 1;
  const [own, other] = [first.slice(before, first.length - after), second.slice(before, second.length - after)];
  const middle =
    own.length === other.length
      ? own.flatMap((statement, k) => (statement === other[k] ? [statement] : choice([statement], [other[k]!])))
      : choice(own, other);
  return [...first.slice(0, before), ...middle, ...first.slice(first.length - after)];
}

/** Returns a choice of statements by `side`, of single values if possible. */
function choice(first: readonly string[], second: readonly string[]): readonly string[] {
  const [own, other] = [first, second].map((statements) => statements.join('\n').split('\n')) as [string[], string[]];
  const lines = own.map((line, k) => (line === other[k] ? line : valueChoice(line, other[k] ?? '')));
  return first.length === 1 && own.length === other.length && lines.every((line) => line !== undefined)
    ? [lines.join('\n')]
    : [`if side == 0:\n${indented(first)}\nelse:\n${indented(second)}`];
}

/** Returns a line with a choice of its value; undefined for lines that are no `name = value` of Python. */
function valueChoice(first: string, second: string): string | undefined {
  const [own, other] = [first, second].map((line) => /^(\s*\w+ ?= ?)([^\n:]*[^\n:,([{])(,?)$/.exec(line));
  if (!own || !other || own[1] !== other[1] || own[3] !== other[3]) return undefined;
  return `${own[1]}(${own[2]}, ${other[2]})[side]${own[3]}`;
}

const indented = (statements: readonly string[]): string =>
  (statements.length === 0 ? ['pass'] : statements)
    .flatMap((statement) => statement.split('\n'))
    .map((line) => (line === '' ? line : `    ${line}`))
    .join('\n');

/** Returns a script that runs both sides, and prints their spikes and the largest distance of their states. */
function looped(headline: string, statements: readonly string[], { begin, first, last, replaced }: ScriptLoop): string {
  const turn = statements
    .map((statement) => replaced.reduce((text, [pattern, by]) => text.replace(pattern, by), statement))
    .filter((statement) => statement !== '');
  return `"""${headline.replaceAll('"', "'")}

Both runs have one cell with the same given input. No part of interneuron is needed.
"""
${begin}
spike_times, values = [], []
for side in (0, 1):
${indented([...(first === undefined ? [] : [first]), ...turn, last])}
print("spikes of the first:", spike_times[0], "ms")
print("spikes of the second:", spike_times[1], "ms")
print("recorded state:", max(abs(a - b) for a, b in zip(*values)), "apart at most")
`;
}
