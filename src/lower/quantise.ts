/**
 * Pass: weights that synapses do nothing with but add them to a variable are kept in the units in which it sums, as
 * integers. The sum is the same to the bit, nothing is left to round when spikes arrive, and where many synapses meet a
 * weight takes half the memory or less.
 */

import * as ir from '../ir/builder.js';
import { powerOfTwo } from '../ir/library/formats.js';
import type { ElementType, Expression as Ir, Kernel, Statement } from '../ir/program.js';
import { bodyOf, buffersOf } from '../ir/walk.js';
import { namesIn } from '../lang/walk.js';
import { expressionsIn } from '../model/typed.js';
import { writtenBy } from './serial/code.js';
import type { Context } from './context.js';
import type { Inbox, QuantisedWeight, QuantisedWeights } from './inbox.js';
import { quantise, roundingSlack } from './inbox.js';
import type { PathwayCode } from './pathways.js';
import { addsParameter, inboxKey } from './pathways.js';
import { ownersOf } from '../model/typed.js';
import type { ProjectionPlan } from './projection.js';

/** Whether nothing reads a parameter but code of pathways. */
function isReadAtEventsOnly(
  { name, stream, type, projection }: ProjectionPlan,
  parameter: string,
  { model, settable }: Context,
): boolean {
  const { parameters, pathways, ...others } = type;
  const values = {
    ...Object.fromEntries(Object.entries(parameters).map(([key, { value }]) => [key, value])),
    ...projection.values,
  };
  const { [parameter]: _, ...otherValues } = values;
  const delays = [projection.delays, ...Object.values(pathways).map(({ delay }) => delay)];
  const owners = [name, stream];
  const isRecorded = model.recordings.some(({ of }) => ownersOf(of).some((owner) => owners.includes(owner)));
  // What phases assign to other values may read this one.
  const isAssigned = [...settable].some((key) => owners.some((owner) => key.startsWith(`${owner}.`)));
  const read = expressionsIn([others, otherValues, delays]);
  const written = Object.values(others.events ?? {}).flatMap((event) => [...writtenBy(event.do)]);
  return !isRecorded && !isAssigned && !written.includes(parameter) && !read.some((e) => namesIn(e).has(parameter));
}

/**
 * Units in which a parameter is added, wherever it is, and the largest that it can be; null where it is used otherwise,
 * or in several units.
 */
function useOf(
  codes: readonly PathwayCode[],
  parameter: string,
  inboxes: ReadonlyMap<string, Inbox>,
  context: Context,
): { readonly exponent: number; readonly most: number } | null {
  const uses: { readonly exponent: number; readonly most: number }[] = [];
  for (const code of codes) {
    for (const entry of code.statements) {
      if (entry.later && namesIn(entry.later.after).has(parameter)) return null;
      if (!namesIn(entry.statement.value).has(parameter)) continue;
      const group = (entry.end === 'pre' ? code.plan.pre : code.plan.post).group;
      const inbox = group ? inboxes.get(inboxKey(entry, group)) : undefined;
      if (!inbox || entry.additive === null || !addsParameter(entry, code, context)) return null;
      uses.push({ exponent: inbox.exponent, most: entry.additive });
    }
  }
  const [first] = uses;
  if (!first || uses.some(({ exponent }) => exponent !== first.exponent)) return null;
  return {
    exponent: first.exponent,
    most: Math.max(...uses.map(({ most }) => most)) * (1 + roundingSlack(context.real)),
  };
}

/** The narrowest integers that hold numbers up to a limit; null where they would be wider than what is there. */
function elementFor(most: number, before: ElementType): 'i16' | 'i32' | 'i64' | null {
  if (most < 32767) return 'i16';
  if (most < 2147483647) return 'i32';
  return before === 'f64' ? 'i64' : null;
}

const wholeNumber = (value: Ir, { buffer }: QuantisedWeight): Ir =>
  buffer.element === 'i64' ? value : ir.convert('i32', value);

/** Rewrites what is stored into a buffer. */
function restored(statements: readonly Statement[], weight: QuantisedWeight): Statement[] {
  return statements.map((statement): Statement => {
    switch (statement.kind) {
      case 'store':
        return statement.buffer === weight.buffer.name
          ? { ...statement, value: wholeNumber(quantise(statement.value, weight.exponent), weight) }
          : statement;
      case 'if':
        return { ...statement, then: restored(statement.then, weight), else: restored(statement.else, weight) };
      case 'for':
      case 'while':
        return { ...statement, body: restored(statement.body, weight) };
      default:
        return statement;
    }
  });
}

/** Names of the kernels that use each buffer. */
function usersOf(kernels: Iterable<Kernel>): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const kernel of kernels) {
    for (const buffer of buffersOf(bodyOf(kernel))) {
      const known = users.get(buffer);
      if (known) known.push(kernel.name);
      else users.set(buffer, [kernel.name]);
    }
  }
  return users;
}

/** Quantises what can be: the buffers become narrower, and the kernels that fill them round to their units. */
export function quantiseWeights(
  codes: readonly PathwayCode[],
  inboxes: ReadonlyMap<string, Inbox>,
  context: Context,
): QuantisedWeights {
  const { builder } = context;
  const all = new Map<string, Map<string, QuantisedWeight>>();
  if (context.keepsValues) return all;
  const users = usersOf(builder.kernels.values());
  for (const plan of new Set(codes.map((code) => code.plan))) {
    const own = codes.filter((code) => code.plan === plan);
    const storage = own[0]?.storage;
    for (const name of plan.equations.parameters.keys()) {
      const place = storage?.get(name);
      if (place?.kind !== 'array' || place.type !== 'real' || !isReadAtEventsOnly(plan, name, context)) continue;
      const use = useOf(own, name, inboxes, context);
      const element = use && elementFor(use.most * powerOfTwo(use.exponent), place.buffer.element);
      if (!use || !element) continue;
      const comment = `${place.buffer.comment}, in units of 2^${-use.exponent}`;
      const weight = { buffer: { ...place.buffer, element, comment }, exponent: use.exponent };
      builder.buffers.set(weight.buffer.name, weight.buffer);
      for (const user of users.get(weight.buffer.name) ?? []) {
        const kernel = builder.kernels.get(user);
        if (kernel && kernel.shape !== 'compact')
          builder.kernels.set(user, { ...kernel, body: restored(kernel.body, weight) } satisfies Kernel);
      }
      all.set(plan.name, (all.get(plan.name) ?? new Map<string, QuantisedWeight>()).set(name, weight));
      builder.quantised.set(weight.buffer.name, weight.exponent);
      builder.notes.push(`${plan.name}.${name} is kept as ${element} in units of 2^${-use.exponent}`);
    }
  }
  return all;
}
