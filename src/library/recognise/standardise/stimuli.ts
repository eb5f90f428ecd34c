/** Currents and Poisson inputs as PyNN's current sources, and as sources with synapses of their own. */

import { ampere } from '../../../lang/dimension.js';
import { binary, number, quantity } from '../../../lang/build.js';
import { foldConstants } from '../../../lang/fold.js';
import { parseUnit } from '../../../lang/units.js';
import type { Expression } from '../../../lang/ast.js';
import { namesIn } from '../../../lang/walk.js';
import type { Stimulus } from '../../../model/typed.js';
import { freeName } from '../../../model/free-name.js';
import { child } from '../../../model/pointer.js';
import { populationsOf } from '../../../model/selected.js';
import { synapsesFor } from '../../pynn/index.js';
import { constantOf, tidy } from '../numbers.js';
import { valueOf, type Environment } from '../values.js';
import { type Standardising, cellType, declaresName, isTaken, sizeOf, synapseType } from './context.js';

/** Many independent Poisson inputs of one weight are one source with the sum of their rates for each cell. */
export function standardiseStimulus(context: Standardising, name: string, stimulus: Stimulus): void {
  const pointer = child('/stimuli', name);
  const keep = (reason?: string): void => {
    if (reason !== undefined) context.report.missing(pointer, reason);
    context.stimuli[name] = stimulus;
  };
  const [target = ''] = populationsOf(stimulus.to);
  const known = context.known.get(target);
  if (stimulus.kind === 'current') {
    const scale = known?.cell.currents?.get(stimulus.input);
    const input = known?.cell.standard.injectable;
    if (known === undefined || input === undefined) return keep();
    if (scale === undefined)
      return keep(`it acts on ${stimulus.input}, which is not a current of ${known.cell.standard.name}`);
    const whole = withParameters(context, stimulus.value, target, known.environment);
    if (whole === undefined) return keep('its current reads what differs between cells, or changes');
    const value = scale === 1 && whole === stimulus.value ? whole : scaledCurrent(whole, scale);
    context.stimuli[name] = { ...stimulus, input, value };
    return;
  }
  const port = known?.cell.ports.get(stimulus.variable);
  if (known === undefined) return keep();
  if (port === undefined)
    return keep(`it acts on ${stimulus.variable}, which is not a receptor of ${known.cell.standard.name}`);
  const weight = valueOf(binary('*', number(port.factor), stimulus.weight), known.environment);
  if (typeof weight !== 'number') return keep('a weight that differs between cells');
  if (port.kind === 'conductance' && weight < 0) return keep('a negative conductance, which PyNN rejects');
  const source = freeName(name, (one) => Object.hasOwn(context.populations, one));
  const label = freeName(`${name}_synapses`, (one) => isTaken(context, one));
  const standard = synapsesFor(port.kind)['StaticSynapse'];
  if (standard === undefined) return keep();
  const totalRate = tidy(stimulus.n * stimulus.rate);
  context.populations[source] = {
    type: cellType(context, source, 'SpikeSourcePoisson'),
    size: sizeOf(context, stimulus.to),
    values: { rate: totalRate },
    order: 0,
  };
  context.projections[label] = {
    from: { of: { kind: 'slice', population: source } },
    to: { of: stimulus.to },
    synapse: synapseType(context, 'StaticSynapse', standard, port.kind),
    connect: [{ rule: 'oneToOne' }],
    receptors: { port: weight < 0 ? port.negative : port.positive },
    values: { weight },
    delays: { pre: context.dt },
    order: stimulus.order,
  };
  const probability = tidy(stimulus.rate * context.dt);
  context.report.different(
    context.code('poisson-input'),
    pointer,
    `a SpikeSourcePoisson of ${totalRate} Hz for each cell: numbers of arrivals a step ` +
      'are Poisson, ' +
      `here binomial with p = ${probability}, whose variance is ${tidy(Number((probability * 100).toPrecision(3)))} % less`,
  );
}

/**
 * Returns an expression with numbers in place of a population's parameters; the same object if it reads no parameters.
 */
function withParameters(
  context: Standardising,
  e: Expression,
  population: string,
  { numbers }: Environment,
): Expression | undefined {
  const type = context.model.neurons[context.model.populations[population]?.type ?? ''];
  const isOwn = (one: string): boolean => declaresName(context, population, one);
  const read = [...namesIn(e)].filter(isOwn);
  if (read.length === 0) return e;
  if (!read.every((one) => numbers.has(one))) return undefined;
  const values = read.map((one) => {
    const { dimension } = parseUnit(type?.parameters[one]?.unit ?? '1');
    return [one, quantity(numbers.get(one) ?? 0, dimension)] as const;
  });
  return foldConstants(e, new Map(values), isOwn);
}

/** Returns a current times a number, in the form that it has. */
function scaledCurrent(e: Expression, scale: number): Expression {
  const of = (part: Expression): Expression => scaledCurrent(part, scale);
  const literal = constantOf(e);
  if (literal !== undefined) return quantity(tidy(literal * scale), ampere);
  if (e.kind === 'conditional') return { ...e, whenTrue: of(e.whenTrue), whenFalse: of(e.whenFalse) };
  if (e.kind === 'binary' && (e.operator === '+' || e.operator === '-'))
    return { ...e, left: of(e.left), right: of(e.right) };
  if (e.kind === 'binary' && e.operator === '*') return { ...e, left: of(e.left) };
  return binary('*', quantity(scale, ampere), e);
}
