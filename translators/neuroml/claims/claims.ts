/**
 * What properties of a network say of the PyNN model that the document was written from, part by part: names that
 * NeuroML has no types for, labels, and what was drawn. It counts where the document, written from a model of which
 * it is true, is the same (`claimed-model.ts`).
 */

import { nameOfSynapse, cellNamed, type SynapseName } from '../../../src/library/standard-names.js';
import { normalisedCell } from '../../../src/library/normalised.js';
import { isGiven, isPhase } from '../../../src/model/tagged.js';
import { wholePopulation } from '../../../src/model/selected.js';
import { numbersOf } from '../../../src/model/arrays.js';
import type {
  Model,
  NeuronType,
  Population,
  Projection,
  Stimulus,
  ValidModel,
  Value,
} from '../../../src/model/model.js';
import { rulesOfPairs } from '../export/pairs.js';
import { steppingOrder } from '../export/arrival-order.js';
import type { Written } from '../export/written.js';
import type { KeptSource } from '../kept-source.js';

/** Of a population: only what the document does not say itself. */
export interface PopulationClaim {
  /** PyNN's name of its cells. */
  readonly cell?: string;
  readonly label?: string;
  readonly positions?: Population['positions'];
  /** Values that are drawn or computed; all of them where the document has what its cells drew, their spikes. */
  readonly values?: Readonly<Record<string, Value>>;
  /** Numbers that its type has, which are written where the document has no cells. */
  readonly usual?: Readonly<Record<string, number>>;
}

/** Of a projection: only what the document does not say itself. */
export interface ProjectionClaim {
  readonly synapse?: SynapseName;
  /** The variable of the target that it acts on. */
  readonly receptor?: string;
  readonly label?: string;
  readonly from?: Projection['from'];
  readonly to?: Projection['to'];
  /** Which of several rules with the same pairs it is. */
  readonly rule?: string;
  readonly space?: Projection['space'];
  readonly values?: Readonly<Record<string, Value>>;
  readonly delays?: Readonly<Record<string, Value>>;
}

/** A current, which generators of the document make up. */
interface StimulusClaim {
  readonly stimulus?: Stimulus;
  readonly label?: string;
}

/** What a document says of its origin. */
export interface Claims {
  readonly populations: Readonly<Record<string, PopulationClaim>>;
  readonly projections: Readonly<Record<string, ProjectionClaim>>;
  /** Currents as they are in the model. */
  readonly stimuli: Readonly<Record<string, StimulusClaim>>;
  /** Names of populations in the order of the model, where LEMS steps them in another. */
  readonly order?: readonly string[];
}

/** Where a document says nothing of its origin. */
export const noClaims: Claims = { populations: {}, projections: {}, stimuli: {} };

const prefixes = {
  populations: 'pynn population ',
  projections: 'pynn projection ',
  stimuli: 'pynn current ',
} as const;
const orderTag = 'pynn populations in order';

/** PyNN's name of the cells of a type that is the library's; undefined for other types. */
export function cellNameOf(type: NeuronType): string | undefined {
  const name = type.conformsTo?.type.startsWith('pynn/') ? type.conformsTo.type.slice('pynn/'.length) : undefined;
  const standard = name === undefined ? undefined : cellNamed(name, type);
  return standard && JSON.stringify(normalisedCell(standard)) === JSON.stringify(type) ? name : undefined;
}

/** What there is to say of a model; nothing where it is not all in PyNN's types, or does more than run once. */
export function claimsOf(valid: ValidModel): Claims {
  const { model } = valid;
  const { timing, neurons, synapses, experiment, operations, annotations } = model;
  if (timing !== 'grid' || !experiment.protocol.every((phase) => isPhase(phase, 'run'))) return noClaims;
  const areCurrents = Object.values(model.stimuli).every(({ kind }) => kind === 'current');
  if (Object.keys(operations).length > 0 || !areCurrents) return noClaims;
  const cells = new Map(Object.entries(neurons).map(([id, type]) => [id, cellNameOf(type)] as const));
  const names = new Map(Object.entries(synapses).map(([id, type]) => [id, nameOfSynapse(type)] as const));
  const { labels = {} }: { readonly labels?: Readonly<Record<string, string>> } = annotations['pynn'] ?? {};
  const populations: Record<string, PopulationClaim> = {};
  for (const [name, { type, values, positions, linked, clock }] of Object.entries(model.populations)) {
    const cell = type === undefined ? undefined : cells.get(type);
    if (clock !== undefined || Object.keys(linked ?? {}).length > 0) return noClaims;
    if (type !== undefined && cell === undefined) return noClaims;
    populations[name] = {
      ...(cell === undefined ? {} : { cell }),
      ...labelOf(name, labels),
      ...(positions === undefined ? {} : { positions }),
      values,
      ...(cell === undefined ? {} : { usual: numbersOfType(neurons[type ?? '']) }),
    };
  }
  const projections: Record<string, ProjectionClaim> = {};
  for (const [name, one] of Object.entries(model.projections)) {
    const synapse = names.get(one.synapse);
    const type = synapses[one.synapse];
    if (synapse === undefined || type === undefined || one.clock !== undefined) return noClaims;
    const drawn = Object.entries(one.values).filter(([, value]) => isDrawnOrComputed(value));
    const delays = Object.entries(one.delays).filter(
      ([, value]) => type.pathways['post'] !== undefined || isDrawnOrComputed(value),
    );
    projections[name] = {
      synapse,
      ...(one.receptors['port'] === undefined ? {} : { receptor: one.receptors['port'] }),
      ...labelOf(name, labels),
      ...(wholePopulation(one.from.of) === undefined ? { from: one.from } : {}),
      ...(wholePopulation(one.to.of) === undefined ? { to: one.to } : {}),
      ...ruleOf(one, valid),
      ...(one.space === undefined ? {} : { space: one.space }),
      ...(drawn.length === 0 ? {} : { values: Object.fromEntries(drawn) }),
      ...(delays.length === 0 ? {} : { delays: Object.fromEntries(delays) }),
    };
  }
  const order = Object.keys(model.populations);
  const stimuli = Object.fromEntries(
    Object.entries(model.stimuli).map(([name, stimulus]) => [name, { stimulus, ...labelOf(name, labels) }]),
  );
  return {
    populations,
    projections,
    stimuli,
    ...(steppingOrder(model, valid.data).join() === order.join() ? {} : { order }),
  };
}

