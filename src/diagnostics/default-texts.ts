/**
 * Default texts of diagnostics by kind, for entries without their own: expected form, actual form, and remedy. Kinds
 * are the last parts of codes, which stages share.
 */

import { joinWords } from './suggest.js';

type Words = Partial<Record<'expected' | 'found' | 'hint', string>>;
type Usual = Partial<Record<'expected' | 'found', string>> & {
  /** A text, or a function of the diagnostic's own texts that returns undefined if they do not suffice. */
  readonly hint?: string | ((words: Words) => string | undefined);
};

const usual: readonly (readonly [kinds: RegExp, words: Usual])[] = [
  [/^missing-|^no-connect$/, { found: 'nothing', hint: ({ expected }) => `add ${expected ?? 'it'}` }],
  [
    /^unknown-(?:name|variable|member|group|population|projection|neuron|synapse|event)$|^dangling-reference$/,
    {
      expected: 'a name that is defined',
      hint: ({ expected, found }) => {
        const define = `define ${found ?? 'it'}`;
        const instead = choice(expected);
        return instead === undefined ? `${define}, or correct its spelling` : `use ${instead}, or ${define}`;
      },
    },
  ],
  [/^unknown-function$/, { expected: 'a function of the language', hint: 'write out the formula of the function' }],
  [
    /^unknown-unit$/,
    { expected: 'a unit, such as ms, mV or nS', hint: 'use units such as ms, mV, nS, pA, pF, Mohm, Hz or mV/ms' },
  ],
  [
    /^unknown-/,
    {
      expected: 'a name that exists',
      hint: ({ expected }) => {
        const instead = choice(expected);
        return instead === undefined ? 'add it, or correct its spelling' : `use ${instead}`;
      },
    },
  ],
  [/^unclosed-/, { found: 'the end of the text', hint: ({ expected }) => `add ${expected ?? 'what closes it'}` }],
  [/^unopened-/, { expected: 'an opening parenthesis before it', hint: 'remove it, or add ( where it should begin' }],
  [
    /^unexpected-end$|^syntax$/,
    {
      expected: 'an expression',
      found: 'an incomplete expression',
      hint: 'write the missing value, or remove the last operator',
    },
  ],
  [/^empty-/, { found: 'nothing', hint: ({ expected }) => `write ${expected ?? 'it'}, or leave the entry out` }],
  [/^else-missing$/, { found: 'if without else' }],
  [
    /^(?:tuple|list|indexing|lambda|attribute|keyword-argument)$/,
    { expected: 'an expression of numbers, names, operators and functions' },
  ],
  [/^reserved-name$/, { expected: 'a name that has no other meaning', hint: 'choose another name' }],
  [/^bit-operator$/, { expected: 'an operator of arithmetic, a comparison, and, or, not' }],
  [/^no-control-flow$/, { expected: 'an assignment' }],
  [
    /^(?:unexpected|unexpected-character|string|keyword|non-ascii)$/,
    { expected: 'an expression', hint: ({ found }) => `remove ${found ?? 'it'}` },
  ],
  [/^expected-operand$/, { hint: 'write the missing value, or remove the operator' }],
  [
    /^argument-count$/,
    { hint: ({ expected, found }) => (expected === undefined ? undefined : `give ${expected}, not ${found}`) },
  ],
  [
    /^(?:duplicate-|declared-twice|listed-twice)/,
    {
      expected: 'each name once',
      hint: ({ found }) => `rename or remove one of the two${found === undefined ? '' : ` definitions of ${found}`}`,
    },
  ],
  [
    /(?:-cycle|-loop|^unit-unknown)$/,
    { expected: 'definitions without cycles', hint: 'define one of them without the others' },
  ],
  [/^unit-missing$/, { found: 'a number without a unit' }],
  [
    /^(?:out-of-range|delay-out-of-range|index-out-of-range|negative|not-positive|too-large)$/,
    {
      hint: ({ expected, found }) => {
        if (expected === undefined) return 'choose a value within the range';
        const value = /^(?:an?|the) /.test(expected) ? expected : `a value of ${expected}`;
        return `write ${value}${found === undefined ? '' : `, not ${found}`}`;
      },
    },
  ],
  [/^bad-form$/, { expected: 'another form' }],
  [
    /^(?:wrong-type|wrong-value|bad-number|bad-form|bad-unit|bad-quantity|bad-generator|bad-index|bad-slice)$/,
    { hint: instead },
  ],
  [/^(?:bad-selection|not-(?:whole|a-number|finite|boolean|constant|integer|number))$/, { hint: instead }],
  [/^not-allowed$/, { hint: ({ expected }) => `use ${choice(expected) ?? 'one of the values that are expected'}` }],
  [
    /^(?:wrong-length|length-mismatch|ragged-rows)$/,
    {
      hint: ({ expected, found }) =>
        /^\d+$/.test(expected ?? '') && /^\d+$/.test(found ?? '')
          ? `give ${expected} value${expected === '1' ? '' : 's'}, not ${found}`
          : 'give as many values as are expected',
    },
  ],
  [
    /^(?:wrong-dimension|dimension-mismatch)$/,
    {
      hint: ({ expected, found }) =>
        expected === undefined || found === undefined
          ? 'check the unit of each value in it'
          : `change it so that its unit is ${expected}, not ${found}: check the unit of each value in it`,
    },
  ],
  [/^division-by-zero$/, { hint: 'use a divisor other than zero' }],
  [/^unsorted-/, { expected: 'ascending times', hint: ({ found }) => `sort the times${found ? `: ${found}` : ''}` }],
  [
    /^formula$/,
    { found: 'a formula that cannot be read', hint: ({ expected }) => `use only ${expected ?? 'numbers'}` },
  ],
  [
    /^malformed-yaml$/,
    { expected: 'YAML', found: 'text that YAML cannot read', hint: 'check quotes, brackets and indentation here' },
  ],
  [/^malformed-json$/, { expected: 'JSON', hint: 'check quotes, commas and brackets before this place' }],
  [
    /^(?:malformed|unfinished)$/,
    {
      expected: 'well-formed XML',
      found: 'a mistake in tags or attributes',
      hint: 'check tags and quotes before this place',
    },
  ],
  [/^no-/, { found: 'nothing', hint: ({ expected }) => `add ${expected ?? 'it'}` }],
  [/^conflicting-|^shared-name$/, { expected: 'one of them', hint: 'remove one of them' }],
  [/^(?:unsupported|unsupported-feature)$/, { expected: 'something that this version can run' }],
];

