/**
 * Conditions of the time, which LEMS adds up: by the steps in which they change, as between two steps rounding is no
 * matter; else by a variable that adds up the steps, too.
 */

import type { Binary, Expression } from '../../lang/ast.js';
import { binary, name as named, quantity } from '../../lang/build.js';
import { second } from '../../lang/dimension.js';
import { mapExpression, namesIn, readsAny, substitute } from '../../lang/walk.js';
import { numbersOfElement, type Gathering } from './gathering.js';
import type { NeuronType, Population } from '../../model/model.js';
import { freeName } from '../../model/free-name.js';
import { ownNames } from '../../model/declared-names.js';
import { plain, valueAt } from '../recognise/numbers.js';
import { withNumbers } from '../recognise/values.js';
import { treesIn, withTrees } from '../readable/texts.js';
import { borderOf, comparisons } from './time-conditions.js';
import { derivedOf } from './texts.js';

/** More elements of a population are not looked at. */
const mostElements = 1000;

/**
 * Writes comparisons of the time with given times so that they change between the steps in which they do so in LEMS; a
 * population gets a type of its own where populations of one type compare with different times.
 */
export function withTimesOfSum(gathering: Gathering): void {
  for (const [name, population] of Object.entries(gathering.populations)) {
    const type = gathering.neurons[population.type ?? ''];
    if (type === undefined || population.type === undefined || gathering.standard.has(population.type)) continue;
    const made = inSteps(gathering, type, population);
    if (made === undefined) continue;
    const text = JSON.stringify(made);
    const same = Object.entries(gathering.neurons).find(([, one]) => JSON.stringify(one) === text)?.[0];
    const isShared = Object.entries(gathering.populations).some(
      ([other, one]) => other !== name && one.type === population.type,
    );
    const own = isShared
      ? freeName(`${population.type}_${name}`, (one) => Object.hasOwn(gathering.neurons, one))
      : population.type;
    gathering.neurons[same ?? own] = made;
    gathering.populations[name] = { ...population, type: same ?? own };
  }
}

/** A type with such conditions; undefined where nothing changes, or elements differ. */
function inSteps(gathering: Gathering, type: NeuronType, population: Population): NeuronType | undefined {
  if (population.size > mostElements) return undefined;
  const derived = derivedOf(type);
  if (derived === undefined) return undefined;
  const elements = Array.from({ length: population.size }, (_, k) => numbersOfElement(gathering, type, population, k));
  let isChanged = false;
  const stepped = (e: Binary): Expression | undefined => {
    const whole = plain(substitute(e, derived), ownNames(type));
    if (!readsAny(whole, new Set(['t'])) || whole.kind !== 'binary') return undefined;
    const found = elements.map((numbers) => changeOf(withNumbers(whole, numbers) as Binary, gathering));
    const [first] = found;
    if (first === undefined || found.some((one) => one?.step !== first.step || one.after !== first.after))
      return undefined;
    isChanged = true;
    const time = quantity(Number(((first.step - 0.5) * gathering.dt).toPrecision(12)), second);
    return binary(first.after ? '>' : '<', named('t'), time);
  };
  const made = withTrees(type, (tree) =>
    mapExpression(tree, (part) =>
      part.kind === 'binary' && comparisons.has(part.operator) ? (stepped(part) ?? part) : part,
    ),
  );
  return isChanged ? made : undefined;
}

/**
 * From which step on, counted from 1, a comparison holds, or holds no more; undefined where it does not compare the time
 * with a given one that is a whole number of steps.
 */
function changeOf(e: Binary, { dt, end }: Gathering): { readonly step: number; readonly after: boolean } | undefined {
  if (e.operator === '==' || e.operator === '!=') return undefined;
  if ([...namesIn(e)].some((name) => name !== 't' && name !== 'dt')) return undefined;
  const border = borderOf(e, dt);
  if (border?.steps === undefined || Math.abs(border.steps - Math.round(border.steps)) > 1e-6) return undefined;
  const around = Math.round(border.steps);
  if (around > end / dt + 2 || around < -1) return undefined;
  let time = 0;
  for (let step = 0; step <= around + 2; step++) {
    const now = time;
    const holds = step >= around - 2 && valueAt(e, (name) => (name === 't' ? now : dt)) !== 0;
    if (step >= Math.max(0, around - 2) && holds === border.after) return { step, after: border.after };
    time += dt;
  }
  return undefined;
}

/**
 * A type with a variable that adds up the steps, as LEMS adds up its time.
 *
 * @returns undefined where the type reads the time of the last spike, which Brian has not as such a sum
 */
export function withSummedTime(type: NeuronType): { readonly type: NeuronType; readonly name: string } | undefined {
  if (treesIn(type).some((e) => namesIn(e).has('lastspike'))) return undefined;
  const taken = ownNames(type);
  const name = freeName('t_sum', (one) => taken.has(one));
  return {
    name,
    type: {
      ...type,
      state: { ...type.state, [name]: { unit: 's', type: 'real', initial: 0, shared: false } },
      derivatives: { ...type.derivatives, [name]: { rate: '1', eventDriven: false } },
    },
  };
}
