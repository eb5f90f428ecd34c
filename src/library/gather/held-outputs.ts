/** Currents that a source computes in its step and later cells add in the same step, after the source has been advanced. */

import { binary, name as named } from '../../lang/build.js';
import { printExpression } from '../../lang/print.js';
import { namesIn, substitute } from '../../lang/walk.js';
import { ownNames } from '../../model/declared-names.js';
import { child } from '../../model/pointer.js';
import { wholePopulation } from '../../model/selected.js';
import { outputOf, type Gathering } from './gathering.js';
import { isForward } from './same-step.js';
import { derivedOf } from './texts.js';

/**
 * Makes what cells add of the derived variables of their sources hold over a step, with the time of its end: LEMS computes
 * it before it advances a source, and cells that come later read it after that.
 *
 * @returns whether some cells add a variable that their source has advanced before
 */
export function holdOutputs(gathering: Gathering): boolean {
  let isAdvanced = false;
  for (const [name, projection] of Object.entries(gathering.projections)) {
    const from = wholePopulation(projection.from.of) ?? '';
    const typeName = gathering.populations[from]?.type ?? '';
    const type = gathering.neurons[typeName];
    const { variable } = outputOf(gathering, projection) ?? {};
    if (type === undefined || variable === undefined) continue;
    isAdvanced ||= Object.hasOwn(type.state, variable);
    const given = type.derived[variable];
    const whole = derivedOf(type)?.get(variable);
    if (given === undefined || given.held) continue;
    const read = whole === undefined ? [] : [...namesIn(whole)];
    const linked = Object.keys(gathering.populations[from]?.linked ?? {});
    const isMoving = (one: string): boolean => Object.hasOwn(type.state, one) || linked.includes(one) || one === 't';
    if (whole !== undefined && !read.some(isMoving)) continue;
    if (whole === undefined || !isForward(gathering, projection)) {
      gathering.report.approximated(
        'brian/contributes',
        child('/projections', name),
        'LEMS takes the current that its source computed a step before; in Brian it is that of the same step',
      );
      continue;
    }
    const atEnd = new Map([['t', binary('+', named('t'), named('dt'))]]);
    const names = ownNames(type);
    const value = read.includes('t')
      ? printExpression(substitute(whole, atEnd), { taken: (one) => names.has(one) })
      : given.value;
    gathering.neurons[typeName] = {
      ...type,
      derived: { ...type.derived, [variable]: { ...given, held: true, value } },
    };
  }
  return isAdvanced;
}
