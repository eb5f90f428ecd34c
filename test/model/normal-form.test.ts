import { fc } from '../support/property.js';
import { expect, test } from 'vitest';
import { hashModel } from '../../src/model/hash.js';
import { check } from './support.js';

/** Expressions over real pure numbers, that mix everything which has a spelling of its own. */
const expression: fc.Arbitrary<string> = fc.letrec<{ e: string }>((tie) => ({
  e: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      'a',
      'b',
      'm',
      'V',
      '2',
      '0.1',
      '1e-12',
      '-3.5',
      '5*mV/volt',
      '0.07*ms/(70*us)',
      'pi',
      't/dt',
      'level(t)',
      'k_p',
      '(-2)',
    ),
    fc
      .tuple(tie('e'), fc.constantFrom('+', '-', '*', '/'), tie('e'))
      .map(([left, sign, right]) => `(${left}) ${sign} (${right})`),
    fc.tuple(tie('e'), tie('e')).map(([left, right]) => `${left} - ${right}`),
    tie('e').map((e) => `-${e.startsWith('-') ? `(${e})` : e}`),
    tie('e').map((e) => `exp(${e})`),
    fc.tuple(tie('e'), tie('e'), tie('e')).map(([a, b, c]) => `((${a}) if (${b}) > (${c}) else (${c}))`),
    tie('e').map((e) => `(${e})**2`),
    fc.tuple(tie('e'), tie('e')).map(([a, b]) => `clip(${a}, -inf, ${b})`),
  ),
})).e;

const quantity = fc.tuple(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  fc.constantFrom(' mV', '*mV', ' uV', ' V', '*volt', ' kV'),
);

const model = fc.record({
  value: expression,
  initial: expression,
  rate: expression,
  drive: quantity,
  size: fc.integer({ min: 1, max: 50 }),
  draw: expression,
  condition: expression,
});

function document({
  value,
  initial,
  rate,
  drive,
  size,
  draw,
  condition,
}: typeof model extends fc.Arbitrary<infer T> ? T : never): unknown {
  return {
    interneuron: 1,
    parameters: { k_p: '2.5', s_p: '3 mV' },
    tables: { level: { dt: '1 ms', values: [0, 0.5, 1] } },
    neurons: {
      n: {
        parameters: { a: 1, b: 0.25, V: { unit: '1', value }, drive: `${drive[0]}${drive[1]}`, tau: '10 ms' },
        state: { m: { unit: '1', initial }, v: 's_p' },
        derivatives: { m: `(${rate})/tau`, v: '(drive - v)/tau' },
        events: {
          spike: { when: `(${condition}) > 1`, do: ['v = s_p*0.5', `h = ${draw}`, 'm = h'], refractory: '2 ms' },
        },
      },
    },
    synapses: {
      s: {
        parameters: { w: '1 mV', a: 2, V: 1, b: 0 },
        state: { m: 0 },
        pathways: { pre: [`port += w*(${draw})`], post: { do: 'm += 1' } },
      },
    },
    populations: {
      p: {
        type: 'n',
        size,
        values: { a: `normal(1, 0.1)*(${initial.replaceAll('V', 'b').replaceAll('m', 'b').replaceAll('a', 'b')})` },
      },
    },
    projections: {
      pp: {
        from: 'p',
        to: `p[0:${size}]`,
        synapse: 's',
        connect: { rule: 'pairs', condition: '(i + j) % 2 == 0', p: 0.5 },
        receptor: 'v',
        delay: '1.5 ms',
      },
    },
    experiment: { duration: '10 ms' },
  };
}

test('every valid document has a normal form, which is a document and its own normal form', () => {
  let valid = 0;
  fc.assert(
    fc.property(model, (parts) => {
      const { valid: once } = check(JSON.stringify(document(parts)));
      if (!once) return;
      valid++;
      const { valid: again, list } = check(JSON.stringify(once.model));
      expect(list).toEqual([]);
      expect(again?.model).toEqual(once.model);
      expect(again && hashModel(again.model)).toEqual(hashModel(once.model));
    }),
    { numRuns: 300 },
  );
  // The generator would prove little if it made only invalid models.
  expect(valid).toBeGreaterThan(100);
});

test('whatever is made of a valid document, it is read or refused, never a crash', () => {
  const junk = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.string(),
    fc.constantFrom('exc[', '5 mV', '1/0', 'a + ', ''),
    fc.array(fc.anything(), { maxLength: 3 }),
    fc.object({ maxDepth: 1 }),
  );
  fc.assert(
    fc.property(fc.nat(), junk, model, (where, value, parts) => {
      const whole = document(parts);
      const places: [Record<string, unknown>, string][] = [];
      const walk = (node: unknown): void => {
        if (node === null || typeof node !== 'object') return;
        for (const key of Object.keys(node)) {
          places.push([node as Record<string, unknown>, key]);
          walk((node as Record<string, unknown>)[key]);
        }
      };
      walk(whole);
      const [owner, key] = places[where % places.length] ?? [{}, ''];
      owner[key] = value;
      let text: string | undefined;
      try {
        text = JSON.stringify(whole);
      } catch {
        return;
      }
      const { valid, list } = check(text);
      if (!valid) expect(list.some(({ severity }) => severity === 'error')).toBe(true);
      for (const { message } of list) expect(message).not.toMatch(/undefined|\[object|NaN/);
    }),
    { numRuns: 500 },
  );
});
