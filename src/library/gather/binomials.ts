/** Binomial draws for notations that draw only uniform numbers. */

import type { Expression } from '../../lang/ast.js';
import { binary, call, integer } from '../../lang/build.js';
import { mapExpression } from '../../lang/walk.js';
import { withExpressions, type SynapseType } from '../../model/typed.js';

/** Most draws that stand for one of a binomial distribution. */
const mostTrials = 32;

/** Binomial draws of no more trials than a parameter of the type counts as so many uniform draws. */
export function withoutBinomials(type: SynapseType, values: Readonly<Record<string, unknown>>): SynapseType {
  const most = Math.max(
    ...Object.entries(type.parameters).map(([key, { type: kind, value }]) => {
      const given = values[key] ?? value;
      return kind === 'integer' && typeof given === 'number' ? given : 0;
    }),
  );
  const changed = (e: Expression): Expression => {
    if (e.kind !== 'call' || e.function !== 'binomial') return e;
    const [trials, p] = e.arguments;
    if (trials === undefined || p === undefined || trials.kind === 'number' || most < 1 || most > mostTrials) return e;
    const draws = Array.from({ length: most }, (_, k) => {
      const drawn = call('int', [binary('<', call('uniform', []), p)]);
      return binary('*', call('int', [binary('>', trials, integer(k))]), drawn);
    });
    return draws.reduce((sum, one) => binary('+', sum, one));
  };
  return { ...type, pathways: withExpressions(type.pathways, (e) => mapExpression(e, changed)) };
}
