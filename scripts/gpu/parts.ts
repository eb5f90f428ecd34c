/**
 * The parts of a check of a target where its device is. Each is done by a process of its own, and leaves rows as it
 * goes.
 */

import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { targets } from '../../runtime/targets/registry.js';
import type { Availability } from '../../runtime/targets/target.js';
import { wasmTarget } from '../../runtime/targets/wasm/target.js';
import type { Precision } from '../../src/ir/program.js';
import { checkFixtures } from './fixtures.js';
import type { FixtureRow } from './fixtures.js';
import { timeMicrocircuit } from './microcircuit.js';
import type { MicrocircuitOptions, MicrocircuitRow } from './microcircuit.js';

/** What a part found out. */
export type Row =
  | { readonly kind: 'probe'; readonly availability: Availability; readonly seconds: number }
  | { readonly kind: 'begin'; readonly name: string }
  | { readonly kind: 'fixture'; readonly row: FixtureRow }
  | { readonly kind: 'microcircuit'; readonly row: MicrocircuitRow }
  | {
      readonly kind: 'agreement';
      readonly scale: number;
      readonly precision: Precision;
      readonly fingerprint: string;
      readonly equal: boolean;
    };

/** What all parts are told. */
export interface PartOptions {
  readonly target: string;
  readonly only?: string;
  readonly steps: number;
  readonly scale: number;
  readonly duration: number;
  /** Of fixtures, how many to leave out at the beginning. */
  readonly skip: number;
}

/** A part: `probe`, `fixtures`, `agreement`, or `microcircuit DRIVE PRECISION`. */
export type Part = string;

const wordsOf = (part: Part): readonly [MicrocircuitOptions['drive'], Precision] => {
  const [, drive, precision] = part.split(' ');
  return [drive === 'dc' ? 'dc' : 'poisson', precision === 'float32' ? 'float32' : 'float64'];
};

/** The same small network on the target and on WebAssembly. */
async function agree({ target, scale, duration }: PartOptions, precision: Precision): Promise<Row> {
  const small = Math.min(scale, 0.05);
  const options = { scale: small, duration: Math.min(duration, 0.1), drive: 'poisson', precision } as const;
  const own = await timeMicrocircuit({ ...options, target: targets[target] ?? wasmTarget });
  const other = await timeMicrocircuit({ ...options, target: wasmTarget });
  const { fingerprint } = own;
  return { kind: 'agreement', scale: small, precision, fingerprint, equal: fingerprint === other.fingerprint };
}

/** Does a part; rows are added to a file, one to a line, as soon as they are there. */
export async function doPart(part: Part, options: PartOptions, rows: string): Promise<void> {
  const target = targets[options.target];
  if (target === undefined) throw new Error(`there is no target ${options.target}`);
  const leave = (row: Row): void => appendFileSync(rows, `${JSON.stringify(row)}\n`);
  const [name] = part.split(' ');
  switch (name) {
    case 'probe': {
      const began = performance.now();
      const availability = await (target.judge?.() ?? target.probe());
      leave({ kind: 'probe', availability, seconds: (performance.now() - began) / 1000 });
      return;
    }
    case 'fixtures': {
      const { only, steps, skip } = options;
      const cacheDirectory = mkdtempSync(join(tmpdir(), 'interneuron-fixtures-'));
      const begin = (fixture: string): void => leave({ kind: 'begin', name: fixture });
      try {
        for await (const row of checkFixtures({
          target,
          cacheDirectory,
          steps,
          skip,
          begin,
          ...(only === undefined ? {} : { only }),
        }))
          leave({ kind: 'fixture', row });
      } finally {
        rmSync(cacheDirectory, { recursive: true, force: true });
      }
      return;
    }
    case 'agreement':
      for (const precision of ['float64', 'float32'] as const) leave(await agree(options, precision));
      return;
    default: {
      const [drive, precision] = wordsOf(part);
      const { scale, duration } = options;
      // A small network is here to be tried, not timed.
      const repeats = scale < 0.1 ? 1 : 128;
      leave({
        kind: 'microcircuit',
        row: await timeMicrocircuit({ target, scale, duration, drive, precision, repeats }),
      });
    }
  }
}
