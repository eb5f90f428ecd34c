/** Draws by blocks in C and on lanes equal the reference's, also beyond the thresholds that usual draws pass. */

import { expect, test } from 'vitest';
import { cTargetWith } from '../../../runtime/targets/c/target.js';
import { generateC } from '../../../src/codegen/c/generate.js';
import { generateWasm } from '../../../src/codegen/wasm/generate.js';
import { cacheFolder, clang, gcc } from '../../runtime/targets/c/compilers.js';
import { type Engine, simulate } from '../../support/simulate.js';

// A draw of mean 0.64 exceeds 5 once in 20,000, just less often than every draw is compared with a threshold.
const model = `
interneuron: 1
name: drawn by blocks
neurons:
  counting: { state: { last: 0, top: 0, sum: 0 } }
  noisy: { state: { v: 0 }, derivatives: { v: -v/(5*ms) + xi/ms**0.5 + other/ms**0.5 }, noise: [xi, other], method: euler }
populations:
  a: { type: counting, size: 300 }
  b: { type: counting, size: 77 }
  c: { type: noisy, size: 130 }
operations:
  draw_a: { on: a, do: [last = poisson(0.64), 'top = max(top, last)', 'sum += binomial(20, 0.05)'], every: 0.1 ms }
  draw_b: { on: b, do: [last = poisson(0.6), 'top = max(top, last)'], every: 0.1 ms }
stimuli:
  at_a: { kind: poisson, to: a, variable: sum, n: 100, rate: 70 Hz, weight: 1 }
  at_b: { kind: poisson, to: b, variable: sum, n: 100, rate: 60 Hz, weight: 1 }
  at_some: { kind: poisson, to: 'a[7:290]', variable: sum, n: 100, rate: 70 Hz, weight: 1 }
timing: grid
experiment: { dt: 0.1 ms, duration: 25 ms }
`;

test('Poisson, binomial and normal draws', async () => {
  const compiled = [gcc, clang].flatMap((compiler): Engine[] => {
    const use = compiler && cTargetWith({ compiler });
    return use
      ? [1, 2, 3].map((threads) => ({ target: 'c', threads, use, cacheDirectory: cacheFolder() }) as unknown as Engine)
      : [];
  });
  const wasm = [1, 2].map((threads): Engine => ({ target: 'wasm', threads }));
  const engines: readonly Engine[] = [{ target: 'reference', threads: 1 }, ...wasm, ...compiled];
  const { program, final } = await simulate(model, { engines });
  const { source } = generateC(program);
  expect(source).toContain('philox4x32_block(');
  const { text } = generateWasm(program, { parallel: false });
  expect(text).toMatch(/if\s*\(v128\.any_true/);
  // Numbers have 64 bits, but the words of draws are computed on four lanes.
  expect(text).toContain('i64x2.extmul_high_i32x4_u');
  expect(source).toContain('if (rare');
  expect(Math.max(...(final.get('a.top') ?? []))).toBeGreaterThan(5);
});

test('a count with a parameter is that with its value', async () => {
  const counts = async (values: string, mean: string, p: string): Promise<readonly unknown[]> => {
    const { final } = await simulate(`
interneuron: 1
name: counts
neurons: { counting: { parameters: { mean: 0.64, p: 0.05 }, state: { last: 0, sum: 0 } } }
populations: { a: { type: counting, size: 9, values: { ${values} } } }
operations: { draw: { on: a, do: ['last += poisson(${mean})', 'sum += binomial(20, ${p})'], every: 0.1 ms } }
timing: grid
experiment: { dt: 0.1 ms, duration: 20 ms }
`);
    return ['last', 'sum'].map((name) => [...(final.get(`a.${name}`) ?? [])]);
  };
  const each = 'mean: 0.64 + 0*i, p: 0.05 + 0*i';
  expect(await counts(each, 'mean', 'p')).toEqual(await counts('', '0.64', '0.05'));
});
