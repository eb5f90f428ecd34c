import { dimensionText } from './dimension.js';
import { didYouMean, joinWords, nearest, oneOf, suggestion } from '../diagnostics/suggest.js';
import type { Finding } from '../diagnostics/diagnostic.js';
import { finding } from '../diagnostics/finding.js';
import type { Dimension, ValueType } from './ast.js';

/** All findings of the expression language, by stage of reading. */

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

function withHint(finding: Finding, hint: string | undefined): Finding {
  return hint === undefined ? finding : { ...finding, hint };
}

// --- Characters and tokens -----------------------------------------------------------------------------------------

/** ASCII that a character stands in for when text was pasted from a page or typed on another keyboard. */
const lookAlikes: Readonly<Record<string, string>> = {
  '−': '-',
  '–': '-',
  '—': '-',
  '‐': '-',
  '‑': '-',
  '×': '*',
  '·': '*',
  '⋅': '*',
  '∗': '*',
  '÷': '/',
  '∕': '/',
  '⁄': '/',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '＝': '=',
  '＜': '<',
  '＞': '>',
  '（': '(',
  '）': ')',
  '，': ',',
  '．': '.',
  '：': ':',
  '；': ';',
  '\u00b5': 'u',
  '\u03bc': 'u',
  '\u03a9': 'ohm',
  '\u2126': 'ohm',
  '²': '**2',
  '³': '**3',
  '√': 'sqrt(...)',
  '∞': 'inf',
  π: 'pi',
  τ: 'tau',
  α: 'alpha',
  β: 'beta',
  γ: 'gamma',
  δ: 'delta',
  Δ: 'Delta',
  ε: 'epsilon',
  θ: 'theta',
  λ: 'lambda_',
  ν: 'nu',
  ρ: 'rho',
  σ: 'sigma',
  φ: 'phi',
  ω: 'omega',
  η: 'eta',
  ξ: 'xi',
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  х: 'x',
  у: 'y',
  і: 'i',
  В: 'B',
  М: 'M',
  Н: 'H',
  К: 'K',
  Т: 'T',
  С: 'C',
  А: 'A',
  Е: 'E',
  О: 'O',
  Р: 'P',
  Х: 'X',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '\u00a0': 'a plain space',
  '\u2009': 'a plain space',
  '\u202f': 'a plain space',
  '\u3000': 'a plain space',
  '\u200b': 'nothing (it is invisible)',
  '\ufeff': 'nothing (it is invisible)',
};

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** A character outside the grammar; look-alikes of ASCII get the correct character. */
export function unexpectedCharacter(character: string): Finding {
  const code = character.codePointAt(0) ?? 0;
  if (code < 128) {
    const shown = code < 32 || code === 127 ? codePoint(character) : character;
    return {
      code: 'lang/unexpected-character',
      message: `the character ${shown} has no meaning in an expression`,
      found: shown,
    };
  }
  const ascii = lookAlikes[character];
  return withHint(
    {
      code: 'lang/non-ascii',
      message: `the character ${character} (${codePoint(character)}) is not ASCII`,
      found: character,
      expected: 'ASCII characters',
    },
    ascii === undefined ? undefined : `write ${ascii}`,
  );
}

/** A quote in place of a value. */
export const string = () => finding`lang/string: expressions cannot contain strings
  found: a quote
  hint: write names without quotes`;

/** A number that runs on into `rest`: a second point, an underscore, a prefix of another base, or a name. */
export function badNumber(digits: string, rest: string, attribute: boolean): Finding {
  const base = { code: 'lang/bad-number', found: shortened(digits + rest) };
  if (attribute || /^[0-9.]/.test(rest)) return { ...base, message: 'this is not a number' };
  if (/^_[0-9]/.test(rest))
    return {
      ...base,
      message: 'numbers cannot contain underscores',
      hint: `write ${shortened(digits + rest.replaceAll('_', ''))}`,
    };
  if (/^[xXbBoO][0-9a-fA-F]+$/.test(rest) && digits === '0')
    return { ...base, message: 'only decimal numbers are supported', expected: 'a decimal number' };
  return {
    ...base,
    message: `an operator is missing between ${shortened(digits)} and ${shortened(rest)}`,
    hint: `write ${shortened(`${digits}*${rest}`)}`,
  };
}

