/** Texts of Python. */

import { layout, prefixed, quoted, spaced, width, type Source } from '../../shared/python.js';
import { objects } from '../vocabulary.js';

/** Returns a string literal: one line in quotes, or several in triple quotes, indented for a call. */
export function pythonString(text: string, indent = '    '): string {
  if (!text.includes('\n')) return quoted(text);
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"""', '\\"\\"\\"');
  const lines = escaped.split('\n').map((line) => `${indent}${line}`);
  return `"""\n${lines.join('\n')}\n${indent}"""`;
}

/**
 * Writes `-60 mV` as `-60 * mV`. Numbers and Python's keywords stay unchanged, and any other text is an expression of
 * Brian in quotes.
 */
export function pythonValue(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return pythonNumber(value);
  return quantityCode(value) ?? pythonString(value);
}

/** Returns a quantity text as Python code, or undefined if the text is an expression. */
export function quantityCode(text: string): string | undefined {
  const match = /^([-+]?[\d.]+(?:e[-+]?\d+)?)(?: ([A-Za-z].*))?$/i.exec(text);
  if (match === null) return undefined;
  return match[2] === undefined ? (match[1] ?? '0') : `${match[1] ?? '0'} * ${spaced(match[2])}`;
}

/** Writes a number. JavaScript's shortest text reads back to the same double in Python. */
function pythonNumber(value: number): string {
  return Object.is(value, -0) ? '-0.0' : String(value);
}

/** Returns `target = value`, in brackets if a text then fits on a line. */
export function assignment(target: string, value: Source): string {
  const line = prefixed(`${target} = `, value);
  if (typeof value !== 'string' || typeof line !== 'string' || line.length <= width || value.length + 4 > width)
    return layout(line);
  return `${target} = (\n    ${value}\n)`;
}

/** Returns `key=value` if there is a value. */
export function keyword(key: string, value: Source | undefined): readonly Source[] {
  return value === undefined ? [] : [prefixed(`${key}=`, value)];
}

/** Names that a script uses itself, so that objects of the model need other names in Python. */
const used: ReadonlySet<string> = new Set(
  (
    'and as assert async await break class continue def del elif else except finally for from global if import ' +
    'in is lambda nonlocal ' +
    'not or pass raise return try while with yield None True False ' +
    'json sys np run seed defaultclock data recorded segments kept store restore len open range print Path str float int ' +
    `${Object.values(objects).join(' ')} ` +
    'mV uvolt ms us nA pA uA mA nS uS msiemens psiemens pF nF uF Mohm kohm Gohm kHz um mm Hz ' +
    'second volt amp siemens farad ohm meter metre kilogram mole kelvin candle'
  ).split(' '),
);

/** Returns a Python name for an object of the model. */
export function pythonName(name: string): string {
  return used.has(name) ? `${name}_` : name;
}

/** Checks whether a constant of this name cannot be a variable of the script. */
export function isUsed(name: string): boolean {
  return used.has(name);
}
