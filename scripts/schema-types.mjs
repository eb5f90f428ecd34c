// The TypeScript types of documents that fit a JSON Schema, in the dialect that our schemas are written in.

/** Names of definitions as types: `neuronGroup` is `NeuronGroup`. */
const typeName = (definition) => `${definition[0].toUpperCase()}${definition.slice(1)}`;

const indented = (text) => text.replace(/\n(?=.)/g, '\n  ');

/** A description as a comment in front of what it describes. */
const comment = ({ description }) => (typeof description === 'string' ? `/** ${description} */\n` : '');

const primitives = { string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' };

/** The node without the types that a condition on it has dealt with. */
function otherwise(node, then) {
  const dealt = [then.type ?? []].flat();
  const types = [node.type ?? []].flat().filter((type) => !dealt.includes(type));
  return { ...(types.length > 0 ? { type: types } : {}), ...node.else };
}

/** The type of a value that fits a node of a schema. Texts that are known are not listed beside all texts. */
export function typeOf(node) {
  const each = [...new Set(alternatives(node))];
  return each.filter((type) => !(each.includes('string') && type.startsWith('"'))).join(' | ');
}

/** The types of which a value that fits a node has one. */
function alternatives(node) {
  if (node === true) return ['unknown'];
  if (node.$ref !== undefined) return [typeName(node.$ref.replace('#/$defs/', ''))];
  if ('const' in node) return [JSON.stringify(node.const)];
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value));
  const choices = node.oneOf ?? node.anyOf;
  if (choices !== undefined) return choices.flatMap(alternatives);
  if (node.if !== undefined && node.else !== undefined) {
    const { if: condition, then, else: _, ...rest } = node;
    const chosen = then === true ? { ...rest, ...condition, description: undefined } : then;
    const other = node.else === true ? { ...rest, else: {} } : node;
    return [chosen, otherwise(other, condition.required === undefined ? condition : {})].flatMap(alternatives);
  }
  const types = [node.type ?? (node.properties || node.additionalProperties !== undefined ? 'object' : [])].flat();
  if (types.length === 0) return ['unknown'];
  return types.map((type) => primitives[type] ?? (type === 'array' ? listOf(node) : objectOf(node)));
}

function listOf({ items = true }) {
  return `readonly (${typeOf(items)})[]`;
}

function objectOf({ properties, required = [], additionalProperties = true, allOf }) {
  if (properties === undefined) return `Readonly<Record<string, ${typeOf(additionalProperties)}>>`;
  const members = Object.entries(properties).map(([key, value]) => {
    // A type's parameters are known by its name only, which a type in a file has once the file is read.
    const isName = key === 'type' && allOf !== undefined;
    const type = isName ? 'string' : typeOf(value);
    return `${comment(value)}readonly ${key}${isName || required.includes(key) ? '' : '?'}: ${type};\n`;
  });
  // Members with names of their own have other types.
  const others = additionalProperties === false ? [] : ['readonly [part: string]: unknown;\n'];
  return `{\n  ${indented([...members, ...others].join(''))}}`;
}

/** A schema with a suffix after the names of its definitions. */
function withSuffix({ $defs = {}, ...whole }, suffix) {
  const renamed = Object.entries($defs).map(([key, node]) => [`${key}${suffix}`, node]);
  const text = JSON.stringify({ ...whole, $defs: Object.fromEntries(renamed) });
  return JSON.parse(text.replace(/"#\/\$defs\/\w+(?=")/g, `$&${suffix}`));
}

/**
 * A module that declares the types of a schema: one for each definition, and `name` for the whole document.
 *
 * @param suffix  added to the names of definitions
 */
export function typesModule(path, schema, name, suffix = '') {
  const { $defs, ...whole } = withSuffix(schema, suffix);
  const declared = Object.entries({ ...$defs, [name]: whole }).map(
    ([key, node]) => `${comment(node)}export type ${typeName(key)} = ${typeOf(node)};\n`,
  );
  return `// Generated from ${path} by scripts/build-schemas.mjs; do not edit.\n${declared.join('\n')}`;
}
