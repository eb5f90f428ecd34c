/** Findings in LEMS documents. */

import type { Finding, Severity } from '../../../src/diagnostics/diagnostic.js';
import { finding } from '../../../src/diagnostics/finding.js';
import { joinWords, oneOf, renaming, shorten, suggestion, unlike } from '../../../src/diagnostics/suggest.js';
import type { Dimension } from '../../../src/lang/ast.js';
import { dimensionText, isDimensionless } from '../../../src/lang/dimension.js';
import { unitsLike } from '../../../src/lang/units.js';

// Dimensions, units, quantities

/** A dimension that no `Dimension` element defines. */
export const unknownDimension = (name: string, known: Iterable<string>): Finding => ({
  ...finding`lems/unknown-dimension: there is no dimension ${shorten(name)}`,
  ...unlike(name, known),
});

/** Returns the hint for a unit written out in full, such as `msec`, if its symbol is known. */
function meantBy(symbol: string, known: Iterable<string>): Pick<Finding, 'hint' | 'names'> {
  const [meant] = unitsLike(symbol);
  return meant !== undefined && [...known].includes(meant) ? { hint: `did you mean ${meant}?`, names: [meant] } : {};
}

/** A unit symbol that no `Unit` element defines. */
export const unknownUnit = (symbol: string, known: Iterable<string>): Finding => ({
  ...finding`lems/unknown-unit: there is no unit ${shorten(symbol)}`,
  ...unlike(symbol, known),
  ...meantBy(symbol, known),
});

/** A unit after a value without dimension that is not a unit either. */
export const unitOfNumber = (what: string, unit: string) => finding`lems/unknown-unit:
  there is no unit ${shorten(unit)}, and the value of ${what} is dimensionless
  expected: a number without a unit
  found: ${shorten(unit)}
  hint: write the number alone`;

/** An exponent of a `Dimension` or a power of ten that is not a whole number. */
export const badExponent = (attribute: string, found: string) => finding`lems/bad-number:
  ${attribute} is not a whole number
  expected: a whole number from -100 to 100
  found: ${shorten(found)}`;

/** An attribute that needs a number and has another value. */
export const badNumber = (what: string, found: string) => finding`lems/bad-number: ${what} is not a number
  expected: a number
  found: ${shorten(found)}`;

/** A parameter's value that is not a number with a unit. */
export const badQuantity = (what: string, found: string, unit: string | undefined) => finding`lems/bad-quantity:
  the value of ${what} is not a quantity
  expected: ${unit === undefined ? 'a number' : `a number with a unit, such as 5${unit}`}
  found: ${shorten(found)}`;

/** A parameter's value in a unit of another dimension, with units that would do. */
export const wrongDimension = (
  what: string,
  expected: Dimension,
  found: Dimension,
  text: string,
  units: readonly string[],
): Finding => ({
  code: 'lems/wrong-dimension',
  message: `the value of ${what} has the wrong dimension`,
  expected:
    units.length === 0 ? dimensionText(expected) : `${dimensionText(expected)}: a number with ${oneOf('', units, 6)}`,
  found: `${shorten(text)}, which is ${dimensionText(found)}`,
  ...inUnit(text, units, isDimensionless(expected)),
});

/** The number as it may have been meant. */
function inUnit(text: string, units: readonly string[], plain: boolean): Pick<Finding, 'hint'> {
  const [number] = /^\s*[-+]?[\d.]+(?:[eE][-+]?\d+)?/.exec(text) ?? [];
  if (number === undefined || (!plain && units.length === 0)) return {};
  const texts = plain ? [number.trim()] : units.slice(0, 3).map((unit) => `${number.trim()}${unit}`);
  return { hint: `write ${joinWords(texts, 'or')}` };
}

/** Two definitions of one name that differ, so it is unclear which one holds. */
export const conflicting = (what: string, name: string): Finding => ({
  ...finding`lems/conflicting-definition: ${what} ${shorten(name)} has two conflicting definitions
    expected: one definition of ${shorten(name)}
    found: another definition than before`,
  names: [name],
});

/** Two equal definitions of one name. */
export const duplicate = (what: string, name: string): Finding => ({
  ...finding`lems/duplicate: ${what} ${shorten(name)} is defined twice
    expected: one definition of ${shorten(name)}
    found: ${shorten(name)}
    hint: rename or remove one of the two`,
  names: [name],
});

/** A `StateAssignment` to a derived variable, which the reference interpreter overwrites; a warning. */
export const assignsDerived = (name: string, states: Iterable<string>): Finding => ({
  code: 'lems/assigns-derived',
  severity: 'warning',
  message: `a value is assigned to the derived variable ${shorten(name)}, which is recalculated at every step`,
  ...unlike(name, states),
  hint: 'the assignment has no effect and is left out',
});

