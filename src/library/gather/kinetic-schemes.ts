/**
 * Kinetic schemes, which LEMS solves over each step with the rates at its beginning, for forward Euler: the step of the
 * occupancies is a series for the matrix exponential of their rates.
 */

import type { Expression } from '../../lang/ast.js';
import { NoNumber } from '../../lang/evaluate.js';
import { linearForm } from '../../lang/linear.js';
import { operandsOf } from '../../lang/operands.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression } from '../../lang/print.js';
import { namesIn, substitute, writtenBy } from '../../lang/walk.js';
import { ownNames } from '../../model/declared-names.js';
import { freeName } from '../../model/free-name.js';
import type { ConversionReport } from '../../model/conversion-report.js';
import { mapped } from '../../model/collections.js';
import { child } from '../../model/pointer.js';
import type { Model, NeuronType } from '../../model/model.js';
import { constantOf, plain, tidy, valueAt } from '../recognise/numbers.js';
import { derivedOf } from './texts.js';

const mark = 'propagated';

/** The text of a rate that LEMS solves over the step, until the name of the type's variables are those of the document. */
export const asPropagated = (rate: string): string => `${mark}(${rate})`;

/** A rate without the mark; undefined where it has none. */
function unmarked(text: string): Expression | undefined {
  const e = parseExpression(text);
  return e.kind === 'call' && e.function === mark ? e.arguments[0] : undefined;
}

/** Potentials for which a series is as exact as numbers are, in V; less where cells are reset below the highest. */
const [lowest, highest] = [-0.1, 0.06];

/** How far above its threshold a cell may come before it is reset, in V. */
const overshoot = 0.02;

/** Longer series are not written. */
const mostTerms = 20;

/** The relative error of a series. */
const leastError = 1e-16;

/** The model with a series for each kinetic scheme; says where a scheme is left to the steps of Brian's method. */
export function withSchemesInSteps(model: Model, report: ConversionReport): Model {
  const neurons = mapped(model.neurons, (type, name) => {
    const rates = new Map(
      Object.entries(type.derivatives).flatMap(([key, { rate }]) => {
        const e = unmarked(rate);
        return e === undefined ? [] : [[key, e] as const];
      }),
    );
    if (rates.size === 0) return type;
    const populations = Object.values(model.populations).filter((one) => one.type === name);
    const own = new Set(populations.flatMap(({ values }) => Object.keys(values)));
    const made = inSeries(type, rates, own, model.experiment.dt);
    const pointer = child('/neurons', name);
    const [first = ''] = rates.keys();
    if (made === undefined) {
      report.approximated(
        'brian/parts',
        pointer,
        `LEMS solves the kinetic scheme of ${first} over each step with fixed rates; Brian takes Euler steps`,
      );
      const derivatives = mapped(type.derivatives, (one, key) => {
        const e = rates.get(key);
        return e === undefined ? one : { ...one, rate: printExpression(e) };
      });
      return { ...type, derivatives };
    }
    report.equivalent(
      'brian/kinetic-scheme',
      pointer,
      `LEMS solves the kinetic scheme of ${first} over each step with fixed rates, for which ${made.terms} terms of a ` +
        `series stand: its error is below 1e-15 for potentials from ${lowest * 1e3} to ${tidy(made.highest * 1e3)} mV`,
    );
    return made.type;
  });
  return { ...model, neurons };
}