/** A literal of more characters than are read. */
export const numberTooLong = (length: number, limit: number) => finding`lang/number-too-long:
  the number has too many digits
  expected: at most ${limit} characters
  found: ${length} characters`;

/** A literal that is infinite as a double, or zero, or so small that its digits are lost. */
export const numberOutOfRange = (text: string, value: number): Finding => ({
  code: 'lang/number-out-of-range',
  message: `the number is too ${Number.isFinite(value) ? 'small' : 'large'} for a double`,
  expected: Number.isFinite(value)
    ? '0, or a size of at least 2.2250738585072014e-308'
    : 'a size of at most 1.7976931348623157e308',
  found: shortened(text),
  hint: Number.isFinite(value)
    ? `it would be read as ${String(value)}; write 0, or correct the exponent`
    : 'correct the exponent',
});

/** A text of more characters than are parsed. */
export const tooLong = (length: number, limit: number) => finding`lang/too-long: the text is too long
  expected: at most ${limit} characters
  found: ${length} characters`;

/** Parentheses, calls or operators nested beyond the limit of recursion. */
export const tooDeep = (limit: number) => finding`lang/too-deep: the expression is nested too deeply
  expected: at most ${limit} levels
  hint: define parts of it as derived variables`;

/** Derived variables that, put into each other, double again and again. */
export const tooLarge = (limit: number) => finding`lang/too-large:
  the expression becomes too large when derived variables are substituted
  expected: at most ${limit} nodes
  hint: a variable that reads another one twice doubles it: read it once, or make it a state variable`;

// --- Grammar --------------------------------------------------------------------------------------------------------

/** A text of white space only. */
export const emptyExpression = () => finding`lang/empty-expression: the expression is empty
  expected: an expression`;

/** A text that ends after an operator or an opening parenthesis. */
export const unexpectedEnd = () => finding`lang/unexpected-end: the expression ends too early
  expected: a number, a name or an opening parenthesis
  found: the end`;

/** An operator or a parenthesis in place of a value. */
export const expectedOperand = (found: string) => finding`lang/expected-operand:
  a value is missing before ${shortened(found)}
  expected: a number, a name or an opening parenthesis
  found: ${shortened(found)}`;

/** Two values in a row, such as `2 v`. */
export function expectedOperator(previous: string, found: string): Finding {
  const hint = /^[A-Za-z_0-9]/.test(found)
    ? `write ${shortened(previous)}*${shortened(found)} for a product`
    : undefined;
  return withHint(
    {
      code: 'lang/expected-operator',
      message: `an operator is missing before ${shortened(found)}`,
      expected: 'an operator or the end of the expression',
      found: shortened(found),
    },
    hint,
  );
}

/** An opening parenthesis without its closing one. */
export const unclosed = () => finding`lang/unclosed-parenthesis: this parenthesis is never closed
  expected: )
  found: the end of the text
  hint: add )`;

/** A closing parenthesis without its opening one. */
export const unopened = () => finding`lang/unopened-parenthesis: this parenthesis was never opened
  found: )`;

/** `x[0]`, which Python has and expressions lack. */
export const indexing = () => finding`lang/indexing: expressions do not support indexing
  found: [
  hint: call a table with parentheses: f(t) or f(t, i)`;

/** An opening bracket or brace. */
export const list = (found: string) => finding`lang/list: expressions cannot contain lists, sets or dictionaries
  found: ${found}`;

/** A comma outside of a call, such as `0,5`. */
export const tuple = () => finding`lang/tuple: expressions cannot contain tuples
  found: ,
  hint: write decimal numbers with a point: 0.5`;

/** A dot after an expression other than a name. */
export const attribute = () => finding`lang/attribute: only a name can come before a dot
  found: .
  hint: write names with dots without spaces: pre.v`;

/** Python's `lambda`. */
export const lambda = () => finding`lang/lambda: expressions cannot contain lambda
  found: lambda
  hint: call the variable lambda_`;

/** `name=value` in a call. */
export const keywordArgument = (name: string) => finding`lang/keyword-argument:
  functions take positional arguments only
  found: ${shortened(name)}=
  hint: omit the name of the argument`;

