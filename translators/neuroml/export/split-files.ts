/** A NeuroML document as files for its channels, pools of ions, synapses and cells, as model repositories keep them. */

import { element, type Element, type NamedFile } from './text/xml-text.js';

/** Suffixes of files by the names of elements; the rest stays with the network. */
const suffixes: readonly (readonly [suffix: string, tags: RegExp])[] = [
  ['.channel.nml', /^ionChannel/],
  ['.pool.nml', /ConcentrationModel$/],
  ['.synapse.nml', /^(?!(timed|poisson|transientPoisson))\w*Synapse$|^gapJunction$/],
  ['.cell.nml', /Cell$|^cell(2CaPools)?$|^E?IF_|^HH_cond_exp$/],
];

/**
 * Returns the files of a document, first the one with its network. Each file includes the files whose elements it
 * names.
 *
 *     net.nml   becomes   net.nml, which includes soma.cell.nml, which includes na.channel.nml
 *
 * @param types  the file of components outside the schema, which files include if they name one; absent: none
 */
export function splitFiles({ name, root }: NamedFile, types: NamedFile | undefined): readonly NamedFile[] {
  const fileOf = ({ tag, attributes }: Element): string => {
    const [suffix] = suffixes.find(([, tags]) => tags.test(tag)) ?? [];
    return suffix === undefined || attributes['id'] === undefined ? name : `${attributes['id']}${suffix}`;
  };
  const files = new Map<string, readonly Element[]>([[name, []]]);
  const owners = new Map<string, string>();
  const note = (parts: readonly Element[], file: (part: Element) => string): void => {
    for (const part of parts) if (part.attributes['id'] !== undefined) owners.set(part.attributes['id'], file(part));
  };
  const own = root.children.filter(({ tag }) => tag !== 'include');
  note(own, fileOf);
  if (types !== undefined) note(types.root.children, () => types.name);
  for (const part of own) files.set(fileOf(part), [...(files.get(fileOf(part)) ?? []), part]);
  const named = new Map(
    [...files].map(([file, parts]) => {
      const ids = parts.flatMap(namedBy);
      return [file, new Set(ids.flatMap((id) => owners.get(id) ?? []).filter((other) => other !== file))] as const;
    }),
  );
  // The network includes all files that no other file includes.
  const all = [...files.keys(), ...(types === undefined ? [] : [types.name])];
  for (const file of all)
    if (file !== name && ![...named.values()].some((others) => others.has(file))) named.get(name)?.add(file);
  return [...files].map(([file, parts]) => {
    const includes = [...(named.get(file) ?? [])].map((href) => element('include', { href }));
    const first = parts.filter(({ tag }) => explanations.has(tag));
    const rest = parts.filter(({ tag }) => !explanations.has(tag));
    const id = file === name ? {} : { id: file.replace(/\W/g, '_') };
    const attributes = { ...root.attributes, ...id };
    return { name: file, root: { ...root, attributes, children: [...first, ...includes, ...rest] } };
  });
}

/** Elements that the schema places before inclusions. */
const explanations: ReadonlySet<string> = new Set(['notes', 'property', 'annotation']);

/**
 * Returns the values of attributes that may name another element. Items of a list have the same form: one is enough.
 */
function namedBy(one: Element): readonly string[] {
  const [item] = one.items ?? [];
  const { id: _, ...attributes } = one.attributes;
  return [...Object.values(attributes), ...[...one.children, ...(item ? [item] : [])].flatMap(namedBy)];
}
