/** What a JSON Schema says of a notation's words. */

import { firstNeeded, type Field, type Fields } from '../translators/shared/vocabulary.js';

type Schema = Readonly<Record<string, unknown>>;

function schemaOfField({ schema, unit, usual }: Field): Schema {
  const description = [schema['description'], unit && `in ${unit}`].filter(Boolean).join(', ');
  const isKnown = usual !== undefined && usual !== null;
  return { ...schema, ...(description && { description }), ...(isKnown && { default: usual }) };
}

/** The schema of a map of parameters. */
function schemaOfFields(fields: Fields): Schema {
  const needed = Object.keys(fields).filter((name) => fields[name]?.usual === undefined);
  return {
    ...(needed.length === 0 ? {} : { required: needed }),
    properties: Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, schemaOfField(each)])),
    additionalProperties: false,
  };
}

/** Types that a member beside `type` and `params` is for, and whether they need it. */
export interface Member {
  readonly of: readonly string[];
  readonly needed: boolean;
}

/**
 * What a schema says of a map with `type` and `params`.
 *
 * @param words    parameters of each type by its name
 * @param pattern  names that are types of the document's own
 * @param members  what only some types have
 */
export function schemaOfTypes(
  words: Readonly<Record<string, Fields>>,
  pattern?: string,
  members: Readonly<Record<string, Member>> = {},
): Schema {
  const known = { enum: Object.keys(words) };
  return {
    properties: { type: pattern === undefined ? known : { anyOf: [known, { type: 'string', pattern }] } },
    allOf: Object.entries(words).map(([type, fields]) => {
      const [own, others] = [true, false].map((isOwn) =>
        Object.keys(members).filter((name) => members[name]?.of.includes(type) === isOwn),
      ) as [string[], string[]];
      const needed = [
        ...(firstNeeded(fields) === undefined ? [] : ['params']),
        ...own.filter((name) => members[name]?.needed),
      ];
      return {
        if: { required: ['type'], properties: { type: { const: type } } },
        then: {
          ...(needed.length === 0 ? {} : { required: needed }),
          properties: {
            params: schemaOfFields(fields),
            ...Object.fromEntries(others.map((name) => [name, false])),
          },
        },
      };
    }),
  };
}
