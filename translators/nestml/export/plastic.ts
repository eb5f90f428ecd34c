/** Plastic synapses of the model's own as NESTML models, which NEST pairs with the cells that they act on. */

import type { Assignment, Expression, Statement } from '../../../src/lang/ast.js';
import { name as nameOf, negated, number } from '../../../src/lang/build.js';
import { linearForm } from '../../../src/lang/linear.js';
import { parseUnit } from '../../../src/lang/units.js';
import { equalExpressions, mapStatement, namesIn, readsAny, substitute } from '../../../src/lang/walk.js';
import { environmentOf, valueOf } from '../../../src/library/recognise/values.js';
import { weightKindOf } from '../../../src/library/standard-type.js';
import {
  formulaOf,
  type DataStore,
  type NeuronType,
  type Projection,
  type SynapseType,
  type Value,
} from '../../../src/model/typed.js';
import { indented } from './cell-of-nest.js';
import { draws, nestmlAssignment, nestmlText, textOf, withStrictChoices, type Names } from './expressions.js';
import { NotInNestml } from './not-in-nestml.js';
import { reserved } from './reserved.js';
import { allValues } from './settled.js';
import type { NestmlSynapse, StaticUse } from './synapses.js';
import { nestmlQuantity, nestUnitOf } from './units.js';

/** Checks whether spikes change synapses of a type, or its variables follow equations. */
export const isPlastic = ({ derivatives, pathways, ports }: SynapseType): boolean =>
  Object.keys(derivatives).length > 0 ||
  Object.keys(pathways).length > 1 ||
  Object.values(pathways).some(({ do: statements }) =>
    statements.some((statement) => ownTarget(statement, ports) !== undefined),
  );

/** Returns the own variable that a statement assigns. */
const ownTarget = (statement: Statement, ports: object): string | undefined =>
  statement.kind === 'assignment' && statement.to.kind === 'own' && !Object.hasOwn(ports, statement.target)
    ? statement.target
    : undefined;

/**
 * Returns the effect of plastic synapses, which send a weight of their own.
 *
 * @param name  of the NESTML model
 * @throws NotInNestml
 */
export function plasticUse(
  name: string,
  { values: given, receptors }: Pick<Projection, 'values' | 'receptors'>,
  type: SynapseType,
  target: NeuronType,
  data: DataStore,
): StaticUse & { readonly synapse: NestmlSynapse } {
  const { state, parameters, derived, derivatives, ports, pathways } = type;
  refuse(type);
  const [pre, ...others] = Object.entries(pathways).filter(([, { on }]) => on.end === 'pre');
  const [post, ...more] = Object.entries(pathways).filter(([, { on }]) => on.end === 'post');
  if (pre === undefined || others.length + more.length > 0)
    throw new NotInNestml('synapses with several actions at one spike');
  const plain = (e: Expression): Expression => {
    const values = new Map(Object.entries(derived).map(([key, { value }]) => [key, value] as const));
    const result = substitute(e, values);
    return readsAny(result, values) ? plain(result) : result;
  };
  const codeOf = (pathway: typeof pre | undefined): readonly Statement[] =>
    (pathway?.[1].do ?? []).map((statement) => mapStatement(statement, plain));
  const [onPre, onPost] = [codeOf(pre), codeOf(post)];
  const isSent = (one: Statement): boolean => ownTarget(one, ports) === undefined;
  if (onPost.some(isSent)) throw new NotInNestml('synapses that change their target at its own spikes');
  const [sent, ...further] = onPre.filter(isSent).map((one) => sentBy(one, receptors));
  if (sent === undefined) throw new NotInNestml('synapses that do nothing to their target at spikes');
  if (further.some(({ variable, value }) => variable !== sent.variable || !equalExpressions(value, sent.value)))
    throw new NotInNestml('plastic synapses that add several values');
  const unit = target.state[sent.variable]?.unit;
  if (unit === undefined) throw new NotInNestml(`synapses onto ${sent.variable}`);
  const rates = Object.entries(derivatives).map(([key, { rate }]) => [key, plain(rate)] as const);
  const code = [...rates.map(([, rate]) => rate), ...[...onPre, ...onPost].map(({ value }) => value)];
  check(code, rates, Object.keys(state));

  const variables = { ...parameters, ...state };
  const assigned = new Set([...onPre, ...onPost].flatMap((one) => ownTarget(one, ports) ?? []));
  const known = allValues(type, given);
  const environment = environmentOf(known, data);
  const settled = (key: string): Value => {
    const value = known[key] ?? 0;
    const e = formulaOf(value);
    const found = e ? valueOf(e, environment) : value;
    if (found === undefined) throw new NotInNestml(`the value of ${key}, which PyNN's values do not express`);
    return found;
  };
  const read = [...namesIn(sent.value)].filter((key) => Object.hasOwn(variables, key));
  const weight =
    read.find((key) => assigned.has(key) && !Object.hasOwn(derivatives, key)) ??
    read.find((key) => typeof settled(key) !== 'number') ??
    read[0];
  if (weight === undefined) throw new NotInNestml('plastic synapses without a weight');
  const nestName = (key: string): string =>
    reserved.has(key) || key === 'delay' || (key === 'weight' && key !== weight) ? `${key}_` : key;
  const names: Names = (key) => {
    if (key === 'pi') return number(Math.PI);
    if (Object.hasOwn(variables, key)) return nameOf(nestName(key));
    throw new NotInNestml(`${key} in the code of synapses`);
  };
  const line = (key: string): string => {
    const { unit: si } = variables[key] ?? { unit: '1' };
    const value = settled(key);
    const { dimension } = parseUnit(si);
    return `${nestName(key)} ${nestUnitOf(si).type} = ${textOf(nestmlQuantity(typeof value === 'number' ? value : 0, dimension))}`;
  };
  const statement = (assignment: Assignment): string =>
    nestmlAssignment({ ...assignment, target: nestName(assignment.target) }, names);
  const actions = (statements: readonly Statement[]): readonly string[] => {
    const lines: string[] = [];
    for (const one of statements)
      if (!isSent(one)) lines.push(statement(one as Assignment));
      else if (!lines.some((text) => text.startsWith('emit_spike')))
        lines.push(`emit_spike(${nestmlText(sent.value, names)})`);
    return lines;
  };
  const isRead = (key: string): boolean => assigned.has(key) || code.some((e) => namesIn(e).has(key));
  const inState = (key: string): boolean => Object.hasOwn(state, key) || key === weight;
  const keys = Object.keys(variables).filter(isRead);
  const block = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', `    ${title}:`, ...lines.map(indented).map(indented)];
  const text = [
    `model ${name}:`,
    ...block('state', keys.filter(inState).map(line)).slice(1),
    ...block(
      'equations',
      rates.map(([key, rate]) => `${nestName(key)}' = ${nestmlText(withStrictChoices(rate), names)}`),
    ),
    ...block('parameters', keys.filter((key) => !inState(key)).map(line)),
    ...block('input', ['pre_spikes <- spike', ...(post === undefined ? [] : ['post_spikes <- spike'])]),
    ...block('output', ['spike']),
    ...block('update', rates.length === 0 ? [] : ['integrate_odes()']),
    ...block('onReceive(pre_spikes)', actions(onPre)),
    ...block('onReceive(post_spikes)', post === undefined ? [] : actions(onPost)),
    '',
  ].join('\n');
  const { dimension } = parseUnit(unit);
  const perSynapse = keys.filter((key) => key !== weight && typeof settled(key) !== 'number');
  const ownUnit = (key: string): string => nestUnitOf(variables[key]?.unit ?? '1').own;
  return {
    arrivals: [{ variable: sent.variable, dimension, factor: 1 }],
    variable: sent.variable,
    kind: weightKindOf(unit),
    weightUnit: ownUnit(weight),
    weight: settled(weight),
    // A synapse that sends later has its delay behind it, as NEST has it.
    pathway: sent.isLater && post !== undefined ? post[0] : pre[0],
    synapse: {
      name,
      text,
      weight: nestName(weight),
      isPaired: post !== undefined,
      values: Object.fromEntries(perSynapse.map((key) => [nestName(key), { value: settled(key), unit: ownUnit(key) }])),
      traces: keys
        .filter((key) => inState(key) && key !== weight && !onPre.some((one) => ownTarget(one, ports) === key))
        .map(nestName),
      variables: new Map(keys.map((key) => [key, { name: nestName(key), unit: ownUnit(key) }])),
    },
  };
}

