/** Recordings and changes between runs, by the names of standard types. */

import type { Expression } from '../../../lang/ast.js';
import { number } from '../../../lang/build.js';
import { isRandom } from '../../../lang/functions.js';
import { callsIn, namesIn } from '../../../lang/walk.js';
import { assignedBy, assignedKey, numbersIn } from '../../../model/assigned.js';
import { ownNames } from '../../../model/declared-names.js';
import {
  contentOf,
  formulaOf,
  type NeuronType,
  type Phase,
  type Recording,
  type SelectionRule,
  type Value,
} from '../../../model/typed.js';
import { child } from '../../../model/pointer.js';
import { populationsOf, rowOf } from '../../../model/selected.js';
import { recogniseCell } from '../cells.js';
import { constantOf, valueAt } from '../numbers.js';
import { environmentOf, scaledValue, signOf, valueOf } from '../values.js';
import { type StandardPopulation, type Standardising } from './context.js';

/** Returns recordings of variables by their names in standard types; rates as the spikes they are computed from. */
export function standardRecordings(context: Standardising, recordings: readonly Recording[]): readonly Recording[] {
  const spikes = new Set(
    recordings.flatMap((one) => (one.kind === 'events' && one.events === 'spike' ? [JSON.stringify(one.of)] : [])),
  );
  return recordings.flatMap((recording, k): readonly Recording[] => {
    const pointer = child('/recordings', k);
    if (recording.of.kind === 'synapses' && !Object.hasOwn(context.projections, recording.of.projection)) {
      context.report.missing(pointer, `a recording of ${recording.of.projection}, which is left out`);
      return [];
    }
    if (recording.kind === 'rate') {
      context.report.convention(
        context.code('rate-from-spikes'),
        pointer,
        'the rate of a population is computed from its spikes, which are recorded',
      );
      const key = JSON.stringify(recording.of);
      if (spikes.has(key)) return [];
      spikes.add(key);
      return [{ kind: 'events', of: recording.of, events: 'spike', name: recording.name }];
    }
    if (recording.kind === 'events') return [recording];
    const names = namesOf(context, recording.of);
    if (names === undefined) return [recording];
    const synapses = recording.of.kind === 'synapses' ? context.synapseNames.get(recording.of.projection) : undefined;
    const cell = synapses === undefined ? cellOf(context, recording.of) : undefined;
    // The current of a stimulus is recorded by the stimulus's name.
    const isNamed = (variable: string): boolean =>
      names.has(variable) ||
      (cell !== undefined && (ownNames(cell).has(variable) || Object.hasOwn(context.model.stimuli, variable)));
    const nameless = recording.variables.filter((variable) => !isNamed(variable));
    for (const variable of nameless) {
      const type = synapses?.type ?? context.known.get(populationsOf(recording.of)[0] ?? '')?.cell.standard.name ?? '';
      context.report.missing(pointer, `a recording of ${variable}, which ${type} has not in one variable`);
    }
    const kept = recording.variables.filter((variable) => !nameless.includes(variable));
    if (kept.length === 0) return [];
    const variables = kept.map((variable) => names.get(variable)?.name ?? variable);
    for (const variable of kept) {
      const { name, factor } = names.get(variable) ?? { name: variable, factor: 1 };
      if (name !== variable || factor !== 1)
        context.report.add({
          verdict: factor === 1 ? 'exact' : 'convention',
          code: context.code('recorded-as'),
          pointer,
          message: `${variable} is recorded as ${name}${factor === 1 ? '' : `, ${factor} times as large in SI`}`,
          recorded: { [variable]: [name, factor] },
        });
    }
    return [{ ...recording, variables: [...new Set(variables)] }];
  });
}

/** Returns the standard cell of the first population of a selection. */
const cellOf = ({ neurons, populations }: Standardising, rule: SelectionRule): NeuronType | undefined =>
  neurons[populations[populationsOf(rule)[0] ?? '']?.type ?? ''];

/** Returns names of variables in the standard type of the population of a selection. */
function namesOf(
  context: Standardising,
  rule: SelectionRule,
): ReadonlyMap<string, { readonly name: string; readonly factor: number }> | undefined {
  if (rule.kind === 'synapses') {
    const found = context.synapseNames.get(rule.projection);
    return found && new Map([...found.names].map(([ours, name]) => [ours, { name, factor: found.factor }]));
  }
  const [name = ''] = populationsOf(rule);
  return context.known.get(name)?.cell.variables;
}

/**
 * Returns changes under a condition of the index as changes of the matching cells; undefined if the condition reads
 * more.
 */
