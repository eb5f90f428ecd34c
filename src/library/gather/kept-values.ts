/** Variables of cells that keep what others were when a step began. */

import { second } from '../../lang/dimension.js';
import { inSI } from '../../lang/print.js';
import { ownNames } from '../../model/declared-names.js';
import { freeName } from '../../model/free-name.js';
import type { NeuronType } from '../../model/model.js';

/**
 * A type of cells that keeps the value that a variable had when a step began, or was computed with in it.
 *
 * @param dt  in s
 */
export function withKept(
  type: NeuronType,
  variable: string,
  dt: number,
): { readonly type: NeuronType; readonly name: string } | undefined {
  const unit = type.state[variable]?.unit ?? type.derived[variable]?.unit;
  if (unit === undefined) return undefined;
  const taken = ownNames(type);
  const name = freeName(`${variable.replace(/_before(_\d+)?$/, '')}_before`, (one) => taken.has(one));
  const home = type.sequence?.findIndex(({ state = [] }) => state.includes(variable)) ?? -1;
  const last = (type.sequence?.length ?? 0) - 1;
  const sequence = type.sequence?.map((part, k) =>
    k === (home < 0 ? last : home) ? { ...part, state: [...(part.state ?? []), name] } : part,
  );
  // By a number: Brian's NumPy code for `/dt` takes a variable that refractoriness holds as it is after the step.
  const isHeld = Object.keys(type.regimes).length > 0;
  const step = isHeld ? `(${inSI(dt, second, (one) => taken.has(one))})` : 'dt';
  return {
    name,
    type: {
      ...type,
      state: { ...type.state, [name]: { unit, type: 'real', initial: variable, shared: false } },
      derivatives: { ...type.derivatives, [name]: { rate: `(${variable} - ${name})/${step}`, eventDriven: false } },
      ...(sequence ? { sequence } : {}),
    },
  };
}

/** Types of cells that keep values of variables, each once. */
export class KeptValues {
  readonly neurons: Record<string, NeuronType>;
  readonly #kept = new Map<string, string>();

  constructor(
    neurons: Readonly<Record<string, NeuronType>>,
    /** Time step, in s. */
    private readonly dt: number,
  ) {
    this.neurons = { ...neurons };
  }

  /** The variable of a type that keeps another one: itself, for a parameter; undefined where the type has none such. */
  of(type: string, variable: string): string | undefined {
    const key = `${type}.${variable}`;
    const cell = this.neurons[type];
    if (cell === undefined || this.#kept.has(key)) return this.#kept.get(key);
    if (Object.hasOwn(cell.parameters, variable)) return variable;
    const made = withKept(cell, variable, this.dt);
    if (made === undefined) return undefined;
    this.neurons[type] = made.type;
    this.#kept.set(key, made.name);
    return made.name;
  }
}
