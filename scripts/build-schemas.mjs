// Compiles the JSON Schemas to stand-alone validators, since compiling them at start-up costs 180 ms, and writes the
// TypeScript types of the documents that they describe.
//
//   node scripts/build-schemas.mjs           writes the generated files
//   node scripts/build-schemas.mjs --check   exits with 1 when one of them is not what its schema yields
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { format } from 'prettier';
import { typesModule } from './schema-types.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const bundling = {
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['main'],
  target: 'node20',
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'silent',
};

const pythonFile = 'python/pynn-interneuron/src/interneuron_pynn/words_generated.py';

/** How schemas that are written in part are laid out. */
const layout = { parser: 'json', printWidth: 120, objectWrap: 'collapse' };

/** Returns the exports of a module in TypeScript. */
async function exportsOf(path) {
  const { outputFiles } = await build({ ...bundling, platform: 'node', entryPoints: [join(root, path)] });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

/** A schema with what the table of its notation's words says of types and their parameters. */
async function withWords(schema, table) {
  const { definitions, pythonModule } = await exportsOf(table);
  const $defs = { ...schema.$defs };
  for (const [name, { properties = {}, ...said }] of Object.entries(definitions)) {
    const written = $defs[name];
    const own = Object.entries(properties).map(([key, node]) => {
      const { description } = written.properties[key];
      return [key, { ...node, description }];
    });
    const all = written.properties && { properties: { ...written.properties, ...Object.fromEntries(own) } };
    $defs[name] = { ...written, ...all, ...said };
  }
  return { schema: { ...schema, $defs }, pythonModule };
}

/**
 * Each schema, the folder of its validator, and the type of its documents. `shapes`: module with the whole schema;
 * `table`: module with the parts of it that are written here.
 */
export const schemas = [
  {
    schema: 'schemas/model.schema.json',
    folder: 'src/model',
    type: 'ModelDocument',
    types: 'document.generated.ts',
    suffix: 'Document',
    shapes: 'src/model/shape/schema.ts',
  },
  {
    schema: 'schemas/brian.schema.json',
    folder: 'translators/brian',
    type: 'BrianSpecification',
    table: 'translators/brian/vocabulary.ts',
  },
  {
    schema: 'schemas/pynn.schema.json',
    folder: 'translators/pynn',
    type: 'PynnSpecification',
    table: 'scripts/pynn-words.ts',
  },
  { schema: 'schemas/expectations.schema.json', folder: 'src/verify/expect', type: 'ExpectationsDocument' },
];

/** Said of lists whose items the importer checks. */
const checkedLater = 'items are checked while importing';

/**
 * The schema without what only people read, and without the items of long lists: these are checked by our own code,
 * since the validator would report every one of a million bad numbers.
 */
function forCompiling(schema) {
  const strip = (node) => {
    if (Array.isArray(node)) return node.map(strip);
    if (node === null || typeof node !== 'object') return node;
    const kept = Object.entries(node).filter(
      ([key, value]) => !(['description', 'title'].includes(key) && typeof value === 'string') && key !== 'default',
    );
    return Object.fromEntries(kept.map(([key, value]) => [key, strip(value)]));
  };
  const copy = withAllowedNames(withoutRepeats(strip(schema)));
  for (const definition of Object.values(copy.$defs)) if (definition.$comment === checkedLater) delete definition.items;
  return copy;
}

/** The schema with parameters of types unchecked whose form the definition of all types states already. */
function withoutRepeats(node, within = false) {
  if (Array.isArray(node)) return node.map((item) => withoutRepeats(item, within));
  if (node === null || typeof node !== 'object') return node;
  if (within && repeated.includes(node.$ref)) return true;
  const entries = Object.entries(node).map(([key, value]) => [key, withoutRepeats(value, within || key === 'allOf')]);
  return Object.fromEntries(entries);
}

const repeated = ['#/$defs/value', '#/$defs/distribution'];

/**
 * Says the allowed keys of maps and tags of unions by `enum`, which means the same and whose errors name what is
 * allowed; those of `additionalProperties` and `discriminator` do not.
 */
function withAllowedNames(node) {
  if (Array.isArray(node)) return node.map(withAllowedNames);
  if (node === null || typeof node !== 'object') return node;
  const result = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'enum' || key === 'const' ? value : withAllowedNames(value),
    ]),
  );
  if (node.additionalProperties === false && node.properties && !node.propertyNames) {
    delete result.additionalProperties;
    const allowed = Object.keys(node.properties);
    result.propertyNames = allowed.length > 0 && { enum: allowed };
  }
  if (node.discriminator) {
    const tag = node.discriminator.propertyName;
    result.properties = { [tag]: { enum: node.oneOf.map((branch) => branch.properties[tag].const) } };
  }
  return result;
}

