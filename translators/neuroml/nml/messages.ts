/** Violations of the NeuroML schema that component types allow. */

import type { Finding } from '../../../src/diagnostics/diagnostic.js';
import { finding } from '../../../src/diagnostics/finding.js';
import { oneOf, shorten, suggestion, unlike } from '../../../src/diagnostics/suggest.js';
import type { IdForm, NumberRule } from './facts.js';

const forms: Readonly<Record<IdForm, string>> = {
  name: 'letters, digits and _, not starting with a digit',
  index: 'a whole number, zero or more',
  'optional index': 'a whole number, zero or more',
};

/** An id that breaks the pattern of `NmlId` or `NeuroLexId`; a warning. */
export const badId = (owner: string, id: string, form: IdForm) => finding`warning neuroml/bad-id:
  the NeuroML schema does not allow the id ${shorten(id)} for ${owner}
  expected: ${forms[form]}
  found: ${shorten(id)}`;

/** An element without the id that the schema requires; a warning. */
export const missingId = (owner: string) => finding`warning neuroml/missing-id:
  the NeuroML schema requires an id for ${owner}
  expected: id="…"`;

/** A missing attribute without which the element has no effect. */
export const missingAttribute = (name: string, owner: string) => finding`neuroml/missing-attribute:
  ${owner} needs the attribute ${name}
  expected: ${name}="…"`;

/** An attribute that the schema requires and meaning does not; a warning. */
export const expectedAttribute = (name: string, owner: string) => finding`warning neuroml/expected-attribute:
  the NeuroML schema requires the attribute ${name} in ${owner}
  expected: ${name}="…"`;

/**
 * A projection or input list with a population missing from the network. It is a warning, since only paths determine
 * the ends of connections and inputs, as in the reference interpreter.
 */
export const unknownPopulation = (name: string, id: string, known: ReadonlySet<string>): Finding => ({
  ...finding`warning neuroml/unknown-population:
    ${name} does not name a population of the network; the paths of its elements are followed
    expected: ${known.size === 0 ? 'a population defined before it' : oneOf(id, [...known])}
    found: ${shorten(id)}`,
  ...suggestion(id, [...known]),
});

/** A population with a size different from its number of listed instances; a warning. */
export const populationSize = (
  owner: string,
  size: string,
  instances: number,
) => finding`warning neuroml/population-size: ${owner}
    lists ${instances} instance${instances === 1 ? '' : 's'}, and its size is ${shorten(size)}
  expected: size="${instances}"
  found: ${shorten(size)}
  hint: the instances count: the population has as many cells as it lists`;

/** A missing child element without which the element has no effect. */
export const missingChild = (name: string, owner: string) => finding`neuroml/missing-child: ${owner} needs a ${name}
  expected: <${name} …/>`;

/**
 * An element that the schema has not in its place; a warning.
 *
 * @param general  the element of the schema that has the type `name` as its attribute
 */
export const unexpectedElement = (
  name: string,
  owner: string,
  known: readonly string[],
  general?: string,
): Finding => ({
  ...finding`warning neuroml/unexpected-element: the NeuroML schema has no element ${shorten(name)} in ${owner}`,
  ...(general === undefined
    ? unlike(name, known)
    : {
        expected: `<${general} type="${name}" …>`,
        found: shorten(name),
        hint: `write <${general} type="${name}" …>, which other tools accept`,
      }),
});

/** An attribute that the schema does not have; a warning. */
export const unexpectedAttribute = (name: string, owner: string) => finding`warning neuroml/unexpected-attribute:
  the schema of NeuroML has no attribute ${shorten(name)} for ${shorten(owner)}
  hint: remove it: it has no meaning, and other tools refuse the document`;

/** Elements in another order than the schema's; a warning. */
export const elementOrder = (
  name: string,
  before: readonly string[],
  owner: string,
) => finding`warning neuroml/element-order: the
    NeuroML schema places ${shorten(name)} before ${before.join(', ')} in ${owner}
  hint: the order does not matter here, but other tools reject the document`;

/** More elements of one name than the schema allows; a warning. */
export const tooMany = (name: string, owner: string, most: number) => finding`warning neuroml/too-many:
  the NeuroML schema allows ${most} ${shorten(name)} in ${owner}
  expected: at most ${most}`;

/** A child element that the schema requires and meaning does not; a warning. */
export const expectedChild = (names: readonly string[], owner: string) => finding`warning neuroml/expected-child:
  the NeuroML schema requires ${names.join(', ')} in ${owner}
  expected: <${names[0] ?? ''} …/>`;

const patterns = {
  id: 'letters, digits and _, not starting with a digit',
  metaid: 'letters, digits and _',
  neuroLexId: 'letters, digits, _ and :',
} as const;

/** An attribute that breaks the schema's pattern for names; a warning. */
export const badName = (
  attribute: string,
  owner: string,
  found: string,
  pattern: keyof typeof patterns,
) => finding`warning neuroml/bad-name: the
    NeuroML schema does not allow ${shorten(found)} as ${attribute} of ${owner}
  expected: ${patterns[pattern]}
  found: ${shorten(found)}`;

const rules: Readonly<Record<NumberRule, string>> = {
  positive: 'a number above zero',
  'not negative': 'zero or a positive number',
  count: 'a whole number, zero or more',
  'positive count': 'a whole number above zero',
  fraction: 'a number from 0 to 1',
  number: 'a number',
};

/** An attribute that is not a number, or one outside its range. */
export const badNumber = (
  attribute: string,
  owner: string,
  found: string,
  rule: NumberRule,
) => finding`neuroml/bad-number: ${attribute}
    of ${owner} cannot be ${shorten(found)}
  expected: ${rules[rule]}
  found: ${shorten(found)}`;

/** A capacitance, a conductance, a resistivity or a time constant below zero; a warning. */
export const negative = (attribute: string, owner: string, found: string) => finding`warning neuroml/negative:
  ${attribute} of ${owner} is negative
  expected: a positive quantity
  found: ${shorten(found)}
  hint: remove the sign: no membrane, channel or synapse has such a value`;

/** Two elements of one kind with one id in one file. */
export const duplicateId = (what: string, id: string) => finding`neuroml/duplicate-id:
  the id ${shorten(id)} is used by two elements of the same kind: ${what}
  found: ${shorten(id)}`;
