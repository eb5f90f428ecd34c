/** Convolutions of spikes with kernels, as variables of linear equations. */

import { dimensionless, type Span } from '../../src/lang/ast.js';
import { binary, integer, isZero, name as nameOf, product } from '../../src/lang/build.js';
import {
  divideDimensions,
  equalDimensions,
  hertz,
  isDimensionless,
  powerDimension,
  second,
} from '../../src/lang/dimension.js';
import { linearForm } from '../../src/lang/linear.js';
import { printExpression } from '../../src/lang/print.js';
import { callsIn, mapExpression, namesIn, readsAny, substitute } from '../../src/lang/walk.js';
import { convolutionMark, type Draft } from './draft.js';
import type { Value } from './functions.js';
import { dirac, equationsOf, hasPulses, type KernelEquations, kernelTime } from './kernels.js';
import { type Equation, type Kernel, plainName } from './syntax.js';
import * as messages from './messages.js';
import { type Scope, zeroOf } from './values.js';

/** Returns the value of a convolution, whose kernel becomes variables that jump at spikes. */
function convolved(draft: Draft, mark: string, span: Span): Value {
  const known = draft.convolutions.get(mark);
  if (known) return known;
  const [kernel = '', port = ''] = mark.slice(convolutionMark.length).split(' ');
  const definition = draft.model.kernels.find(({ equations }) => equations.some(({ name }) => name === kernel));
  const gains = draft.gains.get(port);
  if (!definition || !gains) return draft.fail(messages.convolution(), span);
  const found = readKernel(draft, definition, kernel);
  if (!found) return draft.fail(messages.kernel(kernel), definition.span);
  const names = new Map(
    found.modes.map(({ key }, k) => [
      key,
      nameOf(
        draft.names.take(
          key.startsWith('y') && k === 0
            ? `${kernel}__X__${port}`
            : `${key.startsWith('y') ? kernel + key.slice(1) : key}__X__${port}`,
        ),
      ),
    ]),
  );
  for (const { key, rate, gain, unit } of found.modes) {
    const name = (names.get(key) as { readonly name: string }).name;
    const type = draft.translator.type({ text: unit, span });
    draft.types.set(name, type);
    draft.states.set(name, { type, initial: zeroOf(type).e, span });
    draft.rates.set(name, substitute(rate, names));
    if (!isZero(gain)) gains.set(name, gain);
  }
  const pulse = product(nameOf(`${dirac} ${port}`), binary('*', integer(1), nameOf('ms')));
  const value: Value = {
    e: substitute(found.value, found.isDelta ? new Map([...names, [dirac, pulse]]) : names),
    kind: 'real',
    dimension: found.dimension ?? dimensionless,
  };
  draft.convolutions.set(mark, value);
  return value;
}

/** Returns the equations of a kernel; null if there are none. */
function readKernel(draft: Draft, { equations }: Kernel, name: string): KernelEquations | null {
  const [only] = equations;
  return equations.length === 1 && only?.order === 0
    ? kernelOfFunction(draft, only)
    : kernelOfEquations(draft, equations, name);
}

/** Returns the equations of a kernel that is a function of the time. */
function kernelOfFunction(draft: Draft, { value, span }: Equation): KernelEquations | null {
  const plain = mapExpression(value, (part) => {
    if (part.kind !== 'call' || part.function !== 'delta') return part;
    const [time] = part.arguments;
    const isTime = part.arguments.length === 1 && time?.kind === 'name' && time.name === 't';
    return isTime
      ? nameOf(dirac, part.span)
      : draft.fail(messages.wrongArguments('delta', 1, part.arguments.length), part.span);
  });
  const scope: Scope = (name, at) => {
    if (name === dirac) return { e: nameOf(dirac, at), kind: 'real', dimension: dimensionless };
    return name === 't' ? { e: nameOf(kernelTime, at), kind: 'real', dimension: second } : draft.rateScope(name, at);
  };
  const { e, dimension } = draft.translator.value(plain, scope);
  if (readsAny(e, draft.states) || hasPulses(e)) return draft.fail(messages.kernel(printExpression(e)), span);
  const found = isDimensionless(dimension) ? equationsOf(e) : null;
  return found && { ...found, dimension };
}

/** Returns the equations of a kernel that is given by equations. */
function kernelOfEquations(draft: Draft, equations: readonly Equation[], kernel: string): KernelEquations | null {
  const modes = equations.flatMap(({ name, order, value, span }) =>
    Array.from({ length: order }, (_, k) => {
      const key = plainName(name, k);
      const start = draft.model.state.find((one) => one.name === key);
      const type = draft.translator.type(start?.type ?? { text: 'real', span });
      const rate = k === order - 1 ? value : nameOf(plainName(name, k + 1), span);
      return { key, type, rate, start, span };
    }),
  );
  const scope: Scope = (name, span) => {
    const own = modes.find(({ key }) => key === name)?.type;
    return own ? { e: nameOf(name, span), ...own } : draft.rateScope(name, span);
  };
  const variables = modes.map(({ key }) => key);
  const found = modes.map(({ key, type, rate, start, span }) => {
    const { dimension, unit } = type;
    // Numbers count NEST's units.
    const isPure = isDimensionless(dimension);
    const order = key.split('__d').length - 1;
    if (!isPure && !equalDimensions(dimension, powerDimension(hertz, order)))
      return draft.fail(messages.kernel(kernel), start?.span ?? span);
    const perTime = draft.translator.as(
      draft.translator.value(rate, scope),
      divideDimensions(dimension, second),
      span,
    ).e;
    const gain = start?.value
      ? draft.translator.stored(draft.translator.value(start.value, draft.rateScope), type, start.span)
      : integer(0);
    return { key, rate: perTime, gain, unit };
  });
  const isLinear = found.every(({ rate }) => {
    const form = linearForm(rate, variables);
    return form && isZero(form.constant) && !readsAny(rate, draft.states) && !hasPulses(rate);
  });
  return isLinear ? { modes: found, value: nameOf(kernel), isDelta: false } : null;
}

/** Reads the convolutions of equations, and checks other kernels. */
export function readConvolutions(draft: Draft): void {
  draft.convolve = (mark, span) => convolved(draft, mark, span);
  const values = [...draft.model.equations, ...draft.model.inlines].flatMap(({ value }) => value ?? []);
  const calls = values.flatMap(callsIn).filter((one) => one.function === 'convolve');
  for (const call of calls) draft.translator.value(draft.marked(call), draft.rateScope);
  const used = new Set(calls.flatMap(({ arguments: given }) => given.flatMap((e) => [...namesIn(e)])));
  for (const one of draft.model.kernels)
    if (!one.equations.some(({ name }) => used.has(name))) readKernel(draft, one, one.equations[0]?.name ?? '');
}
