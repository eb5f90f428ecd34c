/**
 * A synapse type, as it is between two populations, as a component type; and what is attached to cells without spikes.
 */

import { ampere, second } from '../../../src/lang/dimension.js';
import { dimensionless as pure, type Expression, type Statement } from '../../../src/lang/ast.js';
import { binary, call, name as nameOf, quantity } from '../../../src/lang/build.js';
import { namesIn } from '../../../src/lang/walk.js';
import { child } from '../../../src/model/pointer.js';
import type { Pathway, Projection, SelectionRule, SynapseType, Value } from '../../../src/model/model.js';
import { builderOf, derivedOrder } from './builder.js';
import { zeroOf } from './channels.js';
import type { CellPlan, Channel, ExportContext } from './context.js';
import { firstDelay, postDelay } from './delays.js';
import { countOf } from './demands.js';
import { dimensionOfUnit } from './dimensions.js';
import { writtenBy } from './effects.js';
import { mostTrials } from './function-text.js';
import { mostUnderWay, Queue } from './queue.js';
import { textsOf, placeWords, type SynapseCodes } from './synapse-code.js';
import { codeOnce, regularCode } from './timed-code.js';
import { longest, longestIn, mostInTransit } from './transit.js';
import type { TypeBuilder } from './type-builder.js';
import type { Numbers } from './values.js';
import { endOfStep, NotExpressible, ownTime } from './words.js';
import { element, type Element } from './xml-text.js';

/** What the synapses of a projection vary in: the values that each connection gives. */
interface SynapseDemands {
  readonly varying: ReadonlySet<string>;
  readonly started: ReadonlySet<string>;
  /** Delays in s of what happens at events of the target, by pathway. */
  readonly postDelays: ReadonlyMap<string, Numbers>;
  /** Code that acts on the synapses at times. */
  readonly code?: SynapseCodes;
  /** The cells that synapses come from, for those that read variables of them. */
  readonly source?: CellPlan | undefined;
}

/** A synapse type as a component type. */
export interface BuiltSynapse {
  /** Its name. */
  readonly componentType: string;
  /** Its definition. */
  readonly element: Element;
  /** Names of parameters and first values by those of the model: of the component, and of each connection. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Names of what each connection gives, by those of the model. */
  readonly properties: ReadonlyMap<string, string>;
  /** Names of state and derived variables by those of the model. */
  readonly visible: ReadonlyMap<string, string>;
  /** The type of the other end, for synapses that see the cell that they come from. */
  readonly peer?: { readonly componentType: string; readonly element: Element };
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
  const code: SynapseCodes = demands.code ?? new Map();
  requirePost(type, target, code, builder);
  const componentType = context.ids.claim(`${id}_synapse`);
  const seen = readOfSource(type, builder);
  const peerType = seen.length > 0 ? context.ids.claim(`${id}_other_end`) : undefined;
  if (peerType !== undefined) attempt('', () => requirePeer(peerType, seen, type, demands.source, builder));
  for (const [name, { unit }] of Object.entries(type.parameters))
    value(name, name, unit, demands, builder, parameters, properties, context);
  for (const [name, delay] of demands.postDelays)
    if (typeof delay !== 'number')
      value(postDelay(name), postDelay(name), 's', demands, builder, parameters, properties, context);
  for (const [name, { unit }] of Object.entries(type.state)) builder.state(name, dimensionOfUnit(unit));
  for (const [name, { unit }] of Object.entries(type.derived)) builder.declare(name, dimensionOfUnit(unit));
  for (const name of demands.started) {
    const unit = type.state[name]?.unit ?? '1';
    const start = value(name, `start of ${name}`, unit, demands, builder, parameters, properties, context);
    builder.starts.push(builder.assign(builder.nameOf(name), start));
  }
  for (const [name, { operation, flag, once }] of code)
    if (!once)
      attempt(`../../operations/${name}`, () => {
        builder.conditions.push(regularCode(name, flag, operation, builder));
      });
  equations(type, pointer, builder, attempt, context);
  channels(target, sumsOf(type), builder, attempt);
  pathways(projection, type, target, demands.postDelays, pointer, builder, attempt, context);
  for (const [name, { operation, flag, once }] of code)
    if (once)
      attempt(`../../operations/${name}`, () => {
        builder.conditions.push(...codeOnce(name, flag, once, operation.do, builder));
      });
  return {
    componentType,
    element: builder.build(componentType, target.attachment, `Synapses of ${id}.`),
    parameters,
    properties,
    visible: new Map(
      [...Object.keys(type.state), ...Object.keys(type.derived)].map((name) => [name, builder.nameOf(name)]),
    ),
    ...(peerType === undefined || !demands.source
      ? {}
      : {
          peer: {
            componentType: peerType,
            element: otherEnd(peerType, componentType, id, seen, demands.source, builder, context),
          },
        }),
  };
}

