/** Writes a schema of documents as a page of tables: a section for each kind of object, a row for each of its keys. */

/** The name of a definition as a heading: `neuronGroup` becomes `neuron group`. */
function titleOf(name) {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Escapes characters that end a cell of a table or begin an element. */
function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}

/** Says what a schema accepts: `number`, `list of strings`, a link to another section. */
function accepts(schema) {
  if (schema === true || schema === undefined) return 'anything';
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/$defs/', '');
    return `[${titleOf(name)}](#${titleOf(name).replaceAll(' ', '-')})`;
  }
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(', ');
  const branches = [schema.oneOf, schema.anyOf].flatMap((all) => all ?? []);
  if (branches.length > 0) return [...new Set(branches.map(accepts))].join(' or ');
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return schema.then === undefined ? 'anything' : accepts(schema.then);
  const inner = schema.if === undefined ? schema : { ...schema.else, ...schema };
  return types.map((type) => typeName(type, inner)).join(' or ');
}

function typeName(type, { items, additionalProperties }) {
  if (type === 'array') return items === undefined ? 'list' : `list of ${accepts(items)}`;
  if (type !== 'object') return type;
  return typeof additionalProperties === 'object' ? `map from name to ${accepts(additionalProperties)}` : 'map';
}

/** The object that a schema accepts, also where it accepts text as a shorter form of it. */
function objectOf(schema) {
  return schema.properties === undefined && schema.else?.properties !== undefined ? schema.else : schema;
}

function section(title, schema, level) {
  const object = objectOf(schema);
  const lines = [`${'#'.repeat(level)} ${title}`, ''];
  if (schema.description !== undefined) lines.push(cell(schema.description), '');
  const entries = Object.entries(object.properties ?? {});
  if (entries.length === 0) return [...lines, `Takes ${accepts(schema)}.`, ''];
  const required = new Set(object.required ?? []);
  lines.push('| key | takes | meaning |', '|---|---|---|');
  for (const [key, value] of entries) {
    const name = required.has(key) ? `**\`${key}\`**` : `\`${key}\``;
    lines.push(`| ${name} | ${accepts(value)} | ${cell(value.description ?? '')} |`);
  }
  return [...lines, ''];
}

/** The page of a schema as Markdown. Keys in bold are required. */
export function schemaReference(schema) {
  const { $defs = {}, ...top } = schema;
  return [
    `# ${schema.title}`,
    '',
    cell(schema.description ?? ''),
    '',
    'Keys in bold are required.',
    '',
    ...section('Document', { ...top, description: undefined }, 2),
    ...Object.entries($defs).flatMap(([name, each]) => section(titleOf(name), each, 2)),
  ].join('\n');
}
