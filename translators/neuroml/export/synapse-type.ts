/** A synapse type, as it is between two populations, as a component type; and what is attached to cells without spikes. */

import type { Dimension, Expression, Statement } from '../../../src/lang/ast.js';
import { binary, name as nameOf, number, quantity } from '../../../src/lang/build.js';
import { namesIn } from '../../../src/lang/walk.js';
import { child } from '../../../src/model/pointer.js';
import type { Projection, SynapseType } from '../../../src/model/model.js';
import { builderOf, derivedOrder } from './cell-type.js';
import type { CellPlan, Channel, ExportContext } from './context.js';
import { dimensionOfUnit } from './dimensions.js';
import { NotExpressible, TypeBuilder } from './type-builder.js';
import { element, type Element } from './xml-text.js';

/** The variable of the target that a statement of a pathway adds to, and whether it does so by adding. */
export function writtenBy(
  target: string,
  receptors: Readonly<Record<string, string>>,
  ports: Readonly<Record<string, unknown>>,
): string | null {
  if (target.startsWith('post.')) return target.slice('post.'.length);
  if (Object.hasOwn(ports, target)) return receptors[target] ?? null;
  return null;
}

/** What the synapses of a projection vary in: the values that each connection gives. */
export interface SynapseDemands {
  readonly varying: ReadonlySet<string>;
  readonly started: ReadonlySet<string>;
}

