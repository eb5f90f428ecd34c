/** Checks that inboxes are used as inboxes: `Inbox` in `program.ts` says how. */

import { largestExponent } from './fixed-point.js';
import type { Buffer, Expression, Kernel, Program } from './program.js';
import { bodyOf, expressionsOf, visitExpression, visitStatements } from './walk.js';

type Inboxes = ReadonlyMap<string, Buffer>;

/** Reports, in sentences, every use of an inbox that is not to add, to read or to empty in its units. */
export function checkInboxes(program: Program, report: (sentence: string) => void): void {
  const inboxes = new Map(program.buffers.filter(({ inbox }) => inbox !== undefined).map((b) => [b.name, b]));
  for (const { name, element, role, inbox } of inboxes.values()) {
    if (element !== 'i64') report(`buffer ${name}: is an inbox of ${element}`);
    if (role !== 'state') report(`buffer ${name}: is an inbox that never changes`);
    if (inbox && (!Number.isInteger(inbox.exponent) || Math.abs(inbox.exponent) > largestExponent))
      report(`buffer ${name}: is an inbox with the exponent ${inbox.exponent}`);
  }
  if (inboxes.size === 0) return;
  for (const kernel of program.kernels) checkUses(kernel, inboxes, report);
}

function checkUses(kernel: Kernel, inboxes: Inboxes, report: (sentence: string) => void): void {
  const say = (sentence: string): void => report(`kernel ${kernel.name}: ${sentence}`);
  const exponentOf = (buffer: string): number | undefined => inboxes.get(buffer)?.inbox?.exponent;
  /** Loads of inboxes that stand where they may. */
  const legal = new Set<Expression>();
  visitStatements(bodyOf(kernel), (s) => {
    if (s.kind === 'store' && inboxes.has(s.buffer) && !(s.value.kind === 'const' && s.value.value === 0n))
      say(`stores to the inbox ${s.buffer} what is not zero`);
    const into = s.kind === 'accumulate' ? exponentOf(s.buffer) : undefined;
    for (const whole of expressionsOf(s)) {
      visitExpression(whole, (e) => {
        if (e.kind === 'toFixed' && into !== undefined && s.kind === 'accumulate' && e.exponent !== into)
          say(`adds to the inbox ${s.buffer} in units of 2^${-e.exponent}, not 2^${-into}`);
        if (e.kind === 'fromFixed' && e.operand.kind === 'load') {
          const exponent = exponentOf(e.operand.buffer);
          if (exponent === e.exponent) legal.add(e.operand);
          else if (exponent !== undefined)
            say(`reads the inbox ${e.operand.buffer} in units of 2^${-e.exponent}, not 2^${-exponent}`);
        }
      });
      visitExpression(whole, (e) => {
        if (e.kind === 'load' && inboxes.has(e.buffer) && !legal.has(e))
          say(`reads the inbox ${e.buffer} otherwise than as what its units stand for`);
      });
    }
  });
}
