/**
 * Synapses with a response each, rewritten as receptors of their targets. Linear responses add up, so one variable of
 * the target replaces the responses of all its synapses.
 */

import { entryOf } from '../../diagnostics/entry.js';
import type { Assignment, Expression, Name, Statement } from '../../lang/ast.js';
import { assignment, binary, integer, name as named, quantity, sum } from '../../lang/build.js';
import { hertz } from '../../lang/dimension.js';
import { linearForm } from '../../lang/linear.js';
import { nameOf } from '../../lang/pattern.js';
import { printExpression } from '../../lang/print.js';
import { sideOf } from '../../lang/reference.js';
import { callsIn, equalExpressions, mapExpression, namesIn, substitute } from '../../lang/walk.js';
import { mapped, without } from '../../model/collections.js';
import {
  withExpressions,
  type DataStore,
  type NeuronType,
  type Projection,
  type SynapseType,
} from '../../model/typed.js';
import { UniqueNames } from '../../model/free-name.js';
import { constantOf, fold, plain } from '../recognise/numbers.js';
import { environmentOf, withNumbers } from '../recognise/values.js';
import { derivedOf, readsIn } from './texts.js';

/** The variables of a synapse that form its response, and their counterparts in the target. */
export interface Receptor {
  /** Equal for synapses with responses that add up. */
  readonly key: string;
  /** Variables of the target, by variables of the synapse. */
  readonly variables: ReadonlyMap<string, string>;
  /** New parts of the target: parameters, state and equations of the response. */
  readonly parts: Pick<NeuronType, 'parameters' | 'state' | 'derivatives'>;
  /** The input of the target that receives the contribution. */
  readonly input: string;
  /** The contribution, over the target's variables. */
  readonly contribution: Expression;
}

/** A synapse that only adds to a receptor of its target. */
interface Gathered {
  readonly receptor: Receptor;
  readonly synapse: SynapseType;
  /** Parameters that went to the target. */
  readonly moved: ReadonlySet<string>;
}

/** Creates receptors: one for all synapses with responses that add up. */
export class Receptors {
  readonly #known = new Map<string, Receptor>();
  readonly #names: UniqueNames;
  readonly #data: DataStore;

  /** @param taken  names of all variables and parameters of the model's cells */
  constructor(taken: Iterable<string>, data: DataStore) {
    this.#names = new UniqueNames(taken);
    this.#data = data;
  }

