/**
 * Estimates the cost of drawing a model beforehand: bytes of memory, random numbers, and elements listed one by one.
 * All follow from the sizes in the model.
 */

import type { Diagnostic, Finding } from '../diagnostics/diagnostic.js';
import { arrayOf } from '../model/arrays.js';
import type { Model, Phase, Population, Projection, SelectionRule, ValidModel } from '../model/typed.js';
import { isDraw } from './generators.js';
import * as messages from './messages.js';

/** Most numbers of named generators in a model: they are drawn one after another, in some minutes. */
const mostDraws = 34_359_738_368;
/** Most elements that a selection names one by one. */
const mostNamed = 134_217_728;
/** Most numbers in an array. */
const mostInArray = 2_147_483_648;

/**
 * Bytes of a place, of a drawn value with its form in SI, of a synapse's ends, of a cell that listed synapses are
 * sorted by, of a compartment with its code, and of the potential of a compartment of a cell with its equation.
 */
const bytesOf = { place: 24, value: 16, ends: 24, index: 8, sorted: 16, compartment: 1000, potential: 12 } as const;

/** The cost of a part of the model. */
interface Need {
  readonly pointer: string;
  readonly what: string;
  readonly bytes: number;
  readonly draws: number;
  /** Numbers of the longest array. */
  readonly longest: number;
}

/**
 * Returns the parts of a model that exceed the machine.
 *
 * @param memory bytes of the machine
 * @returns an error for each part above a limit or, if only their sum exceeds the memory, for the largest
 */
export function findExcess(valid: ValidModel, memory: number): readonly Diagnostic[] {
  const needs = needsOf(valid);
  const excess: Diagnostic[] = [];
  const add = ({ pointer }: Need, finding: Finding): void =>
    void excess.push({ severity: 'error', ...finding, place: { document: '', pointer } });
  for (const need of needs) {
    if (need.bytes > memory) add(need, messages.tooMuchMemory(need.what, need.bytes, memory));
    else if (need.longest > mostInArray) add(need, messages.tooManyNumbers(need.what, need.longest, mostInArray));
    else if (need.draws > mostDraws) add(need, messages.tooManyDraws(need.what, need.draws, mostDraws));
  }
  for (const { pointer, rule } of selectionsOf(valid.model)) {
    const count = namedIn(rule, valid);
    if (count > mostNamed)
      excess.push({
        severity: 'error',
        ...messages.tooManyNamed(count, mostNamed),
        place: { document: '', pointer },
      });
  }
  const [largest] = [...needs].sort((a, b) => b.bytes - a.bytes);
  const all = needs.reduce((sum, { bytes }) => sum + bytes, 0);
  if (excess.length === 0 && largest && all > memory)
    add(largest, messages.tooMuchMemory('all that is drawn together', all, memory));
  return excess;
}

function needsOf(valid: ValidModel): readonly Need[] {
  const { model } = valid;
  const needs: Need[] = [];
  const sizeOf = (rule: SelectionRule): number => countOf(rule, valid);
  const piecesOf = (type: string): number =>
    Object.values(model.neurons[type]?.compartments?.sections ?? {}).reduce((sum, { divisions }) => sum + divisions, 0);
  for (const name of Object.keys(model.neurons)) {
    const pieces = piecesOf(name);
    if (pieces > 0)
      needs.push({
        pointer: `/neurons/${name}`,
        what: `the compartments of ${name}`,
        bytes: pieces * bytesOf.compartment,
        draws: 0,
        longest: pieces,
      });
  }
  for (const [name, { type = '', size, values, positions }] of Object.entries(model.populations)) {
    const pointer = `/populations/${name}`;
    const pieces = piecesOf(type);
    if (pieces > 0 && size > 1)
      needs.push({
        pointer,
        what: `the compartments of the cells of ${name}`,
        bytes: size * pieces * bytesOf.potential,
        draws: 0,
        longest: 0,
      });
    if (positions) needs.push(placesNeed(name, size, positions));
    for (const [variable, value] of Object.entries(values))
      if (isDraw(value))
        needs.push({
          pointer: `${pointer}/values/${variable}`,
          what: `the values of ${variable} of ${name}`,
          bytes: size * bytesOf.value,
          draws: size,
          longest: size,
        });
  }
  for (const [name, projection] of Object.entries(model.projections)) {
    const { synapses, draws } = connectionsOf(projection, sizeOf);
    const drawn = [...Object.values(projection.values), ...Object.values(projection.delays)].filter(isDraw).length;
    if (projection.connect.some(({ rule }) => rule === 'list')) {
      const cells = sizeOf(projection.from.of) + sizeOf(projection.to.of);
      needs.push({
        pointer: `/projections/${name}/connect`,
        what: `sorting the connections of ${name}`,
        bytes: cells * bytesOf.sorted,
        draws: 0,
        longest: 0,
      });
    }
    if (draws === 0 && drawn === 0) continue;
    needs.push({
      pointer: `/projections/${name}`,
      what: `the synapses of ${name}`,
      bytes: synapses * (bytesOf.ends + drawn * bytesOf.value),
      draws: draws + drawn * synapses,
      longest: synapses,
    });
  }
  return needs;
}

