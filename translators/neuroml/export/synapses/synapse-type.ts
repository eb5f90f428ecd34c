/** Component types of synapse types for a pair of populations, and of attachments to cells without spikes. */

import { referenceOf, sideOf } from '../../../../src/lang/reference.js';
import { dimensionless, type Expression } from '../../../../src/lang/ast.js';
import { binary, name as nameOf } from '../../../../src/lang/build.js';
import { equalDimensions, siemens } from '../../../../src/lang/dimension.js';
import { declaredName } from '../../../../src/library/declared-types.js';
import { child } from '../../../../src/model/pointer.js';
import type { Projection, SynapseType } from '../../../../src/model/typed.js';
import { attempting, builderOf, type Attempt } from '../builder.js';
import type { CellPlan, Channel, ExportContext } from '../context.js';
import { jumpsOf, readOfSource, variableOfTarget } from './effects.js';
import { declareResponse, type Response } from './response.js';
import { dimensionOfUnit, isPure } from '../text/dimensions.js';
import { writeContributions, writeEquations } from '../common-equations.js';
import { waitingFor, writePathways } from './pathways.js';
import { namesRead, placeWords } from './synapse-code.js';
import type { TypeBuilder } from '../type-builder.js';
import { NotExpressible } from '../../../../src/library/not-expressible.js';
import { numberAt, type Numbers } from '../../../../src/library/element-values.js';
import { near } from '../../../../src/library/recognise/numbers.js';
import { element, type Element } from '../text/xml-text.js';

/** Values that vary between the synapses of a projection: each connection gives them. */
interface SynapseUsage {
  readonly varying: ReadonlySet<string>;
  readonly started: ReadonlySet<string>;
  /** Whether connections give only a weight and a delay, as NeuroML's `connectionWD`: at most one value varies. */
  readonly hasWeight?: boolean;
  /** Numbers of the synapses, by name. */
  readonly values: ReadonlyMap<string, Numbers>;
  /** The source cells, for synapses that read variables of them. */
  readonly source?: CellPlan | undefined;
}

/** A synapse type as a component type. */
export interface BuiltSynapse {
  /** Its name. */
  readonly componentType: string;
  /** Its definition. */
  readonly element: Element;
  /** Names of parameters and first values by the model's names: of the component, and of each connection. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Names of values that each connection gives, by the model's names. */
  readonly properties: ReadonlyMap<string, string>;
  /** Values of parameters that the core type has. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The meaning of a connection's weight; undefined if connections need their own type. */
  readonly weight?: ConnectionWeight;
  /** Names of state and derived variables by the model's names. */
  readonly visible: ReadonlyMap<string, string>;
  /** The type of the other end, for synapses that see the cell that they come from. */
  readonly peer?: OtherEnd;
}

/** The value that weights of connections give: in the model, and as the parameter with its value for weight 1. */
interface ConnectionWeight {
  /** Undefined if all weights are 1. */
  readonly of?: string;
  /** Undefined for a pure number, which is the weight itself. */
  readonly base?: string;
}

/** The type of the other ends of synapses. */
interface OtherEnd {
  readonly componentType: string;
  readonly element: Element;
}

