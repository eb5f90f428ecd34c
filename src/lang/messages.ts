import { dimensionText } from './dimension.js';
import { didYouMean, joinWords, nearest, oneOf, suggestion } from '../diagnostics/suggest.js';
import type { Finding } from '../diagnostics/diagnostic.js';
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
export const string = (): Finding => ({
  code: 'lang/string',
  message: 'expressions cannot contain strings',
  found: 'a quote',
  hint: 'write names without quotes',
});

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
export const numberTooLong = (length: number, limit: number): Finding => ({
  code: 'lang/number-too-long',
  message: 'the number has too many digits',
  expected: `at most ${limit} characters`,
  found: `${length} characters`,
});

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
export const tooLong = (length: number, limit: number): Finding => ({
  code: 'lang/too-long',
  message: 'the text is too long',
  expected: `at most ${limit} characters`,
  found: `${length} characters`,
});

/** Parentheses, calls or operators nested beyond the limit of recursion. */
export const tooDeep = (limit: number): Finding => ({
  code: 'lang/too-deep',
  message: 'the expression is nested too deeply',
  expected: `at most ${limit} levels`,
  hint: 'define parts of it as derived variables',
});

/** Derived variables that, put into each other, double again and again. */
export const tooLarge = (limit: number): Finding => ({
  code: 'lang/too-large',
  message: 'the expression becomes too large when derived variables are substituted',
  expected: `at most ${limit} nodes`,
  hint: 'a variable that reads another one twice doubles it: read it once, or make it a state variable',
});

// --- Grammar --------------------------------------------------------------------------------------------------------

/** A text of white space only. */
export const emptyExpression = (): Finding => ({
  code: 'lang/empty-expression',
  message: 'the expression is empty',
  expected: 'an expression',
});

/** A text that ends after an operator or an opening parenthesis. */
export const unexpectedEnd = (): Finding => ({
  code: 'lang/unexpected-end',
  message: 'the expression ends too early',
  expected: 'a number, a name or an opening parenthesis',
  found: 'the end',
});

/** An operator or a parenthesis in place of a value. */
export const expectedOperand = (found: string): Finding => ({
  code: 'lang/expected-operand',
  message: `a value is missing before ${shortened(found)}`,
  expected: 'a number, a name or an opening parenthesis',
  found: shortened(found),
});

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
export const unclosed = (): Finding => ({
  code: 'lang/unclosed-parenthesis',
  message: 'this parenthesis is never closed',
  expected: ')',
  found: 'the end of the text',
  hint: 'add )',
});

/** A closing parenthesis without its opening one. */
export const unopened = (): Finding => ({
  code: 'lang/unopened-parenthesis',
  message: 'this parenthesis was never opened',
  found: ')',
});

/** `x[0]`, which Python has and expressions lack. */
export const indexing = (): Finding => ({
  code: 'lang/indexing',
  message: 'expressions do not support indexing',
  found: '[',
  hint: 'call a table with parentheses: f(t) or f(t, i)',
});

/** An opening bracket or brace. */
export const list = (found: string): Finding => ({
  code: 'lang/list',
  message: 'expressions cannot contain lists, sets or dictionaries',
  found,
});

/** A comma outside of a call, such as `0,5`. */
export const tuple = (): Finding => ({
  code: 'lang/tuple',
  message: 'expressions cannot contain tuples',
  found: ',',
  hint: 'write decimal numbers with a point: 0.5',
});

/** A dot after an expression other than a name. */
export const attribute = (): Finding => ({
  code: 'lang/attribute',
  message: 'only a name can come before a dot',
  found: '.',
  hint: 'write names with dots without spaces: pre.v',
});

/** Python's `lambda`. */
export const lambda = (): Finding => ({
  code: 'lang/lambda',
  message: 'expressions cannot contain lambda',
  found: 'lambda',
  hint: 'call the variable lambda_',
});

/** `name=value` in a call. */
export const keywordArgument = (name: string): Finding => ({
  code: 'lang/keyword-argument',
  message: 'functions take positional arguments only',
  found: `${shortened(name)}=`,
  hint: 'omit the name of the argument',
});

/** A parenthesis after a number or another parenthesis. */
export const notCallable = (found: string): Finding => ({
  code: 'lang/not-callable',
  message: 'only a function name can come before an opening parenthesis',
  found: shortened(found),
  hint: `write ${shortened(found)}*(...) for a product`,
});

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
export const assignmentInExpression = (): Finding => ({
  code: 'lang/assignment-in-expression',
  message: 'an expression cannot contain an assignment',
  found: '=',
  hint: 'write == for equality',
});

/** `a < b < c`, which Python reads as a conjunction. */
export const chainedComparison = (): Finding => ({
  code: 'lang/chained-comparison',
  message: 'comparisons cannot be chained',
  hint: 'write (a < b) and (b < c)',
});

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
export const elseMissing = (): Finding => ({
  code: 'lang/else-missing',
  message: 'a conditional expression needs both values',
  expected: 'a if condition else b',
  hint: 'add else and the other value',
});

