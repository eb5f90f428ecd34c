/** Projections from and onto the compartments of a cable as projections of its cells. */

import type { Assignment, Expression, Reference, Statement } from '../../../../src/lang/ast.js';
import { assignment, name as nameOf, number, product, quantity, sum } from '../../../../src/lang/build.js';
import { referenceOf } from '../../../../src/lang/reference.js';
import { mapExpression, namesIn, referencesIn } from '../../../../src/lang/walk.js';
import { mapped } from '../../../../src/model/collections.js';
import { freeName } from '../../../../src/model/free-name.js';
import {
  expressionsIn,
  statementsIn,
  type NeuronType,
  type Projection,
  type SynapseType,
  type Value,
} from '../../../../src/model/typed.js';
import { child } from '../../../../src/model/pointer.js';
import { populationOf } from '../../../../src/model/selected.js';
import { delaysOf } from '../synapses/delays.js';
import { changedBy } from '../synapses/effects.js';
import type { RewritingContext } from '../context.js';
import { dimensionOfUnit } from '../text/dimensions.js';
import { numbersOfElements } from '../network-values.js';
import { numbersAt, pairsOf } from '../synapses/pairs.js';
import type { Numbers } from '../../../../src/library/element-values.js';
import type { CutCable } from './cable-sections.js';
import { factorsOf } from '../../../../src/library/membrane/conductances.js';

/** A cable as it is written. */
export interface WrittenCable {
  readonly population: string;
  readonly type: NeuronType;
  /** How many cells. */
  readonly cells: number;
  readonly cut: CutCable;
  /** The sum that synapses and currents add to. */
  readonly input: string;
  /** Parts of the membrane current that variables which spikes change are factors of, per area. */
  readonly synaptic: readonly Expression[];
  /** The number of a parameter in a compartment. */
  readonly numberOf: (name: string, compartment: number) => number;
  /** The only compartment that fires; undefined if there is none, or several. */
  readonly firing: number | undefined;
}

/** A projection of cells, with the synapse types that it needs. */
interface CableProjection {
  readonly projection: Projection;
  readonly synapses: Readonly<Record<string, SynapseType>>;
}

const asValue = (numbers: Numbers): Value =>
  typeof numbers === 'number' ? numbers : { kind: 'array', array: numbers };

/** Returns a projection with an end on compartments, or undefined after a report that it cannot be expressed. */
export function cableProjection(
  name: string,
  projection: Projection,
  cable: WrittenCable,
  context: RewritingContext,
): CableProjection | undefined {
  const { model } = context;
  const pointer = child('/projections', name);
  const type = model.synapses[projection.synapse];
  const pairs = pairsOf(name, projection, context);
  if (!type || !pairs) return undefined;
  const { population, cells, cut, firing } = cable;
  const [fromCable, toCable] = [projection.from, projection.to].map(({ of }) => populationOf(of) === population);
  const sources = pairs.sources;
  // Of its compartments, only the one that fires tells others of it.
  const kept = sources.flatMap((i, k) => (!fromCable || Math.floor(i / cells) === firing ? [k] : []));
  const names = numbersAt(pairs, context.dt);
  const all = numbersOfElements(type, projection.values, sources.length, pointer, names, context);
  const values = Object.fromEntries(
    [...all].map(([key, numbers]) => [
      key,
      asValue(typeof numbers === 'number' ? numbers : kept.map((k) => numbers[k] ?? 0)),
    ]),
  );
  const delays = delaysOf(name, projection, type, sources.length, context);
  const [pathway] = Object.entries(type.pathways).find(([, { on }]) => on.end === 'pre') ?? [];
  const ownDelays = asValue(typeof delays === 'number' ? delays : kept.map((k) => delays[k] ?? 0));
  const targets = kept.map((k) => pairs.targets[k] ?? 0);
  const made = toCable ? synapseOf(type, targets, pointer, cable, context) : type;
  if (!made) return undefined;
  const id = toCable
    ? freeName(`${projection.synapse}_${name}`, (one) => Object.hasOwn(model.synapses, one))
    : projection.synapse;
  const places = targets.map((j) => cut.places[Math.floor(j / cells)]);
  const sections = [...new Set(places.map((place) => place?.section ?? ''))];
  return {
    synapses: toCable ? { [id]: made } : {},
    projection: {
      ...projection,
      synapse: id,
      from: fromCable
        ? { ...projection.from, of: cellsOf(population) }
        : { ...projection.from, of: whole(projection, 'from') },
      to: toCable
        ? {
            of: cellsOf(population),
            places: {
              sections,
              section: { kind: 'array', array: places.map((place) => sections.indexOf(place?.section ?? '')) },
              fraction: { kind: 'array', array: places.map((place) => place?.fraction ?? 0.5) },
            },
          }
        : { ...projection.to, of: whole(projection, 'to') },
      connect: [
        {
          rule: 'list',
          sources: kept.map((k) => (fromCable ? (sources[k] ?? 0) % cells : (sources[k] ?? 0))),
          targets: toCable ? targets.map((j) => j % cells) : targets,
        },
      ],
      receptors: toCable ? {} : projection.receptors,
      values,
      delays: { ...projection.delays, ...(pathway === undefined ? {} : { [pathway]: ownDelays }) },
    },
  };
}

