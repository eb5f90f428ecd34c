/**
 * Hypergeometric numbers, in float64: sequential search for small means, otherwise ratio of uniforms under a table
 * mountain (Stadlober 1990, "The ratio of uniforms approach for generating discrete random variates", algorithm HRUA),
 * accepting by probabilities computed in full precision.
 *
 * The uniform number of a search is from values 0 and 1 of iteration 0. Attempt i of a rejection is iteration i: values
 * 0 and 1 give the divisor, values 2 and 3 the dividend.
 */

import { add, and, call, div, f64, ge, get, gt, le, leave, lt, mul, not, select, sub, u32, unary } from '../builder.js';
import type { Expression } from '../program.js';
import { define, once } from './define.js';
import { logBinomial } from './counts.js';
import { exp } from './exponential.js';
import { log } from './logarithm.js';
import { drawParameters, uniformFromWords, wordsAt } from './philox.js';

const searchBelow = 10;
const longestSearch = 128;
const mostAttempts = 1000;
/** 2 sqrt(2/e) and 3 - 2 sqrt(3/e), the parameters of the table mountain over the probabilities. */
const [slope, width] = [1.7155277699214135, 0.8989161620588988];

/**
 * log of the probability of k marked ones in a sample, by binomial probabilities at the sample's share (Loader 2000).
 */
const logHypergeometric = once(() =>
  define(
    'logHypergeometric',
    'log probability of k marked in a sample',
    { k: 'f64', marked: 'f64', others: 'f64', sample: 'f64' },
    (body, { k, marked, others, sample }) => {
      const total = body.let('total', add(marked, others));
      const share = body.let('share', div(sample, total));
      const both = add(call(logBinomial(), k, marked, share), call(logBinomial(), sub(sample, k), others, share));
      return sub(both, call(logBinomial(), sample, total, share));
    },
  ),
);

/**
 * The number of marked elements in a sample without replacement, from `marked` marked and `others` unmarked ones: an
 * integer; NaN for a sample larger than their sum, or for a negative number. Numbers up to 2^52.
 */
export const hypergeometric = once(() =>
  define(
    'hypergeometric',
    'hypergeometric number',
    { ...drawParameters, marked: 'f64', others: 'f64', sample: 'f64' },
    (body, { marked, others, sample, ...at }) => {
      const total = body.let('total', add(marked, others));
      const legal = body.let(
        'legal',
        and(
          and(ge(marked, f64(0)), ge(others, f64(0))),
          and(ge(sample, f64(0)), and(le(sample, total), lt(total, f64(Infinity)))),
        ),
      );
      // At most half of all are drawn, and at most half of all are marked.
      const rest = body.let('rest', gt(add(sample, sample), total));
      const n = body.let('n', select(rest, sub(total, sample), sample));
      const swapped = body.let('swapped', gt(marked, others));
      const good = body.let('good', select(swapped, others, marked));
      const bad = body.let('bad', select(swapped, marked, others));
      const count = body.variable('count', f64(0));
      const mean = body.let('mean', div(mul(n, good), total));
      const most = body.let('most', select(lt(n, good), n, good));
      const some = body.let('some', and(legal, gt(mean, f64(0))));
      body.when(and(some, lt(mean, f64(searchBelow))), () => {
        const [w0, w1] = wordsAt(body, at, u32(0));
        const left = body.variable('left', call(uniformFromWords(), w0, w1));
        const probability = body.variable(
          'probability',
          call(exp('f64'), call(logHypergeometric(), f64(0), good, bad, n)),
        );
        const limit = body.let('limit', select(lt(most, f64(longestSearch)), most, f64(longestSearch)));
        body.whilst(and(gt(get(left), get(probability)), lt(get(count), limit)), () => {
          body.set(left, sub(get(left), get(probability)));
          const k = get(count);
          const up = mul(sub(good, k), sub(n, k));
          const down = mul(add(k, f64(1)), add(sub(bad, n), add(k, f64(1))));
          body.set(probability, mul(get(probability), div(up, down)));
          body.set(count, add(get(count), f64(1)));
        });
      });
      body.when(and(some, not(lt(mean, f64(searchBelow)))), () => {
        const share = body.let('share', div(good, total));
        const spread = mul(div(mul(sub(total, n), n), sub(total, f64(1))), mul(share, sub(f64(1), share)));
        const hat = body.let('hat', add(mul(f64(slope), unary('sqrt', add(spread, f64(0.5)))), f64(width)));
        const centre = body.let('centre', add(mean, f64(0.5)));
        const mode = body.let('mode', unary('floor', div(mul(add(n, f64(1)), add(good, f64(1))), add(total, f64(2)))));
        const highest = body.let('highest', call(logHypergeometric(), mode, good, bad, n));
        body.loop('attempt', u32(0), u32(mostAttempts), (attempt) => {
          const [w0, w1, w2, w3] = wordsAt(body, at, attempt);
          const x = body.let('x', call(uniformFromWords(), w0, w1));
          const y = body.let('y', sub(call(uniformFromWords(), w2, w3), f64(0.5)));
          const k: Expression = body.let('k', unary('floor', add(centre, div(mul(hat, y), x))));
          body.when(and(ge(k, f64(0)), le(k, most)), () => {
            body.set(count, k);
            const height = body.let('height', mul(f64(2), call(log('f64'), x)));
            body.when(le(height, sub(call(logHypergeometric(), k, good, bad, n), highest)), () => body.add(leave));
          });
        });
      });
      // The count is converted back if it was drawn for the complement or for the other kind.
      const ofGood = select(rest, sub(good, get(count)), get(count));
      const drawn = select(swapped, sub(sample, ofGood), ofGood);
      return select(legal, drawn, f64(NaN));
    },
  ),
);