/** A parenthesis after a number or another parenthesis. */
export const notCallable = (found: string) => finding`lang/not-callable:
  only a function name can come before an opening parenthesis
  found: ${shortened(found)}
  hint: write ${shortened(found)}*(...) for a product`;

const bitHints: Readonly<Record<string, string>> = {
  '&': 'write and',
  '&&': 'write and',
  '|': 'write or',
  '||': 'write or',
  '~': 'write not',
  '!': 'write not',
  '^': 'write ** for a power',
  '<<': 'multiply by a power of two',
  '>>': 'divide by a power of two',
};

/** Whether a text is one of the bit and C operators with their own message. */
export const isForeignOperator = (text: string): boolean => Object.hasOwn(bitHints, text);

/** An operator of C or of bits, such as `&&` or `^`. */
export const bitOperator = (found: string): Finding =>
  withHint({ code: 'lang/bit-operator', message: `the operator ${found} is not supported`, found }, bitHints[found]);

/** `=` in an expression. */
export const assignmentInExpression = () => finding`lang/assignment-in-expression:
  an expression cannot contain an assignment
  found: =
  hint: write == for equality`;

/** `a < b < c`, which Python reads as a conjunction. */
export const chainedComparison = () => finding`lang/chained-comparison: comparisons cannot be chained
  hint: write (a < b) and (b < c)`;

const keywordHints: Readonly<Record<string, string>> = {
  is: 'write == for equality',
  in: 'write out the comparisons',
  None: 'omit the value',
  if: 'write a choice as a if condition else b',
  lambda: 'call the variable lambda_',
};

/** A reserved name of Python. */
export const keyword = (name: string): Finding =>
  withHint(
    { code: 'lang/keyword', message: `${name} is a reserved word, not a name`, found: name },
    keywordHints[name],
  );

/** `a if condition` without the other value. */
export const elseMissing = () => finding`lang/else-missing: a conditional expression needs both values
  expected: a if condition else b
  hint: add else and the other value`;

/** `a == not b`, which Python refuses too. */
export const notInOperand = () => finding`lang/not-in-operand: not cannot follow this operator
  hint: put it in parentheses: a == (not b)`;

/** A token that fits nowhere. */
export const unexpectedWord = (found: string) => finding`lang/unexpected: ${shortened(found)} is not allowed here
  found: ${shortened(found)}`;

// --- Statements -----------------------------------------------------------------------------------------------------

/** A line of abstract code that neither assigns nor sends. */
export const notAStatement = (found: string) => finding`lang/not-a-statement: this is not a statement
  expected: name = value, name += value or send(port, value, delay)
  found: ${shortened(found)}`;

/** `v == 0` as a statement. */
export const equalityAsStatement = () => finding`lang/not-a-statement: this is a comparison, not an assignment
  expected: name = value
  found: ==
  hint: write = for assignment`;

/** `if`, `for`, `while` or a similar keyword as a statement. */
export const noControlFlow = (word: string) => finding`lang/no-control-flow: ${word} statements are not supported
  found: ${word}
  hint: write x = a if condition else x, or multiply by int(condition)`;

/** An assignment such as `**=` that abstract code lacks. */
export const assignmentOperator = (found: string) => finding`lang/assignment-operator:
  the assignment ${found} is not supported
  expected: = += -= *= /= %=
  found: ${found}
  hint: write out the operation: x = x ... y`;

/** An assignment to an expression other than a variable. */
export const assignmentTarget = (found: string) => finding`lang/assignment-target:
  only a variable can be assigned to
  expected: a name
  found: ${shortened(found)}`;

/** `send` with another number of arguments than three. */
export const sendArguments = (count: number) => finding`lang/send-arguments: send takes a port, a value and a delay
  expected: send(port, value, delay)
  found: ${count} arguments`;

/** `send` to an expression other than a name. */
export const sendPort = (found: string) => finding`lang/send-port:
  the first argument of send must be the name of a port
  expected: a name
  found: ${shortened(found)}`;

// --- Equations ------------------------------------------------------------------------------------------------------