  /** Returns the receptor that a projection's synapses act on; undefined if there is no receptor. */
  of(given: SynapseType, projection: Projection): Gathered | undefined {
    const whole = withoutDerived(given);
    const values = mapped(given.parameters, ({ value }, key) => projection.values[key] ?? value);
    const { numbers } = environmentOf(values, this.#data);
    if (whole === undefined) return undefined;
    const type = asRising(whole, numbers);
    const parts = partsOf(type);
    if (parts === undefined) return undefined;
    const { response, input, contribution, rates } = parts;
    const all = [...rates.values(), contribution];
    const moved = new Set(all.flatMap((e) => [...namesIn(e)]).filter((key) => type.parameters[key]));
    const begins = response.map((name) => projection.values[name] ?? type.state[name]?.initial);
    if (![...moved].every((key) => numbers.has(key)) || begins.some((first) => first !== 0)) return undefined;
    const own = new Set([...Object.keys(type.parameters), ...Object.keys(type.state)]);
    const isLinear = all.every((e) => {
      const form = linearForm(plain(e, own), response);
      return form !== null && constantOf(fold(form.constant)) === 0;
    });
    if (!isLinear || callsIn(contribution).length > 0) return undefined;
    const settled = (e: Expression): string => printExpression(fold(withNumbers(plain(e, own), numbers)));
    const key = JSON.stringify([input, [...rates].map(([name, e]) => [name, settled(e)]), settled(contribution)]);
    const receptor = this.#known.get(key) ?? this.#declare(key, type, projection.synapse, parts, moved, numbers);
    const synapse = onArrival(type, receptor, response);
    if (synapse === undefined) return undefined;
    this.#known.set(key, receptor);
    return { receptor, synapse, moved };
  }

  #declare(
    key: string,
    type: SynapseType,
    name: string,
    { response, input, contribution, rates }: Parts,
    moved: ReadonlySet<string>,
    numbers: ReadonlyMap<string, number>,
  ): Receptor {
    const short = name.replace(/_?(Synapse|Syn)$/i, '') || name;
    const renamed = new Map([...response, ...moved].map((one) => [one, this.#names.take(`${one}_${short}`)] as const));
    const put = (e: Expression): Expression =>
      mapExpression(e, (part) => {
        if (part.kind !== 'name') return part;
        return named(part.to.kind === 'end' ? part.to.variable : (renamed.get(part.name) ?? part.name));
      });
    const ours = <T>(names: Iterable<string>, part: (one: string) => T): Record<string, T> =>
      Object.fromEntries([...names].map((one) => [renamed.get(one) ?? one, part(one)]));
    return {
      key,
      variables: new Map(response.map((one) => [one, renamed.get(one) ?? one] as const)),
      input,
      contribution: put(contribution),
      parts: {
        parameters: ours(moved, (one) => ({
          unit: type.parameters[one]?.unit ?? '1',
          type: 'real',
          value: numbers.get(one) ?? 0,
          shared: false,
        })),
        state: ours(response, (one) => ({
          unit: type.state[one]?.unit ?? '1',
          type: 'real',
          initial: 0,
          shared: false,
        })),
        derivatives: ours(response, (one) => ({ rate: put(entryOf(rates, one)), eventDriven: false })),
      },
    };
  }
}

/** Returns a synapse type with derived variables put in; undefined if they depend on each other. */
function withoutDerived(type: SynapseType): SynapseType | undefined {
  const derived = derivedOf(type);
  if (derived === undefined) return undefined;
  const { derivatives, state, pathways, contributes } = type;
  const whole = withExpressions({ derivatives, state, pathways, contributes }, (e) => substitute(e, derived));
  return { ...type, ...whole, derived: {} };
}

/**
 * Rewrites NeuroML's difference of two exponentials with a single rising variable: `y = B - A` has `y' = A*(1/riseTime
 * - 1/tauDecay) - y/tauDecay`. A spike that adds the same to both adds only to `A`. @source NeuroML 2.3, expTwoSynapse
 */
function asRising(type: SynapseType, numbers: ReadonlyMap<string, number>): SynapseType {
  return Object.keys(type.state).reduce<SynapseType>((made, decaying) => {
    const [isDecaying, prefix] = /^(\w+_)?B$/.exec(decaying) ?? [];
    const [a, b, rise, decay, noRise] = ['A', 'B', 'riseTime', 'tauDecay', 'noRise'].map((name) =>
      named(`${prefix ?? ''}${name}`),
    ) as [Name, Name, Name, Name, Name];
    const [[key, pathway] = ['', undefined], other] = Object.entries(made.pathways);
    const isOf = (e: Expression | undefined, variable: Name, tau: Name): boolean =>
      e !== undefined && equalExpressions(e, binary('-', quantity(0, hertz), binary('/', variable, tau)));
    const isPair =
      isOf(made.derivatives[a.name]?.rate, a, rise) &&
      isOf(made.derivatives[b.name]?.rate, b, decay) &&
      numbers.get(noRise.name) === 0;
    if (isDecaying === undefined || !isPair || other || !pathway) return made;
    const [added] = pathway.do.flatMap((one) => (isTo(one, b) ? (addedTo(one) ?? []) : []));
    const share = added && binary('*', added, binary('-', integer(1), noRise));
    const isBoth = (one: Statement): boolean => {
      const amount = isTo(one, a) ? addedTo(one) : undefined;
      return share !== undefined && amount !== undefined && equalExpressions(amount, share);
    };
    if (added === undefined || !pathway.do.some(isBoth)) return made;
    const difference = binary('-', b, a);
    const contributes = withExpressions(made.contributes, (e) =>
      mapExpression(e, (part) => (equalExpressions(part, difference) ? b : part)),
    );
    if (readsIn(contributes).has(a.name)) return made;
    const code = pathway.do.flatMap((one): readonly Statement[] =>
      isBoth(one) ? [assignment(a.name, '=', binary('+', a, added))] : isTo(one, b) ? [] : [one],
    );
    const falls = binary('/', b, decay);
    const rises = binary('*', a, binary('-', binary('/', integer(1), rise), binary('/', integer(1), decay)));
    return {
      ...made,
      contributes,
      derivatives: { ...made.derivatives, [decaying]: { rate: binary('-', rises, falls), eventDriven: false } },
      pathways: { [key]: { ...pathway, do: code } },
    };
  }, type);
}

/** Checks whether a statement assigns a value to a variable. */
const isTo = (one: Statement, { name }: Name): one is Assignment =>
  one.kind === 'assignment' && one.operator === '=' && one.target === name;

/** Returns the amount of `x = x + amount`. */
const addedTo = ({ target, value }: Assignment): Expression | undefined =>
  value.kind === 'binary' && value.operator === '+' && nameOf(value.left) === target ? value.right : undefined;

interface Parts {
  /** Variables that the contribution depends on. */
  readonly response: readonly string[];
  readonly rates: ReadonlyMap<string, Expression>;
  readonly input: string;
  readonly contribution: Expression;
}

/** Returns the response of a synapse type that only responds to spikes, at one input. */
function partsOf(type: SynapseType): Parts | undefined {
  const [only, second] = type.contributes;
  if (only === undefined || second !== undefined || only.to.kind === 'own' || only.to.end === 'pre') return undefined;
  if (type.summed.length + Object.keys(type.events ?? {}).length + type.noise.length > 0) return undefined;
  if (Object.values(type.pathways).some(({ on }) => on.end === 'post' || on.event !== 'spike')) return undefined;
  const { to, value: contribution } = only;
  const response = new Set([...namesIn(contribution)].filter((name) => type.state[name]));
  const rates = new Map<string, Expression>();
  for (const name of response) {
    const rate = type.derivatives[name]?.rate ?? integer(0);
    rates.set(name, rate);
    for (const read of namesIn(rate)) if (type.state[read]) response.add(read);
  }
  const reads = [contribution, ...rates.values()].flatMap((e) => [...namesIn(e)]);
  const isOfTarget = reads.every((name) => sideOf(name) !== 'pre' && name !== 't' && name !== 'dt');
  if (response.size === 0 || !isOfTarget) return undefined;
  return { response: [...response], rates, input: to.variable, contribution };
}

/** Returns the synapse without its response: its actions at the arrival of a spike. */
function onArrival(type: SynapseType, { variables }: Receptor, response: readonly string[]): SynapseType | undefined {
  const pathways: Record<string, SynapseType['pathways'][string]> = {};
  for (const [key, { slot: _, ...pathway }] of Object.entries(type.pathways)) {
    const statements: Statement[] = [];
    for (const statement of pathway.do) {
      if (statement.kind === 'send') return undefined;
      const ours = variables.get(statement.target);
      const amount = ours === undefined ? statement.value : amountOf(statement);
      if (amount === undefined || [...namesIn(amount)].some((one) => response.includes(one))) return undefined;
      if (ours === undefined) statements.push(statement);
      else if (constantOf(amount) !== 0) statements.push(assignment(`post.${ours}`, '+=', amount));
    }
    pathways[key] = { ...pathway, order: 0, do: statements };
  }
  const isResponse = { has: (name: string): boolean => response.includes(name) };
  const [state, derivatives] = [without(type.state, isResponse), without(type.derivatives, isResponse)];
  const used = new Set(readsIn([mapped(pathways, (one) => one.do), derivatives, state]));
  for (const name of used) for (const one of readsIn(type.parameters[name]?.value)) used.add(one);
  const { sequence: _, conformsTo: __, ...rest } = type;
  const parameters = without(type.parameters, { has: (key) => !used.has(key) });
  return { ...rest, parameters, state, derivatives, contributes: [], pathways };
}

/** Returns the amount that a statement adds to its variable: of `x += amount`, and of `x = x + amount`. */
function amountOf({ target, operator, value }: Assignment): Expression | undefined {
  if (operator === '+=') return value;
  const form = operator === '=' ? linearForm(value, [target]) : null;
  const slope = form?.coefficients.get(target);
  return form && slope && constantOf(slope) === 1 ? form.constant : undefined;
}

/** Returns a cell type with receptors, and adds their currents to its own. */
export function withReceptors(type: NeuronType, receptors: readonly Receptor[]): NeuronType {
  const inputs = new Map<string, Expression>();
  for (const { input, contribution } of receptors)
    inputs.set(input, sum(inputs.get(input) ?? named(input), contribution));
  const { derived, derivatives } = withExpressions({ derived: type.derived, derivatives: type.derivatives }, (e) =>
    substitute(e, inputs),
  );
  const { sequence: _, conformsTo: __, ...rest } = type;
  const added = <Part extends keyof Receptor['parts']>(part: Part): NeuronType[Part] =>
    Object.assign({}, ...receptors.map(({ parts }) => parts[part])) as NeuronType[Part];
  return {
    ...rest,
    parameters: { ...type.parameters, ...added('parameters') },
    state: { ...type.state, ...added('state') },
    derived,
    derivatives: { ...derivatives, ...added('derivatives') },
  };
}
