/**
 * Comparisons of `t` with the time of a step: `t` is the number of the step times `dt`; its last bit may differ from
 * the time as it is written. The outcome of each in a run is compared with exact arithmetic, and with the warning.
 */

import { expect, test } from 'vitest';
import { openModel } from '../../../src/session/open-model.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import '../../../translators/brian/road.js';

const last = 60;
const times = Array.from({ length: last }, (_, k) => k + 1);
const operators = { eq: '==', from: '>=', after: '>', before: '<', until: '<=' } as const;
const names = Object.keys(operators) as (keyof typeof operators)[];

/** Steps of 0.1 ms from 0 to 61 ms at which each comparison holds, if numbers were exact. */
const exactly = { eq: 1, from: 0, after: 0, before: 0, until: 0 };
const steps = 10 * (last + 1);
const held = (name: keyof typeof operators, time: number): number =>
  ({ ...exactly, from: steps - 10 * time, after: steps - 10 * time - 1, before: 10 * time, until: 10 * time + 1 })[
    name
  ];

test('a note for each comparison that rounding changes, and for no other', async () => {
  const each = times.flatMap((time) => names.map((name) => ({ time, name, variable: `${name}${time}` })));
  const text = JSON.stringify({
    format: 'interneuron/brian',
    dt: '0.1 ms',
    neuron_groups: {
      g: {
        N: 1,
        model: each.map(({ variable }) => `${variable} : 1`).join('\n'),
        run_regularly: each.map(({ variable, name, time }) => ({
          dt: '0.1 ms',
          code: `${variable} += int(t ${operators[name]} ${time}*ms)`,
        })),
      },
    },
    run: `${last + 1} ms`,
  });
  const imported = importModel({ name: 'm.json', text });
  const said = imported.diagnostics
    .filter(({ code }) => code === 'model/time-in-binary')
    .map(({ place }) => Number(/run_regularly\/(\d+)/.exec(place?.pointer ?? '')?.[1]));
  const session = openModel(imported, { target: 'reference' });
  await session.run((last + 1) / 1000);
  const changed: number[] = [];
  for (const [k, { time, name, variable }] of each.entries()) {
    const [count] = await session.read('g', variable);
    if (count !== held(name, time)) changed.push(k);
  }
  await session.dispose();
  expect(changed.length).toBeGreaterThan(5);
  expect(said.toSorted((a, b) => a - b)).toEqual(changed);
});
