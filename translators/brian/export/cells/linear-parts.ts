/**
 * Equations of compartments in a form that Brian can solve: the membrane current is linear in the potential, and the
 * rate of each variable is linear in that variable. Nonlinear parts are held for a step.
 */

import type { Expression } from '../../../../src/lang/ast.js';
import { childrenOf, namesIn } from '../../../../src/lang/walk.js';
import { expressionsIn, type NeuronType } from '../../../../src/model/typed.js';

/**
 * Returns the type with held variables, if they multiply the potential or other variables, or are in functions of them.
 */
export function withLinearParts(type: NeuronType): NeuronType {
  const held = new Set(Object.keys(type.derived).filter((name) => type.derived[name]?.held));
  const values = new Map(Object.entries(type.derived).map(([name, { value }]) => [name, value]));
  const atStart = readAtStart(type, values);
  const current = values.get('Im');
  if (current) new Linear('v', values, held, atStart).hold(current);
  for (const [name, { rate }] of Object.entries(type.derivatives)) new Linear(name, values, held, atStart).hold(rate);
  const derived = Object.fromEntries(
    Object.entries(type.derived).map(([name, one]) => [name, held.has(name) ? { ...one, held: true } : one]),
  );
  return { ...type, derived };
}

/** Returns names that first values read. Held values are not known yet at that time. */
function readAtStart({ state }: NeuronType, values: ReadonlyMap<string, Expression>): ReadonlySet<string> {
  const read = new Set<string>();
  const look = (e: Expression): void => {
    for (const name of namesIn(e)) {
      if (read.has(name)) continue;
      read.add(name);
      const own = values.get(name);
      if (own) look(own);
    }
  };
  for (const e of expressionsIn(Object.values(state).map(({ initial }) => initial))) look(e);
  return read;
}

/** How an expression depends on a variable: not at all, as a sum of a multiple of it and a constant, or otherwise. */
type Degree = 0 | 1 | 2;

class Linear {
  readonly #degrees = new Map<string, Degree>();

  constructor(
    private readonly variable: string,
    private readonly values: ReadonlyMap<string, Expression>,
    private readonly held: Set<string>,
    private readonly atStart: ReadonlySet<string>,
  ) {}

  /** Holds derived variables that make an expression nonlinear. */
  hold(e: Expression): void {
    if (this.#degree(e) < 2) return;
    if (e.kind === 'name') {
      const own = this.values.get(e.name);
      if (!own) return;
      // For a current the factor is held, for a variable's rate the whole term.
      if (this.variable === 'v') this.hold(own);
      this.#degrees.clear();
      if (this.#degree(own) === 2) this.#take(e.name);
      return;
    }
    for (const part of childrenOf(e)) this.hold(part);
    if (this.#degree(e) < 2) return;
    const factor = childrenOf(e).findLast((part) => part.kind === 'name' && this.#degree(part) === 1);
    if (factor?.kind === 'name' && factor.name !== this.variable) this.#take(factor.name);
  }

  #take(name: string): void {
    if (this.atStart.has(name)) return;
    this.held.add(name);
    this.#degrees.clear();
  }

  #degree(e: Expression): Degree {
    if (e.kind === 'name') return this.#degreeOf(e.name);
    const degrees = childrenOf(e).map((part) => this.#degree(part));
    const most = Math.max(0, ...degrees) as Degree;
    if (most !== 1) return most;
    if (e.kind === 'unary') return 1;
    if (e.kind === 'conditional') return this.#degree(e.condition) === 0 ? 1 : 2;
    if (e.kind !== 'binary') return 2;
    const [left = 0, right = 0] = degrees;
    if (e.operator === '+' || e.operator === '-') return 1;
    if (e.operator === '*') return left + right < 2 ? 1 : 2;
    return e.operator === '/' && right === 0 ? 1 : 2;
  }

  #degreeOf(name: string): Degree {
    if (name === this.variable) return 1;
    const own = this.values.get(name);
    if (!own || this.held.has(name)) return 0;
    const known = this.#degrees.get(name);
    if (known !== undefined) return known;
    const made = this.#degree(own);
    this.#degrees.set(name, made);
    return made;
  }
}
