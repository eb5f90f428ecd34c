/** Checks the use of inboxes, as specified for `Inbox` in `program.ts`. */

import { isFixedInbox } from './program.js';
import { exponentOf, largestExponent } from './fixed-point.js';
import type { Buffer, Expression, Inbox, Kernel, Program } from './program.js';
import { bodyOf, expressionsOf, visitExpression, visitStatements } from './walk.js';

type Inboxes = ReadonlyMap<string, Inbox>;

/** Reports, in sentences, every use of an inbox that is not to add, to read or to empty in its units. */
export function checkInboxes({ buffers, kernels }: Program, report: (sentence: string) => void): void {
  const byName = new Map(buffers.map((buffer) => [buffer.name, buffer]));
  const inboxes = new Map(buffers.flatMap(({ name, inbox }) => (inbox === undefined ? [] : [[name, inbox] as const])));
  for (const [name, inbox] of inboxes)
    checkDeclaration(byName.get(name) as Buffer, inbox, byName, (sentence) => report(`buffer ${name}: ${sentence}`));
  if (inboxes.size === 0) return;
  for (const kernel of kernels) checkUses(kernel, inboxes, (sentence) => report(`kernel ${kernel.name}: ${sentence}`));
}

function checkDeclaration(
  { element, role }: Buffer,
  inbox: Inbox,
  buffers: ReadonlyMap<string, Buffer>,
  report: (sentence: string) => void,
): void {
  if (element !== 'i64') report(`is an inbox of ${element}`);
  if (role !== 'state') report('is an inbox that never changes');
  if (isFixedInbox(inbox)) {
    if (!Number.isInteger(inbox.exponent) || Math.abs(inbox.exponent) > largestExponent)
      report(`is an inbox with the exponent ${inbox.exponent}`);
    return;
  }
  for (const cell of [inbox.scale, inbox.unit]) {
    const known = buffers.get(cell);
    if (known?.element !== 'f64' || known.length !== 1) report(`has units in ${cell}, which is no f64[1]`);
  }
}

/** Whether an expression is the scale of an inbox, or its unit. */
function isUnit(e: Expression, inbox: Inbox, side: 'scale' | 'unit'): boolean {
  if (isFixedInbox(inbox)) return exponentOf(e) === (side === 'scale' ? inbox.exponent : 0 - inbox.exponent);
  return e.kind === 'load' && e.buffer === inbox[side];
}

function checkUses(kernel: Kernel, inboxes: Inboxes, report: (sentence: string) => void): void {
  /** Loads of inboxes in permitted places. */
  const legal = new Set<Expression>();
  visitStatements(bodyOf(kernel), (s) => {
    if (s.kind === 'store' && inboxes.has(s.buffer) && !(s.value.kind === 'const' && s.value.value === 0n))
      report(`stores to the inbox ${s.buffer} what is not zero`);
    const into = s.kind === 'accumulate' ? inboxes.get(s.buffer) : undefined;
    for (const whole of expressionsOf(s)) {
      visitExpression(whole, (e) => {
        if (e.kind === 'toFixed' && into !== undefined && s.kind === 'accumulate' && !isUnit(e.scale, into, 'scale'))
          report(`adds to the inbox ${s.buffer} in other units than its own`);
        if (e.kind !== 'fromFixed' || e.operand.kind !== 'load') return;
        const inbox = inboxes.get(e.operand.buffer);
        if (inbox === undefined) return;
        legal.add(e.operand);
        if (!isUnit(e.unit, inbox, 'unit')) report(`reads the inbox ${e.operand.buffer} in other units than its own`);
      });
      visitExpression(whole, (e) => {
        if (e.kind === 'load' && inboxes.has(e.buffer) && !legal.has(e))
          report(`reads the inbox ${e.buffer} otherwise than as what its units stand for`);
      });
    }
  });
}