/** `a == not b`, which Python refuses too. */
export const notInOperand = (): Finding => ({
  code: 'lang/not-in-operand',
  message: 'not cannot follow this operator',
  hint: 'put it in parentheses: a == (not b)',
});

/** A token that fits nowhere. */
export const unexpectedWord = (found: string): Finding => ({
  code: 'lang/unexpected',
  message: `${shortened(found)} is not allowed here`,
  found: shortened(found),
});

// --- Statements -----------------------------------------------------------------------------------------------------

/** A line of abstract code that neither assigns nor sends. */
export const notAStatement = (found: string): Finding => ({
  code: 'lang/not-a-statement',
  message: 'this is not a statement',
  expected: 'name = value, name += value or send(port, value, delay)',
  found: shortened(found),
});

/** `v == 0` as a statement. */
export const equalityAsStatement = (): Finding => ({
  code: 'lang/not-a-statement',
  message: 'this is a comparison, not an assignment',
  expected: 'name = value',
  found: '==',
  hint: 'write = for assignment',
});

/** `if`, `for`, `while` or a similar keyword as a statement. */
export const noControlFlow = (word: string): Finding => ({
  code: 'lang/no-control-flow',
  message: `${word} statements are not supported`,
  found: word,
  hint: 'write x = a if condition else x, or multiply by int(condition)',
});

/** An assignment such as `**=` that abstract code lacks. */
export const assignmentOperator = (found: string): Finding => ({
  code: 'lang/assignment-operator',
  message: `the assignment ${found} is not supported`,
  expected: '= += -= *= /= %=',
  found,
  hint: 'write out the operation: x = x ... y',
});

/** An assignment to an expression other than a variable. */
export const assignmentTarget = (found: string): Finding => ({
  code: 'lang/assignment-target',
  message: 'only a variable can be assigned to',
  expected: 'a name',
  found: shortened(found),
});

/** `send` with another number of arguments than three. */
export const sendArguments = (count: number): Finding => ({
  code: 'lang/send-arguments',
  message: 'send takes a port, a value and a delay',
  expected: 'send(port, value, delay)',
  found: `${count} arguments`,
});

/** `send` to an expression other than a name. */
export const sendPort = (found: string): Finding => ({
  code: 'lang/send-port',
  message: 'the first argument of send must be the name of a port',
  expected: 'a name',
  found: shortened(found),
});

// --- Equations ------------------------------------------------------------------------------------------------------

/** An equation without the colon that its unit follows. */
export const equationWithoutUnit = (line: string): Finding => ({
  code: 'lang/equation-without-unit',
  message: 'the equation has no unit',
  expected: 'a colon and the unit of the variable',
  found: shortened(line),
  hint: 'add : volt, or : 1 for a number without unit',
});

/** A left side that is neither a name nor a derivative. */
export const equationLeftSide = (found: string): Finding => ({
  code: 'lang/equation-left-side',
  message: 'this is not the left side of an equation',
  expected: 'dx/dt = ..., x = ... or x',
  found: shortened(found),
});

/** `dx/dt` without `= …`. */
export const equationRightSide = (name: string): Finding => ({
  code: 'lang/equation-right-side',
  message: `the derivative of ${shortened(name)} has no right side`,
  expected: `d${shortened(name)}/dt = ...`,
});

/** A colon that no unit follows. */
export const emptyUnit = (): Finding => ({
  code: 'lang/empty-unit',
  message: 'the unit is empty',
  expected: 'a unit',
  hint: 'write : 1 for a number without unit',
});

/** Text after the flags of an equation. */
export const equationRest = (found: string): Finding => ({
  code: 'lang/equation-rest',
  message: 'nothing may follow the unit and its flags',
  expected: 'the end of the line',
  found: shortened(found),
  hint: 'write each equation on its own line',
});

/** An invalid flag. */
export const badFlag = (found: string): Finding => ({
  code: 'lang/bad-flag',
  message: 'this is not a flag',
  expected: 'words separated by commas, such as (constant, shared)',
  found: shortened(found),
});

/** Flags without their closing parenthesis. */
export const unclosedFlags = (): Finding => ({
  code: 'lang/unclosed-flags',
  message: 'the list of flags is never closed',
  expected: ')',
});

