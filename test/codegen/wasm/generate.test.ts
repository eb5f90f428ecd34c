/** The text of generated modules. */

import { describe, expect, test } from 'vitest';
import * as b from '../../../src/ir/builder.js';
import { UsageError } from '../../../src/diagnostics/diagnostic.js';
import type { IrFunction, Program } from '../../../src/ir/program.js';
import { generateWasm } from '../../../src/codegen/wasm/generate.js';
import { buffer, cuba, index, program } from '../../runtime/targets/wasm/programs.js';

/** Ten neurons that decay and emit above a threshold. */
function decay(): Program {
  const x = { name: 'x', type: 'f64' } as const;
  const half: IrFunction = {
    name: 'half',
    comment: 'half of it',
    parameters: [x],
    locals: [],
    body: [b.set(x, b.mul(b.get(x), b.f64(0.5)))],
    results: [x],
  };
  const v = { ...buffer('cell v', 'f64', 64), comment: 'membrane potential of exc (V)' };
  const next = { name: 'next', type: 'f64' } as const;
  return {
    ...program({
      buffers: [v, buffer('mask', 'u32', 2), buffer('list', 'u32', 10), buffer('counts', 'u32', 1)],
      functions: [half],
      kernels: [
        {
          shape: 'map',
          name: 'decay',
          comment: 'exc: dv/dt = -v/tau',
          domain: { kind: 'ranges', ranges: [{ begin: 0, end: 10 }] },
          lanes: true,
          locals: [next],
          body: [
            b.set(next, b.call(half, b.load(v, index))),
            b.store(v, index, b.get(next)),
            { kind: 'setBit', mask: 'mask', condition: b.gt(b.get(next), b.f64(1)) },
          ],
        },
        { shape: 'compact', name: 'list spikes', comment: 'exc: spikes of this step', event: 'exc.spike' },
      ],
      events: [{ name: 'exc.spike', size: 10, mask: 'mask', maskBegin: 0, list: 'list', counts: 'counts', slots: 1 }],
    }),
    name: 'decay',
  };
}

describe('generated text', () => {
  test('of a small program', async () => {
    await expect(generateWasm(decay(), { parallel: false }).text).toMatchFileSnapshot('golden/decay.wat');
  });

  test('of a small program for several threads', async () => {
    await expect(generateWasm(decay(), { parallel: true }).text).toMatchFileSnapshot('golden/decay.threads.wat');
  });

  test('is the same for equal programs', () => {
    const text = (): string =>
      generateWasm(cuba({ size: 300, rowLength: 5, delay: 2, lanes: true }), { parallel: true }).text;
    expect(text()).toBe(text());
  });

  test('holds no text of a model but in comments of one line, and no name but in the forms of the name table', () => {
    const hostile = 'x"))\n(func (export "run")) ;; \u202e';
    const source = decay();
    const { text } = generateWasm(
      {
        ...source,
        name: hostile,
        buffers: source.buffers.map((known) => ({ ...known, comment: hostile })),
        kernels: source.kernels.map((kernel) => ({ ...kernel, comment: hostile })),
      },
      { parallel: false },
    );
    const ours = generateWasm(source, { parallel: false }).text;
    const code = (whole: string): string =>
      whole
        .split('\n')
        .filter((line) => !line.trimStart().startsWith(';;'))
        .join('\n');
    expect(code(text)).toBe(code(ours));
    expect(text).not.toContain('\u202e');
  });
});

describe('memory', () => {
  test('buffers begin at multiples of 64 and do not overlap', () => {
    const { layout } = generateWasm(cuba({ size: 5000, rowLength: 10, delay: 3, lanes: true }), { parallel: false });
    const bytes = { u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, i64: 8, f32: 4, f64: 8 };
    let end = 0;
    for (const [name, placement] of layout.placements) {
      const known = layout.buffers.get(name);
      if (placement.kind !== 'fixed' || typeof known?.length !== 'number')
        throw new Error(`${name} has no constant address`);
      expect(placement.address % 64).toBe(0);
      expect(placement.address).toBeGreaterThanOrEqual(end);
      end = placement.address + known.length * bytes[known.element];
    }
    expect(layout.size).toBeGreaterThanOrEqual(end);
  });

  test('a program beyond 4 GiB is refused with its size and a way out', () => {
    const source = program({ buffers: [buffer('huge', 'f64', 600_000_000)], kernels: [] });
    const attempt = (): unknown => generateWasm(source, { parallel: false });
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(/4\.47 GiB.*at most 4\.00 GiB/);
    let hint: string | undefined;
    try {
      attempt();
    } catch (error) {
      hint = error instanceof UsageError ? error.hint : undefined;
    }
    expect(hint).toContain('--target c');
  });
});
