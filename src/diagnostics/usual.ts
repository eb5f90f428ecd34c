/**
 * What every finding of a kind can say where its own message does not: what is expected, what was found, and what to do
 * about it. Kinds are the last parts of codes, which stages share.
 */

type Words = Partial<Record<'expected' | 'found' | 'hint', string>>;

const usual: readonly (readonly [kinds: RegExp, words: Words])[] = [
  [/^missing-|^no-connect$/, { found: 'nothing', hint: 'add it' }],
  [
    /^unknown-(?:name|variable|member)$/,
    { expected: 'a name that is defined', hint: 'define it, or correct the name' },
  ],
  [/^unknown-function$/, { expected: 'a function of the language', hint: 'write out the formula' }],
  [/^unknown-unit$/, { expected: 'a unit, such as ms, mV or nS', hint: 'correct the unit' }],
  [/^unknown-|^dangling-reference$/, { expected: 'a name that exists', hint: 'add it, or choose one that exists' }],
  [/^unclosed-/, { found: 'the end of the text', hint: 'close it, or remove what opens it' }],
  [/^unopened-/, { expected: 'an opening parenthesis before it', hint: 'remove it, or add the opening parenthesis' }],
  [/^unexpected-end$|^syntax$/, { expected: 'an expression', found: 'an incomplete expression', hint: 'complete it' }],
  [/^empty-/, { found: 'nothing', hint: 'write it, or leave the entry out' }],
  [/^else-missing$/, { found: 'a choice without else' }],
  [/^(?:tuple|list|indexing|lambda|attribute|keyword-argument)$/, { expected: 'an expression of numbers and names' }],
  [/^(?:keyword|reserved-name)$/, { expected: 'a name that has no other meaning', hint: 'choose another name' }],
  [/^bit-operator$/, { expected: 'an operator of arithmetic, a comparison, and, or, not' }],
  [/^no-control-flow$/, { expected: 'an assignment' }],
  [/^(?:unexpected|unexpected-character|string|keyword|non-ascii)$/, { expected: 'an expression', hint: 'remove it' }],
  [/^expected-operand$/, { hint: 'write the missing value, or remove the operator' }],
  [/^argument-count$/, { hint: 'check the arguments of the function' }],
  [
    /^(?:duplicate-|declared-twice|listed-twice)/,
    { expected: 'each name once', hint: 'rename or remove one of the two' },
  ],
  [/(?:-cycle|-loop|^unit-unknown)$/, { expected: 'definitions without cycles', hint: 'break the cycle' }],
  [/^unit-missing$/, { found: 'a number without a unit' }],
  [
    /^(?:out-of-range|delay-out-of-range|index-out-of-range|negative|not-positive|too-large)$/,
    { hint: 'choose a value within the range' },
  ],
  [/^(?:wrong-type|wrong-value|bad-number|bad-form)$/, { expected: 'another form', hint: 'write it as expected' }],
  [/^not-allowed$/, { hint: 'choose one of the values that are expected' }],
  [/^(?:wrong-length|length-mismatch|ragged-rows)$/, { hint: 'give as many values as are expected' }],
  [/^(?:wrong-dimension|dimension-mismatch)$/, { hint: 'check the unit of each value in it' }],
  [/^(?:bad-unit|bad-quantity|bad-generator|bad-index|bad-slice|bad-selection)$/, { hint: 'write it as expected' }],
  [/^not-(?:whole|a-number|finite|boolean|constant|integer|number)$/, { hint: 'write one' }],
  [/^division-by-zero$/, { hint: 'give the divisor another value' }],
  [/^unsorted-/, { expected: 'ascending times', hint: 'sort the times' }],
  [/^formula$/, { found: 'a formula that cannot be read', hint: 'correct the formula' }],
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
  [/^no-/, { found: 'nothing', hint: 'add it' }],
  [/^conflicting-|^shared-name$/, { expected: 'one of them', hint: 'remove one of them' }],
  [/^(?:unsupported|unsupported-feature)$/, { expected: 'something that this version can run' }],
];

/** A finding with what its kind can say instead of what it lacks. */
export function withUsualWords<T extends Words & { readonly code: string }>(finding: T): T {
  if (finding.expected !== undefined && finding.found !== undefined && finding.hint !== undefined) return finding;
  const kind = finding.code.slice(finding.code.lastIndexOf('/') + 1);
  const words = usual.find(([kinds]) => kinds.test(kind))?.[1];
  return words ? { ...words, ...finding } : finding;
}
