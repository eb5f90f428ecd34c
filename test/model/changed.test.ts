/** Variables of a model that change from outside the equations of its types. */

import { expect, test } from 'vitest';
import { changedNames } from '../../src/model/changed.js';
import { typedModel } from '../../src/model/typed-model.js';
import { brian } from '../support/brian-text.js';
import { check } from '../translators/brian/support.js';

test('operations on synapses change variables of their ends', () => {
  const text = brian(`
    neuron_groups: { G: { N: 2, model: 'a : 1' }, H: { N: 2, model: 'b : 1' } }
    synapses: { S: { source: G, target: H, model: 'w : 1', connect: true,
      run_regularly: [ { code: 'a_pre += 1; b_post += w; w = 0', dt: 1 ms } ] } }
    run: [ { set: { H.b: 1 } }, { duration: 1 ms } ]`);
  expect([...changedNames(typedModel(check(text).valid!.model))].sort()).toEqual(['G.a', 'H.b', 'S.w']);
});
