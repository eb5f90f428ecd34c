// The members of objects that a JSON Schema gives defaults, for `src/model/hashed-form.ts`.

import { format } from 'prettier';

const referred = ($ref) => $ref.replace('#/$defs/', '');

/** The objects that a node describes, itself or by its alternatives. */
function objectsOf(node, defs) {
  if (node.$ref !== undefined) return objectsOf(defs[referred(node.$ref)], defs);
  const others = [node.then, node.else, ...(node.oneOf ?? [])].filter((each) => typeof each === 'object');
  return [...(node.properties ? [node] : []), ...others.flatMap((each) => objectsOf(each, defs))];
}

/** The definition of a member, or of each of its parts. */
const partOf = ({ $ref, items, additionalProperties }) =>
  $ref
    ? { of: referred($ref) }
    : items?.$ref
      ? { of: referred(items.$ref) }
      : additionalProperties?.$ref
        ? { each: referred(additionalProperties.$ref) }
        : undefined;

/** A module with the defaults of a schema's definitions. */
export const defaultsModule = (path, schema) =>
  format(
    `// Generated from ${path} by scripts/build-schemas.mjs; do not edit.
/** Defaults of each definition, and the definitions of its members that have some. */
export const defaults = ${JSON.stringify(defaultsOf(schema))} as const;`,
    { parser: 'typescript', printWidth: 120, singleQuote: true },
  );

/** Returns each definition's defaults, and the definitions of its members that have some. */
function defaultsOf({ $defs }) {
  const members = Object.fromEntries(
    Object.entries($defs).map(([name, node]) => [
      name,
      objectsOf(node, $defs).flatMap(({ properties }) => Object.entries(properties)),
    ]),
  );
  const has = (name, seen = []) =>
    !seen.includes(name) &&
    members[name].some(
      ([, node]) => 'default' in node || Object.values(partOf(node) ?? {}).some((part) => has(part, [...seen, name])),
    );
  return Object.fromEntries(
    Object.entries(members)
      .filter(([name]) => has(name))
      .map(([name, all]) => {
        const defaults = all.flatMap(([key, node]) => ('default' in node ? [[key, node.default]] : []));
        const parts = all.flatMap(([key, node]) => {
          const part = partOf(node);
          return part && has(Object.values(part)[0]) ? [[key, part]] : [];
        });
        return [name, { defaults: Object.fromEntries(defaults), parts: Object.fromEntries(parts) }];
      }),
  );
}