function instead({ expected, found }: Words): string | undefined {
  if (expected === undefined) return 'write it in another form';
  return `write ${expected}${found === undefined ? '' : ` instead of ${found}`}`;
}

/** Returns an alternative from the allowed names in a text of `oneOf`; undefined if there is no such name. */
function choice(expected: string | undefined): string | undefined {
  if (expected === undefined || expected.startsWith('a defined name')) return undefined;
  const [, list, more] = /^one of (.*?)(?: and (\d+) more)?$/.exec(expected) ?? [];
  if (list === undefined) return expected;
  const names = list.split(', ');
  return names.length <= 4 && more === undefined
    ? joinWords(names, 'or')
    : `another name, such as ${joinWords(names.slice(0, 3), 'or')}`;
}

/** Returns a diagnostic with its missing texts filled in by kind. */
export function withDefaultTexts<T extends Words & { readonly code: string }>(finding: T): T {
  if (finding.expected !== undefined && finding.found !== undefined && finding.hint !== undefined) return finding;
  const kind = finding.code.slice(finding.code.lastIndexOf('/') + 1);
  const words = usual.find(([kinds]) => kinds.test(kind))?.[1];
  if (!words) return finding;
  const { hint: make, ...fixed } = words;
  const hint = typeof make === 'function' ? make(finding) : make;
  return { ...fixed, ...(hint === undefined ? {} : { hint }), ...finding };
}
