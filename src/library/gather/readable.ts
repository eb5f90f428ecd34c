/**
 * Types that were made of a tree of components, as people would write them: without what nothing reads, with numbers in
 * place of what follows from numbers, and with names of the length that tells them apart.
 */

import { binary, call, integer, unary } from '../../lang/build.js';
import { NoNumber } from '../../lang/evaluate.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression, printStatement } from '../../lang/print.js';
import { mapExpression, mapStatement, namesIn } from '../../lang/walk.js';
import type { Expression } from '../../lang/ast.js';
import { ownNames } from '../../model/declared-names.js';
import type { EquationSet, Model, NeuronType } from '../../model/model.js';
import { plain, tidy, valueAt } from '../recognise/numbers.js';
import { wordsIn } from './texts.js';

/** Words of the tree that say nothing about a variable. */
const tree =
  /^(?:biophysicalProperties_)?(?:membraneProperties_|intracellularProperties_)|^biophysicalProperties_|^morphology__/;

/** What simulators know of compartments by these names. */
const ofCompartments = ['v', 'Im', 'Cm', 'Ri', 'area', 'length', 'diameter', 'distance', 'volume'];

/** The model with such types; what is named outside a type keeps its name. */
export function readable(model: Model): Model {
  const { neurons, synapses, ...rest } = model;
  const outside = new Set(JSON.stringify([rest, synapses]).match(/[A-Za-z_]\w*/g));
  return {
    ...model,
    synapses: Object.fromEntries(
      Object.entries(synapses).map(([name, type]) => {
        const known = new Set([type.parameters, type.state, type.derived, type.ports].flatMap((m) => Object.keys(m)));
        return [name, mapTexts(type, (e) => withoutZero(e, known))];
      }),
    ),
    neurons: Object.fromEntries(
      Object.entries(neurons).map(([name, type]) => {
        const kept = type.cable ? new Set([...outside, ...ofCompartments]) : outside;
        return [name, shortened(pruned(folded(folded(type, kept), kept), kept), kept)];
      }),
    ),
  };
}

/** `0*V - x` as `-x`. */
export function withoutZero(e: Expression, known: ReadonlySet<string>): Expression {
  if (e.kind !== 'binary' || (e.operator !== '-' && e.operator !== '+')) return e;
  const isNothing = (side: Expression): boolean =>
    (side.kind === 'number' && side.value === 0) ||
    (side.kind === 'binary' &&
      (side.operator === '*' || side.operator === '/') &&
      isNothing(side.left) &&
      ![...namesIn(side.right)].some((name) => known.has(name)));
  if (isNothing(e.left)) return e.operator === '-' ? negative(e.right) : e.right;
  return isNothing(e.right) ? e.left : e;
}

/** `-x`; of a quotient, its numerator's. */
const negative = (e: Expression): Expression =>
  e.kind === 'binary' && (e.operator === '/' || e.operator === '*') ? { ...e, left: negative(e.left) } : unary('-', e);

const mapTexts = <T extends EquationSet>(type: T, change: (e: Expression) => Expression): T => {
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string' && ['value', 'rate', 'when', 'for', 'while', 'initial'].includes(key)) {
      const e = parseExpression(value);
      const changed = mapExpression(e, change);
      return changed === e ? value : printExpression(changed);
    }
    if (Array.isArray(value))
      return value.map((one: unknown) =>
        (key === 'do' || key === 'onEntry') && typeof one === 'string'
          ? parseStatements(one)
              .map((statement) => printStatement(mapStatement(statement, (e) => mapExpression(e, change))))
              .join('; ')
          : walk(one, key),
      );
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]));
    return value;
  };
  return walk(type, '') as T;
};

