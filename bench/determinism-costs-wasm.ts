/** What the rules of determinism cost in WebAssembly and in the interpreter; part of `determinism-costs.ts`. */

import { assemble } from '../runtime/targets/wasm/assemble.js';
import { webAssembly, type WasmModule } from '../runtime/webassembly.js';
import { generateWasm } from '../src/codegen/wasm/generate.js';
import { createEvaluator } from '../src/ir/evaluate.js';
import { libraryFunction, withCallees } from '../src/ir/library/index.js';
import type { Program } from '../src/ir/program.js';

/** One way to do something: `again` times over 4096 items. */
export type Way = (again: number) => void;

const items = 4096;

/**
 * A loop over items with the statement that is measured; `$k` is the item, `$target` the address of one of 4096 cells.
 */
const loop = (name: string, statement: string): string => `
(func (export "${name}") (param $again i32)
  (local $k i32) (local $target i32)
  (loop $rounds
    (local.set $k (i32.const 0))
    (loop $items
      (local.set $target
        (i32.shl (i32.shr_u (i32.mul (local.get $k) (i32.const 0x9e3779b1)) (i32.const 20)) (i32.const 3)))
      ${statement}
      (local.set $k (i32.add (local.get $k) (i32.const 1)))
      (br_if $items (i32.lt_u (local.get $k) (i32.const ${items}))))
    (local.set $again (i32.sub (local.get $again) (i32.const 1)))
    (br_if $rounds (local.get $again))))`;

const weight = (load: string, begin: number, shift: number): string =>
  `(${load} offset=${begin} (i32.shl (local.get $k) (i32.const ${shift})))`;
const cell = '(local.get $target)';
const cell32 = '(i32.shr_u (local.get $target) (i32.const 1))';
const behind = 8 * items;

const module = `(module
(import "host" "memory" (memory 16 16 shared))
(import "host" "exp" (func $exp (param f64) (result f64)))
${loop('double', `(f64.store ${cell} (f64.add (f64.load ${cell}) ${weight('f64.load', behind, 3)}))`)}
${loop('fixed', `(i64.store ${cell} (i64.add (i64.load ${cell}) ${weight('i64.load', behind, 3)}))`)}
${loop(
  'converted',
  `(i64.store ${cell} (i64.add (i64.load ${cell}) (i64.sub (i64.reinterpret_f64
    (f64.add (f64.mul ${weight('f64.load', behind, 3)} (f64.const 0x1p40)) (f64.const 0x1.8p52))) (i64.const 0x4338000000000000))))`,
)}
${loop('fixed32', `(i32.store ${cell32} (i32.add (i32.load ${cell32}) ${weight('i32.load', behind, 2)}))`)}
${loop(
  'exp',
  `(f64.store offset=${2 * behind} (i32.shl (local.get $k) (i32.const 3))
    (call $exp (f64.mul (f64.sub ${weight('f64.load', behind, 3)} (f64.const 0.5)) (f64.const 20))))`,
)})`;

type Exports = Readonly<Record<string, (...values: number[]) => number>>;

interface Instantiation {
  instantiate(module: WasmModule, imports: unknown): Promise<{ readonly exports: unknown }>;
}

async function instantiate(
  text: string,
  pages: number,
  most: number,
): Promise<{ readonly exports: Exports; readonly memory: Float64Array }> {
  const memory = new webAssembly.Memory({ initial: pages, maximum: most, shared: true });
  const compiled = await webAssembly.compile(assemble(text));
  // Not ours, and therefore what is compared with.
  const { exports } = await (webAssembly as unknown as Instantiation).instantiate(compiled, {
    host: { memory, exp: Math.exp },
  });
  return { exports: exports as Exports, memory: new Float64Array(memory.buffer) };
}

/** Sums into one of 4096 cells. */
export async function wasmSums(): Promise<ReadonlyMap<string, Way>> {
  const { exports, memory } = await instantiate(module, 16, 16);
  memory.fill(0.25, 0, 3 * items);
  const way =
    (name: string): Way =>
    (again) =>
      void exports[name]?.(again);
  return new Map([
    ['double', way('double')],
    ['fixed point, 64 bits', way('fixed')],
    ['fixed point, 64 bits, converted on the way', way('converted')],
    ['fixed point, 32 bits', way('fixed32')],
  ]);
}

/** A generated program whose only kernel computes exp of all its values, in the memory that it asks for. */
async function generated(program: Program): Promise<Way> {
  const { text, layout } = generateWasm(program, { parallel: false });
  const { exports, memory } = await instantiate(text, Math.ceil(layout.size / 65536), 65536);
  const place = layout.placements.get('values');
  const first = place?.kind === 'fixed' ? place.address / 8 : 0;
  return (again) => {
    memory.fill(0.25, first, first + items);
    exports['run']?.(0, again, 0, 1);
  };
}

/**
 * The exponential function, of as many values as the sums have; `program` makes the one whose kernel computes it, on
 * lanes or not.
 */
export async function wasmExponentials(
  program: (items: number, lanes: boolean) => Program,
): Promise<ReadonlyMap<string, Way>> {
  const { exports } = await instantiate(module, 16, 16);
  return new Map([
    ["the host's, called for each", (again) => void exports['exp']?.(again)],
    ['ours, scalar', await generated(program(items, false))],
    ['ours, lanes', await generated(program(items, true))],
  ]);
}

/** The exponential function in the interpreter, which nobody runs for its speed. */
export function interpretedExponentials(): ReadonlyMap<string, Way> {
  const exp = libraryFunction('exp', 'f64');
  const evaluator = createEvaluator(withCallees([exp]));
  const over =
    (one: (x: number) => unknown): Way =>
    (again) => {
      for (let round = 0; round < again; round += 1) for (let k = 0; k < items; k += 1) one((k / items - 0.5) * 20);
    };
  return new Map([
    ["the host's", over(Math.exp)],
    ['ours, interpreted', over((x) => evaluator.call(exp.name, [x]))],
  ]);
}
