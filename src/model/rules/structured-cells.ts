import { numbersOf } from '../arrays.js';
import { isGiven } from '../tagged.js';
import { equalDimensions } from '../../lang/dimension.js';
import { parseExpression } from '../../lang/parse.js';
import { parseUnit } from '../../lang/units.js';
import { messages } from '../messages.js';
import type { EquationSet, Id, Mechanism, Model, Value } from '../model.js';
import { child } from '../pointer.js';
import { constantsOf, valueOf } from './known-values.js';
import type { Rule, RuleContext } from './rule.js';

/**
 * Steps up to this, in s, are used in published models, which may intend that their fastest gates reach equilibrium
 * within one step.
 */
const shortStep = 1e-4;

/** Membrane potentials at which time constants are looked at, in V. */
const potentials = Array.from({ length: 17 }, (_, k) => -0.1 + k * 0.01);

const conductances = ['S', 'S/m**2'].map((unit) => ({ unit, dimension: parseUnit(unit).dimension }));

/**
 * Cells with structure as no cell is: conductances below zero, gates that the time step
 * does not resolve at any potential: it is longer than half their time constants.
 */
export const structuredCells: Rule = (model, context) => {
  for (const [id, type] of Object.entries(model.neurons)) {
    const at = child('/neurons', id);
    if (type.cable) checkGates(type, type.cable.voltage, `${at}/derivatives`, '', model, context);
    const { compartments } = type;
    if (!compartments) continue;
    for (const [name, mechanism] of Object.entries(compartments.mechanisms)) {
      const place = child(`${at}/compartments/mechanisms`, name);
      checkConductances(name, mechanism, place, model, context);
      const where = mechanism.on ? ` on ${mechanism.on.join(', ')}` : '';
      checkGates(mechanism, 'v', place, ` of ${name}${where}`, model, context, compartments.temperature);
    }
  }
};

function checkConductances(
  name: Id,
  mechanism: Mechanism,
  at: string,
  model: Model,
  { report, data }: RuleContext,
): void {
  const constants = constantsOf(model, mechanism);
  for (const [key, { unit, value }] of Object.entries(mechanism.parameters)) {
    const kind = conductances.find(({ dimension }) => equalDimensions(dimension, parseUnit(unit).dimension));
    if (!kind) continue;
    const others = Object.entries(mechanism.values ?? {}).flatMap(([place, values]): [string, Value][] => {
      const own = Object.hasOwn(values, key) ? values[key] : undefined;
      return own === undefined ? [] : [[child(child(`${at}/values`, place), key), own]];
    });
    for (const [pointer, given] of [[child(`${at}/parameters`, key), value] as [string, Value], ...others]) {
      const numbers =
        typeof given === 'string'
          ? [valueOf(parseExpression(given), constants) ?? 0]
          : isGiven(given)
            ? numbersOf(given.array, data)
            : [typeof given === 'number' ? given : 0];
      const negative = Array.from(numbers).find((number) => number < 0);
      if (negative !== undefined) report(messages.negativeConductance(key, name, negative, kind.unit), pointer);
    }
  }
}

/** Checks gates: states with a rate that falls with them, at a speed that the potential sets. */
function checkGates(
  equations: EquationSet,
  voltage: Id,
  at: string,
  where: string,
  model: Model,
  { report }: RuleContext,
  temperature?: number,
): void {
  const { dt } = model.experiment;
  if (dt <= shortStep) return;
  const known = (name: Id, value: number): EquationSet['parameters'] => ({
    [name]: { type: 'real', unit: '1', shared: true, value },
  });
  for (const [name, { rate }] of Object.entries(equations.derivatives)) {
    if (name === voltage) continue;
    const e = parseExpression(rate);
    const { [name]: _own, [voltage]: _voltage, ...state } = equations.state;
    const rateAt = (v: number, x: number): number | undefined =>
      valueOf(
        e,
        constantsOf(model, {
          ...equations,
          state,
          parameters: {
            ...equations.parameters,
            ...(temperature === undefined ? {} : known('temperature', temperature)),
            ...known(voltage, v),
            ...known(name, x),
          },
        }),
      );
    const speeds = potentials.map((v) => (rateAt(v, 0) ?? NaN) - (rateAt(v, 1) ?? NaN));
    const slowest = Math.min(...speeds);
    // Excludes a concentration with the same rate at all potentials, and one that other states drive.
    if (slowest > 0 && slowest < Math.max(...speeds) && dt * slowest > 0.5)
      report(messages.gateNotResolved(`${name}${where}`, dt, 1 / slowest), at);
  }
}
