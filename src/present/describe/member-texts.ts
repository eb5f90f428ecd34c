/** Selections, places, connection rules and stimuli as texts of a description. */

import { formatCount } from '../../diagnostics/quantities.js';
import { shorten } from '../../diagnostics/suggest.js';
import { unitText } from '../../lang/dimension.js';
import { isListed } from '../../model/arrays.js';
import type { ArrayValue, ConnectionRule, Places, SelectionRule, Stimulus } from '../../model/model.js';
import { connectionRules } from '../../model/shape/connections.js';
import { stimuli } from '../../model/shape/drives.js';
import type { Slots } from '../../model/shape/form.js';
import { excludesSelf, taggedSelection } from '../../model/tagged.js';
import { quantity } from './value-texts.js';

/** Returns a selection as text. */
export function selectionText(rule: SelectionRule): string {
  const selection = taggedSelection(rule);
  switch (selection.kind) {
    case 'assembly':
      return selection.assembly.map(selectionText).join(' + ');
    case 'sampleOf':
      return `${selection.sample} drawn of ${selectionText(selection.from)}`;
    case 'sample':
      return `${selection.sample} drawn of ${selection.population}`;
    case 'slice':
      return sliceText(selection.population, selection.slice);
    case 'indices':
      return listText(selection.population, selection.indices);
    case 'mask':
      return `some of ${selection.population}`;
    case 'synapses': {
      const owner = `synapses of ${selection.projection}`;
      return selection.indices ? listText(owner, selection.indices) : sliceText(owner, selection.slice);
    }
    default:
      return selection satisfies never;
  }
}

function sliceText(owner: string, slice: readonly [number, number, number] | undefined): string {
  if (!slice) return owner;
  const [first, end, step] = slice;
  return `${owner}[${first}:${end}${step === 1 ? '' : `:${step}`}]`;
}

const listText = (owner: string, indices: ArrayValue): string =>
  `${isListed(indices) ? formatCount(indices.length) : 'some'} of ${owner}`;

/** Returns the place of a synapse or stimulus on cells with structure, as text. */
export function placeText({
  section,
  fraction,
  places,
}: {
  readonly section?: string;
  readonly fraction?: number;
  readonly places?: Places;
}): string {
  if (places) return `, each at its own place on ${shorten(places.sections.join(', '), 60)}`;
  return section === undefined ? '' : ` at ${section}(${fraction ?? 0.5})`;
}

/** Returns a connection rule as text. */
export function ruleText(rule: ConnectionRule): string {
  const { slots } = connectionRules[rule.rule].reading;
  const others = (...shown: readonly string[]): string =>
    `${unusualMembers(slots, rule, ['self', ...shown])}${excludesSelf(rule) ? ', none onto itself' : ''}`;
  switch (rule.rule) {
    case 'all':
      return `all to all${others()}`;
    case 'oneToOne':
      return `one to one${others()}`;
    case 'pairs':
      return `pairwise with probability ${rule.p}${rule.condition === null ? '' : ` where ${rule.condition}`}${others('p', 'condition')}`;
    case 'generator':
      return `for each ${rule.outer}: ${rule.index}${others('outer', 'variable', 'index', 'condition', 'range')}`;
    case 'list':
      return 'listed';
    case 'fixedInDegree':
      return `in-degree ${rule.n}${others('n')}`;
    case 'fixedOutDegree':
      return `out-degree ${rule.n}${others('n')}`;
    case 'fixedTotal':
      return `${rule.n} in all${others('n')}`;
    case 'smallWorld':
      return `small world within ${quantity(rule.degree, 'm')}, rewired with probability ${rule.rewiring}${others('degree', 'rewiring')}`;
    case 'clone':
      return `as ${rule.of}${others('of')}`;
    case 'hostDrawn':
    case 'csa':
      return typeof rule.arguments['connector'] === 'string' ? rule.arguments['connector'] : rule.rule;
  }
}

/** Returns the kind and the effect of a stimulus. */
export function stimulusText(stimulus: Stimulus): [kind: string, value: string] {
  const others = unusualMembers(stimuli[stimulus.kind].reading.slots, stimulus, shownOfStimuli);
  switch (stimulus.kind) {
    case 'poisson':
      return [
        'Poisson',
        `${stimulus.n} sources of ${quantity(stimulus.rate, 'Hz')}, ${stimulus.variable} += ${stimulus.weight}${others}`,
      ];
    case 'current':
      return ['current', `${stimulus.input} = ${stimulus.value}${others}`];
  }
}

/** Members of stimuli that texts and other columns show. */
const shownOfStimuli = [
  ...['to', 'n', 'rate', 'variable', 'weight', 'input', 'value'],
  ...['section', 'fraction', 'places'],
];

/** Returns the other members of an object that have no usual value: `, every 1 ms, shared`. */
function unusualMembers(slots: Slots, object: object, shown: readonly string[]): string {
  const members = object as Readonly<Record<string, unknown>>;
  return Object.entries(slots)
    .filter(([key, { otherwise }]) => members[key] !== undefined && members[key] !== otherwise && !shown.includes(key))
    .map(([key, { reading }]) => {
      const value = members[key];
      if (typeof value === 'boolean') return value ? `, ${key}` : `, not ${key}`;
      const text = reading?.as === 'quantity' ? quantity(Number(value), unitText(reading.dimension)) : String(value);
      return `, ${key} ${text}`;
    })
    .join('');
}