const isDrawnOrComputed = (value: Value): boolean =>
  typeof value !== 'number' && !(typeof value === 'object' && isGiven(value));

/** The rule of a projection, where others have the same pairs. */
function ruleOf({ connect, from, to }: Projection, { model, data }: ValidModel): { readonly rule?: string } {
  const [rule, second] = connect;
  const [n, m] = [from.of, to.of].map((of) => model.populations[wholePopulation(of) ?? '']?.size ?? 0);
  if (!rule || second || !n || !m || n * m > mostPairs) return {};
  const same = wholePopulation(from.of) === wholePopulation(to.of);
  const isOther =
    rule.rule === 'oneToOne'
      ? n === 1 && m === 1
      : rule.rule === 'list' &&
        rulesOfPairs([numbersOf(rule.sources, data), numbersOf(rule.targets, data)], n, m, same).length > 0;
  return isOther ? { rule: rule.rule } : {};
}

/** Most pairs that are gone through to tell rules apart. */
const mostPairs = 1e6;

const numbersOfType = (type: NeuronType | undefined): Record<string, number> =>
  Object.fromEntries(
    Object.entries(type?.parameters ?? {}).flatMap(([key, { value }]) =>
      typeof value === 'number' ? [[key, value] as const] : [],
    ),
  );

const labelOf = (name: string, labels: Readonly<Record<string, string>>): { readonly label?: string } =>
  labels[name] === undefined ? {} : { label: labels[name] };

/**
 * What the document does not say.
 *
 * @param model  as it is written, with draws listed
 */
export function withoutCore(
  { populations, projections, ...rest }: Claims,
  written: Written,
  { populations: listed }: Model,
): Claims {
  return {
    ...rest,
    populations: Object.fromEntries(
      Object.entries(populations).map(([name, { cell, values = {}, usual = {}, ...claim }]) => {
        const own = cell === undefined || written.core.has(name) ? {} : { cell };
        const isListed = cell !== undefined && listed[name]?.type === undefined;
        const some = isListed
          ? Object.entries({ ...usual, ...values })
          : Object.entries(values).filter(([, value]) => isDrawnOrComputed(value));
        return [name, { ...own, ...claim, ...(some.length === 0 ? {} : { values: Object.fromEntries(some) }) }];
      }),
    ),
    projections: Object.fromEntries(
      Object.entries(projections).map(([name, { synapse, receptor, ...claim }]) => [
        name,
        written.core.has(name)
          ? claim
          : { ...(synapse ? { synapse } : {}), ...(receptor === undefined ? {} : { receptor }), ...claim },
      ]),
    ),
  };
}

/** Tags and values of properties that say it. */
export function claimProperties(claims: Claims): readonly (readonly [tag: string, value: string])[] {
  const of = (prefix: string, parts: Readonly<Record<string, object>>): readonly (readonly [string, string])[] =>
    Object.entries(parts).flatMap(([name, claim]) =>
      Object.keys(claim).length === 0 ? [] : [[prefix + name, JSON.stringify(claim)] as const],
    );
  return [
    ...(claims.order === undefined ? [] : [[orderTag, claims.order.join(' ')] as const]),
    ...of(prefixes.populations, claims.populations),
    ...of(prefixes.projections, claims.projections),
    ...of(prefixes.stimuli, claims.stimuli),
  ];
}

const texts = ['cell', 'label', 'receptor', 'rule'] as const;
const objects = ['positions', 'values', 'synapse', 'from', 'to', 'space', 'delays', 'stimulus'] as const;

/** Members of a claim that are texts or objects as they should be; what is in them is checked where it is used. */
function checked(claim: unknown): Record<string, unknown> {
  const members = Object.entries(typeof claim === 'object' && claim !== null ? claim : {});
  const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
  return Object.fromEntries(
    members.filter(
      ([key, value]) =>
        (texts.some((one) => one === key) && typeof value === 'string') ||
        (objects.some((one) => one === key) && isObject(value)),
    ),
  );
}

/** What properties of a network say; what cannot be read is left out. */
export function keptClaims({ elements }: KeptSource, network: string): unknown {
  const { children = [] } = elements.find(({ attributes }) => attributes?.['id'] === network) ?? {};
  const found: { [part in keyof typeof prefixes]: Record<string, unknown> } = {
    populations: {},
    projections: {},
    stimuli: {},
  };
  let order: readonly string[] | undefined;
  for (const { tag, attributes = {} } of children) {
    const [name = '', value = ''] = [attributes['tag'], attributes['value']];
    if (tag !== 'property') continue;
    if (name === orderTag) order = value.split(' ');
    for (const part of ['populations', 'projections', 'stimuli'] as const)
      if (name.startsWith(prefixes[part]))
        try {
          found[part][name.slice(prefixes[part].length)] = checked(JSON.parse(value));
        } catch {
          // Not one of ours.
        }
  }
  const isEmpty = order === undefined && Object.values(found).every((part) => Object.keys(part).length === 0);
  return isEmpty ? undefined : { ...found, ...(order === undefined ? {} : { order }) };
}