export interface BuiltSynapse {
  readonly componentType: string;
  readonly element: Element;
  /** Names of parameters and first values by those of the model: of the component, and of each connection. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly properties: ReadonlyMap<string, string>;
}

/** The component type of the synapses of a projection. */
export function synapseType(
  id: string,
  projection: Projection,
  type: SynapseType,
  target: CellPlan,
  demands: SynapseDemands,
  context: ExportContext,
): BuiltSynapse {
  const builder = builderOf(context);
  const parameters = new Map<string, string>();
  const properties = new Map<string, string>();
  const pointer = child('/synapses', projection.synapse);
  const attempt = (part: string, action: () => void): void => {
    try {
      action();
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      context.report.missing(`${pointer}/${part}`, error.message);
    }
  };
  requirePost(type, target, builder);
  for (const [name, { unit }] of Object.entries(type.parameters))
    value(name, name, unit, demands, builder, parameters, properties, context);
  for (const [name, { unit }] of Object.entries(type.state)) builder.state(name, dimensionOfUnit(unit));
  for (const [name, { unit }] of Object.entries(type.derived)) builder.declare(name, dimensionOfUnit(unit));
  for (const name of demands.started) {
    const unit = type.state[name]?.unit ?? '1';
    const start = value(name, `start of ${name}`, unit, demands, builder, parameters, properties, context);
    builder.starts.push(builder.assign(builder.nameOf(name), start));
  }
  for (const name of derivedOrder(type, (text) => builder.parse(text)))
    attempt(`derived/${name}`, () => {
      const derived = type.derived[name];
      if (!derived) return;
      const parsed = builder.parse(derived.value);
      if (context.model.timing !== 'lems-euler') builder.inlined.set(name, builder.inline(parsed));
      const lems = builder.nameOf(name);
      const dimension = dimensionOfUnit(derived.unit);
      builder.exposures.push(element('Exposure', { name: lems, dimension: context.dimensions.nameOf(dimension) }));
      builder.derive(lems, dimension, parsed, lems);
    });
  for (const [name, { rate, eventDriven }] of Object.entries(type.derivatives)) {
    if (eventDriven)
      context.report.approximated(
        'lems/event-driven',
        `${pointer}/derivatives/${name}`,
        'the variable is advanced in each step, not in closed form at events',
      );
    attempt(`derivatives/${name}`, () => void builder.rates.push(builder.rate(name, builder.parse(rate))));
  }
  for (const [name, { when, do: actions }] of Object.entries(type.events ?? {}))
    attempt(`events/${name}`, () => {
      const statements = builder.statements(actions).map((statement) => builder.assignment(statement));
      builder.conditions.push(element('OnCondition', { test: builder.condition(builder.parse(when), 'statement') }, statements));
    });
  channels(target, sumsOf(type), builder, attempt);
  for (const [name, pathway] of Object.entries(type.pathways))
    attempt(`pathways/${name}`, () => {
      if (!pathway.on.startsWith('pre.'))
        throw new NotExpressible(`what a synapse does at ${pathway.on}: LEMS connects cells to synapses in one direction`);
      const statements = builder.statements(pathway.do).map((statement) => pathwayStatement(statement, projection, type, target, builder));
      builder.handlers.push(element('OnEvent', { port: 'in' }, statements));
    });
  const componentType = context.ids.claim(`${id}_synapse`);
  return {
    componentType,
    element: builder.build(componentType, target.attachment, `Synapses of ${id}.`),
    parameters,
    properties,
  };
}

/** A value of each synapse: of the component where all have the same, else of the connection, as a number in SI. */
function value(
  name: string,
  declared: string,
  unit: string,
  demands: SynapseDemands,
  builder: TypeBuilder,
  parameters: Map<string, string>,
  properties: Map<string, string>,
  context: ExportContext,
): string {
  const dimension = dimensionOfUnit(unit);
  const wanted = declared === name ? name : `${name}_start`;
  const lems = builder.declare(declared, dimension, wanted);
  const attributes = { name: lems, dimension: context.dimensions.nameOf(dimension) };
  if (demands.varying.has(name)) {
    builder.properties.push(element('Property', { ...attributes, defaultValue: '0' }));
    properties.set(name, lems);
  } else {
    builder.parameters.push(element('Parameter', attributes));
    parameters.set(name, lems);
  }
  return lems;
}

/** What equations read of the cell. */
function requirePost(type: SynapseType, target: CellPlan, builder: TypeBuilder): void {
  const read = new Set<string>();
  const texts = [
    ...Object.values(type.derived).map(({ value: text }) => text),
    ...Object.values(type.derivatives).map(({ rate }) => rate),
    ...Object.values(type.contributes),
    ...Object.values(type.summed),
    ...Object.values(type.events ?? {}).map(({ when }) => when),
  ];
  for (const text of texts) for (const name of namesIn(builder.parse(text))) read.add(name);
  const statements = [...Object.values(type.pathways), ...Object.values(type.events ?? {})].flatMap(({ do: actions }) => actions);
  for (const statement of builder.statements(statements)) for (const name of namesIn(statement.value)) read.add(name);
  for (const name of read) {
    const seen = name.startsWith('post.') ? target.visible.get(name.slice('post.'.length)) : undefined;
    if (seen) builder.requirement(name, seen.dimension, seen.name);
  }
}

/** What a type adds in each step, by the variable of the target. */
function sumsOf({ contributes, summed }: SynapseType): ReadonlyMap<string, string> {
  const sums = new Map<string, string>();
  for (const [to, text] of [...Object.entries(contributes), ...Object.entries(summed)])
    if (to.startsWith('post.')) sums.set(to.slice('post.'.length), text);
  return sums;
}

/** Shares of everything that attachments of the cell may do, zero for what this one does not. */
function channels(
  { channels: all }: CellPlan,
  sums: ReadonlyMap<string, string>,
  builder: TypeBuilder,
  attempt: (part: string, action: () => void) => void,
): void {
  for (const channel of all) {
    const { exposure, dimension } = channel;
    const text = channel.kind === 'sum' ? sums.get(channel.variable) : undefined;
    const parsed = text === undefined ? zeroOf(dimension) : builder.parse(text);
    attempt(`contributes/${channel.variable}`, () => {
      if (channel.kind === 'jump') pend(channel, builder);
      else if (parsed.kind === 'name' && builder.nameOf(parsed.name) === exposure) return;
      else builder.derive(builder.free(exposure), dimension, parsed, exposure);
    });
  }
  if (!all.some(({ exposure }) => exposure === 'i')) {
    const current = [0, 0, 0, 1, 0, 0, 0] as const;
    builder.derive(builder.free('no_current'), current, zeroOf(current), 'i');
  }
}

/** A zero that LEMS takes to have a dimension. */
const zeroOf = (dimension: Dimension): Expression => binary('*', number(0), quantity(1, dimension));

/** What has arrived is seen by the cell in one step, after which nothing is left. */
function pend({ variable, exposure, dimension }: Channel, builder: TypeBuilder): void {
  const key = `waiting for ${variable}`;
  const lems = builder.state(key, dimension, false);
  builder.derive(builder.free(exposure), dimension, nameOf(key), exposure);
  builder.conditions.push(element('OnCondition', { test: `${lems} .neq. 0` }, [builder.assign(lems, '0')]));
}

function pathwayStatement(
  statement: Statement,
  projection: Projection,
  type: SynapseType,
  target: CellPlan,
  builder: TypeBuilder,
): Element {
  if (statement.kind === 'send') throw new NotExpressible('values that are sent with a delay of their own');
  const variable = writtenBy(statement.target, projection.receptors, type.ports);
  if (variable === null) return builder.assignment(statement);
  const channel = target.channels.find((one) => one.variable === variable && one.kind === 'jump');
  if (!channel || (statement.operator !== '+=' && statement.operator !== '-='))
    throw new NotExpressible(`an effect on ${statement.target} other than adding to a state variable`);
  return builder.assignment({ ...statement, target: `waiting for ${variable}` });
}

/** A type that runs by itself and acts on cells without spikes: its own equations, and its share of the cell's inputs. */
export function readsOnlyPre(type: SynapseType): boolean {
  return (
    Object.keys(type.pathways).length === 0 &&
    Object.keys(type.state).length === 0 &&
    Object.keys(type.parameters).length === 0 &&
    Object.keys(type.derived).length === 0 &&
    Object.keys(type.summed).length === 0 &&
    Object.keys(type.contributes).length > 0 &&
    Object.keys(type.contributes).every((to) => to.startsWith('post.'))
  );
}
