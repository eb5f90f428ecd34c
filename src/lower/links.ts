/**
 * Pass: parameters linked to variables of other populations. When stepping by slots they are read at the start of the
 * step or, as in Brian, at each use (`Profile.links`).
 */

import * as ir from '../ir/builder.js';
import type { Buffer, Expression as Ir } from '../ir/program.js';
import { code } from '../ir/template.js';
import type { Link, ValueType } from '../model/typed.js';
import { Block } from './code/block.js';
import type { Context } from './context/context.js';
import { arrayOf } from '../model/arrays.js';
import { ElementScope } from './scopes/element-scope.js';
import { scalarTypeOf, storedValue } from './code/typed-values.js';
import { compile, to } from './code/expressions.js';
import type { Group, Member } from './context/groups.js';
import { typed } from './context/groups.js';
import { drawsIn } from '../lang/functions.js';
import { memberAddress } from './protocol/initial-values.js';
import * as messages from './context/messages.js';
import { inStep, type PlacedEntry } from './context/place.js';

/** The population that a link reads; null after a finding. */
export function linkedMember(
  owner: string,
  name: string,
  link: Link,
  groups: readonly Group[],
  context: Context,
): { group: Group; member: Member } | null {
  for (const group of groups) {
    const member = group.members.find((candidate) => candidate.name === link.population);
    if (member) return { group, member };
  }
  context.diagnostics.add(
    messages.unsupportedFeature(`${name} of ${owner}, linked to ${link.population}, which replays spikes,`),
  );
  return null;
}

/** A parameter of a population that is linked to a variable of another. */
export interface LinkedParameter {
  readonly group: Group;
  readonly member: Member;
  readonly name: string;
  readonly link: Link;
}

/** u32 index of the element that each element of `member` is linked to; lists and expressions become a buffer. */
export function linkedElement(
  { group, member, name, link }: LinkedParameter,
  size: number,
  local: Ir,
  context: Context,
): Ir {
  const { builder } = context;
  const { index } = link;
  if (index === undefined) return size === 1 ? ir.u32(0) : local;
  if (typeof index === 'number') return ir.u32(index);
  const key = `${member.name}.${name}.linked`;
  const comment = `element of ${link.population} with the ${link.variable} linked to each ${name} of ${member.name}`;
  if (index.kind === 'array') {
    const initial = typed('u32', arrayOf(index.array, context.data));
    const given = builder.commonBuffer(key, 'u32', initial.length, comment, { role: 'constant', initial });
    return ir.load(given, local);
  }
  if (index.kind !== 'expression' || drawsIn(index.expression)) {
    context.diagnostics.add(messages.unsupportedFeature(`a link whose index is drawn (${member.name}.${name})`));
    return ir.u32(0);
  }
  const { expression } = index;
  const computed = builder.common(key, () => {
    const buffer = builder.buffer(key, 'u32', member.population.size, comment);
    const block = new Block();
    const address = memberAddress(member);
    const scope = new ElementScope(context, group, address, block, null);
    const found = block.name('found', to('i32', compile(expression, scope)));
    const outside = code`${found} < 0i | ${found} >= ${size}i`;
    const fault = `${name} of ${member.name} is linked to an element that ${link.population} does not have`;
    block.write`
      fault ${builder.faultBit(fault, `/populations/${member.name}`)} when ${outside}
      ${buffer}[${address.local}] = u32(select(${outside}, 0i, ${found}))`;
    builder.initially(
      builder.map(key, comment, { kind: 'ranges', ranges: [{ begin: member.begin, end: member.end }] }, false, block),
    );
    return buffer;
  });
  return ir.load(computed, local);
}

/** Returns the value of the variable that an element is linked to; null after a diagnostic. */
function linkedNow(
  linked: LinkedParameter,
  type: ValueType,
  { local, block }: { readonly local: Ir; readonly block: Block },
  groups: readonly Group[],
  context: Context,
): Ir | null {
  const { member, name, link } = linked;
  const key = `${member.name}.${name}`;
  const classes = context.shown.links.get(key);
  const which = classes ? block.name('which', ir.load(classBuffer(key, classes.which, context), local)) : null;
  let value: Ir | null = null;
  for (const [k, { population, variable }] of (classes?.sources ?? [link]).entries()) {
    const source = linkedMember(member.name, name, { ...link, population }, groups, context);
    if (!source) return null;
    const size = source.member.population.size;
    const linkedIndex = block.name('element', linkedElement(linked, size, local, context));
    const element = which ? block.name('own', code`select(${which} == ${k}u, ${linkedIndex}, 0u)`) : linkedIndex;
    const from = {
      index: block.name('place', code`${element} + ${source.member.begin}u`),
      ordinal: ir.u32(source.member.ordinal),
      local: element,
    };
    const scope = new ElementScope(context, source.group, from, block, null, { slot: context.profile.defaults.hold });
    const read = to(scalarTypeOf(type, context.real), scope.read(variable));
    value = value && which ? code`select(${which} == ${k}u, ${read}, ${value})` : read;
  }
  return value;
}

function classBuffer(linked: string, initial: Uint32Array, { builder }: Context): Buffer {
  const comment = `class of the source of each ${linked}`;
  return builder.commonBuffer(`${linked}.class`, 'u32', initial.length, comment, { role: 'constant', initial });
}

/** Adds kernels that read linked variables, at initialisation. @returns the same for the start of each step */
export function lowerLinks(groups: readonly Group[], context: Context): readonly PlacedEntry[] {
  const { builder, profile } = context;
  const entries: PlacedEntry[] = [];
  for (const group of groups) {
    for (const member of group.members) {
      const links = Object.entries(member.population.linked ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
      if (links.length === 0) continue;
      const block = new Block();
      const address = memberAddress(member);
      for (const [name, link] of links) {
        const storage = group.storage.get(name);
        const value =
          storage?.kind === 'array'
            ? linkedNow({ group, member, name, link }, storage.type, { local: address.local, block }, groups, context)
            : null;
        if (storage?.kind !== 'array' || !value) continue;
        block.write`${storage.buffer}[${address.index}] = ${storedValue(storage.buffer, value)}`;
      }
      const kernel = builder.map(
        `${member.name}.links`,
        `reads the variables of other populations that ${member.name} is linked to`,
        { kind: 'ranges', ranges: [{ begin: member.begin, end: member.end }] },
        false,
        block,
      );
      builder.initially(kernel);
      // Compartments read their cell's spike-detection site, which is tested at the end of the step.
      const place = context.shown.origins.has(member.name)
        ? { slot: profile.defaults.threshold, order: Number.MIN_SAFE_INTEGER }
        : { slot: profile.defaults.hold, order: -1 };
      entries.push({ ...inStep(kernel, place), copies: true });
    }
  }
  return entries;
}
