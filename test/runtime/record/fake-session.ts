/**
 * A session without a target: buffers in memory, and a step written by the test. For tests of code around a session.
 */

import { createArray } from '../../../src/ir/arrays.js';
import type { Session } from '../../../runtime/targets/target.js';
import type { Log, Program, TypedArray } from '../../../src/ir/program.js';

export interface FakeStep {
  readonly step: number;
  buffer(name: string): TypedArray;
  /** Appends one row to a log. */
  log(name: string, row: readonly number[]): void;
}

export interface FakeSession extends Session {
  /** Steps asked for in each call of `run`. */
  readonly asked: readonly number[];
  readonly called: readonly string[];
}

/**
 * @param script the effects of a step
 * @param procedures the effects of `call`; the step is the next one
 * @param initial the effects of initialisation, with step -1
 */
export function fakeSession(
  program: Program,
  script: (step: FakeStep) => void,
  procedures: Record<string, (step: FakeStep) => void> = {},
  initial: (step: FakeStep) => void = () => undefined,
): FakeSession {
  const buffers = new Map(
    program.buffers.map((buffer) => {
      const data = createArray(buffer.element, Number(buffer.length));
      const { initial: contents } = buffer;
      if (contents && ArrayBuffer.isView(contents))
        contents.forEach((value: number | bigint, i: number) => {
          data[i] = value;
        });
      return [buffer.name, data] as const;
    }),
  );
  const get = (name: string): TypedArray => {
    const data = buffers.get(name);
    if (!data) throw new Error(`no buffer ${name}`);
    return data;
  };
  const cursorOf = (log: Log): number => Number(get(log.cursor.buffer)[log.cursor.index]);
  const append = (name: string, row: readonly number[]): void => {
    const log = program.logs.find((candidate) => candidate.name === name)!;
    const used = cursorOf(log);
    if (used >= log.capacity) throw new Error(`log ${name} overflows`);
    for (const [i, value] of row.entries()) get(log.buffer)[used * log.rowLength + i] = value;
    get(log.cursor.buffer)[log.cursor.index] = used + 1;
  };
  const asked: number[] = [];
  const called: string[] = [];
  let step = 0;
  return {
    get step() {
      return step;
    },
    asked,
    called,
    memory: 0,
    initialise: async () => initial({ step: -1, buffer: get, log: append }),
    run: async (steps) => {
      asked.push(steps);
      await Promise.resolve();
      for (let done = 0; done < steps; done += 1) {
        if (program.logs.some((log) => cursorOf(log) + log.maxRowsPerStep > log.capacity)) return done;
        script({ step, buffer: get, log: append });
        step += 1;
        if (buffers.has('faults') && get('faults')[0] !== 0) return done + 1;
      }
      return steps;
    },
    call: async (procedure) => {
      called.push(`${procedure}@${step}`);
      procedures[procedure]?.({ step, buffer: get, log: append });
    },
    read: async (buffer, offset = 0, length) =>
      get(buffer).slice(offset, length === undefined ? undefined : offset + length),
    write: async (buffer, data, offset = 0) => {
      for (const [i, value] of data.entries()) get(buffer)[offset + i] = value;
    },
    length: async (buffer) => get(buffer).length,
    snapshot: async () => ({ step, buffers: new Map([...buffers].map(([name, data]) => [name, data.slice()])) }),
    restore: async () => {
      throw new Error('the fake session restores nothing');
    },
    dispose: async () => undefined,
  };
}
