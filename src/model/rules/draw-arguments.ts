import { populationOf } from '../selected.js';
import { isDrawn } from '../tagged.js';
import type { Call, Expression } from '../../lang/ast.js';
import { isRandom } from '../../lang/functions.js';
import { LangError } from '../../lang/lang-error.js';
import { parseStatements, parseExpression } from '../../lang/parse.js';
import { referenceOf } from '../../lang/reference.js';
import { callsIn, expressionsOf } from '../../lang/walk.js';
import { messages } from '../messages.js';
import type { EquationSet, Model, Projection } from '../model.js';
import { child } from '../pointer.js';
import { constantsOf, valueOf, type Constants } from './known-values.js';
import type { Rule } from './rule.js';

/**
 * Returns the requirement that the arguments of a draw violate, as a phrase; `NaN` marks an argument that is not known
 * before a run.
 */
type Check = (a: number, b: number, c: number, d: number) => string | undefined;

const atLeastZero =
  (what: string, at: 0 | 1 = 0): Check =>
  (...given) =>
    given[at] < 0 ? `${what} of 0 or more` : undefined;
const ordered = (low: number, high: number): string | undefined =>
  low > high ? 'a lower end that is not above the upper one' : undefined;
const deviation = atLeastZero('a standard deviation', 1);
const limited: Check = (a, b, c, d) => deviation(a, b, c, d) ?? ordered(c, d);
const positiveBoth: Check = (shape, scale) => (shape < 0 || scale < 0 ? 'a shape and a scale of 0 or more' : undefined);

/** By the names of functions that draw and of distributions of named generators. */
const checks: Readonly<Record<string, Check>> = {
  uniform: (low, high) => ordered(low, high),
  uniform_int: (low, high) => ordered(low, high),
  normal: deviation,
  lognormal: deviation,
  truncatedNormal: limited,
  normal_clipped: limited,
  normal_clipped_to_boundary: limited,
  exponential: atLeastZero('a mean'),
  poisson: atLeastZero('a mean'),
  gamma: positiveBoth,
  vonMises: atLeastZero('a concentration', 1),
  vonmises: atLeastZero('a concentration', 1),
  binomial: (n, p) =>
    n < 0 || Math.abs(n % 1) > 0 || n === Infinity || p < 0 || p > 1
      ? 'a whole number of trials, and a probability from 0 to 1'
      : undefined,
};

const calls = Object.keys(checks).map((name) => `${name}(`);

/** Checks whether a text can hold a draw: most hold none, and need not be read. */
const mayDraw = (text: string): boolean => calls.some((call) => text.includes(call));

/** Reports draws with arguments, known before a run, that define no distribution, and invalid probabilities. */
export const drawArguments: Rule = (model, { report }) => {
  const walk = (node: unknown, pointer: string, constants: Constants): void => {
    if (typeof node === 'string') {
      if (!mayDraw(node)) return;
      for (const call of drawsIn(node)) {
        const problem = wrongArguments(call, constants);
        if (problem) report(messages.badDraw(call.function, problem.expected, problem.found), pointer);
      }
    } else if (isDrawn(node)) {
      const expected = checks[node.distribution]?.(...four(node.arguments));
      if (expected !== undefined)
        report(messages.badDraw(node.distribution, expected, node.arguments.join(', ')), child(pointer, 'arguments'));
    } else if (typeof node === 'object' && node !== null && !ArrayBuffer.isView(node)) {
      // Long lists are of numbers.
      if (Array.isArray(node) && typeof node[0] === 'number') return;
      for (const [key, part] of Object.entries(node)) walk(part, child(pointer, key), constants);
    }
  };
  const given = (types: 'neurons' | 'synapses'): void => {
    const users =
      types === 'neurons'
        ? Object.values(model.populations).map(({ type, values }) => [type, values] as const)
        : Object.values(model.projections).map(({ synapse, values }) => [synapse, values] as const);
    const valuesOf = new Map<string | undefined, (typeof users)[number][1][]>();
    for (const [type, values] of users) {
      const known = valuesOf.get(type);
      if (known) known.push(values);
      else valuesOf.set(type, [values]);
    }
    const sets: Readonly<Record<string, EquationSet>> = model[types];
    for (const [name, type] of Object.entries(sets)) {
      // A used type is checked with the values of each user, an unused one with its own.
      for (const values of valuesOf.get(name) ?? [{}])
        walk(type, child(`/${types}`, name), constantsOf(model, type, values));
    }
  };
  given('neurons');
  given('synapses');
  for (const [name, population] of Object.entries(model.populations))
    walk(
      population,
      child('/populations', name),
      constantsOf(model, model.neurons[population.type ?? ''], population.values),
    );
  for (const [name, projection] of Object.entries(model.projections)) {
    const constants = constantsOf(model, model.synapses[projection.synapse], projection.values);
    const pointer = child('/projections', name);
    walk(projection, pointer, constants);
    for (const [index, rule] of projection.connect.entries()) {
      const [p, at] =
        rule.rule === 'pairs'
          ? [rule.p, 'p']
          : rule.rule === 'generator'
            ? [rule.range.sample?.p, 'range/sample/p']
            : [undefined, ''];
      const value = typeof p === 'string' ? valueOf(parseExpression(p), constants, ofEnds(model, projection)) : p;
      if (value !== undefined && !(value >= 0 && value <= 1))
        report(messages.notProbability(value), `${pointer}/connect/${index}/${at}`);
      const size = rule.rule === 'generator' ? rule.range.sample?.size : undefined;
      const count = size === undefined ? undefined : valueOf(parseExpression(size), constants);
      if (count !== undefined && count < 0)
        report(messages.negativeSample(count), `${pointer}/connect/${index}/range/sample/size`);
    }
  }
  const constants = constantsOf(model);
  for (const part of ['stimuli', 'operations', 'experiment'] as const) walk(model[part], `/${part}`, constants);
};

/** Returns the constants of the cells at both ends, as connection rules name them: `pre.tau`. */
function ofEnds(model: Model, { from, to }: Projection): Constants {
  const of = ({ of: rule }: Projection['from']): Constants => {
    const population = model.populations[populationOf(rule) ?? ''];
    return constantsOf(model, model.neurons[population?.type ?? ''], population?.values);
  };
  const ends = { pre: of(from), post: of(to) };
  return (name) => {
    const reference = referenceOf(name);
    return reference.kind === 'end' ? ends[reference.end](reference.variable) : undefined;
  };
}

const four = ([a = NaN, b = NaN, c = NaN, d = NaN]: readonly number[]): [number, number, number, number] => [
  a,
  b,
  c,
  d,
];

/** Returns the mistake in the arguments of a draw, as far as they are known. */
function wrongArguments(
  { function: name, arguments: given }: Call,
  constants: Constants,
): { readonly expected: string; readonly found: string } | undefined {
  const values = given.map((argument) => valueOf(argument, constants) ?? NaN);
  const expected = checks[name]?.(...four(values));
  return expected === undefined
    ? undefined
    : { expected, found: values.map((value) => (Number.isNaN(value) ? '...' : String(value))).join(', ') };
}

/** Returns the draws in a text: an expression, or a statement; none in any other text. */
function drawsIn(text: string): readonly Call[] {
  const trees = attempt(() => [parseExpression(text)]) ?? attempt(() => parseStatements(text).flatMap(expressionsOf));
  return (trees ?? []).flatMap((tree) => callsIn(tree)).filter((call) => isRandom(call.function));
}

function attempt(parse: () => readonly Expression[]): readonly Expression[] | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof LangError) return undefined;
    throw error;
  }
}