/** An equation without the colon that its unit follows. */
export const equationWithoutUnit = (line: string) => finding`lang/equation-without-unit: the equation has no unit
  expected: a colon and the unit of the variable
  found: ${shortened(line)}
  hint: add : volt, or : 1 for a number without unit`;

/** A left side that is neither a name nor a derivative. */
export const equationLeftSide = (found: string) => finding`lang/equation-left-side:
  this is not the left side of an equation
  expected: dx/dt = ..., x = ... or x
  found: ${shortened(found)}`;

/** `dx/dt` without `= …`. */
export const equationRightSide = (name: string) => finding`lang/equation-right-side:
  the derivative of ${shortened(name)} has no right side
  expected: d${shortened(name)}/dt = ...`;

/** A colon that no unit follows. */
export const emptyUnit = () => finding`lang/empty-unit: the unit is empty
  expected: a unit
  hint: write : 1 for a number without unit`;

/** Text after the flags of an equation. */
export const equationRest = (found: string) => finding`lang/equation-rest: nothing may follow the unit and its flags
  expected: the end of the line
  found: ${shortened(found)}
  hint: write each equation on its own line`;

/** An invalid flag. */
export const badFlag = (found: string) => finding`lang/bad-flag: this is not a flag
  expected: words separated by commas, such as (constant, shared)
  found: ${shortened(found)}`;

/** Flags without their closing parenthesis. */
export const unclosedFlags = () => finding`lang/unclosed-flags: the list of flags is never closed
  expected: )`;

/** A name that two lines of the equations define. */
export const duplicateDefinition = (name: string): Finding => ({
  ...finding`lang/duplicate-definition: ${shortened(name)} is defined twice
    expected: one definition of ${shortened(name)}
    found: ${shortened(name)}`,
  names: [name],
});

// --- Units and quantities -------------------------------------------------------------------------------------------

/** An unknown unit; similar names of units are suggested. */
export const unknownUnit = (name: string, meant: readonly string[]): Finding =>
  withHint(
    {
      code: 'lang/unknown-unit',
      message: `${shortened(name)} is not a unit`,
      found: shortened(name),
      names: [name],
    },
    meant.length === 0 ? undefined : `did you mean ${joinWords(meant, 'or')}?`,
  );

/** A unit with an offset, such as `celsius`. */
export const temperatureUnit = (name: string) => finding`lang/unknown-unit:
  ${name} has an offset and cannot be used as a unit here
  found: ${name}
  hint: give temperatures in kelvin: T + 273.15`;

/** A text that is not a product of powers of units. */
export const badUnit = (text: string) => finding`lang/bad-unit: this is not a unit
  expected: a product of units and their powers, such as uF/cm**2 or 1/second
  found: ${shortened(text)}`;

/** `^` in a unit. */
export const unitPower = (text: string) => finding`lang/bad-unit: powers are written with **
  found: ${shortened(text)}
  hint: write ${shortened(text.replaceAll('^', '**'))}`;

/** A fractional power of a unit with a prefix. */
export const unitRoot = (text: string) => finding`lang/unit-root:
  this power of a unit with a prefix has no exact scale factor
  found: ${shortened(text)}
  hint: use the unit without a prefix`;

/** A text that is not a number with a unit. */
export const badQuantity = (text: string) => finding`lang/bad-quantity: this is not a quantity
  expected: a number and a unit, such as -70 mV
  found: ${shortened(text)}`;

/** A quantity that divides by zero or is too large for a double. */
export const quantityNotFinite = (text: string) => finding`lang/quantity-not-finite:
  a quantity must be a finite number
  expected: a finite number
  found: ${shortened(text)}`;

/** A name of the model that is also a symbol of a unit, read as the name; a warning. */
export const unitShadowed = (name: string, spelling: string) => finding`warning lang/unit-shadowed:
  ${name} is also a unit; here it means the name that the model defines
  expected: a name that is not a unit, or the unit written as ${spelling}
  found: ${name}
  hint: rename it, or write ${spelling} for the unit`;

/** A name of the model that is also a symbol of a unit, read as the unit; a warning. */
export const nameShadowed = (name: string) => finding`warning lang/unit-shadowed:
  ${name} is also a name in the model; directly after a number it means the unit
  expected: a name that is not a unit, or a product with *
  found: ${name}
  hint: rename it, or write *${name} for a product with the model's ${name}`;

