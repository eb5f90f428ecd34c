/** Ions of a file, and the currents and concentrations that it writes. */

import type { Expression, Span } from '../../src/lang/ast.js';
import { binary, integer, negated, sum } from '../../src/lang/build.js';
import type { Execution } from './execute.js';
import type { Report } from './expressions.js';
import type { FileNames } from './file-names.js';
import { ownValences, portName, roleOf } from './ions.js';
import type { Ion } from './mechanism.js';
import * as messages from './messages.js';
import type { Named, NmodlFile } from './syntax.js';
import { pure } from './units.js';
import { inUnits, type Value } from './values.js';

const zero: Value = { expression: integer(0), unit: undefined };
const noSpan: Span = { start: 0, end: 0 };

/**
 * Returns the currents and concentrations of a step, by ports.
 *
 * @param own  names of the file
 * @param around.outside  returns the value of a state that the step has not assigned
 * @param around.inlined  returns the definition of a name by itself
 * @param around.refuse  refuses a part of the file
 */
export function writesOf(
  file: NmodlFile,
  own: FileNames,
  step: Execution,
  report: Report,
  around: {
    readonly outside: (name: string, span: Span) => Value | undefined;
    readonly inlined: (e: Expression) => Expression;
    readonly refuse: (part: string, kind: string, span: Span) => never;
  },
): Map<string, Expression> {
  const writes = new Map<string, Expression>();
  const value = (name: string, span: Span): Expression => {
    const unit = own.declaredUnit(name) ?? pure;
    const found = step.globals.get(name) ?? (own.states.has(name) ? around.outside(name, span) : undefined);
    return found ? inUnits(found, unit) : inUnits(zero, unit);
  };
  const inward = (name: string, span: Span): Expression => negatedCurrent(around.inlined(value(name, span)));
  for (const { ion, writes: written } of file.ions)
    for (const { name, span } of written) {
      const role = roleOf(name, ion);
      if (role === 'reversal')
        return around.refuse(`WRITE ${name}`, 'a reversal potential that a mechanism sets', span);
      if (role === 'current' && file.electrode.length > 0)
        return around.refuse('ELECTRODE_CURRENT', 'NEURON reverses the current of an ion beside it', span);
      writes.set(portName(ion, role), role === 'current' ? inward(name, span) : value(name, span));
    }
  const [electrode] = file.electrode;
  const parts = [
    ...file.nonspecific.map((name) => (electrode === undefined ? inward : value)(name, noSpan)),
    ...file.electrode.map((name) => value(name, noSpan)),
  ];
  for (const name of electrode === undefined ? [] : file.nonspecific)
    report(messages.reversedCurrent(name), own.declared.get(name)?.span ?? noSpan);
  if (parts.length > 0) writes.set('i', parts.reduce(sum));
  return writes;
}

/** Returns a current with the other sign: `g*(e - v)` for `g*(v - e)`. */
function negatedCurrent(e: Expression): Expression {
  if (e.kind === 'binary' && e.operator === '*') {
    const { left, right } = e;
    if (right.kind === 'binary' && right.operator === '-')
      return binary('*', left, binary('-', right.right, right.left), e.span);
  }
  return negated(e);
}

/** Returns the ions of a file, and what it does with them. */
export function ionsUsed(file: NmodlFile): Map<string, Ion> {
  const ions = new Map<string, Ion>();
  for (const { ion, reads, writes, valence, span } of file.ions) {
    const roles = (names: readonly Named[]): Set<string> => new Set(names.map(({ name }) => roleOf(name, ion)));
    const [read, written] = [roles(reads), roles(writes)];
    ions.set(ion, {
      valence: valence ?? (Object.hasOwn(ownValences, ion) ? ownValences[ion] : undefined),
      readsReversal: read.has('reversal'),
      readsInside: read.has('inside'),
      readsOutside: read.has('outside'),
      writesConcentration: written.has('inside') || written.has('outside'),
      span,
    });
  }
  return ions;
}
