/** The variables of a type that outlive a part or a step. */

import { describe, expect, test } from 'vitest';
import { equationsOf } from '../../../src/lower/context/equations.js';
import { readElsewhere, typeCodeOf } from '../../../src/lower/elements/type-code.js';
import { typedModel } from '../../../src/model/typed-model.js';
import { normalised } from '../../model/support.js';

function codeOf(body: string, changedFromOutside: readonly string[] = []) {
  const { model } = normalised(`interneuron: 1\nneurons:\n  n: { ${body} }\ntiming: lems-euler\n`);
  const type = typedModel(model).neurons['n']!;
  return typeCodeOf(type, equationsOf(type, false), new Set(changedFromOutside));
}

const chain = 'state: { x: 0, y: 0 }, derived: { a: b + x, b: 2*x, c: a + b }, derivatives: { x: c/ms, y: a/ms }';

describe('without a sequence', () => {
  test('there is one part: derived variables by dependency, all rates, events by order', () => {
    const { parts, stale } = codeOf(
      `${chain}, events: { late: { when: x > 1, order: 2 }, early: { when: x > 2, order: 1 }, also: { when: x > ` +
        '3, order: 1 } }',
    );
    expect(parts).toHaveLength(1);
    expect(parts[0]!.derived.map(({ name }) => name)).toEqual(['b', 'a', 'c']);
    expect(parts[0]!.state.map(({ name }) => name)).toEqual(['x', 'y']);
    expect(parts[0]!.events.map(({ name }) => name)).toEqual(['also', 'early', 'late']);
    expect([...stale]).toEqual([]);
  });
});

describe('with a sequence', () => {
  test('a value that is read before it is computed is stale: by derived variables, rates and conditions', () => {
    expect([...codeOf(`${chain}, sequence: [{ derived: [a, b, c], state: [x, y] }]`).stale]).toEqual(['b']);
    expect([...codeOf(`${chain}, sequence: [{ derived: [b, a], state: [x, y] }, { derived: [c] }]`).stale]).toEqual([
      'c',
    ]);
    expect([
      ...codeOf(
        `${chain}, events: { e: { when: c > 1 } }, sequence: [{ events: [e] }, { derived: [b, a, c], state: [x, y] }]`,
      ).stale,
    ]).toEqual(['c']);
  });

  test('variables belong to the part that steps them, else to the part of the regimes, else to the last that assigns them', () => {
    const { homes } = codeOf(`state: { x: 0, y: 0, z: 0, idle: 0 }, derivatives: { x: 1/ms },
      events: { e: { when: x > 1, do: [z = 1, y = 2] }, f: { when: x > 2, do: z = 2 } },
      regimes: { r: { initial: true, derivatives: { y: 1/ms } } },
      sequence: [{ events: [e] }, { state: [x] }, { events: [f] }, { regimes: true }]`);
    expect(Object.fromEntries(homes)).toEqual({ x: 1, y: 3, z: 2, idle: 3 });
  });

  test('a value that changes after its part has shown it lags, and only for other parts', () => {
    const code = codeOf(
      `state: { x: 0, y: 0, z: 0 }, derived: { seen: x + y + z }, derivatives: { x: 1/ms, z: 1/ms },
      regimes: { r: { initial: true, derivatives: { y: y/ms }, transitions: [{ when: y > 1, do: y = 0 }] } },
      sequence: [{ derived: [seen], state: [x, z] }, { regimes: true }]`,
      ['x'],
    );
    expect([...code.lagging].sort()).toEqual(['x', 'y']);
    expect([...readElsewhere(code)].sort()).toEqual(['y']);
  });
});
