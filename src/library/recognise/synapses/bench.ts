/** Runs synapse types on the host: the releases of their code at trains of spikes. */

import type { Expression, Side, Statement } from '../../../lang/ast.js';
import { number } from '../../../lang/build.js';
import { assigned, NoNumber } from '../../../lang/evaluate.js';
import { linearForm } from '../../../lang/linear.js';
import { sideOf } from '../../../lang/reference.js';
import { writtenBy } from '../../../lang/walk.js';
import { formulaOf, statementsIn, type SynapseType } from '../../../model/typed.js';
import { near, plain, sequence, valueAt, type Declared } from '../numbers.js';

/** Returns the names in a synapse: parameters, state, and targets of its assignments. */
export const namesOf = ({ parameters, state, pathways }: SynapseType): Declared =>
  new Set([...Object.keys(parameters), ...Object.keys(state), ...writtenBy(statementsIn(pathways))]);

/** A spike of one side. */
export type Spike = readonly [time: number, side: 'pre' | 'post'];

/** A synapse that is run on the host. */
export interface Bench {
  /** Returns the release at each presynaptic spike, and the variables after each spike. */
  run(
    spikes: readonly Spike[],
    values: Readonly<Record<string, number>>,
  ): { readonly released: readonly number[]; readonly after: readonly ReadonlyMap<string, number>[] };
}

/** Returns a type's code as a function of trains; undefined if it reads variables of other objects. */
export function benchOf(type: SynapseType, dt: number): Bench | undefined {
  const rates = new Map<string, { readonly slope: Expression; readonly constant: Expression }>();
  for (const [name, { rate }] of Object.entries(type.derivatives)) {
    const form = linearForm(plain(rate, namesOf(type)), [name]);
    if (form === null) return undefined;
    rates.set(name, { slope: form.coefficients.get(name) ?? number(0), constant: form.constant });
  }
  const code = (side: Side): readonly Statement[] =>
    Object.values(type.pathways).flatMap(({ on, do: own }) => (on.end === side && on.event === 'spike' ? own : []));
  const sides = { pre: code('pre'), post: code('post') };
  return {
    run(spikes, values) {
      const variables = new Map<string, number>();
      const look = (name: string): number => {
        const value = variables.get(name);
        if (value === undefined) throw new NoNumber(name);
        return value;
      };
      for (const [name, { value }] of Object.entries(type.parameters))
        if (typeof value === 'number') variables.set(name, value);
      for (const [name, value] of Object.entries(values)) variables.set(name, value);
      for (const [name, { initial }] of Object.entries(type.state))
        if (!variables.has(name)) {
          const e = formulaOf(initial);
          variables.set(name, typeof initial === 'number' ? initial : e ? valueAt(plain(e, namesOf(type)), look) : 0);
        }
      let now = 0;
      const released: number[] = [];
      const after: ReadonlyMap<string, number>[] = [];
      for (const [time, side] of spikes) {
        const passed = time - now;
        const next = [...rates].map(([name, { slope, constant }]) => {
          const [a, b, x] = [valueAt(slope, look), valueAt(constant, look), look(name)];
          return [name, a === 0 ? x + b * passed : (x + b / a) * Math.exp(a * passed) - b / a] as const;
        });
        for (const [name, value] of next) variables.set(name, value);
        now = time;
        variables.set('t', time);
        variables.set('dt', dt);
        variables.set('t_in_timesteps', Math.round(time / dt));
        let arrived = 0;
        for (const statement of sides[side]) {
          if (statement.kind === 'send') throw new NoNumber('send');
          const value = valueAt(plain(statement.value, namesOf(type)), look);
          const { target, operator } = statement;
          if (sideOf(target) === 'post' || target === 'port') {
            arrived += operator === '-=' ? -value : value;
            continue;
          }
          if (operator === '%=') throw new NoNumber(operator);
          const before = operator === '=' ? 0 : look(target);
          variables.set(target, assigned(operator, before, value));
        }
        if (side === 'pre') released.push(arrived);
        after.push(new Map(variables));
      }
      return { released, after };
    },
  };
}

/** Returns trains of both sides with spikes that never coincide. */
export function trains(seed: number, dt: number, sides: readonly ('pre' | 'post')[]): readonly Spike[] {
  const random = sequence(seed);
  let time = 0.01;
  return Array.from({ length: 24 }, (): Spike => {
    time += dt * (1 + Math.floor((0.03 / dt) * random() * random()));
    return [time, sides[Math.floor(random() * sides.length)] ?? 'pre'];
  });
}

/** Checks whether two types release the same at random trains. */
export function agree(
  ours: Bench,
  values: Readonly<Record<string, number>>,
  theirs: Bench,
  theirValues: Readonly<Record<string, number>>,
  sides: readonly ('pre' | 'post')[],
  dt: number,
): boolean {
  return [1, 2, 3].every((seed) => {
    const spikes = trains(seed, dt, sides);
    const a = ours.run(spikes, values).released;
    const b = theirs.run(spikes, theirValues).released;
    const scale = Math.max(...a.map(Math.abs));
    return a.every((one, k) => near(one, b[k] ?? NaN, scale));
  });
}

/** Returns the result of an action; undefined if a value does not exist on the host. */
export function attempt<T>(action: () => T | undefined): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
