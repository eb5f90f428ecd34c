/**
 * Hypergeometric numbers, in float64: sequential search for small means, otherwise ratio of uniforms under a table
 * mountain (Stadlober 1990, "The ratio of uniforms approach for generating discrete random variates", algorithm HRUA),
 * accepting by probabilities computed in full precision.
 *
 * The uniform number of a search is from values 0 and 1 of iteration 0. Attempt i of a rejection is iteration i: values
 * 0 and 1 give the divisor, values 2 and 3 the dividend.
 */

import { define, once } from './define.js';
import { logBinomial } from './counts.js';
import { exp } from './exponential.js';
import { log } from './logarithm.js';
import { drawParameters, philox4x32, uniformFromWords } from './philox.js';

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
    (body) => {
      const ln = logBinomial();
      const at = body.write`
        let total = marked + others
        let share = sample / total
        let result = ${ln}(k, marked, share) + ${ln}(sample - k, others, share) - ${ln}(sample, total, share)`;
      return at('result');
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
    (body) => {
      const [words, uniform, chance] = [philox4x32(), uniformFromWords(), logHypergeometric()];
      // At most half of all are drawn, and at most half of all are marked. The count is converted back if it was drawn
      // for the complement or for the other kind.
      const at = body.write`
        let total = marked + others
        let legal = marked >= 0.0 & others >= 0.0 & (sample >= 0.0 & (sample <= total & total < inf))
        let rest = sample + sample > total
        let n = select(rest, total - sample, sample)
        let swapped = marked > others
        let good = select(swapped, others, marked)
        let bad = select(swapped, marked, others)
        var count = 0.0
        let mean = n * good / total
        let most = select(n < good, n, good)
        let some = legal & mean > 0.0
        if some & mean < ${searchBelow} {
          ${words}(element, subElement, step, site + 0u, k0, k1) -> (r0, r1, r2, r3)
          var left = ${uniform}(r0, r1)
          var probability = ${exp('f64')}(${chance}(0.0, good, bad, n))
          let limit = select(most < ${longestSearch}, most, ${longestSearch})
          while left > probability & count < limit {
            left = left - probability
            probability = probability * ((good - count) * (n - count) / ((count + 1.0) * (bad - n + (count + 1.0))))
            count = count + 1.0
          }
        }
        if some & !(mean < ${searchBelow}) {
          let share = good / total
          let hat = ${slope} * sqrt((total - n) * n / (total - 1.0) * (share * (1.0 - share)) + 0.5) + ${width}
          let centre = mean + 0.5
          let mode = floor((n + 1.0) * (good + 1.0) / (total + 2.0))
          let highest = ${chance}(mode, good, bad, n)
          for attempt = 0u until ${mostAttempts}u {
            ${words}(element, subElement, step, site + attempt, k0, k1) -> (r0, r1, r2, r3)
            let x = ${uniform}(r0, r1)
            let y = ${uniform}(r2, r3) - 0.5
            let k = floor(centre + hat * y / x)
            if k >= 0.0 & k <= most {
              count = k
              let height = 2.0 * ${log('f64')}(x)
              if height <= ${chance}(k, good, bad, n) - highest {
                break
              }
            }
          }
        }
        let of_good = select(rest, good - count, count)
        let result = select(legal, select(swapped, sample - of_good, of_good), nan)`;
      return at('result');
    },
  ),
);
