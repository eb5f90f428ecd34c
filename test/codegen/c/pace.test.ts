/**
 * The number of computing threads in compiled networks: decisions of the generated functions for simulated threads with
 * given step times.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileFlags, runProgram } from '../../../runtime/targets/c/compiler.js';
import type { Compiler } from '../../../runtime/targets/c/compiler.js';
import { generateC } from '../../../src/codegen/c/generate.js';
import { anyCompiler, reasonOf } from '../../runtime/targets/c/compilers.js';
import { twoPopulations } from '../../support/two-populations.js';

const folder = mkdtempSync(join(tmpdir(), 'interneuron-pace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that calls the functions of a network for the next team, for a number of simulated milliseconds. */
const main = (stepTime: string): string => `
#include "network.c"
#include <stdio.h>

/* Nanoseconds of a step on so many threads when so many milliseconds have passed. */
static double step_time(double threads, double now) { return 1e6 * (${stepTime}); }

int main(int count, char **words)
{
  (void)count;
  const uint32_t threads = (uint32_t)atoi(words[1]);
  const double end = atof(words[2]), from = atof(words[3]);
  uint32_t teams = 1u;
  while (threads >> teams != 0u) teams += 1u;
  struct pace pace = {.threads = threads};
  double now = 0.0, steps = 0.0, time[64] = {0.0}, later = 0.0;
  while (now < end) {
    const uint32_t team = next_team(&pace, teams), size = threads >> team;
    const int32_t piece = piece_of(&pace, team, size, 100 * millisecond);
    const double own = step_time(size, now) * piece;
    note_pace(&pace, teams, team, piece, (int64_t)own);
    if (now >= from) time[size] += own, later += own;
    now += own * 1e-6;
    steps += piece;
  }
  printf("%.0f", steps);
  for (uint32_t size = 0u; size <= threads; size += 1u) printf(" %.4f", time[size] / later);
  return 0;
}
`;

/** The result: steps, and of the time after \`from\`, the shares computed by each number of threads. */
async function simulated(
  threads: number,
  milliseconds: number,
  stepTime: string,
  from = 0,
): Promise<{ readonly steps: number; readonly parts: readonly number[] }> {
  const { header, source } = generateC(twoPopulations);
  for (const [name, text] of Object.entries({ 'network.h': header, 'network.c': source, 'main.c': main(stepTime) }))
    writeFileSync(join(folder, name), text);
  const command = [
    ...(anyCompiler as Compiler).command,
    ...compileFlags('-O1', false),
    '-Wno-unused-function',
    'main.c',
    '-o',
    'run',
    '-lm',
  ];
  expect(await runProgram(command, { cwd: folder })).toMatchObject({ status: 0 });
  const { stdout } = await runProgram([join(folder, 'run'), String(threads), String(milliseconds), String(from)]);
  const [steps = NaN, ...parts] = stdout.split(' ').map(Number);
  return { steps, parts };
}

describe.skipIf(anyCompiler === undefined)(`who computes${reasonOf(anyCompiler, 'a C compiler')}`, () => {
  test('one thread has nobody to be compared with', async () => {
    const { steps, parts } = await simulated(1, 1000, '0.01');
    expect(steps).toBeGreaterThanOrEqual(100_000);
    expect(parts).toEqual([0, 1]);
  });

  test('threads that halve the time compute nearly always', async () => {
    const { steps, parts } = await simulated(2, 5000, '0.1 / threads');
    expect(parts[2]).toBeGreaterThan(0.97);
    expect(steps).toBeGreaterThan(0.97 * (5000 / 0.05));
  });

  test.each([1.3, 10, 100])('threads that take %f times as long leave the work to one', async (times) => {
    const { steps } = await simulated(2, 10_000, `threads == 1 ? 0.005 : 0.005 * ${times}`);
    expect(steps).toBeGreaterThan(0.97 * (10_000 / 0.005));
  });

  test('when processors become free, others join soon', async () => {
    const { parts } = await simulated(2, 20_000, 'threads == 1 ? 0.1 : now < 5000 ? 1 : 0.06', 7500);
    expect(parts[2]).toBeGreaterThan(0.95);
  });

  test('when another program takes a processor, one thread goes on by itself', async () => {
    const { steps } = await simulated(2, 20_000, 'threads == 1 ? 0.01 : now < 10000 ? 0.006 : 2');
    expect(steps).toBeGreaterThan(0.9 * (10_000 / 0.006 + 10_000 / 0.01));
  });

  test('of many teams the best is found', async () => {
    // Work that falls with the threads, and waiting that grows with them: 4 of 16 are best.
    const { parts } = await simulated(16, 10_000, '0.1 / threads + 0.006 * threads');
    expect(parts[4]).toBeGreaterThan(0.9);
  });
});