/** What follows from numbers alone becomes a number; another name for a variable becomes that variable. */
function folded(type: NeuronType, outside: ReadonlySet<string>): NeuronType {
  const known = ownNames(type);
  const written = new Set(JSON.stringify([type.events, type.regimes]).match(/[A-Za-z_]\w*(?=\s*[-+*/]?=[^=])/g));
  const numbers = new Map<string, number>();
  const aliases = new Map<string, string>();
  const evaluated = (text: string): number | undefined => {
    try {
      return valueAt(plain(text, known), (name) => {
        const value = numbers.get(name);
        if (value === undefined) throw new RangeError(name);
        return value;
      });
    } catch (error) {
      if (error instanceof RangeError || error instanceof NoNumber) return undefined;
      throw error;
    }
  };
  for (let before = -1; before !== numbers.size;) {
    before = numbers.size;
    for (const [name, { value, type: kind }] of Object.entries(type.parameters))
      if (!outside.has(name) && !written.has(name) && !numbers.has(name) && kind === 'real') {
        const found = typeof value === 'number' ? value : typeof value === 'string' ? evaluated(value) : undefined;
        if (found !== undefined && Number.isFinite(found)) numbers.set(name, found);
      }
    for (const [name, { value, type: kind, held }] of Object.entries(type.derived))
      if (!outside.has(name) && !numbers.has(name) && kind === 'real' && !held) {
        const found = evaluated(value);
        if (found !== undefined && Number.isFinite(found)) numbers.set(name, found);
        else if (known.has(value)) aliases.set(name, value);
      }
  }
  const parameters = { ...type.parameters };
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = numbers.get(name);
    if (typeof parameter.value === 'string' && value !== undefined)
      parameters[name] = { ...parameter, value: tidy(value) };
  }
  const constants = Object.entries(type.derived).filter(([name]) => numbers.has(name));
  for (const [name, { unit }] of constants)
    parameters[name] = { unit, type: 'real', value: tidy(numbers.get(name) ?? 0), shared: false };
  const followed = (name: string): string => {
    const next = aliases.get(name);
    return next === undefined ? name : followed(next);
  };
  const derived = Object.fromEntries(
    Object.entries(type.derived).filter(([name]) => !numbers.has(name) && !aliases.has(name)),
  );
  const factors = new Set(
    constants.flatMap(([name, { unit }]) => (unit === '1' && numbers.get(name) === 1 ? [name] : [])),
  );
  const isOne = (e: Expression): boolean => e.kind === 'name' && factors.has(e.name);
  return mapTexts({ ...type, parameters, derived }, (e) => {
    if (e.kind === 'name' && aliases.has(e.name)) return { ...e, name: followed(e.name) };
    if (e.kind === 'conditional') return linearRate(e) ?? e;
    if (e.kind !== 'binary') return e;
    const { left, right } = e;
    if (e.operator === '*') return isOne(left) ? right : isOne(right) ? left : e;
    if (e.operator === '/') return isOne(right) ? left : e;
    const shorter = withoutZero(e, known);
    if (shorter !== e) return shorter;
    const power = e.operator === '**' && right.kind === 'name' ? numbers.get(right.name) : undefined;
    if (power === 1) return left;
    return power !== undefined && Number.isInteger(power) && power > 0 ? { ...e, right: integer(power) } : e;
  });
}

/** `rate*x/(1 - exp(-x))` with its series near 0 as `rate/exprel(-x)`; undefined for other choices. */
function linearRate({ condition, whenFalse }: Expression & { readonly kind: 'conditional' }): Expression | undefined {
  const x = /^abs\((\w+)\) < 0.0001$/.exec(printExpression(condition))?.[1];
  if (x === undefined || whenFalse.kind !== 'binary' || whenFalse.operator !== '/') return undefined;
  const { left, right } = whenFalse;
  if (left.kind !== 'binary' || left.operator !== '*' || printExpression(left.right) !== x) return undefined;
  if (printExpression(right) !== `1 - exp(-${x})`) return undefined;
  return binary('/', left.left, call('exprel', [unary('-', left.right)]));
}

