/** Runs a program on a target and compares the final contents of its buffers. */

import type { Program, TypedArray } from '../../../src/ir/program.js';
import type { Target } from '../../../runtime/targets/target.js';

const hex = (data: TypedArray): string => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');

/** The bytes of every buffer after some steps. */
export async function results(
  target: Target,
  source: Program,
  steps: number,
  threads: number,
): Promise<Map<string, string>> {
  const session = await (await target.compile(source, { threads })).start();
  try {
    await session.initialise();
    await session.run(steps);
    return new Map(
      await Promise.all(
        source.buffers.map(async ({ name }): Promise<[string, string]> => [name, hex(await session.read(name))]),
      ),
    );
  } finally {
    await session.dispose();
  }
}

/** Names of the buffers that differ. */
export function differences(found: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): string[] {
  return [...expected.keys()].filter((name) => found.get(name) !== expected.get(name));
}
