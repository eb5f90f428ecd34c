/**
 * Sequential random sampling: how many of the values that are left precede the next one of a sample, each set equally
 * likely (Vitter, Communications of the ACM 27 (1984) 703, algorithms A and D). A sample takes a time proportional to its
 * size.
 */

import { add, call, convert, div, f64, ge, get, le, lt, mul, neg, select, sub, unary } from '../builder.js';
import { define, once } from './define.js';
import { exp, expm1 } from './exponential.js';
import { log, log1p } from './logarithm.js';
import { uniformFromWords } from './philox.js';

/** Samples of a larger share are searched value by value, since rejection would repeat often. */
const denseShare = 1 / 13;

/**
 * The number of values before the next one of a sample of `wanted` from `left` values, with 0 < wanted <= left. If it is
 * not `accepted`, other random numbers are needed.
 */
export const sampleSkip = once(() =>
  define(
    'sampleSkip',
    'values before the next one of a sample',
    { left: 'u32', wanted: 'u32', w0: 'u32', w1: 'u32', w2: 'u32', w3: 'u32' },
    (body, { left, wanted, w0, w1, w2, w3 }) => {
      const one = f64(1);
      const total = body.let('total', convert('f64', left));
      const n = body.let('n', convert('f64', wanted));
      const others = body.let('others', sub(total, n));
      const u = body.let('u', call(uniformFromWords(), w0, w1));
      const skip = body.variable('skip', f64(0));
      const accepted = body.variable('accepted', ge(n, mul(total, f64(denseShare))));
      body.when(
        get(accepted),
        () => {
          // More than k values precede the next one with probability (others/total) ... ((others - k)/(total - k)).
          const more = body.variable('more', div(others, total));
          body.whilst(lt(u, get(more)), () => {
            body.set(skip, add(get(skip), one));
            body.set(more, mul(get(more), div(sub(others, get(skip)), sub(total, get(skip)))));
          });
        },
        () => {
          // The smallest of n uniform numbers in (0, total), whose density is n/total (1 - x/total)^(n - 1).
          const rest = body.let('rest', sub(n, one));
          const x = body.let('x', neg(mul(total, call(expm1('f64'), div(call(log('f64'), u), n)))));
          const s = body.let('s', unary('floor', x));
          body.set(skip, s);
          body.when(le(s, others), () => {
            // total/(others + 1) times that density is at least the probability of s, which is at least
            // n/total (1 - s/(others + 1))^(n - 1).
            const places = body.let('places', add(others, one));
            const v = body.let('v', call(uniformFromWords(), w2, w3));
            const height = body.let('height', mul(mul(v, div(total, places)), div(u, sub(one, div(x, total)))));
            const least = call(exp('f64'), mul(rest, call(log1p('f64'), neg(div(s, places)))));
            body.set(accepted, le(height, least));
            body.when(
              get(accepted),
              () => undefined,
              () => {
                // (total - s - 1) ... (total - s - rest) / ((total - 1) ... (total - rest)), with the fewer factors.
                const fewer = body.let('fewer', lt(s, rest));
                const factors = body.let('factors', select(fewer, s, rest));
                const above = body.let('above', select(fewer, others, sub(sub(total, one), s)));
                const share = body.variable('share', one);
                const at = body.variable('at', f64(0));
                body.whilst(lt(get(at), factors), () => {
                  const factor = div(sub(above, get(at)), sub(sub(total, one), get(at)));
                  body.set(share, mul(get(share), factor));
                  body.set(at, add(get(at), one));
                });
                body.set(accepted, le(height, get(share)));
              },
            );
          });
        },
      );
      return { skip: convert('u32', get(skip)), accepted: get(accepted) };
    },
  ),
);
