/**
 * Synapses with a response each, rewritten as receptors of their targets. Linear responses add up, so one variable of
 * the target replaces the responses of all its synapses.
 */

import { entryOf } from '../../diagnostics/entry.js';
import type { Assignment, Expression } from '../../lang/ast.js';
import { name as named, quantity, sum } from '../../lang/build.js';
import { scaleDecimal } from '../../lang/decimal.js';
import { linearForm } from '../../lang/linear.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression, printStatement } from '../../lang/print.js';
import { unitOf } from '../../lang/units.js';
import { callsIn, namesIn, substitute } from '../../lang/walk.js';
import { mapped, without } from '../../model/collections.js';
import { ownNames } from '../../model/declared-names.js';
import type { DataStore, NeuronType, Projection, SynapseType } from '../../model/model.js';
import { UniqueNames } from '../../model/free-name.js';
import { constantOf, fold, plain } from '../recognise/numbers.js';
import { environmentOf, withNumbers } from '../recognise/values.js';
import { derivedOf, namesOf, readsOf, replaced } from './texts.js';

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
  readonly #taken: ReadonlySet<string>;
  readonly #names: UniqueNames;
  readonly #data: DataStore;

  /** @param taken  names of all variables and parameters of the model's cells */
  constructor(taken: Iterable<string>, data: DataStore) {
    this.#taken = new Set(taken);
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
    const own = ownNames(type);
    const put = (e: Expression): Expression => {
      const ours = [...namesIn(e)].flatMap((one): (readonly [string, Expression])[] => {
        if (one.startsWith('post.')) return [[one, named(one.slice('post.'.length))]];
        const variable = renamed.get(one);
        if (variable !== undefined) return [[one, named(variable)]];
        // A unit in the synapse may have the name of a variable in the target.
        const unit = own.has(one) || !this.#taken.has(one) ? undefined : unitOf(one);
        return unit === undefined ? [] : [[one, quantity(scaleDecimal('1', unit.scale), unit.dimension)]];
      });
      return substitute(e, new Map(ours));
    };
    const text = (e: Expression): string => printExpression(put(e), { taken: (one) => this.#taken.has(one) });
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
        derivatives: ours(response, (one) => ({ rate: text(entryOf(rates, one)), eventDriven: false })),
      },
    };
  }
}

/** Returns a synapse type with derived variables put in; undefined if they depend on each other. */
function withoutDerived(type: SynapseType): SynapseType | undefined {
  const derived = derivedOf(type);
  if (derived === undefined) return undefined;
  const put = (text: string): string =>
    [...namesOf(text)].some((one) => derived.has(one)) ? replaced(text, derived) : text;
  const inCode = (text: string): string =>
    parseStatements(text)
      .map((statement) =>
        printStatement(
          statement.kind === 'assignment' ? { ...statement, value: substitute(statement.value, derived) } : statement,
        ),
      )
      .join('; ');
  return {
    ...type,
    derived: {},
    derivatives: mapped(type.derivatives, (derivative) => ({ ...derivative, rate: put(derivative.rate) })),
    state: mapped(type.state, (variable) =>
      typeof variable.initial === 'string' ? { ...variable, initial: put(variable.initial) } : variable,
    ),
    pathways: mapped(type.pathways, (pathway) => ({ ...pathway, do: pathway.do.map(inCode) })),
    contributes: mapped(type.contributes, put),
  };
}

/**
 * Rewrites NeuroML's difference of two exponentials with a single rising variable: `y = B - A` has `y' = A*(1/riseTime
 * - 1/tauDecay) - y/tauDecay`. A spike that adds the same to both adds only to `A`. @source NeuroML 2.3, expTwoSynapse
 */
function asRising(type: SynapseType, numbers: ReadonlyMap<string, number>): SynapseType {
  return Object.keys(type.state).reduce((made, decaying) => {
    const [, prefix] = /^(\w+_)?B$/.exec(decaying) ?? [];
    const [rising, rise, decay] = ['A', 'riseTime', 'tauDecay'].map((name) => `${prefix ?? ''}${name}`) as [
      string,
      string,
      string,
    ];
    const [[key, pathway] = ['', undefined], other] = Object.entries(made.pathways);
    const added = pathway?.do
      .find((text) => text.startsWith(`${decaying} = ${decaying} + `))
      ?.slice(2 * decaying.length + 6);
    const both = `${rising} = ${rising} + ${added ?? ''}*(1 - ${prefix ?? ''}noRise)`;
    const rates = [made.derivatives[rising]?.rate, made.derivatives[decaying]?.rate].join('; ');
    const isPair =
      rates === `0*Hz - ${rising}/${rise}; 0*Hz - ${decaying}/${decay}` &&
      numbers.get(`${prefix ?? ''}noRise`) === 0 &&
      pathway?.do.includes(both) === true;
    if (!isPair || other) return made;
    const contributes = mapped(made.contributes, (text) => text.replaceAll(`(${decaying} - ${rising})`, decaying));
    if (Object.values(contributes).some((text) => namesOf(text).has(rising))) return made;
    const code = pathway.do.flatMap((text) =>
      text === both ? [`${rising} = ${rising} + ${added}`] : text.startsWith(`${decaying} = `) ? [] : [text],
    );
    return {
      ...made,
      contributes,
      derivatives: {
        ...made.derivatives,
        [decaying]: { rate: `${rising}*(1/${rise} - 1/${decay}) - ${decaying}/${decay}`, eventDriven: false },
      },
      pathways: { [key]: { ...pathway, do: code } },
    };
  }, type);
}