/** Derived variables that are each computed from another. */
export const derivedCircle = (names: readonly string[]) => finding`lems/derived-circle:
  derived variables depend on each other in a cycle
  found: ${names.join(' reads ')}
  hint: make one of them a state variable, or solve the equations`;

/** A variable of a type that its heir declares again; a warning. */
export const repeatedVariable = (name: string) => finding`warning lems/repeated-variable:
  the variable ${shorten(name)} is declared twice; this declaration is used
  found: ${shorten(name)}`;

/** One name for a state variable and a derived one; a warning. */
export const twoKinds = (name: string) => finding`warning lems/two-kinds:
  ${shorten(name)} is declared both as a state variable and as a derived variable
  found: ${shorten(name)}
  hint: it is treated as the derived variable, which sets its value at every step`;

// Expressions

/** A mistake in an expression of LEMS, as its parser found it. */
export const syntax = (message: string, expected?: string, hint?: string, found?: string) => finding`lems/syntax:
  ${message}
  expected: ${expected === undefined ? undefined : expected}
  found: ${found === undefined ? undefined : found}
  hint: ${hint === undefined ? undefined : hint}`;

/** A power of a power, such as `a^b^c`. */
export const powerOfPower = (found: string) => finding`lems/syntax: a power of a power needs parentheses
  expected: (a^b)^c or a^(b^c)
  found: ${shorten(found)}
  hint: write (a^b)^c as jLEMS evaluates it, or a^(b^c)`;

/** Operators that jLEMS evaluates in another order than most languages; `text` has parentheses. */
export const orderOfOperators = (text: string) => finding`warning lems/order-of-operators:
  jLEMS evaluates these operators in another order than most languages
  hint: write ${shorten(text)}`;

/** A derived parameter that uses a later one. */
export const laterParameter = (name: string, used: string) => finding`warning lems/later-parameter:
  ${name} uses the derived parameter ${used}, which stands below it: jLEMS takes 0 for ${used} here
  hint: move ${used} above ${name}`;

/** A call of a function that LEMS does not have. */
export const unknownFunction = (name: string, known: readonly string[]): Finding => ({
  ...finding`lems/unknown-function: LEMS has no function ${shorten(name)}`,
  ...unlike(name, known),
});

/** `factorial` of anything but a number that is written out. */
export const unsupportedFactorial = () => finding`lems/factorial:
  factorial takes a literal whole number from 0 to 170`;

/** A name in an expression that the type neither declares nor requires; `severity` as the place has it. */
export const unknownName = (name: string, owner: string, known: Iterable<string>, severity: Severity): Finding => ({
  code: 'lems/unknown-name',
  severity,
  message: `${owner} has no variable ${shorten(name)}`,
  ...unlike(name, known),
});

/** A sum or comparison of values of different dimensions; `severity` as the place has it. */
export const dimensionMismatch = (
  what: string,
  expected: Dimension,
  found: Dimension,
  severity: Severity,
): Finding => ({
  code: 'lems/dimension-mismatch',
  severity,
  message: `${what} differ in dimension`,
  expected: dimensionText(expected),
  found: dimensionText(found),
  ...numbersTaken(severity),
});

/** An expression of another dimension than its variable; `severity` as the place has it. */
export const expressionDimension = (
  what: string,
  expected: Dimension,
  found: Dimension,
  severity: Severity,
): Finding => ({
  code: 'lems/dimension-mismatch',
  severity,
  message: `${what} has the wrong dimension`,
  expected: dimensionText(expected),
  found: dimensionText(found),
  ...numbersTaken(severity),
});

const numbersTaken = (severity: Severity): Pick<Finding, 'hint'> =>
  severity === 'error' ? {} : { hint: 'it is treated as a number in SI units, as in the reference interpreter' };

/** A number in `test` or in a `Case`. */
export const notCondition = (what: string) => finding`lems/not-a-condition: ${what} is a number, not a condition
  expected: a comparison such as v .gt. thresh`;

/** A condition in place of a number. */
export const notNumber = (what: string) => finding`lems/not-a-number: ${what} is a condition, not a number`;

// Types

/** An element that LEMS lacks; names near it are suggested. */
export const unknownElement = (name: string, owner: string, known: Iterable<string>): Finding => ({
  ...finding`lems/unknown-element: ${owner} has no element ${shorten(name)}`,
  ...unlike(name, known),
});

/** An element of LEMS at a place without a meaning for it; a warning. */
export const misplacedElement = (name: string, owner: string, known: Iterable<string>): Finding => ({
  ...finding`warning lems/misplaced-element:
    ${shorten(name)} has no meaning within ${owner} and is ignored, as in the reference interpreter`,
  ...unlike(name, known),
});