/** A name of the model in a list, which may only contain numbers and units. */
export const nameInList = (name: string) => finding`lang/bad-quantity:
  ${name} is a name in the model, and a list of quantities cannot refer to names
  expected: a number and a unit, such as -70 mV
  found: ${name}
  hint: if you mean the unit, write a space before it: 3 ${name}`;

// --- Names, types and dimensions ------------------------------------------------------------------------------------

/** Units are suggested only if no variable is similar, because there are many short ones. */
export function unknownName(name: string, names: Iterable<string>, units: Iterable<string> = []): Finding {
  const known = [...names];
  return {
    code: 'lang/unknown-name',
    message: `${shortened(name)} is not defined`,
    expected: oneOf(name, known),
    found: shortened(name),
    hint: `define ${shortened(name)}, for example among the parameters`,
    ...suggestion(name, nearest(name, known).length > 0 ? known : units),
  };
}

/** A function's name without arguments. */
export const functionAsValue = (name: string) => finding`lang/function-as-value:
  ${name} is a function and needs arguments
  found: ${name}
  hint: write ${name}(...)`;

/** A call of an unknown function; similar names are suggested. */
export const unknownFunction = (name: string, names: Iterable<string>): Finding => {
  const known = [...names];
  return withHint(
    {
      code: 'lang/unknown-function',
      message: `there is no function ${shortened(name)}`,
      expected: oneOf(name, known),
      found: shortened(name),
    },
    didYouMean(name, known),
  );
};

/** A variable's name before a parenthesis, such as `g (v - E)`. */
export const variableCalled = (name: string) => finding`lang/not-callable:
  ${shortened(name)} is a variable, not a function
  found: ${shortened(name)}
  hint: write ${shortened(name)}*(...) for a product`;

/** A call with too many or too few arguments. */
export const argumentCount = (name: string, expected: string, found: number) => finding`lang/argument-count:
  ${name} is called with the wrong number of arguments
  expected: ${expected} argument${expected === '1' ? '' : 's'}
  found: ${String(found)}`;

/** Where a dimension is needed and why: `the two sides of +`, `the equation for v`. */
export function dimensionMismatch(what: string, expected: Dimension, found: Dimension, hint?: string): Finding {
  return withHint(
    {
      code: 'lang/dimension-mismatch',
      message: `${what} differ in dimension`,
      expected: dimensionText(expected),
      found: dimensionText(found),
    },
    hint,
  );
}

/** A value with another dimension than its place requires. */
export function wrongDimension(what: string, expected: Dimension, found: Dimension, hint?: string): Finding {
  return withHint(
    {
      code: 'lang/dimension-mismatch',
      message: `${what} has the wrong dimension`,
      expected: dimensionText(expected),
      found: dimensionText(found),
    },
    hint,
  );
}

/** A power of a value with a unit and an unknown exponent. */
export const exponentNotConstant = (base: Dimension) => finding`lang/exponent-not-constant:
  a value with a unit needs a constant exponent
  expected: a number
  found: a variable exponent
  hint: divide the base by a reference value in ${dimensionText(base)}`;

const typeWords: Readonly<Record<ValueType, string>> = {
  boolean: 'a condition (boolean)',
  integer: 'an integer',
  real: 'a real number',
};

/** A number in place of a condition. */
export const notBoolean = (what: string, found: ValueType) => finding`lang/not-boolean: ${what} must be a condition
  expected: ${typeWords.boolean}
  found: ${typeWords[found]}
  hint: compare it with a number, as in x > 0`;

/** A condition in place of a number. */
export const notNumber = (what: string) => finding`lang/not-number: ${what} must be a number
  expected: a number
  found: ${typeWords.boolean}
  hint: write int(condition) to get 1 or 0`;

/** A real number in place of an integer. */
export const notInteger = (what: string) => finding`lang/not-integer: ${what} must be an integer
  expected: ${typeWords.integer}
  found: ${typeWords.real}
  hint: write int(x), which truncates`;

/** A divisor that is the constant 0. */
export const divisionByZero = (operator: string) => finding`lang/division-by-zero: this divides by zero
  expected: a divisor that is not zero
  found: ${operator} 0`;