function placesNeed(name: string, size: number, positions: NonNullable<Population['positions']>): Need {
  const structure = positions.kind === 'structure' ? positions : undefined;
  const shuffled = structure?.fillOrder === 'random' ? bytesOf.index : 0;
  return {
    pointer: `/populations/${name}/positions`,
    what: `the positions of ${name}`,
    bytes: size * (bytesOf.place + shuffled),
    draws: structure?.structure.startsWith('random') ? 3 * size : 0,
    longest: size,
  };
}

/** Expected synapses of a projection, and random numbers that a named generator draws for their ends. */
export function connectionsOf(
  { from, to, connect }: Projection,
  sizeOf: (rule: SelectionRule) => number,
): { readonly synapses: number; readonly draws: number } {
  const [pre, post] = [sizeOf(from.of), sizeOf(to.of)];
  let [synapses, draws] = [0, 0];
  for (const rule of connect) {
    switch (rule.rule) {
      case 'all':
        synapses += pre * post;
        break;
      case 'oneToOne':
        synapses += Math.min(pre, post);
        break;
      case 'hostDrawn': {
        const { connector, n, p, replace } = rule.arguments;
        const each = typeof n === 'number' ? n : 0;
        if (connector === 'fixedNumberPre' || connector === 'fixedNumberPost') {
          const [rows, others] = connector === 'fixedNumberPre' ? [post, pre] : [pre, post];
          synapses += rows * each;
          draws += rows * (replace === true ? each : Math.max(each, others));
        } else if (connector === 'fixedTotal') {
          synapses += each;
          draws += 2 * each;
        } else {
          synapses += typeof p === 'number' ? p * pre * post : 0;
          draws += pre * post;
        }
        break;
      }
      default:
        // The lists of other projections already exist, or are drawn on the target.
        break;
    }
  }
  return { synapses, draws };
}

interface Selection {
  readonly pointer: string;
  readonly rule: SelectionRule;
}

function selectionsOf(model: Model): readonly Selection[] {
  return [
    ...Object.entries(model.projections).flatMap(([name, { from, to }]) => [
      { pointer: `/projections/${name}/from`, rule: from.of },
      { pointer: `/projections/${name}/to`, rule: to.of },
    ]),
    ...model.recordings.map(({ of }, k) => ({ pointer: `/recordings/${k}`, rule: of })),
    ...Object.entries(model.stimuli).map(([name, { to }]) => ({ pointer: `/stimuli/${name}`, rule: to })),
    ...Object.entries(model.operations).map(([name, { on }]) => ({ pointer: `/operations/${name}`, rule: on })),
    ...model.experiment.protocol.flatMap((phase, k) => {
      const rule = selectionOf(phase);
      return rule ? [{ pointer: `/experiment/protocol/${k}`, rule }] : [];
    }),
  ];
}

function selectionOf(phase: Phase): SelectionRule | undefined {
  switch (phase.kind) {
    case 'set':
    case 'initialise':
    case 'replay':
      return phase.of;
    default:
      return undefined;
  }
}

/** Elements that are named one by one: whole populations and plain ranges of them have no need to be. */
function namedIn(rule: SelectionRule, valid: ValidModel): number {
  switch (rule.kind) {
    case 'assembly':
      return rule.assembly.reduce((sum, part) => sum + countOf(part, valid), 0);
    case 'sampleOf':
      return namedIn(rule.from, valid);
    case 'sample':
      return valid.model.populations[rule.population]?.size ?? 0;
    case 'slice':
      return rule.slice === undefined ? 0 : countOf(rule, valid);
    case 'indices':
    case 'mask':
    case 'synapses':
      return 0;
  }
}

/** Elements of a selection. */
export function countOf(rule: SelectionRule, valid: ValidModel): number {
  switch (rule.kind) {
    case 'assembly':
      return rule.assembly.reduce((sum, part) => sum + countOf(part, valid), 0);
    case 'sample':
    case 'sampleOf':
      return rule.sample;
    case 'synapses':
      return 0;
    case 'indices':
      return arrayOf(rule.indices, valid.data).length;
    case 'mask':
      return arrayOf(rule.mask, valid.data).length;
    case 'slice': {
      if (!rule.slice) return valid.model.populations[rule.population]?.size ?? 0;
      const [from, until, by] = rule.slice;
      return Math.max(0, Math.ceil((until - from) / by));
    }
  }
}