/** An element of LEMS that is not imported. */
export const unsupportedElement = (name: string, owner: string) => finding`lems/unsupported-element:
  the element ${name} of ${owner} is not supported
  found: ${name}`;

/**
 * A definition without an attribute that it cannot do without.
 *
 * @param written  another attribute that may be a slip for it
 */
export const missingAttribute = (attribute: string, owner: string, written?: string): Finding => ({
  ...finding`lems/missing-attribute: ${owner} needs the attribute ${attribute}
    expected: ${attribute}="…"`,
  ...(written === undefined ? {} : { found: written, hint: `rename ${written} to ${attribute}` }),
});

/** An attribute that LEMS has not on this element; a warning. */
export const unknownTypeAttribute = (attribute: string, owner: string, known: Iterable<string>): Finding => ({
  ...finding`warning lems/unknown-attribute: ${owner} has no attribute ${shorten(attribute)}`,
  ...unlike(attribute, known),
});

/** An attribute of LEMS that is not imported. */
export const unsupportedAttribute = (attribute: string, owner: string) => finding`lems/unsupported-attribute:
  the attribute ${attribute} of ${owner} is not supported
  found: ${attribute}`;

/** More or fewer children than `Children` allows with `min` and `max`; a warning. */
export const childCount = (
  list: string,
  owner: string,
  count: number,
  expected: string,
) => finding`warning lems/child-count: ${owner}
    has ${count} ${list}
  expected: ${expected}
  found: ${String(count)}`;

/** A `Simulation` with another method than the profile's; a warning. */
export const otherMethod = (method: string) => finding`warning lems/other-method:
  the simulation asks the reference interpreter to use the method ${shorten(method)}
  expected: eulertree, its default, which the timing profile lems-euler follows
  hint: run with --timing grid for methods of higher order`;

/** A file of a `Simulation` that is not an output of a model, such as a report; a note. */
export const notWritten = (attribute: string) => finding`note lems/not-written:
  the file named by ${attribute} is not written
  hint: the summary of a run and run --json report the time it took`;

/** An attribute with a value outside its short list. */
export const badChoice = (attribute: string, found: string, allowed: readonly string[]): Finding => ({
  ...finding`lems/bad-value: the attribute ${attribute} cannot be ${shorten(found)}`,
  ...unlike(found, allowed),
});

/** A `type` or `extends` that names no component type. */
export const unknownType = (name: string, known: Iterable<string>): Finding => ({
  ...finding`lems/unknown-type: there is no component type ${shorten(name)}`,
  ...unlike(name, known),
});

/** A core type of NeuroML in a file that the document does not include. */
export const notIncluded = (name: string, file: string) => finding`lems/unknown-type:
  there is no component type ${shorten(name)} in this document or its includes
  found: ${shorten(name)}
  hint: it is a NeuroML core type: add <Include file="${file}"/>`;

/** Component types that are each other's ancestors. */
export const typeCycle = (chain: readonly string[]) => finding`lems/type-cycle:
  component types extend each other in a cycle
  found: ${chain.map((name) => shorten(name)).join(' extends ')}`;

/** A component type of the document that has the name of a core type; a warning. */
export const replacesCore = (name: string) => finding`warning neuroml/replaces-core-type:
  the component type ${shorten(name)} replaces the NeuroML core type of that name`;

/** A change to a member that the extended type lacks. */
export const unknownMember = (what: string, name: string, owner: string, known: Iterable<string>): Finding => ({
  ...finding`lems/unknown-member: ${owner} has no ${what} ${shorten(name)}`,
  ...unlike(name, known),
});

/** Two regimes that begin. */
export const twoInitial = (first: string, second: string): Finding => ({
  ...finding`lems/duplicate: ${shorten(second)} is a second initial regime
    expected: one regime with initial="true"
    found: ${shorten(first)} and ${shorten(second)}
    hint: remove initial="true" from one of them`,
  names: [first],
});

/** Two `TimeDerivative` of one variable. */
export const twoDerivatives = (name: string): Finding => ({
  ...finding`lems/duplicate: the derivative of ${shorten(name)} is given twice
    expected: one TimeDerivative of ${shorten(name)}
    found: a second one
    hint: remove one of the two`,
  names: [name],
});

// Components

/** An element that is neither a component type nor a child of its owner's type. */
export const unknownChild = (name: string, owner: string, known: Iterable<string>): Finding => ({
  ...finding`lems/unknown-element:
    there is no component type ${shorten(name)}, and ${owner} has no child of that name`,
  ...unlike(name, known),
});