/** Does something, and reports what LEMS has no words for under the name of a part. */
type Attempt = (part: string, action: () => void) => void;

/** Variables of the cell at the other end of a tunnel. @throws NotExpressible */
function requirePeer(
  peerType: string,
  seen: readonly string[],
  type: SynapseType,
  source: CellPlan | undefined,
  builder: TypeBuilder,
): void {
  if (!source) throw new NotExpressible('variables of a source of spikes');
  if (Object.values(type.pathways).some(({ on }) => on.startsWith('pre.')))
    throw new NotExpressible('synapses that both read their source cell and react to its spikes');
  builder.parts.push(element('InstanceRequirement', { name: 'peer', type: peerType }));
  for (const name of seen) {
    const variable = source.visible.get(name.slice('pre.'.length));
    if (!variable) throw new NotExpressible(`the variable ${name}`);
    builder.peer(name, variable.dimension, variable.name);
  }
}

/** Derived variables, rates, and conditions on the synapse's own variables. */
function equations(
  type: SynapseType,
  pointer: string,
  builder: TypeBuilder,
  attempt: Attempt,
  context: ExportContext,
): void {
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
        'the variable is advanced at every step by forward Euler, not in closed form at events',
      );
    attempt(`derivatives/${name}`, () => void builder.rates.push(builder.rate(name, builder.parse(rate))));
  }
  for (const [name, { when, do: actions }] of Object.entries(type.events ?? {}))
    attempt(`events/${name}`, () => {
      const statements = builder.statements(actions).map((statement) => builder.assignment(statement));
      builder.conditions.push(
        element('OnCondition', { test: builder.condition(builder.parse(when), 'statement') }, statements),
      );
    });
}