/** Returns the component type of the synapses of a projection. */
export function synapseType(
  id: string,
  projection: Projection,
  type: SynapseType,
  target: CellPlan,
  usage: SynapseUsage,
  context: ExportContext,
): BuiltSynapse {
  const builder = builderOf(context);
  const parameters = new Map<string, string>();
  const properties = new Map<string, string>();
  const pointer = child('/synapses', projection.synapse);
  const attempt = attempting(pointer, context);
  requirePost(type, target, builder);
  const response = responseOf(projection, type, target, builder);
  // Several projections may share the type of one name.
  const named = declaredName(type);
  const componentType = context.ids.claim(named === '' || named === 'StaticSynapse' ? `${id}_synapse` : named);
  const seen = readOfSource(type);
  const peerType = seen.length > 0 ? context.ids.claim(`${id}_other_end`) : undefined;
  if (peerType !== undefined) attempt('', () => requirePeer(peerType, seen, type, usage.source, builder));
  const weight =
    usage.hasWeight === true && peerType === undefined
      ? builder.declare(connectionWeight, dimensionless, 'weight')
      : undefined;
  const hasWeight = weight === 'weight';
  if (hasWeight) builder.properties.push(element('Property', { name: weight, dimension: 'none', defaultValue: '1' }));
  // A weight of the model becomes the connections' weight, even if all are equal.
  const isWeightOf = (name: string): boolean =>
    Object.hasOwn(type.parameters, name) || (Object.hasOwn(type.state, name) && usage.started.has(name));
  const own = usage.varying.size === 0 ? ['weight', 'w'].filter(isWeightOf).slice(0, 1) : [];
  const varying = hasWeight ? new Set([...usage.varying, ...own]) : usage.varying;
  let given: ConnectionWeight = {};
  const value = (name: string, declared: string, unit: string): string => {
    const dimension = dimensionOfUnit(unit);
    const isWeight = hasWeight && varying.has(name);
    if (isWeight && isPure(dimension)) {
      given = { of: name };
      builder.aliases.set(declared, nameOf(connectionWeight));
      return weight;
    }
    if (isWeight && response?.withBase !== undefined && equalDimensions(dimension, siemens)) {
      given = { of: name, base: 'gbase' };
      builder.inherited(baseOf(declared), dimension, 'gbase');
      builder.aliases.set(declared, binary('*', nameOf(connectionWeight), nameOf(baseOf(declared))));
      return `${weight} * gbase`;
    }
    const wanted = declared === name ? (placeWords[name] ?? name) : `${name}_start`;
    const lems = builder.declare(isWeight ? baseOf(declared) : declared, dimension, isWeight ? `${name}_base` : wanted);
    const attributes = { name: lems, dimension: context.dimensions.nameOf(dimension) };
    if (isWeight) {
      given = { of: name, base: lems };
      builder.aliases.set(declared, binary('*', nameOf(connectionWeight), nameOf(baseOf(declared))));
      builder.parameters.push(element('Parameter', attributes));
      return `${weight} * ${lems}`;
    }
    if (varying.has(name)) {
      builder.properties.push(element('Property', { ...attributes, defaultValue: '0' }));
      properties.set(name, lems);
    } else {
      builder.parameters.push(element('Parameter', attributes));
      parameters.set(name, lems);
    }
    return lems;
  };
  const read = namesRead(type);
  const { decay } = response ?? {};
  if (
    decay &&
    Object.hasOwn(type.parameters, 'tau_syn') &&
    near(numberAt(usage.values.get('tau_syn'), 0), decay.seconds)
  ) {
    builder.aliases.set('tau_syn', decay.expression);
    read.delete('tau_syn');
  }
  for (const [name, { unit }] of Object.entries(type.parameters)) if (read.has(name)) value(name, name, unit);
  for (const [name, { unit }] of Object.entries(type.state))
    builder.state(name, dimensionOfUnit(unit), true, hasWeight && name === 'weight' ? 'w' : name);
  for (const [name, { unit }] of Object.entries(type.derived)) builder.declare(name, dimensionOfUnit(unit));
  for (const name of usage.started) {
    const unit = type.state[name]?.unit ?? '1';
    const start = value(name, `start of ${name}`, unit);
    builder.starts.push(builder.assign(builder.nameOf(name), start));
  }
  equations(type, builder, attempt);
  const sums = sumsOf(type, projection);
  const valueOf = (channel: Channel): Expression | undefined => {
    if (channel.kind === 'jump') return arrived(channel, builder);
    const sum = sums.get(channel.variable);
    const own = sum && builder.folded(sum);
    const current = channel.exposure === 'i' ? response?.current : undefined;
    return own && current ? binary('+', own, current) : (own ?? current);
  };
  const hasBase = given.base === 'gbase';
  if (response)
    builder.parameters.push(
      // The base with a conductance has the reversal potential.
      ...response.parameters.filter(({ attributes }) => !hasBase || attributes['name'] !== 'erev'),
    );
  writeContributions(target, valueOf, builder, attempt);
  writePathways({ projection, type, target, pointer, builder, context }, attempt);
  return {
    componentType,
    element: builder.build(
      componentType,
      peerType !== undefined
        ? gradedBase(target)
        : hasBase
          ? (response?.withBase ?? '')
          : (response?.base ?? target.attachment),
      named === '' ? `Synapses of ${id}.` : `PyNN's ${named}.`,
    ),
    parameters,
    properties,
    attributes: response?.attributes ?? {},
    ...(hasWeight ? { weight: given } : {}),
    visible: new Map(
      [...Object.keys(type.state), ...Object.keys(type.derived)].map((name) => [name, builder.nameOf(name)]),
    ),
    ...(peerType === undefined || !usage.source
      ? {}
      : { peer: otherEnd(peerType, componentType, id, seen, usage.source, builder, context) }),
  };
}

