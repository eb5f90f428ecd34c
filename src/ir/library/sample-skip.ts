/**
 * Sequential random sampling: how many of the values that are left precede the next one of a sample, each set equally
 * likely (Vitter, Communications of the ACM 27 (1984) 703, algorithms A and D). A sample takes a time proportional to
 * its size.
 */

import { code } from '../template.js';
import { define, once } from './define.js';
import { exp, expm1 } from './exponential.js';
import { log, log1p } from './logarithm.js';
import { uniformFromWords } from './philox.js';

/** Samples of a larger share are searched value by value, since rejection would repeat often. */
const denseShare = 1 / 13;

/**
 * The number of values before the next one of a sample of `wanted` from `left` values, with 0 < wanted <= left. If it
 * is not `accepted`, other random numbers are needed.
 */
export const sampleSkip = once(() =>
  define(
    'sampleSkip',
    'values before the next one of a sample',
    { left: 'u32', wanted: 'u32', w0: 'u32', w1: 'u32', w2: 'u32', w3: 'u32' },
    (body) => {
      const [uniform, ln, ln1p] = [uniformFromWords(), log('f64'), log1p('f64')];
      const at = body.write`
        let total = f64(left)
        let n = f64(wanted)
        let others = total - n
        let u = ${uniform}(w0, w1)
        var skip = 0.0
        var accepted = n >= total * ${denseShare}
        if accepted {
          # More than k values precede the next one with probability (others/total) ... ((others - k)/(total - k)).
          var more = others / total
          while u < more {
            skip = skip + 1.0
            more = more * ((others - skip) / (total - skip))
          }
        } else {
          # The smallest of n uniform numbers in (0, total), whose density is n/total (1 - x/total)^(n - 1).
          let rest = n - 1.0
          let x = -(total * ${expm1('f64')}(${ln}(u) / n))
          let s = floor(x)
          skip = s
          if s <= others {
            # total/(others + 1) times that density is at least the probability of s, which is at least
            # n/total (1 - s/(others + 1))^(n - 1).
            let places = others + 1.0
            let v = ${uniform}(w2, w3)
            let height = v * (total / places) * (u / (1.0 - x / total))
            accepted = height <= ${exp('f64')}(rest * ${ln1p}(-(s / places)))
            if accepted {
            } else {
              # (total - s - 1) ... (total - s - rest) / ((total - 1) ... (total - rest)), with the fewer factors.
              let fewer = s < rest
              let factors = select(fewer, s, rest)
              let above = select(fewer, others, total - 1.0 - s)
              var share = 1.0
              var at = 0.0
              while at < factors {
                share = share * ((above - at) / (total - 1.0 - at))
                at = at + 1.0
              }
              accepted = height <= share
            }
          }
        }`;
      return { skip: code`u32(${at('skip')})`, accepted: at('accepted') };
    },
  ),
);
