/** Local variables of NESTML's update block that are read after the integration. */

import { expect, test } from 'vitest';
import '../../../translators/nestml/road.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { openModel } from '../../../src/session/open-model.js';

const text = `model falling:
    state:
        V_m mV = 8 mV
        count integer = 0
    equations:
        V_m' = -V_m / tau
    parameters:
        tau ms = 10 ms
    update:
        before mV = V_m
        is_high boolean = V_m > 4 mV
        integrate_odes()
        if is_high and before > V_m:
            count += 1
`;

test('keep their values', async () => {
  const session = openModel(importModel({ name: 'falling.nestml', text }));
  await session.run();
  // V_m is above 4 mV before ln(2) 10 ms = 6.93 ms: in 70 steps of 0.1 ms.
  expect(Number((await session.read('cell', 'count'))[0])).toBe(70);
  await session.dispose();
});