/**
 * The source of a validator whose errors point into the schema as people read it: those of a definition begin at the
 * whole schema, and keywords of the compiled form are those that they stand for.
 */
function withPlaces(source, validate, schema, content) {
  const definitionOf = new Map();
  const visit = (functionOf) => {
    for (const { str, value } of functionOf.source?.scopeValues.validate ?? []) {
      const inner = typeof value.ref === 'function' ? value.ref : value.ref.validate;
      if (definitionOf.has(str) || inner === undefined) continue;
      const [name] = Object.entries(schema.$defs).find(([, node]) => node === inner.schemaEnv.schema) ?? [];
      definitionOf.set(str, name === undefined ? '#' : `#/$defs/${name}`);
      visit(inner);
    }
  };
  visit(validate);
  return source
    .split(/(?=^function )/m)
    .map((text) => {
      const base = definitionOf.get(/^function (\w+)/.exec(text)?.[1]) ?? '#';
      return text.replace(/schemaPath:"#(?!\/\$defs)([^"]*)"/g, `schemaPath:"${base.replaceAll('$', '$$$$')}$1"`);
    })
    .join('')
    .replace(/schemaPath:"([^"]*)"/g, (_, path) => `schemaPath:"${placeIn(content, path)}"`);
}

/** A place in the schema for one in its compiled form. */
function placeIn(schema, path) {
  const isThere = (place) => {
    const steps = decodeURIComponent(place).slice(2).split('/');
    return steps.reduce((node, step) => node?.[step], schema) !== undefined;
  };
  const place = [
    path,
    path.replace(/\/false schema$/, ''),
    path.replace(/\/propertyNames(\/.*)?$/, '/additionalProperties'),
    path.replace(/\/properties\/\w+\/enum$/, '/discriminator'),
  ].find(isThere);
  if (place === undefined) throw new Error(`${path} is no place in the schema`);
  return place;
}

