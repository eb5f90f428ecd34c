/** Random draws of a model while it is built. */

import { isRandom } from '../lang/functions.js';
import { parseExpression } from '../lang/parse.js';
import { callsIn } from '../lang/walk.js';
import type { ConnectionRule, EquationSet, Model, Value } from './model.js';
import { child } from './pointer.js';
import { isDrawn } from './tagged.js';

/** A part of a model with the names of its members that are drawn before a run. */
interface DrawnPart {
  readonly pointer: string;
  readonly name: string;
  readonly drawn: readonly string[];
}

/** Which draws count. */
interface Counted {
  /** Also draws of generators with seeds of their own, which are the same in every notation that has the generators. */
  readonly seeded: boolean;
}

const isRandomText = (text: string): boolean => callsIn(parseExpression(text)).some((call) => isRandom(call.function));

const isRandomValue = (value: Value, { seeded }: Counted): boolean =>
  typeof value === 'string' ? isRandomText(value) : seeded && isDrawn(value);

/** Checks whether a rule draws which pairs it connects. */
function drawsPairs(rule: ConnectionRule, { seeded }: Counted): boolean {
  switch (rule.rule) {
    case 'all':
    case 'oneToOne':
    case 'list':
    // Another projection draws, if any does.
    case 'clone':
      return false;
    case 'hostDrawn':
      return seeded;
    case 'pairs':
      return (
        rule.p !== 1 || [rule.condition, rule.copies].some((text) => typeof text === 'string' && isRandomText(text))
      );
    case 'generator':
      return (
        rule.range.sample !== undefined ||
        [rule.index, rule.condition, rule.copies].some((text) => typeof text === 'string' && isRandomText(text))
      );
    case 'fixedInDegree':
    case 'fixedOutDegree':
    case 'fixedTotal':
    case 'smallWorld':
    case 'csa':
      return true;
    default:
      return rule satisfies never;
  }
}

/** Returns the draws of populations and projections before a run: values, connections, delays. */
export function drawnParts(
  { neurons, synapses, populations, projections }: Model,
  counted: Counted = { seeded: true },
): readonly DrawnPart[] {
  const drawnValues = (type: EquationSet | undefined, given: Readonly<Record<string, Value>>): readonly string[] => {
    const own = [
      ...Object.entries(type?.parameters ?? {}).map(([name, { value }]) => [name, value] as const),
      ...Object.entries(type?.state ?? {}).map(([name, { initial }]) => [name, initial] as const),
    ];
    return Object.entries({ ...Object.fromEntries(own), ...given }).flatMap(([name, value]) =>
      isRandomValue(value, counted) ? [name] : [],
    );
  };
  const parts = [
    ...Object.entries(populations).map(([name, { type, values }]) => ({
      pointer: child('/populations', name),
      name,
      drawn: drawnValues(neurons[type ?? ''], values),
    })),
    ...Object.entries(projections).map(([name, projection]) => {
      const type = synapses[projection.synapse];
      const delays = Object.entries(type?.pathways ?? {}).map(([key, { delay }]) => projection.delays[key] ?? delay);
      return {
        pointer: child('/projections', name),
        name,
        drawn: [
          ...(projection.connect.some((rule) => drawsPairs(rule, counted)) ? ['connections'] : []),
          ...drawnValues(type, projection.values),
          ...(delays.some((delay) => isRandomValue(delay, counted)) ? ['delays'] : []),
        ],
      };
    }),
  ];
  return parts.filter(({ drawn }) => drawn.length > 0);
}