/** Returns the whole population of an end, by which connections count. */
const whole = (projection: Projection, end: 'from' | 'to') => cellsOf(populationOf(projection[end].of) ?? '');

const cellsOf = (population: string) => ({ kind: 'slice', population }) as const;

/** Returns the synapse type with the variables of the compartment that only it changes. */
function synapseOf(
  type: SynapseType,
  targets: readonly number[],
  pointer: string,
  { type: cell, synaptic, cells, numberOf, input }: WrittenCable,
  { report }: RewritingContext,
): SynapseType | undefined {
  const actions = statementsIn(type.pathways);
  const added = actions.flatMap((one) => (isAdded(one) ? [one.to.variable] : []));
  // A variable that is the sum over synapses: each of them has a share of it.
  const shares = new Map(type.summed.map(({ to, value }) => [to.variable, value] as const));
  const changed = new Set([...added, ...shares.keys()]);
  const dependent = (e: Expression): boolean => [...namesIn(e)].some((one) => isPart(cell, one, changed));
  const parts = synaptic.filter(dependent);
  const flows = parts.map(wholeCurrent);
  const others = actions.some(
    (one) => (isOfTarget(changedBy(one)) && !isAdded(one)) || expressionsIn(one).flatMap(referencesIn).some(isOfTarget),
  );
  if (others || type.contributes.length > 0)
    return report.missing(pointer, 'synapses on compartments that do more than add to a variable at a spike');
  if (flows.length === 0 || flows.some((flow) => flow === undefined))
    return report.missing(pointer, 'synapses on compartments whose current is not a conductance divided by the area');
  const compartments = [...new Set(targets.map((j) => Math.floor(j / cells)))];
  const parameters = new Set<string>();
  const local = (e: Expression): Expression =>
    mapExpression(e, (part) => {
      if (part.kind !== 'name' || !Object.hasOwn(cell.parameters, part.name)) return part;
      const [first = 0, ...more] = compartments.map((k) => numberOf(part.name, k));
      if (more.some((one) => one !== first)) parameters.add(part.name);
      return quantity(first, dimensionOfUnit(cell.parameters[part.name]?.unit ?? '1'));
    });
  const states = Object.keys(cell.state).filter((one) => !shares.has(one) && isPart(cell, one, changed));
  const atPost = (e: Expression): Expression =>
    mapExpression(e, (part) => {
      if (part.kind !== 'name') return part;
      return part.name === 'v' ? nameOf('post.v') : (shares.get(part.name) ?? part);
    });
  const made: SynapseType = {
    ...type,
    summed: [],
    state: {
      ...type.state,
      ...Object.fromEntries(
        states.map((state) => [state, { ...(cell.state[state] ?? zero), initial: 0, shared: false }]),
      ),
    },
    derivatives: {
      ...type.derivatives,
      ...Object.fromEntries(
        states.map((one) => {
          const { rate = number(0) } = cell.derivatives[one] ?? {};
          return [one, { rate: local(rate), eventDriven: false }];
        }),
      ),
    },
    pathways: mapped(type.pathways, (pathway) => ({
      ...pathway,
      do: pathway.do.map((one) => (isAdded(one) ? assignment(one.to.variable, '+=', one.value) : one)),
    })),
    contributes: [
      {
        to: referenceOf(`post.${input}`),
        value: flows.map((one) => (one ? atPost(local(one)) : number(0))).reduce(sum),
      },
    ],
  };
  return parameters.size === 0
    ? made
    : report.missing(pointer, `synapses on compartments that differ in ${[...parameters].join(', ')}`);
}

/** Checks whether a reference is to a variable of the target. */
const isOfTarget = (to: Reference): boolean => to.kind === 'end' && to.end === 'post';

/** Checks whether a statement adds to a variable of the target. */
const isAdded = (one: Statement): one is Assignment =>
  one.kind === 'assignment' && one.operator === '+=' && isOfTarget(one.to);

const zero = { unit: '1', type: 'real', initial: 0, shared: false } as const;

/** Checks whether spikes change a state variable, directly or through its rate. */
function isPart(cell: NeuronType, name: string, changed: ReadonlySet<string>): boolean {
  if (changed.has(name)) return true;
  if (!Object.hasOwn(cell.state, name)) return false;
  const rate = cell.derivatives[name]?.rate;
  return rate !== undefined && [...namesIn(rate)].some((one) => one !== name && changed.has(one));
}

/** Checks whether an expression is the area of its compartment. */
export const isArea = (e: Expression): boolean => e.kind === 'name' && e.name === 'area';
/** Checks whether an expression is one over that area. */
export const isReciprocalArea = (e: Expression): boolean =>
  e.kind === 'binary' && e.operator === '/' && e.left.kind === 'number' && e.left.value === 1 && isArea(e.right);

/**
 * Returns a part of the membrane current per area as a current of the whole compartment, or undefined if it depends on
 * its area.
 */
function wholeCurrent(e: Expression): Expression | undefined {
  const factors = factorsOf(e);
  const at = factors.findIndex(isReciprocalArea);
  const rest = factors.filter((_, k) => k !== at);
  return at < 0 || rest.length === 0 ? undefined : rest.reduce((all, expression) => product(all, expression));
}
