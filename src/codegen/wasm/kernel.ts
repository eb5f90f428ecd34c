/** Shared parts of the kernel printers of every shape. */

import { kernelArguments } from '../schedule/kernel-calls.js';
import type { Kernel, Local, Program } from '../../ir/program.js';
import type { Families } from '../families/families.js';
import type { Family } from '../families/pattern.js';
import { Names } from './names.js';
import { valueType } from './operations.js';
import { Scope } from './scalar.js';
import type { ModuleContext } from './scalar.js';
import { commentText, i32Const, localGet, localSet } from './text.js';
import type { Wat } from './text.js';

/** The program and its names, as kernel printers need them. */
export interface KernelContext {
  /** The shared context of all functions. */
  readonly module: ModuleContext;
  /** The printed program. */
  readonly program: Program;
  /** Kernels by name. */
  readonly byName: ReadonlyMap<string, Kernel>;
  /** Families of kernels that share a function. */
  readonly families: Families;
  /** Identifiers of kernels. */
  readonly kernels: Names;
}

/** A scope for one kernel, its IR locals declared. */
export function kernelScope(
  context: KernelContext,
  family: Family,
  locals: readonly Local[],
  implicit: readonly string[],
  atomic: boolean,
): Scope {
  const names = new Names('$');
  const scope = new Scope(context.module, names, atomic, family);
  scope.id('step');
  for (const name of implicit) scope.declare(scope.id(name), 'i32');
  for (const local of locals) scope.declare(scope.id(local.name), valueType[local.type]);
  return scope;
}

/** Whether the functions of a family take the address of a member's row. */
export const takesMember = (family: Family): boolean => family.fields.length > 0;

/** The identifier of a family's function. */
export const functionId = ({ kernels }: KernelContext, { pattern, members }: Family): string =>
  kernels.id(members.length === 1 ? pattern.name : `${pattern.name}:family`);

/** A kernel's function. `body` must have been printed before, since it declares locals. */
export function kernelFunction(context: KernelContext, family: Family, scope: Scope, body: readonly Wat[]): Wat[] {
  const { pattern } = family;
  const wanted = kernelArguments(pattern);
  const parameters = ['(param $step i32)', ...(takesMember(family) ? ['(param $.member i32)'] : [])];
  if (wanted === 'items') parameters.push('(param $.from i32) (param $.to i32)');
  if (wanted === 'thread' && context.module.parallel) parameters.push('(param $.thread i32) (param $.threads i32)');
  const { prologue } = scope;
  return [
    `;; ${commentText(pattern.comment)}`,
    [`func ${functionId(context, family)} ${parameters.join(' ')}`, ...scope.locals, ...prologue, ...body],
  ];
}

/** Prints `for local = from; local < to; local += 1`; `to` should be cheap to print twice. */
export function countedLoop(scope: Scope, local: string, from: Wat, to: Wat, body: readonly Wat[]): Wat[] {
  const label = scope.label();
  const again: Wat = ['i32.lt_u', localGet(local), to];
  return [
    localSet(local, from),
    [
      `block $exit${label}`,
      [`br_if $exit${label}`, ['i32.eqz', again]],
      [
        `loop $next${label}`,
        ...body,
        localSet(local, ['i32.add', localGet(local), i32Const(1)]),
        [`br_if $next${label}`, again],
      ],
    ],
  ];
}

/** `floor(total * thread / threads)`, for the first and the one-past-last of a thread's share; `total` below 2^26. */
export function shareBounds(total: Wat): { readonly low: Wat; readonly high: Wat } {
  const bound = (thread: Wat): Wat => ['i32.div_u', ['i32.mul', total, thread], localGet('$.threads')];
  return { low: bound(localGet('$.thread')), high: bound(['i32.add', localGet('$.thread'), i32Const(1)]) };
}
