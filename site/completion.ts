/** Completion of keys from the schemas of the notations. */

import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';

/** The part of JSON Schema that says which keys there are. */
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema | boolean>>;
  readonly patternProperties?: Readonly<Record<string, Schema | boolean>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly then?: Schema;
  readonly else?: Schema;
}

/** Returns the text of the schema that a page of one file holds; undefined for other names and on sites. */
type HeldSchema = (name: string) => string | undefined;

/** Returns the schema of the notation that a document states. A page of one file holds only that of its own model. */
async function schemaOf(text: string, held: HeldSchema): Promise<Schema | undefined> {
  const [, format = /^\s*["']?interneuron["']?\s*:/m.test(text) ? 'model' : undefined] =
    /["']?format["']?\s*:\s*["']?interneuron\/(brian|pynn|model)/.exec(text) ?? [];
  if (format === undefined) return undefined;
  const own = held(format);
  return own === undefined ? (await import('./schemas.js')).schemas[format] : (JSON.parse(own) as Schema);
}

/** Returns a schema with all that it refers to and joins, as alternatives. */
function alternatives(schema: Schema | boolean | undefined, root: Schema, seen = new Set<Schema>()): readonly Schema[] {
  if (typeof schema !== 'object' || seen.has(schema)) return [];
  seen.add(schema);
  const { $ref, anyOf = [], oneOf = [], allOf = [], then, else: otherwise } = schema;
  const referred = $ref === undefined ? undefined : root.$defs?.[$ref.replace('#/$defs/', '')];
  const others = [referred, ...anyOf, ...oneOf, ...allOf, then, otherwise];
  return [schema, ...others.flatMap((other) => alternatives(other, root, seen))];
}

/** The step into the items of a list. */
const item = '[]';

/** Returns the schemas at a path of keys. */
export function schemasAt(path: readonly string[], root: Schema): readonly Schema[] {
  return path.reduce(
    (here, key) =>
      here.flatMap((schema) => {
        if (key === item) return alternatives(schema.items, root);
        const matching = Object.entries(schema.patternProperties ?? {}).find(([pattern]) =>
          new RegExp(pattern).test(key),
        );
        return alternatives(schema.properties?.[key] ?? matching?.[1] ?? schema.additionalProperties, root);
      }),
    alternatives(root, root),
  );
}

/** Returns the keys around a place in block YAML, the outermost first, by indentation. */
export function pathAt(lines: readonly string[]): readonly string[] {
  const path: string[] = [];
  let indent = Infinity;
  for (const [back, line] of lines.toReversed().entries()) {
    const [, spaces = '', dash = '', key] = /^( *)((?:- +)*)(?:["']?([^\s"':#{}[\]]+)["']?\s*:)?/.exec(line) ?? [];
    if (line.trim() === '' && back > 0) continue;
    const own = spaces.length + dash.length;
    if (back === 0) indent = own;
    else if (own < indent && key !== undefined) {
      path.unshift(key);
      indent = own;
    } else if (own !== indent || dash === '') continue;
    if (dash !== '') {
      path.unshift(item);
      indent = spaces.length + 1;
    }
  }
  return path;
}

/** Completes the key before the cursor in block YAML. */
export async function completeKey(context: CompletionContext, held: HeldSchema): Promise<CompletionResult | null> {
  const { state, pos } = context;
  const line = state.doc.lineAt(pos);
  const before = /^ *(?:- +)*([\w$]*)$/.exec(line.text.slice(0, pos - line.from));
  if (!before || (before[1] === '' && !context.explicit)) return null;
  const text = state.doc.toString();
  const root = await schemaOf(text, held);
  if (!root) return null;
  const path = pathAt(
    text
      .slice(0, line.from)
      .split('\n')
      .slice(0, -1)
      .concat(line.text.slice(0, pos - line.from)),
  );
  const known = new Map(
    schemasAt(path, root).flatMap(({ properties = {} }) =>
      Object.entries(properties).map(([key, one]) => [key, typeof one === 'object' ? one.description : undefined]),
    ),
  );
  return {
    from: pos - (before[1]?.length ?? 0),
    options: [...known].map(([label, info]) => ({
      label,
      apply: `${label}: `,
      type: 'property',
      ...(info === undefined ? {} : { info }),
    })),
    validFor: /^[\w$]*$/,
  };
}