/** A component with an owner that accepts no child of its type. */
export const childNotAllowed = (
  name: string,
  type: string,
  owner: string,
  allowed: Iterable<string>,
) => finding`lems/child-not-allowed: ${owner}
    does not accept ${shorten(name)}${name === type ? '' : ` (of type ${shorten(type)})`} as a child
  expected: ${oneOf(type, allowed)}
  found: ${shorten(type)}`;

/** An element with the content of an extension of its type that it does not name; a warning. */
export const impliedType = (owner: string, type: string, child: string) => finding`warning neuroml/implied-type:
  ${shorten(owner)} has ${child} but no type, and is read as a ${type}
  expected: type="${type}"
  hint: add type="${type}": the reference interpreter does not use ${child} without it`;

/** A component of a type that does not inherit from the type required at its place; a warning. */
export const childType = (
  name: string,
  owner: string,
  found: string,
  expected: string,
) => finding`warning lems/child-type: the
    type of ${shorten(name)} in ${owner} does not inherit from ${shorten(expected)}
  expected: ${shorten(expected)}
  found: ${shorten(found)}`;

/** Two components in the place of a `Child`, which holds one. */
export const secondChild = (name: string, owner: string) => finding`lems/second-child:
  ${owner} has more than one ${shorten(name)}
  expected: one`;

/** An attribute that the component's type lacks; a warning. */
export const unknownAttribute = (
  attribute: string,
  owner: string,
  known: Iterable<string>,
  severity: Severity,
): Finding => ({
  code: 'lems/unknown-attribute',
  severity,
  message: `${owner} has no attribute ${shorten(attribute)}${severity === 'error' ? '' : '; it is left out'}`,
  ...unlike(attribute, known),
  ...(severity === 'error' ? renaming(attribute, known) : {}),
});

/** A parameter without value, of a component or its prototypes. */
export const missingParameter = (name: string, owner: string) => finding`lems/missing-parameter:
  ${owner} needs a value for ${name}
  expected: ${name}="…"`;

/** A `ComponentReference` or `Link` without value; `severity` as the place has it. */
export const missingReference = (name: string, owner: string, severity: Severity): Finding => ({
  code: 'lems/missing-reference',
  severity,
  message: `${owner} needs ${name}, the id of a component`,
  expected: `${name}="…"`,
});

/** An id that no component has; `severity` as the place has it. */
export const danglingReference = (
  attribute: string,
  id: string,
  type: string,
  known: Iterable<string>,
  severity: Severity,
): Finding => {
  const all = [...known].filter((one) => one !== '');
  return {
    code: 'lems/dangling-reference',
    severity,
    message: `${attribute} refers to ${shorten(id)}, but there is no such component`,
    expected: all.length === 0 ? `the id of a component of type ${type}` : oneOf(id, all),
    found: shorten(id),
    ...(all.length === 0 ? { hint: `add a component of type ${type} with id="${shorten(id)}"` } : suggestion(id, all)),
  };
};

/** An id of a component of another type than the reference requires; a warning. */
export const wrongReferenceType = (
  attribute: string,
  id: string,
  found: string,
  expected: string,
) => finding`warning lems/wrong-reference-type: ${attribute}
    refers to ${shorten(id)}, which has a different type
  expected: a component of type ${expected}
  found: ${shorten(id)}, of type ${found}`;

/** A component among children that references could only reach by id. */
export const missingId = (owner: string) => finding`lems/missing-id: ${owner} has no id, so nothing can refer to it
  expected: id="…"`;

/** Two components of one id in one place; `severity` as the place has it. */
export const duplicateId = (id: string, severity: Severity): Finding => ({
  code: 'lems/duplicate-id',
  severity,
  message: `the id ${shorten(id)} is used twice`,
  found: shorten(id),
});

/** Components that are each other's prototypes (`extends`). */
export const prototypeCycle = (id: string) => finding`lems/prototype-cycle:
  the component ${shorten(id)} extends itself
  found: ${shorten(id)}`;

/** A `Target` that names no component. */
export const unknownTarget = (id: string, known: Iterable<string>): Finding => ({
  ...finding`lems/unknown-target: there is no component ${shorten(id)} to run`,
  ...unlike(id, known),
});

/** A second `Target`; a warning. */
export const secondTarget = () => finding`warning lems/second-target:
  there is already a target; only the first one runs`;

/** Text between elements; a warning. */
export const strayText = (owner: string, text: string) => finding`warning lems/stray-text:
  ${owner} contains text, which has no meaning here
  found: ${shorten(text.trim())}`;

/** Stands for further findings of one code, which are not shown; a note. */
export const manyMore = (code: string, count: number): Finding => ({
  code,
  severity: 'note',
  message: `the same problem occurs ${count} more times`,
});
