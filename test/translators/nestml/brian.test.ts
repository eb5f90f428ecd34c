/** Models in NESTML as models of Brian, which lacks parts of NEST: the same models in the limit of small steps. */

import { expect, test } from 'vitest';
import '../../../translators/brian/road.js';
import '../../../translators/nestml/road.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { limitOf } from '../../../src/verify/limit.js';
import { convertWritten, readWritten } from '../../../src/verify/read-back.js';

test('held equations, truth values, infinite bounds and gates become equations and code of Brian', async () => {
  const { valid } = importModel(readSource(new URL('files/held.nestml', import.meta.url).pathname));
  const converted = await convertWritten(valid, 'brian');
  const text = converted.files[0]?.text;
  expect(text).toContain('int(pause <= 0*ms)*');
  expect(text).toContain('"method": "rk4"');
  const { valid: back } = await readWritten(converted, 'brian');
  const { verdict, ledger } = await limitOf(valid, back, { became: converted.became });
  // The cell does not spike.
  const idle = ledger?.rows.flatMap(({ how, quantity }) => (how === 'never acted' ? [quantity] : []));
  expect([verdict, idle]).toEqual(['the same model as far as it acted', ['threshold', 'reset', 'refractory period']]);
});
