/** Shared parts of the kernel printers of every shape. */

import type { Family, KernelPattern } from '../families/pattern.js';
import { kernelArguments } from '../schedule/kernel-calls.js';
import type { ProgramContext, Scope } from './scope.js';
import { constantText } from './operations.js';
import { fieldNames } from './scope.js';
import { comment, indent } from './text.js';

/** A family of the program, with the names that its function, its rows and their table have. */
export interface NamedFamily {
  readonly family: Family;
  /** Name of its function. */
  readonly id: string;
  /** The type of a member's row; undefined for a single member, with its numbers and buffers in its function. */
  readonly rows?: { readonly type: string; readonly table: string; readonly fields: readonly string[] };
}

/** Names families, in their order. */
export function nameFamilies(context: ProgramContext, families: readonly Family[]): readonly NamedFamily[] {
  return families.map((family) => {
    if (family.members.length === 1) return { family, id: context.kernelNames.id(family.pattern.name) };
    const id = context.kernelNames.freshOf(family.name);
    const table = context.kernelNames.fresh(`${id}_members`);
    return {
      family,
      id,
      rows: { type: `struct ${table.replace(/_members(?=(?:_\d+)?$)/, '_member')}`, table, fields: fieldNames(family) },
    };
  });
}

/**
 * Returns how a kernel is called. If ranks share the steps, kernels over spikes, targets and masks take a range, too.
 */
export function argumentsOf(
  { distribution }: ProgramContext,
  pattern: KernelPattern,
): ReturnType<typeof kernelArguments> {
  const takesRange =
    pattern.shape === 'compact' ||
    (pattern.shape === 'map' && pattern.domain.kind === 'spikes') ||
    (pattern.shape === 'propagate' && (pattern.order.kind === 'byTarget' || pattern.order.kind === 'byRow'));
  return distribution && takesRange ? 'items' : kernelArguments(pattern);
}

/** Prints the spaces of a family's members; empty if the members take no range, or if there is one process. */
export function spaceTable(context: ProgramContext, { family, id }: NamedFamily): string[] {
  const { distribution } = context;
  if (!distribution || argumentsOf(context, family.pattern) !== 'items') return [];
  const rows = family.members.map(({ kernel }) => {
    const { positions, offset, count } = distribution.spaces.get(kernel) ?? { positions: 0, offset: 0, count: 0 };
    return `{${positions}u, ${offset}u, ${count}u}`;
  });
  return [`static const struct space ${spacesOf(id)}[] = {${rows.join(', ')}};`];
}

/** Name of the table of a family's spaces. */
export const spacesOf = (id: string): string => `${id}_spaces`;

/** A kernel's function; the pointers and numbers that `lines` use are declared at its head. */
export function kernelFunction(
  context: ProgramContext,
  named: NamedFamily,
  scope: Scope,
  lines: readonly string[],
  flat = false,
): string[] {
  const { pattern } = named.family;
  const { i32, u32 } = context.dialect.types;
  const extra = { items: [`${u32} from`, `${u32} to`], thread: [`${u32} thread`, `${u32} threads`], none: [] }[
    argumentsOf(context, pattern)
  ];
  const qualifiers = flat ? context.dialect.flatFunction : context.dialect.kernelFunction;
  const member = named.rows === undefined ? [] : [`const ${named.rows.type} *member`];
  const parameters = ['struct network *network', ...member, `${i32} step`, ...extra].join(', ');
  return [
    comment(pattern.comment),
    `${qualifiers} void ${named.id}(${parameters})`,
    '{',
    ...indent([...scope.prologue(), ...lines]),
    '}',
  ];
}

/** A row of a family's table. */
function rowText(
  context: ProgramContext,
  { family }: NamedFamily,
  { owner, values }: Family['members'][number],
): string {
  const texts = values.map((value, k) => {
    const field = family.fields[k];
    if (field?.kind !== 'value') return `PLACE(${context.bufferNames.id(String(value))})`;
    return constantText({ type: field.type, value: typeof value === 'string' ? 0 : value }, context).text;
  });
  return `${comment(owner)} {${texts.join(', ')}},`;
}

/** Prints the type of a family's rows and their table; empty for a family of one. */
export function familyTable(context: ProgramContext, named: NamedFamily): string[] {
  const { family, rows } = named;
  if (rows === undefined) return [];
  const { types } = context.dialect;
  const fields = family.fields.map((field, k) =>
    field.kind === 'buffer' ? `${types.u32} ${rows.fields[k] ?? ''};` : `${types[field.type]} ${rows.fields[k] ?? ''};`,
  );
  // Kernels may be equal in all but their names.
  const rowFields = fields.length === 0 ? ['char nothing;'] : fields;
  const lines = family.members.map((member) =>
    fields.length === 0 ? `${comment(member.owner)} {0},` : rowText(context, named, member),
  );
  return [
    `${rows.type} {`,
    ...indent(rowFields),
    '};',
    '',
    `static const ${rows.type} ${rows.table}[] = {`,
    ...indent(lines),
    '};',
    '',
  ];
}
