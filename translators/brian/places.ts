/** Places on a SpatialNeuron: subtrees, sections and distances along them, as the compartments that they are. */

import type { Expression } from '../../src/lang/ast.js';
import { binary, integer, name } from '../../src/lang/build.js';
import { constantQuantity } from '../../src/lang/constant-value.js';
import { equalDimensions, isDimensionless, metre } from '../../src/lang/dimension.js';
import { child } from '../../src/model/pointer.js';
import { quantityOf, readConstantExpression } from './constants.js';
import type { Reporter } from './context.js';
import type { Group, Spatial } from './group.js';
import * as messages from './messages.js';
import { compartmentAt, compartmentsWithin, sectionNamed, type PlacedSection } from './morphology/morphology.js';

/** First element, and the one after the last. */
type Range = readonly [number, number];

/**
 * Returns the elements of a place: `axon` and its subtree, only `axon.main`, `axon[10*um:20*um]`, `axon[3]`. Returns
 * undefined after reporting an error.
 */
export function readPlace(text: string, pointer: string, group: Group, to: Reporter): Range | undefined {
  const { spatial } = group;
  const match = /^\s*([\w.]*)\s*(?:\[([^[\]:]*)(:?)([^[\]:]*)\]\s*)?$/.exec(text);
  if (!spatial || !match || text.trim() === '') {
    to.report(messages.badPlace(text, 'a section, such as axon, or a part of it, such as axon[10*um:20*um]'), pointer);
    return undefined;
  }
  const path = (match[1] ?? '').split('.').filter((part) => part !== '');
  const alone = path.at(-1) === 'main';
  const names = alone ? path.slice(0, -1) : path;
  const { morphology, cells } = spatial;
  const at = sectionNamed(morphology, names);
  const section = at === null ? undefined : morphology.sections[at];
  if (!section) {
    const known = morphology.sections.map((one) => one.name).join(', ');
    to.report(messages.badPlace(text, `one of the sections ${known}`), pointer);
    return undefined;
  }
  const whole: Range = [section.first, alone ? section.first + section.count : section.end];
  const found = match[2] === undefined ? whole : within(text, match, section, whole, spatial, { group, pointer, to });
  return found && [found[0] * cells, found[1] * cells];
}

interface Site {
  readonly group: Group;
  readonly pointer: string;
  readonly to: Reporter;
}

/** Returns the compartments that brackets select in a section, by number or by distance. */
function within(
  text: string,
  [, , first = '', colon = '', last = '']: RegExpExecArray,
  section: PlacedSection,
  whole: Range,
  { morphology }: Spatial,
  site: Site,
): Range | undefined {
  const [from, to] = [readBound(first, site), readBound(last, site)];
  if (from === null || to === null) return undefined;
  const isDistance = from?.kind === 'distance' || to?.kind === 'distance';
  const wrong = (expected: string): undefined => void site.to.report(messages.badPlace(text, expected), site.pointer);
  const mixed = [from, to].some((bound) => bound !== undefined && (bound.kind === 'distance') !== isDistance);
  if (mixed || (colon === '' && from === undefined)) return wrong('two distances, or two numbers of compartments');
  if (isDistance && colon === '') {
    const at = compartmentAt(morphology, section, from?.value ?? 0);
    return at === null ? wrong(`a distance along ${section.name}`) : [at, at + 1];
  }
  const range: Range = isDistance
    ? compartmentsWithin(morphology, section, from?.value, to?.value)
    : colon === ''
      ? [whole[0] + (from?.value ?? 0), whole[0] + (from?.value ?? 0) + 1]
      : [whole[0] + (from?.value ?? 0), to === undefined ? whole[1] : whole[0] + to.value];
  if (range[0] >= whole[0] && range[0] < range[1] && range[1] <= whole[1]) return range;
  return wrong(`within the ${whole[1] - whole[0]} compartments there`);
}

/** Returns a distance or a number of a compartment. Returns undefined for an empty text, and null after a finding. */
function readBound(
  written: string,
  { group, pointer, to }: Site,
): { readonly kind: 'distance' | 'index'; readonly value: number } | undefined | null {
  if (written.trim() === '') return undefined;
  const tree = readConstantExpression(written.trim(), pointer, group.namespace, to);
  if (!tree) return null;
  const found = quantityOf(tree) ?? constantQuantity(tree);
  if (found && equalDimensions(found.dimension, metre)) return { kind: 'distance', value: found.value };
  if (found && isDimensionless(found.dimension) && Number.isInteger(found.value))
    return { kind: 'index', value: found.value };
  to.report(messages.badPlace(written, 'a distance, or the number of a compartment'), pointer);
  return null;
}

/** Returns a place as a slice of elements. */
export function placeSlice(text: string, pointer: string, group: Group, to: Reporter): string | undefined {
  const range = readPlace(text, pointer, group, to);
  return range && `${range[0]}:${range[1]}`;
}

/** Returns the condition that an element is the compartment of the threshold test. */
export function atLocation(location: number | string, group: Group, to: Reporter): Expression | undefined {
  const pointer = child(group.pointer, 'threshold_location');
  const { spatial } = group;
  if (!spatial) return undefined;
  const { cells, morphology } = spatial;
  const count = morphology.parents.length;
  if (typeof location === 'number' && !(Number.isInteger(location) && location >= 0 && location < count)) {
    to.report(messages.outOfRange('the compartment', `0 to ${count - 1}`, location), pointer);
    return undefined;
  }
  const range: Range | undefined =
    typeof location === 'number' ? [location * cells, (location + 1) * cells] : readPlace(location, pointer, group, to);
  if (!range) return undefined;
  if (range[1] - range[0] !== cells) {
    const first = morphology.sections.find((section) => section.first * cells === range[0]);
    const single = first && first.count === 1 ? `${first.name}.main` : `${first?.name ?? 'axon'}[10*um]`;
    to.report(messages.severalCompartments(String(location), (range[1] - range[0]) / cells, single), pointer);
    return undefined;
  }
  const element = name('i');
  if (cells === 1) return binary('==', element, integer(range[0]));
  return binary('and', binary('>=', element, integer(range[0])), binary('<', element, integer(range[1])));
}
