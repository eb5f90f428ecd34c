/**
 * Synapses with a response each, rewritten as receptors of their targets. Linear responses add up, so one variable of the target
 * replaces the responses of all its synapses.
 */

import type { Expression } from '../../lang/ast.js';
import { name as named, negated, product, quantity, sum } from '../../lang/build.js';
import { scaleDecimal } from '../../lang/decimal.js';
import { linearForm } from '../../lang/linear.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { printExpression, printStatement } from '../../lang/print.js';
import { unitOf } from '../../lang/units.js';
import { callsIn, namesIn, substitute } from '../../lang/walk.js';
import { isRandom } from '../../lang/functions.js';
import { mapped } from '../../model/collections.js';
import { ownNames } from '../../model/declared-names.js';
import type { DataStore, NeuronType, Projection, SynapseType } from '../../model/model.js';
import { freeName, UniqueNames } from '../../model/free-name.js';
import { constantOf, fold, near, plain, sequence, tidy, valueAt } from '../recognise/numbers.js';
import { environmentOf, withNumbers } from '../recognise/values.js';
import { derivedOf, namesOf, replaced } from './texts.js';

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

  /** Returns the receptor that a projection's synapses act on, or a text with the reason if there is no receptor. */
  of(given: SynapseType, projection: Projection): Gathered | string {
    const type = this.#asRising(given, projection);
    const parts = partsOf(type);
    if (typeof parts === 'string') return parts;
    const { response, input, contribution } = parts;
    const values = Object.fromEntries(
      Object.entries(type.parameters).map(([key, { value }]) => [key, projection.values[key] ?? value] as const),
    );
    const { numbers } = environmentOf(values, this.#data);
    const rates = new Map(
      response.map((name) => [name, parseExpression(type.derivatives[name]?.rate ?? '0')] as const),
    );
    const moved = new Set(
      [...rates.values(), contribution].flatMap((e) => [...namesIn(e)]).filter((key) => type.parameters[key]),
    );
    const odd = [...moved].find((key) => !numbers.has(key));
    if (odd !== undefined) return `its ${odd} differs between synapses`;
    if (response.some((name) => (projection.values[name] ?? type.state[name]?.initial) !== 0))
      return 'its response does not start at 0';
    const own = new Set([...Object.keys(type.parameters), ...Object.keys(type.state)]);
    const settled = (e: Expression): string => printExpression(fold(withNumbers(plain(e, own), numbers)));
    const nonlinear = callsIn(contribution).length > 0;
    if (nonlinear) return 'its contribution is neither a current nor a conductance';
    if (!isLinear(rates, contribution, response, own)) return 'its response is not linear';
    const key = JSON.stringify([input, [...rates].map(([name, e]) => [name, settled(e)]), settled(contribution)]);
    const receptor =
      this.#known.get(key) ?? this.#declare(key, type, projection, { input, contribution, rates, moved, numbers });
    this.#known.set(key, receptor);
    const synapse = this.#onArrival(type, receptor, response);
    return typeof synapse === 'string' ? synapse : { receptor, synapse, moved };
  }

  /**
   * Rewrites the difference of two exponentials with a single rising variable: `y = B - A` has `y' = -y/tB + A*(1/tA - 1/tB)`. A
   * spike that adds the same to both adds only to `A`.
   */
  #asRising(type: SynapseType, { values }: Projection): SynapseType {
    const parts = partsOf(type);
    if (typeof parts === 'string' || parts.response.length !== 2) return type;
    const given = Object.fromEntries(
      Object.entries(type.parameters).map(([key, { value }]) => [key, values[key] ?? value] as const),
    );
    const { numbers } = environmentOf(given, this.#data);
    const own = ownNames(type);
    const settled = (e: Expression): Expression => fold(withNumbers(plain(e, own), numbers));
    const slopes = parts.response.map((name) => {
      const form = linearForm(settled(parseExpression(type.derivatives[name]?.rate ?? '0')), parts.response);
      const slope = form?.coefficients.get(name);
      return form?.coefficients.size === 1 && slope !== undefined ? constantOf(slope) : undefined;
    });
    const [first, second] = slopes;
    if (first === undefined || second === undefined || first === second) return type;
    const [fastName = '', slowName = ''] = first < second ? parts.response : [...parts.response].reverse();
    const form = linearForm(parts.contribution, parts.response);
    const [fast, slow] = [form?.coefficients.get(fastName), form?.coefficients.get(slowName)];
    if (fast === undefined || slow === undefined || !agree(settled(fast), settled(negated(slow)))) return type;
    const pathways: Record<string, SynapseType['pathways'][string]> = {};
    for (const [key, pathway] of Object.entries(type.pathways)) {
      const statements = pathway.do.flatMap((text) => parseStatements(text));
      const added = (name: string): Expression | undefined => {
        const [statement, again] = statements.filter((one) => one.kind === 'assignment' && one.target === name);
        if (statement?.kind !== 'assignment' || again !== undefined) return undefined;
        return amountOf(name, statement.operator, statement.value, parts.response);
      };
      const [a, b] = [added(fastName), added(slowName)];
      if (a === undefined || b === undefined || !agree(settled(a), settled(b))) return type;
      pathways[key] = {
        ...pathway,
        do: statements
          .filter((one) => one.kind !== 'assignment' || one.target !== fastName)
          .map((one) =>
            one.kind === 'assignment' && one.target === slowName
              ? `${fastName} += ${printExpression(b)}`
              : printStatement(one),
          ),
      };
    }
    const [target = ''] = Object.keys(type.contributes);
    const times = [fastName, slowName].map((name) => 1 / -(slopes[parts.response.indexOf(name)] ?? NaN));
    const [rise = NaN, decay = NaN] = times.map((time) => tidy(Number(time.toPrecision(14))));
    const derived = derivedOf(type) ?? new Map<string, Expression>();
    const others = overState(type, derived);
    const tau = { type: 'real', unit: 's', shared: false } as const;
    const [riseName, decayName] = ['tau_rise', 'tau_decay'].map((name) => freeName(name, (one) => own.has(one)));
    return {
      ...type,
      parameters: {
        ...type.parameters,
        [riseName ?? '']: { ...tau, value: rise },
        [decayName ?? '']: { ...tau, value: decay },
      },
      state: others.state,
      derivatives: {
        ...others.derivatives,
        [fastName]: { rate: `-${fastName}/${riseName ?? ''}`, eventDriven: false },
        [slowName]: {
          rate: `-${slowName}/${decayName ?? ''} + ${fastName}*(1/${riseName ?? ''} - 1/${decayName ?? ''})`,
          eventDriven: false,
        },
      },
      derived: {},
      pathways: Object.fromEntries(
        Object.entries(pathways).map(([key, pathway]) => [
          key,
          { ...pathway, do: pathway.do.map((text) => withDerived(text, derived)) },
        ]),
      ),
      contributes: { [target]: printExpression(product(slow, named(slowName))) },
    };
  }

  #declare(
    key: string,
    type: SynapseType,
    { synapse }: Projection,
    parts: {
      readonly input: string;
      readonly contribution: Expression;
      readonly rates: ReadonlyMap<string, Expression>;
      readonly moved: ReadonlySet<string>;
      readonly numbers: ReadonlyMap<string, number>;
    },
  ): Receptor {
    const { input, contribution, rates, moved, numbers } = parts;
    const short = synapse.replace(/_?(Synapse|Syn)$/i, '') || synapse;
    const renamed = new Map(
      [...rates.keys(), ...moved].map((name) => [name, this.#names.take(`${name}_${short}`)] as const),
    );
    // A unit in the synapse may have the name of a variable in the target.
    const own = ownNames(type);
    const units = (e: Expression): ReadonlyMap<string, Expression> =>
      new Map(
        [...namesIn(e)].flatMap((name): [string, Expression][] => {
          const unit = own.has(name) || !this.#taken.has(name) ? undefined : unitOf(name);
          return unit === undefined ? [] : [[name, quantity(scaleDecimal('1', unit.scale), unit.dimension)]];
        }),
      );
    const text = (e: Expression): string => printExpression(e, { taken: (name) => this.#taken.has(name) });
    const put = (e: Expression): Expression =>
      substitute(
        withoutEnds(substitute(e, units(e))),
        new Map([...renamed].map(([name, ours]) => [name, named(ours)] as const)),
      );
    const variables = new Map([...rates.keys()].map((name) => [name, renamed.get(name) ?? name] as const));
    return {
      key,
      variables,
      input,
      contribution: put(contribution),
      parts: {
        parameters: Object.fromEntries(
          [...moved].map((name) => [
            renamed.get(name) ?? name,
            { unit: type.parameters[name]?.unit ?? '1', type: 'real', value: numbers.get(name) ?? 0, shared: false },
          ]),
        ),
        state: Object.fromEntries(
          [...variables].map(([name, ours]) => [
            ours,
            { unit: type.state[name]?.unit ?? '1', type: 'real', initial: 0, shared: false },
          ]),
        ),
        derivatives: Object.fromEntries(
          [...rates].map(([name, e]) => [variables.get(name) ?? name, { rate: text(put(e)), eventDriven: false }]),
        ),
      },
    };
  }

  /** Returns the synapse without its response: its actions at the arrival of a spike. */
  #onArrival(type: SynapseType, { variables }: Receptor, response: readonly string[]): SynapseType | string {
    const derived = derivedOf(type);
    if (derived === undefined) return 'its variables depend on each other';
    const pathways: Record<string, SynapseType['pathways'][string]> = {};
    for (const [key, { slot: _, ...pathway }] of Object.entries(type.pathways)) {
      const statements: string[] = [];
      for (const statement of pathway.do.flatMap((text) => parseStatements(text))) {
        if (statement.kind === 'send') return 'it sends';
        const value = substitute(statement.value, derived);
        const ours = variables.get(statement.target);
        if (ours === undefined) {
          if ([...namesIn(value)].some((one) => response.includes(one)))
            return 'its plasticity depends on its response';
          statements.push(printStatement({ ...statement, value }));
          continue;
        }
        const amount = amountOf(statement.target, statement.operator, value, response);
        if (amount === undefined) return `a spike does not add to ${statement.target}`;
        if (constantOf(amount) !== 0) statements.push(`post.${ours} += ${printExpression(amount)}`);
      }
      pathways[key] = { ...pathway, order: 0, do: statements };
    }
    const left = Object.keys(type.state).filter((name) => !response.includes(name));
    const reads = (texts: readonly string[]): ReadonlySet<string> =>
      new Set(
        texts
          .flatMap((text) => parseStatements(text))
          .flatMap((one) => (one.kind === 'send' ? [] : [...namesIn(one.value)])),
      );
    const { derivatives: rates, state } = overState(type, derived);
    const used = new Set([
      ...reads(Object.values(pathways).flatMap((one) => one.do)),
      ...left.flatMap((name) => [...namesOf(rates[name]?.rate ?? '0')]),
      ...left.flatMap((name) => {
        const initial = state[name]?.initial;
        return typeof initial === 'string' ? [...namesOf(initial)] : [];
      }),
    ]);
    for (let before = -1; before !== used.size;) {
      before = used.size;
      for (const name of [...used]) {
        const value = type.parameters[name]?.value;
        if (typeof value === 'string') for (const one of namesOf(value)) used.add(one);
      }
    }
    const only = <T>(map: Readonly<Record<string, T>>, keep: (key: string) => boolean): Record<string, T> =>
      Object.fromEntries(Object.entries(map).filter(([key]) => keep(key)));
    const { sequence: _, conformsTo: __, ...rest } = type;
    return {
      ...rest,
      parameters: only(type.parameters, (key) => used.has(key)),
      state: only(state, (key) => left.includes(key)),
      derived: {},
      derivatives: only(rates, (key) => left.includes(key)),
      contributes: {},
      pathways,
    };
  }
}

/** Checks whether two expressions have the same value at points. */
function agree(a: Expression, b: Expression): boolean {
  const random = sequence(20260102);
  return [1, 2, 3].every(() => {
    const values = new Map<string, number>();
    const look = (name: string): number => {
      const value = values.get(name) ?? random();
      values.set(name, value);
      return value;
    };
    try {
      return near(valueAt(a, look), valueAt(b, look));
    } catch {
      return false;
    }
  });
}

/** Returns rates and first values with derived variables put in. */
function overState(
  type: SynapseType,
  derived: ReadonlyMap<string, Expression>,
): Pick<SynapseType, 'derivatives' | 'state'> {
  const put = (text: string): string => replaced(text, derived);
  return {
    derivatives: mapped(type.derivatives, (one) => ({ ...one, rate: put(one.rate) })),
    state: mapped(type.state, (one) => (typeof one.initial === 'string' ? { ...one, initial: put(one.initial) } : one)),
  };
}

/** Returns statements with derived variables put in. */
const withDerived = (text: string, derived: ReadonlyMap<string, Expression>): string =>
  parseStatements(text)
    .map((one) => printStatement(one.kind === 'assignment' ? { ...one, value: substitute(one.value, derived) } : one))
    .join('; ');

interface Parts {
  /** Variables that the contribution depends on. */
  readonly response: readonly string[];
  readonly input: string;
  readonly contribution: Expression;
}

function partsOf(type: SynapseType): Parts | string {
  const [[target, text] = ['', ''], second] = Object.entries(type.contributes);
  if (text === '' || second !== undefined || !target.startsWith('post.')) return 'it does not act on exactly one input';
  if (Object.keys(type.summed).length + type.noise.length + Object.keys(type.events ?? {}).length > 0)
    return 'it does more than respond to spikes';
  if (Object.values(type.pathways).some(({ on }) => on !== 'pre.spike')) return 'it reacts to other events';
  const derived = derivedOf(type);
  if (derived === undefined) return 'its variables depend on each other';
  const contribution = substitute(parseExpression(text), derived);
  const response = new Set([...namesIn(contribution)].filter((name) => type.state[name]));
  for (const name of response)
    for (const read of namesOf(type.derivatives[name]?.rate ?? '0'))
      if (type.state[read]) response.add(read);
      else if (derived.has(read)) return 'its rates depend on derived variables';
  if (response.size === 0) return 'it acts continuously';
  const reads = [
    ...namesIn(contribution),
    ...[...response].flatMap((name) => [...namesOf(type.derivatives[name]?.rate ?? '0')]),
  ];
  if (reads.some((name) => name.startsWith('pre.') || name === 't' || name === 'dt'))
    return 'its response depends on more than its target';
  return { response: [...response], input: target.slice('post.'.length), contribution };
}

/** Checks whether responses add up: rates and contribution are linear in the response, without constants. */
function isLinear(
  rates: ReadonlyMap<string, Expression>,
  contribution: Expression,
  response: readonly string[],
  own: ReadonlySet<string>,
): boolean {
  return [...rates.values(), contribution].every((e) => {
    const form = linearForm(plain(e, own), response);
    return form !== null && constantOf(fold(form.constant)) === 0;
  });
}

/** Returns the amount that a spike adds to a variable. */
function amountOf(
  target: string,
  operator: string,
  value: Expression,
  response: readonly string[],
): Expression | undefined {
  if (operator === '+=') return [...namesIn(value)].some((one) => response.includes(one)) ? undefined : value;
  if (operator !== '=') return undefined;
  if (callsIn(value).some((one) => isRandom(one.function))) return undefined;
  const form = linearForm(value, response);
  const slope = form?.coefficients.get(target);
  if (form === null || slope === undefined || form.coefficients.size !== 1 || constantOf(slope) !== 1) return undefined;
  return form.constant;
}

/** `post.v` as `v`: inside the target. */
function withoutEnds(e: Expression): Expression {
  const far = [...namesIn(e)].filter((name) => name.startsWith('post.'));
  return substitute(e, new Map(far.map((name) => [name, named(name.slice('post.'.length))] as const)));
}

/** Returns a cell type with receptors, and adds their currents to its own. */
export function withReceptors(type: NeuronType, receptors: readonly Receptor[]): NeuronType {
  if (receptors.length === 0) return type;
  const inputs = new Map<string, Expression>();
  for (const { input, contribution } of receptors)
    inputs.set(input, sum(inputs.get(input) ?? named(input), contribution));
  const own = ownNames(type);
  const put = (text: string): string =>
    printExpression(substitute(parseExpression(text), inputs), { taken: (name) => own.has(name) });
  const { sequence: _, conformsTo: __, ...rest } = type;
  return {
    ...rest,
    parameters: Object.assign(
      {},
      type.parameters,
      ...receptors.map(({ parts }) => parts.parameters),
    ) as NeuronType['parameters'],
    state: Object.assign({}, type.state, ...receptors.map(({ parts }) => parts.state)) as NeuronType['state'],
    derived: Object.fromEntries(
      Object.entries(type.derived).map(([key, one]) => [key, { ...one, value: put(one.value) }]),
    ),
    derivatives: {
      ...Object.fromEntries(
        Object.entries(type.derivatives).map(([key, one]) => [key, { ...one, rate: put(one.rate) }]),
      ),
      ...(Object.assign({}, ...receptors.map(({ parts }) => parts.derivatives)) as NeuronType['derivatives']),
    },
  };
}
