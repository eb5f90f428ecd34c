/** Kinetic schemes of mechanisms as gates of channels: occupancies with linear rates that keep their sum. */

import type { Expression } from '../../../../src/lang/ast.js';
import { integer } from '../../../../src/lang/build.js';
import { isZero } from '../../../../src/lang/build.js';
import { linearForm, linearRate } from '../../../../src/lang/linear.js';
import { simplify } from '../../../../src/lang/fold.js';
import { namesIn } from '../../../../src/lang/walk.js';
import { element, type Element } from '../text/xml-text.js';
import type { LocalEquations } from '../../../../src/library/membrane/equations.js';
import type { PotentialFunctions } from './gates.js';

/** A kinetic scheme as a gate. */
export interface SchemeGate {
  readonly element: Element;
  /** Its state variables; LEMS begins with all channels in the first one. */
  readonly states: readonly string[];
}

/** Potentials in V at which flows in and out are compared. */
const probes = [-0.1, -0.0713, -0.0402, -0.0101, 0.0142, 0.05];

/**
 * Returns the scheme that a factor of a conductance opens: an occupancy, or a sum of them.
 *
 * @param initial  first values of all state variables
 * @returns undefined if it is no kinetic scheme
 */
export function schemeGate(
  open: Expression,
  instances: number,
  equations: LocalEquations,
  initial: ReadonlyMap<string, number>,
  { functions, owner }: { readonly functions: PotentialFunctions; readonly owner: string },
): SchemeGate | undefined {
  const all = Object.keys(equations.type.state);
  const opened = linearForm(open, all);
  const openStates = [...(opened?.coefficients ?? [])].map(([name]) => name);
  if (!opened || !isZero(opened.constant)) return undefined;
  if ([...opened.coefficients.values()].some((coefficient) => coefficient.kind !== 'number' || coefficient.value !== 1))
    return undefined;
  const rows = new Map<string, ReadonlyMap<string, Expression>>();
  for (const wanted = [...openStates]; wanted.length > 0;) {
    const name = wanted.pop() ?? '';
    if (rows.has(name)) continue;
    const text = equations.type.derivatives[name]?.rate;
    const form = text === undefined ? null : linearRate(equations.of(text), all);
    if (!form || !isZero(simplify(form.constant))) return undefined;
    const coefficients = [...form.coefficients].filter(([, e]) => !isZero(simplify(e)));
    if (coefficients.some(([, e]) => [...namesIn(e)].some((one) => one !== 'v' && one !== 'ca_i'))) return undefined;
    rows.set(name, new Map(coefficients));
    wanted.push(...coefficients.map(([other]) => other));
    // States that only receive are found from those that they receive from.
    for (const [other, { rate }] of Object.entries(equations.type.derivatives))
      if (namesIn(equations.of(rate)).has(name)) wanted.push(other);
  }
  const first = (name: string): number => initial.get(name) ?? 0;
  const states = [...rows.keys()].sort((a, b) => first(b) - first(a));
  const ordered = [
    ...states.filter((state) => !openStates.includes(state)),
    ...states.filter((one) => openStates.includes(one)),
  ];
  const rate = (from: string, to: string): Expression => rows.get(to)?.get(from) ?? integer(0);
  const at = (e: Expression, v: number): number => equations.atPotential(e)(v);
  const isKept = probes.every((v) =>
    states.every((from) => {
      const flows = states.map((to) => at(rate(from, to), v));
      const scale = Math.max(...flows.map(Math.abs));
      const enters = states.every((to) => to === from || at(rate(from, to), v) >= 0);
      return enters && Math.abs(flows.reduce((sum, one) => sum + one, 0)) <= 1e-9 * scale;
    }),
  );
  const total = states.reduce((sum, one) => sum + first(one), 0);
  if (states.length < 2 || !isKept || Math.abs(total - 1) > 1e-6) return undefined;
  const pairs = ordered.flatMap((from, k) =>
    ordered.slice(k + 1).flatMap((to) => (isZero(rate(from, to)) && isZero(rate(to, from)) ? [] : [{ from, to }])),
  );
  const transition = (tag: 'forward' | 'reverse', from: string, to: string): Element =>
    element(`${tag}Transition`, { id: `${from}_${to}_${tag}`, from, to }, [
      functions.part(
        'rate',
        'Rate',
        tag === 'forward' ? rate(from, to) : rate(to, from),
        equations,
        `${owner}_${from}_${to}_${tag}`,
      ),
    ]);
  return {
    states: ordered,
    element: element('gateKS', { id: 'gate', instances: String(instances) }, [
      ...ordered.map((id) => element(openStates.includes(id) ? 'openState' : 'closedState', { id })),
      ...pairs.map(({ from, to }) => transition('forward', from, to)),
      ...pairs.map(({ from, to }) => transition('reverse', from, to)),
    ]),
  };
}