/** What happens at events of either cell. */
function pathways(
  projection: Projection,
  type: SynapseType,
  target: CellPlan,
  postDelays: ReadonlyMap<string, Numbers>,
  pointer: string,
  builder: TypeBuilder,
  attempt: Attempt,
  context: ExportContext,
): void {
  // LEMS runs one handler of a port.
  const arriving: Element[] = [];
  const first = firstDelay(projection, type);
  const remarkTransit = (what: string, cells: SelectionRule, delay: number | undefined, name: string): void => {
    if (delay !== undefined && mostInTransit(cells, delay, context) <= mostUnderWay) return;
    const message = `up to ${mostUnderWay} ${what} in transit at a time in each synapse`;
    context.report.approximated('lems/queue', `${pointer}/pathways/${name}`, message);
  };
  const own = Object.entries(type.pathways).sort(([, a], [, b]) => a.order - b.order);
  for (const [name, pathway] of own)
    attempt(`pathways/${name}`, () => {
      const isOfSum = (to: string): boolean => {
        const variable = writtenBy(to, projection.receptors, type.ports);
        const found = target.channels.some((one) => one.kind === 'sum' && one.variable === variable);
        if (found)
          context.report.approximated(
            'lems/added-to-sum',
            `${pointer}/pathways/${name}`,
            `${variable} is a sum that is taken again in each step: what spikes add to it until then is not seen`,
          );
        return found;
      };
      const writer = (statement: Statement): readonly Element[] =>
        statement.kind === 'send'
          ? send(statement, projection, type, target, builder, (after) =>
              remarkTransit('values are', projection.from.of, sentAfter(after, projection, type, context), name),
            )
          : isOfSum(statement.target)
            ? []
            : [pathwayStatement(statement, projection, type, target, builder)];
      if (pathway.do.some((text) => /\bbinomial\(/.test(text)))
        context.report.approximated(
          'lems/binomial',
          `${pointer}/pathways/${name}`,
          `numbers of binomial distributions are drawn for up to ${mostTrials} trials`,
        );
      if (pathway.on.startsWith('pre.')) {
        const delay = projection.delays[name] ?? pathway.delay;
        if (JSON.stringify(delay) === JSON.stringify(first))
          arriving.push(...builder.statements(pathway.do).flatMap(writer));
        else {
          arriving.push(...laterThan(first, delay, name, pathway, builder, writer));
          remarkTransit('spikes are', projection.from.of, longestIn(delay, context), name);
        }
        return;
      }
      context.report.approximated(
        'lems/post-spike',
        `${pointer}/pathways/${name}`,
        'a synapse detects that its cell has fired one step after the event',
      );
      const delay = postDelays.get(name) ?? 0;
      remarkTransit('spikes are', projection.to.of, longest(delay), name);
      atPost(name, pathway, typeof delay === 'number' ? delay : postDelay(name), target, builder, writer);
    });
  if (arriving.length > 0) builder.handlers.push(element('OnEvent', { port: 'in' }, arriving));
}

/** What a spike of the source does later than what it does first: actions that put it under way. @throws NotExpressible */
function laterThan(
  first: Value | undefined,
  delay: Value,
  name: string,
  { do: actions }: Pathway,
  builder: TypeBuilder,
  writer: (statement: Statement) => readonly Element[],
): readonly Element[] {
  if (typeof first !== 'number' || typeof delay !== 'number')
    throw new NotExpressible('delays of several pathways from one source, which differ from synapse to synapse');
  const later = new Queue(`event of ${name}`, null, builder);
  later.arrive(() => builder.statements(actions).flatMap(writer));
  return later.push(builder.text(binary('+', nameOf(endOfStep), quantity(delay - first, second)), 'statement'));
}

/** Variables of the cell at the other end that equations read in each step. */
function readOfSource(type: SynapseType, builder: TypeBuilder): readonly string[] {
  const texts = [
    ...Object.values(type.derived).map(({ value: text }) => text),
    ...Object.values(type.derivatives).map(({ rate }) => rate),
    ...Object.values(type.contributes),
    ...Object.values(type.summed),
  ];
  const read = new Set(texts.flatMap((text) => [...namesIn(builder.parse(text))]));
  return [...read].filter((name) => name.startsWith('pre.'));
}

/** What is on the cell that a synapse sees: it does nothing but show the cell's variables. */
function otherEnd(
  name: string,
  peer: string,
  id: string,
  seen: readonly string[],
  source: CellPlan,
  synapse: TypeBuilder,
  context: ExportContext,
): Element {
  const builder = builderOf(context);
  for (const variable of seen) {
    const known = source.visible.get(variable.slice('pre.'.length));
    if (known) builder.requirement(variable, known.dimension, known.name);
  }
  builder.parts.push(element('InstanceRequirement', { name: 'peer', type: peer }));
  builder.properties.push(...synapse.properties);
  channels(source, new Map(), builder, (_part, action) => action());
  return builder.build(name, source.attachment, `The other ends of synapses of ${id}.`);
}

/**
 * What happens at an event of the cell that the synapse is on, perhaps later.
 *
 * @param pathway  its name
 * @param delay  s; or the value of the synapse that is what is left of it a step after the event
 */
function atPost(
  pathway: string,
  { on, do: actions }: Pathway,
  delay: number | string,
  target: CellPlan,
  builder: TypeBuilder,
  writer: (statement: Statement) => readonly Element[],
): void {
  const key = countOf(on.slice('post.'.length));
  const counted = target.visible.get(key);
  if (!counted) throw new NotExpressible(`${on}, which cells of ${target.type} do not have`);
  const name = `post ${key}`;
  builder.requirement(name, pure, counted.name);
  // Each pathway sees the event by itself.
  const own = builder.has(`seen ${key}`) ? `${key} ${pathway}` : key;
  const known = builder.state(`seen ${own}`, pure, false);
  const found = `${builder.nameOf(name)} .neq. ${known}`;
  const note = builder.assign(known, builder.nameOf(name));
  // The event was a step ago.
  const steps = typeof delay === 'string' ? delay : Math.round(delay / builder.clock.dt) - 1;
  if (typeof steps === 'number' && steps <= 0) {
    builder.aliases.set('t', binary('-', nameOf(ownTime), nameOf('dt')));
    builder.aliases.set('t_in_timesteps', call('timestep', [nameOf('t'), nameOf('dt')]));
    const statements = builder.statements(actions).flatMap(writer);
    builder.aliases.delete('t');
    builder.aliases.delete('t_in_timesteps');
    builder.conditions.push(element('OnCondition', { test: found }, [note, ...statements]));
    return;
  }
  const later = new Queue(`post event ${own}`, null, builder);
  const left = typeof steps === 'string' ? nameOf(steps) : quantity(steps * builder.clock.dt, second);
  const due = builder.text(binary('+', nameOf(endOfStep), left), 'statement');
  builder.conditions.push(element('OnCondition', { test: found }, [note, ...later.push(due)]));
  later.arrive(() => builder.statements(actions).flatMap(writer));
}

/** After how many seconds a value arrives, at most; undefined where that is computed. */
function sentAfter(
  after: Expression,
  { values }: Projection,
  { parameters }: SynapseType,
  context: ExportContext,
): number | undefined {
  if (after.kind === 'quantity' || after.kind === 'number') return after.value;
  return after.kind === 'name' ? longestIn(values[after.name] ?? parameters[after.name]?.value, context) : undefined;
}

/** A value that arrives at the cell later. */
function send(
  { port, value: sent, after }: Extract<Statement, { kind: 'send' }>,
  projection: Projection,
  type: SynapseType,
  target: CellPlan,
  builder: TypeBuilder,
  remark: (after: Expression) => void,
): readonly Element[] {
  const variable = writtenBy(port, projection.receptors, type.ports);
  const channel = target.channels.find((one) => one.variable === variable && one.kind === 'jump');
  if (!channel) throw new NotExpressible(`values that are sent to ${port}`);
  remark(after);
  const later = new Queue(`${port} ${builder.states.length}`, channel.dimension, builder);
  const waiting = builder.nameOf(`waiting for ${variable}`);
  later.arrive((arrived) => [builder.assign(waiting, `${waiting} + ${arrived}`)]);
  return later.push(
    builder.text(binary('+', nameOf(endOfStep), builder.inline(after)), 'statement'),
    builder.text(builder.inline(sent), 'statement'),
  );
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
  const wanted = declared === name ? (placeWords[name] ?? name) : `${name}_start`;
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
function requirePost(type: SynapseType, target: CellPlan, code: SynapseCodes, builder: TypeBuilder): void {
  const read = new Set<string>();
  const { expressions, statements } = textsOf(type, code);
  for (const text of expressions) for (const name of namesIn(builder.parse(text))) read.add(name);
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
  { channels: all, withoutCurrent }: CellPlan,
  sums: ReadonlyMap<string, string>,
  builder: TypeBuilder,
  attempt: (part: string, action: () => void) => void,
): void {
  for (const channel of all) {
    const { exposure, dimension } = channel;
    const text = channel.kind === 'sum' ? sums.get(channel.variable) : undefined;
    const parsed = text === undefined ? zeroOf(dimension) : builder.parse(text);
    let derived = false;
    attempt(`contributes/${channel.variable}`, () => {
      if (channel.kind === 'jump') pend(channel, builder);
      else if (parsed.kind !== 'name' || builder.nameOf(parsed.name) !== exposure)
        builder.derive(builder.free(exposure), dimension, parsed, exposure);
      derived = true;
    });
    // Cells sum over what each attachment exposes, also over one that is left out.
    if (!derived) builder.derive(builder.free(exposure), dimension, zeroOf(dimension), exposure);
  }
  if (!withoutCurrent && !all.some(({ exposure }) => exposure === 'i')) {
    builder.derive(builder.free('no_current'), ampere, zeroOf(ampere), 'i');
  }
}

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
  if (statement.kind === 'send') throw new NotExpressible('values sent with their own delay');
  const variable = writtenBy(statement.target, projection.receptors, type.ports);
  if (variable === null) return builder.assignment(statement);
  const channel = target.channels.find((one) => one.variable === variable && one.kind === 'jump');
  if (!channel || (statement.operator !== '+=' && statement.operator !== '-='))
    throw new NotExpressible(`an effect on ${statement.target} other than adding to a state variable`);
  return builder.assignment({ ...statement, target: `waiting for ${variable}` });
}