/** A name that two lines of the equations define. */
export const duplicateDefinition = (name: string): Finding => ({
  code: 'lang/duplicate-definition',
  message: `${shortened(name)} is defined twice`,
  expected: `one definition of ${shortened(name)}`,
  found: shortened(name),
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
export const temperatureUnit = (name: string): Finding => ({
  code: 'lang/unknown-unit',
  message: `${name} has an offset and cannot be used as a unit here`,
  found: name,
  hint: 'give temperatures in kelvin: T + 273.15',
});

/** A text that is not a product of powers of units. */
export const badUnit = (text: string): Finding => ({
  code: 'lang/bad-unit',
  message: 'this is not a unit',
  expected: 'a product of units and their powers, such as uF/cm**2 or 1/second',
  found: shortened(text),
});

/** `^` in a unit. */
export const unitPower = (text: string): Finding => ({
  code: 'lang/bad-unit',
  message: 'powers are written with **',
  found: shortened(text),
  hint: `write ${shortened(text.replaceAll('^', '**'))}`,
});

/** A fractional power of a unit with a prefix. */
export const unitRoot = (text: string): Finding => ({
  code: 'lang/unit-root',
  message: 'this power of a unit with a prefix has no exact scale factor',
  found: shortened(text),
  hint: 'use the unit without a prefix',
});

/** A text that is not a number with a unit. */
export const badQuantity = (text: string): Finding => ({
  code: 'lang/bad-quantity',
  message: 'this is not a quantity',
  expected: 'a number and a unit, such as -70 mV',
  found: shortened(text),
});

/** A quantity that divides by zero or is too large for a double. */
export const quantityNotFinite = (text: string): Finding => ({
  code: 'lang/quantity-not-finite',
  message: 'a quantity must be a finite number',
  expected: 'a finite number',
  found: shortened(text),
});

/** A name of the model that is also a symbol of a unit, read as the name; a warning. */
export const unitShadowed = (name: string, spelling: string): Finding => ({
  code: 'lang/unit-shadowed',
  severity: 'warning',
  message: `${name} is also a unit; here it means the name that the model defines`,
  expected: `a name that is not a unit, or the unit written as ${spelling}`,
  found: name,
  hint: `rename it, or write ${spelling} for the unit`,
});

/** A name of the model that is also a symbol of a unit, read as the unit; a warning. */
export const nameShadowed = (name: string): Finding => ({
  code: 'lang/unit-shadowed',
  severity: 'warning',
  message: `${name} is also a name in the model; directly after a number it means the unit`,
  expected: 'a name that is not a unit, or a product with *',
  found: name,
  hint: `rename it, or write *${name} for a product with the model's ${name}`,
});

/** A name of the model in a list, which may only contain numbers and units. */
export const nameInList = (name: string): Finding => ({
  code: 'lang/bad-quantity',
  message: `${name} is a name in the model, and a list of quantities cannot refer to names`,
  expected: 'a number and a unit, such as -70 mV',
  found: name,
  hint: `if you mean the unit, write a space before it: 3 ${name}`,
});

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
export const functionAsValue = (name: string): Finding => ({
  code: 'lang/function-as-value',
  message: `${name} is a function and needs arguments`,
  found: name,
  hint: `write ${name}(...)`,
});

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
export const variableCalled = (name: string): Finding => ({
  code: 'lang/not-callable',
  message: `${shortened(name)} is a variable, not a function`,
  found: shortened(name),
  hint: `write ${shortened(name)}*(...) for a product`,
});

/** A call with too many or too few arguments. */
export const argumentCount = (name: string, expected: string, found: number): Finding => ({
  code: 'lang/argument-count',
  message: `${name} is called with the wrong number of arguments`,
  expected: `${expected} argument${expected === '1' ? '' : 's'}`,
  found: String(found),
});

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
export const exponentNotConstant = (base: Dimension): Finding => ({
  code: 'lang/exponent-not-constant',
  message: 'a value with a unit needs a constant exponent',
  expected: 'a number',
  found: 'a variable exponent',
  hint: `divide the base by a reference value in ${dimensionText(base)}`,
});

const typeWords: Readonly<Record<ValueType, string>> = {
  boolean: 'a condition (boolean)',
  integer: 'an integer',
  real: 'a real number',
};

/** A number in place of a condition. */
export const notBoolean = (what: string, found: ValueType): Finding => ({
  code: 'lang/not-boolean',
  message: `${what} must be a condition`,
  expected: typeWords.boolean,
  found: typeWords[found],
  hint: 'compare it with a number, as in x > 0',
});

/** A condition in place of a number. */
export const notNumber = (what: string): Finding => ({
  code: 'lang/not-number',
  message: `${what} must be a number`,
  expected: 'a number',
  found: typeWords.boolean,
  hint: 'write int(condition) to get 1 or 0',
});

/** A real number in place of an integer. */
export const notInteger = (what: string): Finding => ({
  code: 'lang/not-integer',
  message: `${what} must be an integer`,
  expected: typeWords.integer,
  found: typeWords.real,
  hint: 'write int(x), which truncates',
});

/** A divisor that is the constant 0. */
export const divisionByZero = (operator: string): Finding => ({
  code: 'lang/division-by-zero',
  message: 'this divides by zero',
  expected: 'a divisor that is not zero',
  found: `${operator} 0`,
});
