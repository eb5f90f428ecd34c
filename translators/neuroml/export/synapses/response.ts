/**
 * Responses of synapses of types of their own on cells by NeuroML's names: each synapse has its conductance or current.
 */

import { dimensionless, type Dimension, type Expression } from '../../../../src/lang/ast.js';
import { binary, name as nameOf, number } from '../../../../src/lang/build.js';
import { ampere, farad, second, siemens, volt } from '../../../../src/lang/dimension.js';
import type { NeuromlReceptor } from '../../../../src/library/neuroml/cells.js';
import { constantOf, tidy } from '../../../../src/library/recognise/numbers.js';
import { dimensionOfUnit } from '../text/dimensions.js';
import { quantityText } from '../text/quantity-text.js';
import type { TypeBuilder } from '../type-builder.js';
import { element, type Element } from '../text/xml-text.js';

/** The response of a synapse type. */
export interface Response {
  /** The core type that it extends, and the one that also has the parameter `gbase`, the conductance of weight 1. */
  readonly base: string;
  readonly withBase?: string;
  /** Parameters that `base` lacks; of these, `withBase` has `erev`. */
  readonly parameters: readonly Element[];
  /** Values of parameters. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The current into the cell. */
  readonly current: Expression;
  /** The time constant of its decay, in s and as an expression of the type's parameter. */
  readonly decay?: { readonly seconds: number; readonly expression: Expression };
}

/** The synapse's name of the variable that spikes add to. */
export const responded = 'response of the synapse';

/** The synapse's name of its conductance or current, which follows the variable that spikes add to. */
const followed = 'conductance or current';

/** Checks whether synapses of own types can have a response: its times and potentials are equal for all cells. */
export const isResponse = ({ factor, attributes, base, name }: NeuromlReceptor): boolean =>
  factor === 1 &&
  name !== 'expTwoSynapse' &&
  [...attributes].every(([key, { value }]) => key === base || constantOf(value) !== undefined);

/**
 * Declares the variables and equations of a response.
 *
 * @param potential  the synapse's name of the potential of the cell, such as `post.v`
 */
export function declareResponse(receptor: NeuromlReceptor, potential: string, builder: TypeBuilder): Response {
  const { attributes, base, kind, name } = receptor;
  if (kind === 'jump') return declareJump(receptor, builder);
  const isConductance = kind === 'conductance';
  const isPynn = attributes.has('tau_syn');
  const dimension = isConductance ? siemens : ampere;
  const given = [...attributes].flatMap(([key, { unit, value }]) =>
    key === base ? [] : [{ key, dimension: dimensionOfUnit(unit), value: tidy(constantOf(value) ?? 0) }],
  );
  for (const { key } of given) builder.reserve(key);
  const time = given.find(({ key }) => key.startsWith('tau'));
  const tau = isPynn ? '(tau_syn * MSEC)' : (time?.key ?? '');
  builder.inherited('time constant', isPynn ? dimensionless : second, time?.key ?? '');
  builder.inherited('millisecond', second, 'MSEC');
  const constant = nameOf('time constant');
  const expression = isPynn ? binary('*', constant, nameOf('millisecond')) : constant;
  const state = (key: string, wanted: string, isShown: boolean): string => {
    const lems = builder.declare(key, dimension, wanted);
    const attributes = { name: lems, dimension: builder.dimensions.nameOf(dimension) };
    if (isShown) builder.exposures.push(element('Exposure', attributes));
    builder.states.push(element('StateVariable', isShown ? { ...attributes, exposure: lems } : attributes));
    return lems;
  };
  const rate = (variable: string, value: string): Element => element('TimeDerivative', { variable, value });
  const isRising = name.startsWith('alpha');
  const shown = state(isRising ? followed : responded, isConductance ? 'g' : 'I', isConductance);
  if (isRising) {
    const added = state(responded, 'A', false);
    builder.rates.push(rate(shown, `(${Math.E} * ${added} - ${shown}) / ${tau}`), rate(added, `-${added} / ${tau}`));
  } else builder.rates.push(rate(shown, `-${shown} / ${tau}`));
  const flow = nameOf(isRising ? followed : responded);
  return {
    base: isPynn ? 'basePynnSynapse' : isConductance ? 'baseVoltageDepSynapse' : 'baseCurrentBasedSynapse',
    ...(isConductance && !isPynn ? { withBase: 'baseConductanceBasedSynapse' } : {}),
    parameters: given.flatMap(({ key, dimension: own }) =>
      key === 'tau_syn' ? [] : [element('Parameter', { name: key, dimension: builder.dimensions.nameOf(own) })],
    ),
    attributes: Object.fromEntries(
      given.map(({ key, dimension: own, value }) => [key, quantityText(value, own, builder.dimensions)]),
    ),
    decay: { seconds: (time?.value ?? 0) * (isPynn ? 1e-3 : 1), expression },
    current: isConductance ? binary('*', flow, binary('-', reversal(isPynn, builder), nameOf(potential))) : flow,
  };
}

/** Declares the current that moves the potential within the step of a spike. */
function declareJump({ attributes }: NeuromlReceptor, builder: TypeBuilder): Response {
  const [C, width] = [builder.declare('capacitance', farad, 'C'), builder.declare('time of a jump', second, 'width')];
  const lems = builder.declare(responded, volt, 'jump');
  builder.states.push(element('StateVariable', { name: lems, dimension: 'voltage' }));
  builder.conditions.push(element('OnCondition', { test: `${lems} .neq. 0` }, [builder.assign(lems, '0')]));
  const values = ['C', 'width'].map((key) => tidy(constantOf(attributes.get(key)?.value ?? number(0)) ?? 0));
  return {
    base: 'baseSynapse',
    parameters: [
      element('Parameter', { name: C, dimension: 'capacitance' }),
      element('Parameter', { name: width, dimension: 'time' }),
    ],
    attributes: {
      [C]: quantityText(values[0] ?? 0, farad, builder.dimensions),
      [width]: quantityText(values[1] ?? 0, second, builder.dimensions),
    },
    current: binary('/', binary('*', nameOf('capacitance'), nameOf(responded)), nameOf('time of a jump')),
  };
}

/** Returns the reversal potential, which is a number of mV in types of PyNN. */
function reversal(isPynn: boolean, builder: TypeBuilder): Expression {
  const declared = (key: string, wanted: string, dimension: Dimension): Expression => {
    builder.inherited(key, dimension, wanted);
    return nameOf(key);
  };
  if (!isPynn) return declared('reversal potential', 'erev', volt);
  return binary(
    '*',
    declared('reversal potential', 'e_rev', dimensionOfUnit('1')),
    declared('millivolt', 'MVOLT', volt),
  );
}