function refuse({ contributes, summed, events, noise, pathways }: SynapseType): void {
  if (contributes.length > 0) throw new NotInNestml('synapses that act between spikes');
  if (summed.length > 0) throw new NotInNestml('sums over synapses');
  if (Object.keys(events ?? {}).length > 0) throw new NotInNestml('synapses with conditions');
  if (noise.length > 0) throw new NotInNestml('synapses with noise');
  const odd = Object.values(pathways).find(({ on }) => on.event !== 'spike');
  if (odd !== undefined) throw new NotInNestml(`synapses that react to ${odd.on.event}; NEST's cells send spikes`);
}

function check(code: readonly Expression[], rates: readonly (readonly [string, Expression])[], states: string[]): void {
  if (code.some((e) => [...namesIn(e)].some((name) => name.includes('.'))))
    throw new NotInNestml('synapses whose effect depends on the state of a cell');
  if (code.some(draws)) throw new NotInNestml('synapses that draw random numbers');
  const isLinear = (rate: Expression): boolean =>
    [...(linearForm(rate, states)?.coefficients.values() ?? [nameOf(states[0] ?? '')])].every(
      (coefficient) => !states.some((name) => namesIn(coefficient).has(name)),
    );
  if (!rates.every(([, rate]) => isLinear(rate))) throw new NotInNestml('synapses with equations that are not linear');
}

/** Returns the value that a statement adds to a variable of the target. */
function sentBy(
  statement: Statement,
  receptors: Projection['receptors'],
): { readonly variable: string; readonly value: Expression; readonly isLater: boolean } {
  if (statement.kind === 'send')
    return { variable: receptors[statement.port] ?? statement.port, value: statement.value, isLater: true };
  const { to, operator, value } = statement;
  if (to.kind !== 'own' && to.end !== 'post') throw new NotInNestml(`synapses that change ${statement.target}`);
  const variable = to.kind === 'own' ? (receptors[to.variable] ?? to.variable) : to.variable;
  if (operator !== '+=' && operator !== '-=')
    throw new NotInNestml(`synapses that set ${variable}, rather than add to it`);
  return { variable, value: operator === '-=' ? negated(value) : value, isLater: false };
}
