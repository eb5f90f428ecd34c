/** Documents whose code reads the time at the end of a step, for timing profiles whose code reads that of its start. */

import { memberOf } from '../diagnostics/member.js';

/**
 * Neuron types of a document whose conditions are tested, and act, at the end of a step: `t + dt` in place of `t`.
 *
 * @param neurons  types of a canonical document by name; what is none stays, for validation to say so
 */
export const atEndOfStep = (neurons: unknown): unknown =>
  withEach(neurons, (type) =>
    withMember(type, 'events', (events) =>
      withEach(events, (event) => withMember(withMember(event, 'when', later), 'do', later)),
    ),
  );

function later(code: unknown): unknown {
  if (Array.isArray(code)) return code.map(later);
  return typeof code === 'string' ? code.replace(/(?<![\w.])t(?![\w(])/g, '(t + dt)') : code;
}

/** Data with one of its members changed, if it has it. */
function withMember(data: unknown, key: string, change: (member: unknown) => unknown): unknown {
  const member = memberOf(data, key);
  return member === undefined ? data : { ...(data as object), [key]: change(member) };
}

/** An object with all its members changed. */
const withEach = (data: unknown, change: (member: unknown) => unknown): unknown =>
  typeof data !== 'object' || data === null || Array.isArray(data)
    ? data
    : Object.fromEntries(Object.entries(data).map(([key, member]) => [key, change(member)]));