function partedByCells(
  { model }: Standardising,
  set: Readonly<Record<string, Value>>,
  condition: Expression,
): Readonly<Record<string, Value>> | undefined {
  if ([...namesIn(condition)].join() !== 'i' || callsIn(condition).some((call) => isRandom(call.function)))
    return undefined;
  const parted: Record<string, Value> = {};
  for (const [key, value] of Object.entries(set)) {
    const { owner, variable, ...some } = assignedBy(key);
    const size = model.populations[owner]?.size;
    const e = formulaOf(value);
    if (
      size === undefined ||
      numbersIn(some) !== undefined ||
      (typeof value !== 'number' && (e && constantOf(e)) === undefined)
    )
      return undefined;
    const cells = Array.from({ length: size }, (_, k) => k).filter((k) => valueAt(condition, () => k) !== 0);
    if (cells.length > 0) {
      const row = rowOf(cells);
      parted[assignedKey({ owner, variable, ...(row ? { slice: [...row, 1] } : { indices: cells }) })] = value;
    }
  }
  return parted;
}

/** Returns phases that change parameters and variables of standard types. */
export function standardPhases(context: Standardising, phase: Phase, pointer: string): readonly Phase[] {
  if (phase.kind !== 'set') return [phase];
  if (phase.where !== undefined) {
    const { where, ...rest } = phase;
    const parted = partedByCells(context, phase.set, where);
    return parted === undefined ? [phase] : standardPhases(context, { ...rest, set: parted }, pointer);
  }
  const set: Record<string, Value> = {};
  const missing = (key: string): void => {
    context.report.missing(pointer, `a change of ${key} cannot be expressed in PyNN`);
  };
  for (const [key, value] of Object.entries(phase.set)) {
    const assigned = assignedBy(key);
    const { owner, variable } = assigned;
    const named = (name: string): string => assignedKey({ ...assigned, variable: name });
    const known = variable.includes('.') ? undefined : context.known.get(owner);
    const synapses = context.synapseNames.get(owner);
    if (Object.hasOwn(context.model.projections, owner) && !Object.hasOwn(context.projections, owner)) {
      missing(key);
      continue;
    }
    if (synapses !== undefined) {
      const name = synapses.names.get(variable);
      const scaled = name === undefined ? undefined : scaledValue(value, synapses.factor, synapses.environment);
      // A receptor has weights of one sign.
      const sign = scaled === undefined ? 0 : signOf(scaled, context.valid.data);
      if (name === undefined || scaled === undefined || sign === 0 || (sign !== synapses.sign && scaled !== 0))
        missing(key);
      else set[named(name)] = scaled;
      continue;
    }
    if (known === undefined) {
      set[key] = value;
      continue;
    }
    const { cell, environment } = known;
    const state = cell.variables.get(variable);
    if (state !== undefined) {
      const scaled = scaledValue(value, state.factor, environment);
      if (scaled === undefined) missing(key);
      else set[named(state.name)] = scaled;
      continue;
    }
    for (const [name, one] of changedParameters(
      context,
      owner,
      variable,
      value,
      known,
      numbersIn(assigned) === undefined,
    )) {
      if (one === undefined) missing(key);
      else set[named(name)] = one;
    }
  }
  return Object.keys(set).length === 0 ? [] : [{ ...phase, set }];
}

/** Returns parameters of a standard cell that differ once a parameter of the type has another value. */
function changedParameters(
  context: Standardising,
  owner: string,
  variable: string,
  value: Value,
  { cell, environment, use }: StandardPopulation,
  whole: boolean,
): readonly (readonly [string, Value | undefined])[] {
  const population = context.model.populations[owner];
  const type = context.model.neurons[population?.type ?? ''];
  if (type === undefined || population === undefined) return [[variable, undefined]];
  const kept = Object.fromEntries([...environment.numbers, ...environment.varying]);
  const next = environmentOf({ ...kept, [variable]: value }, context.valid.data);
  const nextUse = { ...use, environment: next };
  const found = cell.standard.name === 'SpikeSourcePoisson' ? cell : recogniseCell(type, nextUse);
  if (typeof found === 'string' || found.standard !== cell.standard) return [[variable, undefined]];
  // A change of part of the cells does not apply to the others.
  if (whole) context.known.set(owner, { cell: found, environment: next, use: nextUse });
  return Object.entries(found.parameters).flatMap(([name, e]): readonly (readonly [string, Value | undefined])[] => {
    const before = valueOf(cell.parameters[name] ?? number(0), environment);
    const after = valueOf(e, next);
    return contentOf(before) === contentOf(after) && after !== undefined ? [] : [[name, after]];
  });
}