/** The source of a validator with values of schemas in place of the schemas, most of which it does not read. */
function withSchemaValues(source) {
  const declared = /^const (schema\d+) = (\{.*\});$/gm;
  const schemas = new Map([...source.matchAll(declared)].map(([, name, text]) => [name, JSON.parse(text)]));
  return source
    .replaceAll(declared, '')
    .replaceAll(/\b(schema\d+)((?:\.\w+|\["[^"]*"\]|\[\d+\])+)/g, (_, name, path) => {
      const steps = [...path.matchAll(/\.(\w+)|\["([^"]*)"\]|\[(\d+)\]/g)].map(([, a, b, c]) => a ?? b ?? c);
      return JSON.stringify(steps.reduce((node, step) => node[step], schemas.get(name)));
    });
}

/** Keywords whose errors have messages of our own, or are not reported (`src/model/schema/schema-findings.ts`). */
const withOwnMessage = new Set(
  (
    'required type enum const pattern minimum maximum exclusiveMinimum exclusiveMaximum maxProperties minProperties ' +
    'if discriminator propertyNames anyOf oneOf allOf not'
  ).split(' '),
);

/** Collects an error: generated code calls it in place of a literal and a test for each. */
const collector = `const withError = (errors, instancePath, schemaPath, keyword, params, propertyName, message) => {
  const error = { instancePath, schemaPath, keyword, params, ...(message === undefined ? {} : { message }), ...(propertyName === undefined ? {} : { propertyName }) };
  if (errors === null) return [error];
  errors.push(error);
  return errors;
};`;

/** The source of a validator with calls of `withError`, by which it is a sixth shorter. */
const withShortErrors = (source) =>
  `${source}\n${collector}`.replaceAll(
    /const (err\d+) = \{instancePath(?::(.*))?,schemaPath:("[^"]*"),keyword:("[^"]*"),params:(\{.*\}),message:(.*?)(?:,propertyName:(\w+))?\};\nif\(vErrors === null\)\{\nvErrors = \[\1\];\n\}\nelse \{\nvErrors\.push\(\1\);\n\}/g,
    (_, name, place = 'instancePath', path, keyword, params, message, key) => {
      const last = withOwnMessage.has(JSON.parse(keyword))
        ? key === undefined
          ? []
          : [key]
        : [key ?? 'void 0', message];
      return `vErrors = withError(vErrors, ${[place, path, keyword, params, ...last].join(', ')});`;
    },
  );

/** Source text of the validator of one schema, an ESM module without imports. */
export async function validatorSource(schemaPath, content = JSON.parse(readFileSync(join(root, schemaPath), 'utf8'))) {
  const schema = forCompiling(content);
  const Validator = schema.$schema?.includes('draft-07') ? Ajv : Ajv2020;
  const ajv = new Validator({
    allErrors: true,
    discriminator: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: true },
  });
  const validate = ajv.compile(schema);
  const compiled = (standaloneCode.default ?? standaloneCode)(ajv, validate);
  const source = withSchemaValues(withShortErrors(withPlaces(compiled, validate, schema, content)));
  const bundled = await build({
    ...bundling,
    stdin: { contents: source, resolveDir: root, loader: 'js' },
    minify: true,
  });
  return `// Generated from ${schemaPath} by scripts/build-schemas.mjs; do not edit.\n/* eslint-disable */\n${bundled.outputFiles[0].text}`;
}

/** Returns what the generated module in a folder declares. */
export function declaration(folder) {
  const findings = relative(folder, 'src/model/schema/schema-findings.js').split(sep).join('/');
  const path = findings.startsWith('.') ? findings : `./${findings}`;
  return `// Generated by scripts/build-schemas.mjs; do not edit.
import type { SchemaError } from '${path}';

/** Whether the value fits the schema; \`errors\` of the function holds all that it breaks. */
export declare const validate: { (value: unknown): boolean; errors?: readonly SchemaError[] | null };
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const checking = process.argv.includes('--check');
  for (const { schema, folder, type, types = 'specification.generated.ts', suffix, shapes, table } of schemas) {
    const written = shapes ? (await exportsOf(shapes)).schema : JSON.parse(readFileSync(join(root, schema), 'utf8'));
    const { schema: content, pythonModule } =
      table === undefined ? { schema: written } : await withWords(written, table);
    const files = {
      ...((table ?? shapes) && { [schema]: await format(JSON.stringify(content), layout) }),
      ...(pythonModule && {
        [pythonFile]: `# Generated from ${table} by scripts/build-schemas.mjs; do not edit.\n${pythonModule}`,
      }),
      [`${folder}/schema-validator.generated.js`]: await validatorSource(schema, content),
      [`${folder}/schema-validator.generated.d.ts`]: declaration(folder),
      ...(type && { [`${folder}/${types}`]: typesModule(shapes ?? schema, content, type, suffix) }),
    };
    for (const [path, text] of Object.entries(files)) {
      const target = join(root, path);
      const fresh = existsSync(target) && readFileSync(target, 'utf8') === text;
      if (fresh) continue;
      if (checking) {
        console.error(`${path} is not what ${schema} yields; run node scripts/build-schemas.mjs`);
        process.exitCode = 1;
      } else {
        writeFileSync(target, text);
        console.log(`wrote ${path}`);
      }
    }
  }
}
