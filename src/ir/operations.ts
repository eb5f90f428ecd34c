/** Counts the operations of a program, for estimates of its work. */

import type { Action, Kernel, Program, Statement } from './program.js';
import { bodyOf, childrenOf, expressionsOf, visitExpression } from './walk.js';

/** Returns the average number of operations of a step, without those of synapses, which depend on spikes. */
export function operationsPerStep(program: Program): number {
  const ofCall = callCounter(program);
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  return program.schedule.step.reduce((sum, { kernel: name, every }) => {
    const kernel = kernels.get(name);
    if (kernel === undefined) return sum;
    return sum + (itemsOf(kernel) * operationsOf(bodyOf(kernel), ofCall, turnsOf)) / every;
  }, 0);
}

/** Returns an upper bound of the operations of a list of actions; infinite if unknown before the run. */
export function operationsOfActions(program: Program, actions: readonly Action[]): number {
  const ofCall = callCounter(program, turnsOrEndless);
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  return actions.reduce((sum, action) => {
    const kernel = action.kind === 'run' ? kernels.get(action.kernel) : undefined;
    if (kernel === undefined) return sum;
    const items = kernel.shape === 'map' || kernel.shape === 'sequential' ? itemsOf(kernel, Infinity) : Infinity;
    return items === 0 ? sum : sum + items * operationsOf(bodyOf(kernel), ofCall, turnsOrEndless);
  }, 0);
}

/** Returns the number of operations in the code of a program's kernels, for estimates of compile time. */
export const operationsInCode = ({ kernels }: Program): number =>
  kernels.reduce((sum, kernel) => sum + operationsOf(bodyOf(kernel), none, once), 0);

type Loop = Extract<Statement, { readonly kind: 'for' | 'while' }>;

const none = (): number => 0;
const once = (): number => 1;

/** Returns the number of a kernel's items in a step, or `unknown` if it is computed; zero if it depends on spikes. */
function itemsOf(kernel: Kernel, unknown = 0): number {
  if (kernel.shape === 'sequential') return 1;
  if (kernel.shape !== 'map') return 0;
  const { domain } = kernel;
  switch (domain.kind) {
    case 'ranges':
      return domain.ranges.reduce((sum, { begin, end }) => sum + end - begin, 0);
    case 'count':
      return typeof domain.count === 'number' ? domain.count : unknown;
    case 'spikes':
      return 0;
  }
}

/** Returns the number of turns of a loop with constant bounds; otherwise one. */
function turnsOf(loop: Loop): number {
  if (loop.kind === 'while' || loop.from.kind !== 'const' || loop.to.kind !== 'const') return 1;
  return Math.max(0, Number(loop.to.value) - Number(loop.from.value));
}

/** Returns the number of turns of a loop; infinite if unknown. */
function turnsOrEndless(loop: Loop): number {
  const isKnown = loop.kind === 'for' && loop.from.kind === 'const' && loop.to.kind === 'const';
  return isKnown ? turnsOf(loop) : Infinity;
}

/** Returns the operations of each function of a program, including the functions that it calls. */
function callCounter({ functions }: Program, turns = turnsOf): (name: string) => number {
  const bodies = new Map(functions.map(({ name, body }) => [name, body]));
  const known = new Map<string, number>();
  const count = (name: string): number => {
    const operationCount = known.get(name) ?? operationsOf(bodies.get(name) ?? [], count, turns);
    known.set(name, operationCount);
    return operationCount;
  };
  return count;
}

/**
 * Returns the operations of statements. Constants and locals count zero; a call counts one plus the value of `ofCall`.
 */
function operationsOf(
  statements: readonly Statement[],
  ofCall: (name: string) => number,
  turns: (loop: Loop) => number,
): number {
  let operations = 0;
  for (const s of statements) {
    if (s.kind === 'comment') continue;
    operations += 1 + (s.kind === 'call' ? ofCall(s.function) : 0);
    for (const e of expressionsOf(s))
      visitExpression(e, (node) => {
        if (node.kind === 'const' || node.kind === 'local') return;
        operations += 1 + (node.kind === 'call' ? ofCall(node.function) : 0);
      });
    const inside = operationsOf(childrenOf(s), ofCall, turns);
    operations += s.kind === 'for' || s.kind === 'while' ? turns(s) * inside : inside;
  }
  return operations;
}
