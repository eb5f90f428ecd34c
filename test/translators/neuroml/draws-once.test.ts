/** What LEMS has to write several times is drawn once, such as both sides of a comparison. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';

test.each([
  ['int(uniform() < 0.5)', 1],
  ['x if uniform() < 0.1 else 2*x', 1],
  ['int(uniform() <= 0.5 and x > 0)*int(not uniform() > x)', 2],
  ['exprel(uniform())', 1],
  ['int(3*uniform())', 1],
  ['uniform() % 0.3', 1],
  ['(uniform()*mV)**2/mV**2', 1],
])('%s draws %i numbers', async (value, count) => {
  const text = JSON.stringify({
    interneuron: 1,
    timing: 'grid',
    neurons: {
      n: {
        state: { v: { unit: '1' }, x: { unit: '1' } },
        derivatives: { v: '1/second' },
        events: { spike: { when: 'v > 1', do: ['v = 0', `x = ${value}`] } },
      },
    },
    populations: { P: { type: 'n', size: 1 } },
    experiment: { dt: '0.1 ms', duration: '1 ms' },
  });
  const { files } = await convertModel(importModel({ name: 'm.json', text }).valid, 'lems', { partial: true });
  expect(files[0]?.text.match(/random\(1\)/g)).toHaveLength(count);
});
