/** Projections of PyNN's synapses, with the numbers and connections of a document. */

import { numbersOf } from '../../../src/model/arrays.js';
import { normalisedSynapse } from '../../../src/library/normalised.js';
import { synapseNamed, type SynapseName } from '../../../src/library/standard-names.js';
import type { ConnectionRule, Population, Projection, SynapseType, Value } from '../../../src/model/model.js';
import { wholePopulation } from '../../../src/model/selected.js';
import { isGiven } from '../../../src/model/tagged.js';
import { identifier } from '../../../src/model/free-name.js';
import { postDelay } from '../export/delays.js';
import { rulesOfPairs } from '../export/pairs.js';
import { coreReceptors } from '../export/standard-cell.js';
import type { ProjectionClaim } from './claims.js';
import { eachOf, lemsTypeOf, NotClaimed, otherValues, short, typeName, type ClaimedParts } from './not-claimed.js';

/**
 * A projection in PyNN's types.
 *
 * @param read  its name in the model that the document is read as
 * @throws NotClaimed
 */
export function claimedProjection(
  name: string,
  read: string,
  claim: ProjectionClaim,
  populations: Readonly<Record<string, Population>>,
  parts: ClaimedParts,
): Projection {
  const { model } = parts.valid;
  const given = model.projections[read];
  const type = model.synapses[given?.synapse ?? ''];
  const target = populations[wholePopulation(given?.to.of ?? { population: '' }) ?? ''];
  const source = populations[wholePopulation(given?.from.of ?? { population: '' }) ?? ''];
  if (!given || !type || !target || !source) throw new NotClaimed(`${name} is no projection between populations`);
  const core = claim.synapse === undefined ? coreSynapse(given, type, target, parts) : undefined;
  const synapse = claim.synapse ?? core?.synapse;
  const receptor = claim.synapse === undefined ? core?.receptor : claim.receptor;
  const standard = synapse && synapseNamed(synapse);
  const library = standard && normalisedSynapse(standard, synapse.weights);
  if (!library) throw new NotClaimed(`synapses of ${name} are none of PyNN's`);
  const numberOf = (key: string): Value | undefined => given.values[key] ?? type.parameters[key]?.value;
  const valueOf = (key: string, isState: boolean): Value | undefined => {
    if (!core) return numberOf(isState ? `${key}_start` : key);
    const value = numberOf(key);
    return value === undefined ? undefined : eachOf(value, parts, (one) => short(one * 10 ** -core.exponent));
  };
  const values = otherValues(library, valueOf, parts);
  const [delay = Object.values(type.pathways)[0]?.delay ?? 0] = Object.values(given.delays);
  const late = eachOf(delay, parts, (one) => (core ? short(one, 12) : wholeSteps(one, parts.dt)));
  const post = numberOf(identifier(postDelay('post')));
  const delays: Record<string, Value> =
    Object.keys(library.pathways).length === 0
      ? {}
      : library.pathways['post'] === undefined
        ? { pre: late }
        : post === undefined
          ? (claim.delays ?? {})
          : { pre: late, post: eachOf(post, parts, (one) => short(one + parts.dt, 12)) };
  return {
    from: given.from,
    to: given.to,
    synapse: typeName(parts.synapses, synapseId(synapse), library),
    connect: [ruleOf(given, claim.rule, [source.size, target.size], parts)],
    receptors: receptor === undefined ? {} : { port: receptor },
    values,
    delays,
    ...(claim.space === undefined ? {} : { space: claim.space }),
    order: 0,
  };
}

const synapseId = ({ type, weights, timing, dependence }: SynapseName): string =>
  [...(timing === undefined ? [type] : [timing, dependence ?? '']), weights].join('_');

/** Delays of synapses of the document's own types are a hundredth of a step shorter than whole steps. */
const wholeSteps = (seconds: number, dt: number): number => short(Math.ceil(seconds / dt - 1e-3) * dt, 12);

/** The synapse and the receptor that a core type of NeuroML stands for; undefined for other types. */
function coreSynapse(
  given: Projection,
  type: SynapseType,
  target: Population,
  parts: ClaimedParts,
): { readonly synapse: SynapseName; readonly receptor: string; readonly exponent: number } | undefined {
  const receptors = coreReceptors(target.type ?? '');
  const lems = lemsTypeOf(parts.valid, given.synapse);
  const fitting = receptors.filter(([, { componentType }]) => componentType === lems);
  const [first, second] = fitting;
  if (!first || !second) return undefined;
  const conductance = first[1].reversal !== undefined;
  const library = parts.neurons[target.type ?? ''];
  const [rule] = given.connect;
  const [contacted = 0] = rule?.rule === 'list' ? numbersOf(rule.targets, parts.valid.data) : [];
  const numberOf = (key: string | undefined, scale: number): number | undefined => {
    const value = key === undefined ? undefined : (target.values[key] ?? library?.parameters[key]?.value);
    const one =
      typeof value === 'object' && isGiven(value) ? numbersOf(value.array, parts.valid.data)[contacted] : value;
    return typeof one === 'number' ? short(one * scale, 12) : undefined;
  };
  const ofSynapse = (key: string): number | undefined => {
    const value = given.values[key] ?? type.parameters[key]?.value;
    return typeof value === 'number' ? short(value, 12) : undefined;
  };
  const fits = ([, { tau, reversal }]: typeof first): boolean =>
    numberOf(tau, 1e3) === ofSynapse('tau_syn') &&
    (reversal === undefined || numberOf(reversal, 1e3) === ofSynapse('e_rev'));
  const weight = given.values['weight'] ?? type.parameters['weight']?.value ?? 0;
  const weights = typeof weight === 'object' && isGiven(weight) ? numbersOf(weight.array, parts.valid.data) : [weight];
  const isNegative = weights.some((one) => typeof one === 'number' && one < 0);
  const [receptor] = conductance ? (fits(first) ? first : second) : isNegative ? second : first;
  return {
    synapse: { type: 'StaticSynapse', weights: conductance ? 'conductance' : 'current' },
    receptor,
    exponent: first[1].exponent,
  };
}

/** The connections of a document: all pairs, equal places, or a list. */
function ruleOf(
  { connect, from, to }: Projection,
  wanted: string | undefined,
  [n, m]: readonly [number, number],
  { valid }: ClaimedParts,
): ConnectionRule {
  const [rule, second] = connect;
  if (rule?.rule !== 'list' || second) throw new NotClaimed('its connections are not listed');
  if (wanted === 'list') return rule;
  const lists = [numbersOf(rule.sources, valid.data), numbersOf(rule.targets, valid.data)] as const;
  const same = wholePopulation(from.of) === wholePopulation(to.of);
  const found = rulesOfPairs(lists, n, m, same);
  return found.find((one) => one.rule === wanted) ?? found[0] ?? rule;
}