/** A type without parameters and derived variables that nothing reads. */
function pruned(type: NeuronType, outside: ReadonlySet<string>): NeuronType {
  const read = new Set<string>(outside);
  const waiting = new Set(wordsIn([type.derivatives, type.events, type.regimes, type.state]));
  for (const name of outside) waiting.add(name);
  for (const name of waiting) {
    read.add(name);
    const text = type.derived[name]?.value ?? type.parameters[name]?.value;
    if (typeof text === 'string') for (const next of namesIn(parseExpression(text))) waiting.add(next);
  }
  const only = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).filter(([name]) => read.has(name)));
  return { ...type, parameters: only(type.parameters), derived: only(type.derived) };
}

/**
 * Channels that a single density of a cell has, by which its gates are known without the density: `kv_n_inf` for
 * `dense_kv_n_inf`, next to `dense_iDensity`.
 */
function channelsOf(names: readonly string[]): readonly (readonly [density: string, channel: string])[] {
  const found = names.flatMap((name) => {
    const density = /^(.+)_iDensity$/.exec(name)?.[1];
    if (density === undefined) return [];
    const inside = names.flatMap((one) => (one.startsWith(`${density}_`) ? [one.slice(density.length + 1)] : []));
    const deep = inside.filter((one) => one.split('_').length > 2);
    const channel = commonWords(deep);
    return channel === '' ? [] : [[density, channel] as const];
  });
  const all = new Set(names);
  const within = (prefix: string): readonly string[] => names.filter((name) => name.startsWith(`${prefix}_`));
  return found.filter(
    ([density, channel]) =>
      /^[A-Za-z]/.test(channel) &&
      found.filter(([, one]) => one === channel).length === 1 &&
      within(`${density}_${channel}`).every((name) => !all.has(name.slice(density.length + 1))),
  );
}

/** The words with which all of some names begin, and after which each goes on. */
function commonWords(names: readonly string[]): string {
  const [first = [], ...others] = names.map((name) => name.split('_').slice(0, -1));
  const count = first.findIndex((word, k) => others.some((words) => words[k] !== word));
  return first.slice(0, count < 0 ? first.length : count).join('_');
}

/** A type whose names do without the words of the tree, where they stay apart. */
function shortened(type: NeuronType, outside: ReadonlySet<string>): NeuronType {
  const maps = [type.parameters, type.state, type.derived, type.inputs, type.events];
  const all = new Set(maps.flatMap((map) => Object.keys(map)));
  const channels = channelsOf([...all].map((name) => name.replace(tree, '')));
  const renamed = new Map<string, string>();
  for (const name of all) {
    if (outside.has(name)) continue;
    const bare = name.replace(tree, '');
    const [density, channel] = channels.find(([one, own]) => bare.startsWith(`${one}_${own}_`)) ?? [];
    // A gate's variable is called after the gate: na_m for naAll_na_m_q.
    const short = (channel === undefined ? bare : bare.slice((density?.length ?? 0) + 1)).replace(/_q$/, '');
    if (short !== name && /^[A-Za-z]\w*$/.test(short) && !all.has(short) && ![...renamed.values()].includes(short))
      renamed.set(name, short);
  }
  const key = (name: string): string => renamed.get(name) ?? name;
  const keys = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).map(([name, one]) => [key(name), one]));
  const text = mapTexts(type, (e) => (e.kind === 'name' && renamed.has(e.name) ? { ...e, name: key(e.name) } : e));
  const { sequence: _, ...plainType } = text;
  const events = Object.fromEntries(
    Object.entries(text.events).map(([name, event]) => [
      name,
      {
        ...event,
        do: event.do.flatMap((one) =>
          parseStatements(one).map((statement) =>
            printStatement(
              statement.kind === 'assignment' ? { ...statement, target: key(statement.target) } : statement,
            ),
          ),
        ),
      },
    ]),
  );
  return {
    ...plainType,
    parameters: keys(text.parameters),
    state: keys(text.state),
    derived: keys(text.derived),
    derivatives: keys(text.derivatives),
    inputs: keys(text.inputs),
    events: keys(events),
  };
}