/** A type with series for its schemes; undefined where the length of these is not known, or too great. */
function inSeries(
  type: NeuronType,
  rates: ReadonlyMap<string, Expression>,
  own: ReadonlySet<string>,
  dt: number,
): { readonly type: NeuronType; readonly terms: number; readonly highest: number } | undefined {
  const names = [...rates.keys()];
  const flows = new Map<string, ReadonlyMap<string, Expression>>();
  for (const [key, e] of rates) {
    const form = linearForm(e, names);
    if (form === null) return undefined;
    flows.set(key, new Map([...form.coefficients].filter(([from]) => from !== key)));
  }
  const found = termsOf(type, flows, own, dt);
  if (found === undefined) return undefined;
  const { terms } = found;
  const taken = new Set(ownNames(type));
  const free = (wanted: string): string => {
    const name = freeName(wanted, (one) => taken.has(one));
    taken.add(name);
    return name;
  };
  const derived = { ...type.derived };
  const hold = (name: string, value: string, unit: string): string => {
    derived[name] = { unit, type: 'real', shared: false, held: true, value };
    return name;
  };
  // What a rate is of is computed once, at the beginning of a step.
  const rateOf = new Map<string, string>();
  for (const [to, from] of flows)
    for (const [state, e] of from) {
      const text = printExpression(e);
      const known = e.kind === 'name' && Object.hasOwn(derived, e.name) ? e.name : undefined;
      const shared = derived[known ?? ''];
      if (known !== undefined && shared !== undefined) derived[known] = { ...shared, held: true };
      rateOf.set(`${state} ${to}`, known ?? hold(free(`k_${state}_${to}`), text, 'Hz'));
    }
  const change = (state: string, at: (name: string) => string): string => {
    const into = [...(flows.get(state) ?? [])].map(([from]) => `${rateOf.get(`${from} ${state}`)}*${at(from)}`);
    const out = [...flows].flatMap(([to, from]) =>
      from.has(state) ? [`${rateOf.get(`${state} ${to}`)}*${at(state)}`] : [],
    );
    return `${into.join(' + ') || '0*Hz'}${out.map((one) => ` - ${one}`).join('')}`;
  };
  let before = new Map(names.map((name) => [name, name]));
  for (let term = terms; term >= 1; term--) {
    const at = (name: string): string => before.get(name) ?? name;
    const next = names.map((name): [string, string] => [name, free(term === 1 ? `${name}_next` : `${name}_${term}`)]);
    for (const [name, label] of next)
      hold(label, `${name} + dt${term === 1 ? '' : `/${term}`}*(${change(name, at)})`, '1');
    before = new Map(next);
  }
  const derivatives = mapped(type.derivatives, (one, key) =>
    rates.has(key) ? { ...one, rate: `(${before.get(key)} - ${key})/dt` } : one,
  );
  return { type: { ...type, derived, derivatives }, ...found };
}

/** The highest potential of a type's cells, in V: a little more than that from which events reset it, where these do. */
function highestOf(type: NeuronType, own: ReadonlySet<string>, isPotential: (name: string) => boolean): number {
  const declared = ownNames(type);
  const thresholds = Object.values(type.events).flatMap(({ when, do: code }) => {
    const written = [...writtenBy(code.flatMap((text) => parseStatements(text)))].filter(isPotential);
    return operandsOf(plain(when, declared), 'and').flatMap((one) => {
      if (one.kind !== 'binary' || !['>', '>='].includes(one.operator)) return [];
      if (one.left.kind !== 'name' || !written.includes(one.left.name)) return [];
      const { right } = one;
      const value =
        right.kind === 'name' && !own.has(right.name) ? type.parameters[right.name]?.value : constantOf(right);
      return typeof value === 'number' ? [value] : [];
    });
  });
  return thresholds.length === 0 ? highest : Math.min(highest, Math.max(...thresholds) + overshoot);
}

/** How many terms a series needs for the fastest rates; undefined where they follow from more than the potential. */
function termsOf(
  type: NeuronType,
  flows: ReadonlyMap<string, ReadonlyMap<string, Expression>>,
  own: ReadonlySet<string>,
  dt: number,
): { readonly terms: number; readonly highest: number } | undefined {
  const derived = derivedOf(type);
  if (derived === undefined) return undefined;
  const declared = ownNames(type);
  const all = [...flows].flatMap(([, from]) =>
    [...from].map(([state, e]) => ({ state, e: plain(substitute(e, derived), declared) })),
  );
  const isPotential = (name: string): boolean => type.state[name]?.unit === 'V';
  const isKnown = (name: string): boolean =>
    isPotential(name) ||
    name === 'dt' ||
    (!own.has(name) && typeof type.parameters[name]?.value === 'number') ||
    !declared.has(name);
  if (all.some(({ e }) => [...namesIn(e)].some((name) => !isKnown(name) || name === 't'))) return undefined;
  const most = highestOf(type, own, isPotential);
  let fastest = 0;
  try {
    for (let v = lowest; v <= most; v += 0.001) {
      const known = (name: string): number => {
        if (isPotential(name)) return v;
        const value = name === 'dt' ? dt : type.parameters[name]?.value;
        if (typeof value !== 'number') throw new NoNumber(name);
        return value;
      };
      const leaving = new Map<string, number>();
      for (const { state, e } of all) {
        const rate = valueAt(e, known);
        if (Number.isFinite(rate)) leaving.set(state, (leaving.get(state) ?? 0) + Math.abs(rate));
      }
      fastest = Math.max(fastest, ...leaving.values());
    }
  } catch (error) {
    if (error instanceof NoNumber) return undefined;
    throw error;
  }
  // The norm of the matrix of rates is twice the greatest rate at which a state is left.
  const norm = 2 * fastest * dt;
  let error = norm;
  for (let terms = 1; terms <= mostTerms; terms++) {
    error *= norm / (terms + 1);
    if (error < leastError) return { terms, highest: most };
  }
  return undefined;
}
