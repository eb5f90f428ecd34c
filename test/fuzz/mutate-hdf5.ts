/** Graphs of NIR in HDF5 with a few bytes changed, and their groups and datasets with a few members changed. */

import type { Group } from 'h5wasm';
import type { Hdf5Table } from '../../translators/shared/hdf5.js';
import { names, numbers } from './nasty.js';
import type { Random } from './random.js';

/** A group that can be changed. */
export interface MutableGroup {
  name: string;
  attributes: Readonly<Record<string, string>>;
  groups: MutableGroup[];
  tables: MutableTable[];
}

/** A dataset that can be changed. */
type MutableTable = { -readonly [Key in keyof Hdf5Table]: Hdf5Table[Key] };

/** Changes one byte or a few, three of four times one that is not zero; now and then the file is cut off. */
export function mutateBytes(file: Uint8Array, random: Random): Uint8Array {
  const changed = Uint8Array.from(random.once(20) ? file.subarray(0, random.below(file.length)) : file);
  // h5py leaves most bytes of a small file empty.
  const used = [...changed.keys()].filter((at) => changed[at] !== 0);
  for (let changes = random.pick([1, 1, 1, 2, 8]); changes > 0; changes--) {
    const at = random.once(4) ? random.below(changed.length) : (used[random.below(used.length)] ?? 0);
    if (at < changed.length) changed[at] = random.once(2) ? random.below(256) : random.pick([0, 1, 2, 127, 128, 255]);
  }
  return changed;
}

/** Changes one to four members; `others` lend members. The result is a tree that an HDF5 file can hold. */
export function mutateMembers(seed: MutableGroup, others: readonly MutableGroup[], random: Random): MutableGroup {
  const tree = structuredClone(seed);
  for (let changes = random.once(2) ? 1 : 1 + random.below(4); changes > 0; changes--) change(tree, others, random);
  return tree;
}

/** Changes an attribute of one tree in two. */
export function mutateAttributes(tree: MutableGroup, random: Random): MutableGroup {
  const all = groupsIn(tree);
  const group = random.pick(all.filter(({ attributes }) => Object.keys(attributes).length > 0));
  if (random.once(2)) return tree;
  const name = random.pick([...Object.keys(group.attributes), 'dt', 'n_neurons']);
  const values = [...all.flatMap(({ attributes }) => Object.values(attributes)), ...numbers.map(String)];
  group.attributes = { ...group.attributes, [name]: random.pick(values) };
  return tree;
}

/** Writes groups and datasets into a group of a file. Attributes that are numbers are written as such. */
export function fill(group: Group, { attributes, groups, tables }: MutableGroup): void {
  for (const [name, text] of Object.entries(attributes)) {
    const value = Number(text);
    group.create_attribute(name, text === '' || Number.isNaN(value) ? text : value);
  }
  for (const { name, shape, values, texts } of tables)
    if (shape.reduce((product, length) => product * length, 1) === (texts ?? values).length)
      group.create_dataset({ name, data: texts ? [...texts] : values, shape: [...shape] });
  for (const inner of groups) fill(group.create_group(inner.name), inner);
}

const groupsIn = (group: MutableGroup): readonly MutableGroup[] => [group, ...group.groups.flatMap(groupsIn)];

function change(tree: MutableGroup, others: readonly MutableGroup[], random: Random): void {
  const group = random.pick(groupsIn(tree));
  const list: (MutableGroup | MutableTable)[] = random.once(3) ? group.groups : group.tables;
  const at = random.below(list.length);
  const member = list[at];
  const lender = random.pick(groupsIn(random.pick([tree, ...others])));
  switch (random.below(6)) {
    case 0:
      list.splice(at, 1);
      return;
    case 1:
      if (member) rename(group, member, [...lender.tables, ...lender.groups].map(({ name }) => name), random); // prettier-ignore
      return;
    case 2: {
      const [table, inner] = [random.pick(lender.tables), random.pick(lender.groups)].map((one) =>
        structuredClone(one),
      );
      if (table && isFree(group, table.name)) group.tables.push(table as MutableTable);
      else if (inner && isFree(group, inner.name)) group.groups.push(inner as MutableGroup);
      return;
    }
    default:
      if (group.tables.length > 0) changeTable(random.pick(group.tables), lender, random);
  }
}

const isFree = ({ groups, tables }: MutableGroup, name: string): boolean =>
  [...groups, ...tables].every((one) => one.name !== name);

/** Names of members in HDF5: one part of a path, in UTF-8. */
const memberNames = names.filter((name) => !/^\.?$|[/\0]|[\ud800-\udfff]/u.test(name));

function rename(
  group: MutableGroup,
  member: MutableGroup | MutableTable,
  known: readonly string[],
  random: Random,
): void {
  const name = known.length > 0 && random.once(2) ? random.pick(known) : random.pick(memberNames);
  if (isFree(group, name)) member.name = name;
}

function changeTable(table: MutableTable, lender: MutableGroup, random: Random): void {
  const { texts, values, shape } = table;
  switch (random.below(8)) {
    case 0:
      reshape(table, random);
      return;
    case 1:
      table.type = random.pick(['integer', 'single', 'double', 'other', 'elsewhere']);
      delete table.texts;
      if (table.type === 'other' || table.type === 'elsewhere') table.values = new Float64Array(0);
      else if (texts) table.values = new Float64Array(texts.length);
      return;
    case 2: {
      const other = lender.tables.length > 0 ? random.pick(lender.tables) : table;
      Object.assign(table, structuredClone({ ...other, name: table.name }));
      if (!other.texts) delete table.texts;
      return;
    }
    default:
      if (texts && texts.length > 0) {
        const known = [...lender.tables.flatMap((one) => one.texts ?? []), ...lender.groups.map(({ name }) => name)];
        table.texts = texts.with(random.below(texts.length), random.pick([...texts, ...known, ...memberNames]));
      } else if (values.length > 0) {
        const value = random.once(3) ? (values[0] ?? 0) * random.pick([-1, 2, 1e3, 1e-3]) : random.pick(numbers);
        // Integers in HDF5 have 64 bits.
        const kept = table.type === 'integer' ? Math.max(-(2 ** 63), Math.min(2 ** 64, Math.trunc(value) || 0)) : value;
        table.values =
          random.once(4) && shape.length > 0 ? values.fill(kept) : values.with(random.below(values.length), kept);
      }
  }
}

/** Gives a dataset another shape; its elements are repeated or left out. */
function reshape(table: MutableTable, random: Random): void {
  const { shape, values, texts } = table;
  const other = random.pick([
    [],
    [...shape].reverse(),
    [...shape, 1],
    [1, ...shape],
    shape.slice(1),
    shape.map((length) => (random.once(2) ? length : random.pick([0, 1, 2, 3, 10]))),
    [shape.reduce((product, length) => product * length, 1)],
    new Array<number>(32).fill(1),
  ]);
  const length = other.reduce((product, one) => product * one, 1);
  if (length > 10_000) return;
  table.shape = other;
  table.values = Float64Array.from({ length: texts ? 0 : length }, (_, k) => values[k % values.length] ?? 0);
  if (texts) table.texts = Array.from({ length }, (_, k) => texts[k % texts.length] ?? '');
}