/** Returns the response of a cell by NeuroML's name that spikes add to; undefined if there is none. */
function responseOf(
  projection: Projection,
  type: SynapseType,
  { responses, visible }: CellPlan,
  builder: TypeBuilder,
): Response | undefined {
  const receptor = jumpsOf(projection, type).flatMap((variable) => responses?.get(variable) ?? [])[0];
  const own = [...visible].find(([, { name }]) => name === 'v');
  if (!receptor || !own) return undefined;
  const potential = `post.${own[0]}`;
  if (receptor.kind === 'conductance') builder.requirement(potential, own[1].dimension, 'v');
  return declareResponse(receptor, potential, builder);
}

/** Variables of the cell at the other end of a tunnel. @throws NotExpressible */
function requirePeer(
  peerType: string,
  seen: readonly string[],
  type: SynapseType,
  source: CellPlan | undefined,
  builder: TypeBuilder,
): void {
  if (!source) throw new NotExpressible('variables of a source of spikes');
  if (Object.values(type.pathways).some(({ on }) => on.end === 'pre'))
    throw new NotExpressible('synapses that both read their source cell and react to its spikes');
  builder.parts.push(element('InstanceRequirement', { name: 'peer', type: peerType }));
  for (const name of seen) {
    const variable = source.visible.get(name.slice('pre.'.length));
    if (!variable) throw new NotExpressible(`the variable ${name}`);
    builder.peer(name, variable.dimension, variable.name);
    // The other end has the values of the connection as well, under the same names.
    builder.reserve(variable.name);
  }
}

/** Equations, and conditions on the synapse's own variables. */
function equations(type: SynapseType, builder: TypeBuilder, attempt: Attempt): void {
  attempt('noise', () => {
    if (type.noise.length > 0) throw new NotExpressible('noise in the equations of synapses');
  });
  writeEquations(type, builder, attempt);
  for (const [name, { when, do: actions }] of Object.entries(type.events ?? {}))
    attempt(`events/${name}`, () => {
      const statements = builder.statements(actions).map((statement) => builder.assignment(statement));
      builder.conditions.push(
        element('OnCondition', { test: builder.condition(builder.folded(when), 'statement') }, statements),
      );
    });
}

/**
 * Returns the type of the other end of synapses: it shows variables of the cell that they come from, as they were
 * before that cell was last advanced.
 */
function otherEnd(
  name: string,
  peer: string,
  id: string,
  shown: readonly string[],
  source: CellPlan,
  synapse: TypeBuilder,
  context: ExportContext,
): OtherEnd {
  const builder = builderOf(context);
  for (const variable of shown) {
    const known = source.visible.get(variable.slice('pre.'.length));
    if (known) builder.requirement(variable, known.dimension, known.name);
  }
  builder.parts.push(element('InstanceRequirement', { name: 'peer', type: peer }));
  builder.properties.push(...synapse.properties);
  writeContributions(
    source,
    () => undefined,
    builder,
    (_part, action) => action(),
  );
  return {
    componentType: name,
    element: builder.build(name, gradedBase(source), `The other ends of synapses of ${id}.`),
  };
}

/** Returns the base type of ends of contacts on a cell, which NeuroML calls graded synapses. */
const gradedBase = ({ attachment }: CellPlan): string =>
  attachment === 'baseSynapse' ? 'baseGradedSynapse' : attachment;

/** The weight of a connection, as LEMS's own types of synapses have it. */
const connectionWeight = 'weight of a connection';

/** A value of each synapse, as it is with a weight of 1. */
const baseOf = (declared: string): string => `${declared} of weight 1`;

/** Requires the variables of the cell that equations read. */
function requirePost(type: SynapseType, target: CellPlan, builder: TypeBuilder): void {
  for (const name of namesRead(type)) {
    const seen = sideOf(name) === 'post' ? target.visible.get(referenceOf(name).variable) : undefined;
    if (seen) builder.requirement(name, seen.dimension, seen.name);
  }
}

/** Returns the contributions of a type in each step, by the variable of the target. */
function sumsOf(
  { contributes, summed, ports }: SynapseType,
  { receptors }: Projection,
): ReadonlyMap<string, Expression> {
  const sums = new Map<string, Expression>();
  for (const { to, value } of [...contributes, ...summed]) {
    const variable = variableOfTarget(to, receptors, ports);
    if (variable !== null) sums.set(variable, value);
  }
  return sums;
}

/** Returns the arrived value, which the cell sees for one step before it is reset. */
function arrived({ variable, dimension }: Channel, builder: TypeBuilder): Expression {
  const key = waitingFor(variable);
  const lems = builder.state(key, dimension, false);
  builder.conditions.push(element('OnCondition', { test: `${lems} .neq. 0` }, [builder.assign(lems, '0')]));
  return nameOf(key);
}