interface Parts {
  /** Variables that the contribution depends on. */
  readonly response: readonly string[];
  readonly rates: ReadonlyMap<string, Expression>;
  readonly input: string;
  readonly contribution: Expression;
}

/** Returns the response of a synapse type that only responds to spikes, at one input. */
function partsOf(type: SynapseType): Parts | undefined {
  const [[target, text] = ['', ''], second] = Object.entries(type.contributes);
  if (text === '' || second !== undefined || !target.startsWith('post.')) return undefined;
  if (Object.keys({ ...type.summed, ...type.events }).length + type.noise.length > 0) return undefined;
  if (Object.values(type.pathways).some(({ on }) => on !== 'pre.spike')) return undefined;
  const contribution = parseExpression(text);
  const response = new Set([...namesIn(contribution)].filter((name) => type.state[name]));
  const rates = new Map<string, Expression>();
  for (const name of response) {
    const rate = parseExpression(type.derivatives[name]?.rate ?? '0');
    rates.set(name, rate);
    for (const read of namesIn(rate)) if (type.state[read]) response.add(read);
  }
  const reads = [contribution, ...rates.values()].flatMap((e) => [...namesIn(e)]);
  const isOfTarget = reads.every((name) => !name.startsWith('pre.') && name !== 't' && name !== 'dt');
  if (response.size === 0 || !isOfTarget) return undefined;
  return { response: [...response], rates, input: target.slice('post.'.length), contribution };
}

/** Returns the synapse without its response: its actions at the arrival of a spike. */
function onArrival(type: SynapseType, { variables }: Receptor, response: readonly string[]): SynapseType | undefined {
  const pathways: Record<string, SynapseType['pathways'][string]> = {};
  for (const [key, { slot: _, ...pathway }] of Object.entries(type.pathways)) {
    const statements: string[] = [];
    for (const statement of pathway.do.flatMap((text) => parseStatements(text))) {
      if (statement.kind === 'send') return undefined;
      const ours = variables.get(statement.target);
      const amount = ours === undefined ? statement.value : amountOf(statement);
      if (amount === undefined || [...namesIn(amount)].some((one) => response.includes(one))) return undefined;
      if (ours === undefined) statements.push(printStatement(statement));
      else if (constantOf(amount) !== 0) statements.push(`post.${ours} += ${printExpression(amount)}`);
    }
    pathways[key] = { ...pathway, order: 0, do: statements };
  }
  const isResponse = { has: (name: string): boolean => response.includes(name) };
  const [state, derivatives] = [without(type.state, isResponse), without(type.derivatives, isResponse)];
  const initial = Object.values(state).flatMap((variable) =>
    typeof variable.initial === 'string' ? [variable.initial] : [],
  );
  const used = new Set([
    ...Object.values(pathways).flatMap((one) => one.do.flatMap((text) => [...readsOf(text)])),
    ...[...Object.values(derivatives).map(({ rate }) => rate), ...initial].flatMap((text) => [...namesOf(text)]),
  ]);
  for (const name of used) {
    const value = type.parameters[name]?.value;
    if (typeof value === 'string') for (const one of namesOf(value)) used.add(one);
  }
  const { sequence: _, conformsTo: __, ...rest } = type;
  const parameters = without(type.parameters, { has: (key) => !used.has(key) });
  return { ...rest, parameters, state, derivatives, contributes: {}, pathways };
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
  const own = ownNames(type);
  const put = (text: string): string =>
    printExpression(substitute(parseExpression(text), inputs), { taken: (name) => own.has(name) });
  const { sequence: _, conformsTo: __, ...rest } = type;
  const added = <Part extends keyof Receptor['parts']>(part: Part): NeuronType[Part] =>
    Object.assign({}, ...receptors.map(({ parts }) => parts[part])) as NeuronType[Part];
  return {
    ...rest,
    parameters: { ...type.parameters, ...added('parameters') },
    state: { ...type.state, ...added('state') },
    derived: mapped(type.derived, (variable) => ({ ...variable, value: put(variable.value) })),
    derivatives: {
      ...mapped(type.derivatives, (derivative) => ({ ...derivative, rate: put(derivative.rate) })),
      ...added('derivatives'),
    },
  };
}
