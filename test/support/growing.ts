/** Documents that grow in one kind of thing: with `n` of it, the rest is as small as can be. */

import '../../translators/brian/road.js';
import '../../translators/pynn/road.js';
import '../../translators/neuroml/road.js';
import '../../translators/nestml/road.js';
import '../../translators/nmodl/road.js';
import '../../translators/swc/road.js';

/** Writes a document with `n` things of a kind. */
export type Growing = (n: number) => string;

const times = (n: number, of: (k: number) => string, between = ''): string =>
  Array.from({ length: n }, (_, k) => of(k)).join(between);

const brian = (model: string, rest = ''): string =>
  `format: interneuron/brian\ndt: 0.1 ms\nneuron_groups:\n  g:\n    N: 1\n    method: euler\n    model: |\n${model
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')}\n${rest}run: 1 ms\n`;

const simple = 'dv/dt = -v/(10*ms) : 1';
const afterBrian = (rest: string): string => brian(simple, rest);

/** YAML, for any content. */
const yaml: Readonly<Record<string, Growing>> = {
  anchors: (n) => afterBrian(`annotations: {x: [${times(n, (k) => `&a${k} 1`, ', ')}]}\n`),
  anchorsInLines: (n) => afterBrian(`annotations:\n  x:\n${times(n, (k) => `    - &a${k} 1\n`)}`),
  equalAnchors: (n) => afterBrian(`annotations: {x: [${times(n, () => '&a 1', ', ')}]}\n`),
  aliases: (n) =>
    afterBrian(
      `annotations: {x: [${times(n / 2, (k) => `&a${k} 1`, ', ')}, ${times(n / 2, (k) => `*a${k}`, ', ')}]}\n`,
    ),
  aliasesOfOne: (n) => afterBrian(`annotations: {x: [&a 1, ${times(n, () => '*a', ', ')}]}\n`),
  aliasesOfList: (n) => afterBrian(`annotations: {x: [&a [1], ${times(n, () => '*a', ', ')}]}\n`),
  aliasesOfAliases: (n) => afterBrian(`annotations: {x: [&a0 [1], ${times(n, (k) => `&a${k + 1} [*a${k}]`, ', ')}]}\n`),
  unknownAliases: (n) => afterBrian(`annotations: {x: [${times(n, (k) => `*a${k}`, ', ')}]}\n`),
  backslashes: (n) => afterBrian(`name: "${'\\\n'.repeat(n)}"\n`),
  indentedBackslashes: (n) => afterBrian(`name: "${'\\\n  '.repeat(n)}"\n`),
  doubleBackslashes: (n) => afterBrian(`name: "${'\\\\'.repeat(n)}"\n`),
  quotedLines: (n) => afterBrian(`name: "${'a\n  '.repeat(n)}"\n`),
  singleQuotedLines: (n) => afterBrian(`name: 'a${'\n  b'.repeat(n)}'\n`),
  emptyQuotedLines: (n) => afterBrian(`name: "${'\n'.repeat(n)}  "\n`),
  plainLines: (n) => afterBrian(`name: a${'\n  b'.repeat(n)}\n`),
  emptyPlainLines: (n) => afterBrian(`name: a${'\n'.repeat(n)}  b\n`),
  flowPlainLines: (n) => afterBrian(`annotations: {x: [a${'\n  b'.repeat(n)}]}\n`),
  literalLines: (n) => afterBrian(`name: |\n${'  b\n'.repeat(n)}`),
  foldedLines: (n) => afterBrian(`name: >\n${'  b\n'.repeat(n)}`),
  foldedEmptyLines: (n) => afterBrian(`name: >\n${'\n'.repeat(n)}  b\n`),
  keys: (n) => afterBrian(`annotations: {${times(n, (k) => `k${k}: 1`, ', ')}}\n`),
  keysInLines: (n) => afterBrian(`annotations:\n${times(n, (k) => `  k${k}: 1\n`)}`),
  equalKeys: (n) => afterBrian(`annotations: {${times(n, () => `k: 1`, ', ')}}\n`),
  keysOfMaps: (n) => afterBrian(`annotations: {${times(n, (k) => `{a: ${k}}: 1`, ', ')}}\n`),
  keysOfLists: (n) => afterBrian(`annotations: {${times(n, (k) => `[${k}]: 1`, ', ')}}\n`),
  explicitKeys: (n) => afterBrian(`annotations:\n${times(n, (k) => `  ? k${k}\n  : 1\n`)}`),
  numericKeys: (n) => afterBrian(`annotations: {${times(n, (k) => `${k}: 1`, ', ')}}\n`),
  topKeys: (n) => afterBrian(times(n, (k) => `k${k}: 1\n`)),
  emptyValues: (n) => afterBrian(`annotations:\n${times(n, (k) => `  k${k}:\n`)}`),
  items: (n) => afterBrian(`annotations:\n  x:\n${'    - 1\n'.repeat(n)}`),
  emptyItems: (n) => afterBrian(`annotations:\n  x:\n${'    -\n'.repeat(n)}`),
  flowItems: (n) => afterBrian(`annotations: {x: [${'1, '.repeat(n)}]}\n`),
  commas: (n) => afterBrian(`annotations: {x: [${','.repeat(n)}]}\n`),
  comments: (n) => `${'# a\n'.repeat(n)}${afterBrian('')}`,
  commentsWithin: (n) => afterBrian(`annotations:\n${'  # a\n'.repeat(n)}  x: 1\n`),
  commentsAfter: (n) => `${afterBrian('')}${'# a\n'.repeat(n)}`,
  commentsOfKeys: (n) => afterBrian(`annotations:\n${times(n, (k) => `  # about ${k}\n  k${k}: 1 # also\n`)}`),
  emptyLines: (n) => afterBrian(`annotations:\n${'\n'.repeat(n)}  x: 1\n`),
  spaces: (n) => afterBrian(`annotations: ${' '.repeat(n)}{}\n`),
  tabs: (n) => afterBrian(`annotations: ${'\t'.repeat(n)}{}\n`),
  documents: (n) => `${afterBrian('')}${'---\na\n'.repeat(n)}`,
  documentEnds: (n) => `${afterBrian('')}${'...\n'.repeat(n)}`,
  directives: (n) => `${'%A b\n'.repeat(n)}---\n${afterBrian('')}`,
  tagDirectives: (n) => `${times(n, (k) => `%TAG !a${k}! b\n`)}---\n${afterBrian('')}`,
  tags: (n) => afterBrian(`annotations: {x: [${times(n, (k) => `!a${k} 1`, ', ')}]}\n`),
  knownTags: (n) => afterBrian(`annotations: {x: [${times(n, () => '!!str 1', ', ')}]}\n`),
  nesting: (n) => afterBrian(`annotations: {x: ${'['.repeat(n)}${']'.repeat(n)}}\n`),
  dashes: (n) => afterBrian(`annotations:\n  x:\n    ${'- '.repeat(n)}1\n`),
  questions: (n) => afterBrian(`annotations:\n  x:\n    ${'? '.repeat(n)}1\n`),
  indentation: (n) =>
    afterBrian(`annotations:\n${times(Math.ceil(Math.sqrt(2 * n)), (k) => `${' '.repeat(k + 1)}a:\n`)}`),
  unclosedBrackets: (n) => `${afterBrian('')}a: ${'['.repeat(n)}`,
  closingBrackets: (n) => `${afterBrian('')}a: ${']'.repeat(n)}`,
  unclosedQuotes: (n) => `${afterBrian('')}${times(n, (k) => `a${k}: "\n`)}`,
  mistakes: (n) => `${afterBrian('')}${times(n, (k) => `a${k} 1\n`)}`,
  colons: (n) => `${afterBrian('')}a${': a'.repeat(n)}\n`,
  colonsOnly: (n) => `${afterBrian('')}${':'.repeat(n)}\n`,
  badEscapes: (n) => afterBrian(`name: "${'\\q'.repeat(n)}"\n`),
  badTabs: (n) => afterBrian(`annotations:\n${times(n, (k) => `\tk${k}: 1\n`)}`),
  stars: (n) => `${afterBrian('')}a: ${'* '.repeat(n)}\n`,
  ampersands: (n) => `${afterBrian('')}a: ${'& '.repeat(n)}\n`,
  exclamations: (n) => `${afterBrian('')}a: ${'! '.repeat(n)}\n`,
  percents: (n) => `${'%\n'.repeat(n)}${afterBrian('')}`,
  pipes: (n) => `${afterBrian('')}a: ${'|'.repeat(n)}\n`,
  ats: (n) => `${afterBrian('')}a: ${'@'.repeat(n)}\n`,
  quotes: (n) => `${afterBrian('')}a: ${"''".repeat(n)}\n`,
  longNumber: (n) => afterBrian(`annotations: {x: ${'1'.repeat(n)}}\n`),
  longNumbers: (n) => afterBrian(`annotations: {x: [${times(n / 400, () => '1'.repeat(400), ', ')}]}\n`),
  lostNumbers: (n) => afterBrian(`annotations: {x: [${times(n, (k) => `${k}e999`, ', ')}]}\n`),
  longKey: (n) => afterBrian(`annotations: {${'k'.repeat(n)}: 1}\n`),
  unquotedCalls: (n) => afterBrian(`annotations: {${times(n, (k) => `a${k}: f(1, 2)`, ', ')}}\n`),
  windowsLines: (n) => afterBrian(`annotations:\r\n${times(n, (k) => `  k${k}: 1\r\n`)}`),
  halfCharacters: (n) => afterBrian(`annotations: {x: [${times(n, () => '"\\ud800"', ', ')}]}\n`),
  word: (n) => 'a'.repeat(n),
  words: (n) => 'a '.repeat(n),
  lines: (n) => 'a\n'.repeat(n),
  merges: (n) => afterBrian(`annotations: {x: &a {b: 1}, y: [${times(n, () => '{<<: *a}', ', ')}]}\n`),
};

const jsonWith = (rest: string): string =>
  `{"format": "interneuron/pynn", "populations": [{"label": "a", "size": 1, "cell": {"type": "IF_curr_exp"}}], "phases": [{"run": 1}]${rest}}`;

/** JSON, for any content. */
const json: Readonly<Record<string, Growing>> = {
  keys: (n) => jsonWith(`, "annotations": {${times(n, (k) => `"k${k}": 1`, ', ')}}`),
  equalKeys: (n) => jsonWith(`, "annotations": {${times(n, () => `"k": 1`, ', ')}}`),
  topKeys: (n) => jsonWith(times(n, (k) => `, "k${k}": 1`)),
  items: (n) => jsonWith(`, "annotations": {"x": [${times(n, () => '1', ',')}]}`),
  emptyMaps: (n) => jsonWith(`, "annotations": {"x": [${times(n, () => '{}', ',')}]}`),
  nesting: (n) => jsonWith(`, "annotations": {"x": ${'['.repeat(n)}${']'.repeat(n)}}`),
  comments: (n) => `${'// a\n'.repeat(n)}${jsonWith('')}`,
  commentsWithin: (n) => `{${'/**/'.repeat(n)}${jsonWith('').slice(1)}`,
  openComments: (n) => `{${'/*'.repeat(n)}`,
  spaces: (n) => `{${' '.repeat(n)}${jsonWith('').slice(1)}`,
  mistakes: (n) => jsonWith(`, "annotations": {"x": [${times(n, () => 'a', ', ')}]}`),
  commas: (n) => jsonWith(`, "annotations": {"x": [${times(n, () => '', ',')}]}`),
  missingCommas: (n) => jsonWith(`, "annotations": {"x": [${times(n, () => '1', ' ')}]}`),
  colons: (n) => jsonWith(`, "annotations": {"x" ${':'.repeat(n)} 1}`),
  unclosedLists: (n) => `{"a": ${'[1, '.repeat(n)}`,
  unclosedText: (n) => `{"a": "${'a'.repeat(n)}`,
  quotes: (n) => `{"a": ${'"'.repeat(n)}`,
  escapes: (n) => jsonWith(`, "name": "${'\\n'.repeat(n)}"`),
  badEscapes: (n) => jsonWith(`, "name": "${'\\q'.repeat(n)}"`),
  lostNumbers: (n) => jsonWith(`, "annotations": {"x": [${times(n, (k) => `${k}e999`, ', ')}]}`),
  longNumber: (n) => jsonWith(`, "annotations": {"x": ${'1'.repeat(n)}}`),
  halfCharacters: (n) => jsonWith(`, "annotations": {"x": [${times(n, () => '"\\ud800"', ', ')}]}`),
  lineTexts: (n) => jsonWith(`, "name": "${'a\n'.repeat(n)}"`),
  afterEnd: (n) => `${jsonWith('')}${' a'.repeat(n)}`,
};

/** Equations in Brian's notation, which all others share. */
const equations: Readonly<Record<string, Growing>> = {
  ring: (n) =>
    brian(times(n, (k) => `dx${k}/dt = (x${(k + 1) % n} - x${k})/(10*ms) : 1`, '\n')).replace(
      'method: euler',
      'method: exact',
    ),
  ringOfAny: (n) =>
    brian(times(n, (k) => `dx${k}/dt = (x${(k + 1) % n} - x${k})/(10*ms) : 1`, '\n')).replace(
      '    method: euler\n',
      '',
    ),
  ringWithParameters: (n) =>
    brian(times(n, (k) => `dx${k}/dt = (x${(k + 1) % n} - x${k})/tau : 1\n`, '') + 'tau : second').replace(
      '    method: euler\n',
      '',
    ),
  chain: (n) =>
    brian(times(n, (k) => `dx${k}/dt = (${k === 0 ? '1' : `x${k - 1}`} - x${k})/(10*ms) : 1`, '\n')).replace(
      '    method: euler\n',
      '',
    ),
  star: (n) => brian(times(n, (k) => `dx${k}/dt = (x0 - x${k})/(10*ms) : 1`, '\n')).replace('    method: euler\n', ''),
  apart: (n) => brian(times(n, (k) => `dx${k}/dt = -x${k}/(10*ms) : 1`, '\n')).replace('    method: euler\n', ''),
  dense: (n) => {
    const size = Math.ceil(Math.sqrt(n));
    return brian(
      times(size, (k) => `dx${k}/dt = (-x${k}${times(size, (m) => ` + 0.001*x${m}`)})/(10*ms) : 1`, '\n'),
    ).replace('    method: euler\n', '');
  },
  rungeKutta: (n) =>
    brian(times(n, (k) => `dx${k}/dt = (x${(k + 1) % n} - x${k}**2)/(10*ms) : 1`, '\n')).replace('euler', 'rk4'),
  exponentialEuler: (n) =>
    brian(times(n, (k) => `dx${k}/dt = (x${(k + 1) % n} - x${k})/(10*ms) : 1`, '\n')).replace(
      'euler',
      'exponential_euler',
    ),
  noise: (n) => brian(times(n, (k) => `dx${k}/dt = -x${k}/(10*ms) + xi_${k}*ms**-0.5 : 1`, '\n')),
  derivedChain: (n) =>
    brian(`dv/dt = -y${n - 1}/(10*ms) : 1\n${times(n, (k) => `y${k} = ${k === 0 ? 'v' : `y${k - 1}`} + 1 : 1`, '\n')}`),
  derivedDoubling: (n) =>
    brian(
      `dv/dt = -y${n - 1}/(10*ms) : 1\n${times(n, (k) => `y${k} = ${k === 0 ? 'v' : `y${k - 1}*y${k - 1}`} + 1 : 1`, '\n')}`,
    ),
  derivedInReverse: (n) =>
    brian(`dv/dt = -y0/(10*ms) : 1\n${times(n, (k) => `y${k} = ${k === n - 1 ? 'v' : `y${k + 1}`} + 1 : 1`, '\n')}`),
  derivedApart: (n) => brian(`${simple}\n${times(n, (k) => `y${k} = v + 1 : 1`, '\n')}`),
  derivedCircle: (n) => brian(`${simple}\n${times(n, (k) => `y${k} = y${(k + 1) % n} + 1 : 1`, '\n')}`),
  parameters: (n) => brian(`${simple}\n${times(n, (k) => `p${k} : 1`, '\n')}`),
  constants: (n) => brian(`${simple}\n${times(n, (k) => `p${k} : 1 (constant)`, '\n')}`),
  terms: (n) => brian(`dv/dt = (-v${' + 1'.repeat(n)})/(10*ms) : 1`),
  termsOfVariable: (n) => brian(`dv/dt = (-v${' + v'.repeat(n)})/(10*ms) : 1`),
  termsOfVariableExact: (n) => brian(`dv/dt = (-v${' + v'.repeat(n)})/(10*ms) : 1`).replace('    method: euler\n', ''),
  factors: (n) => brian(`dv/dt = (-v${'*v'.repeat(n)})/(10*ms) : 1`),
  divisions: (n) => brian(`dv/dt = (-v${'/2'.repeat(n)})/(10*ms) : 1`),
  powers: (n) => brian(`dv/dt = (-v${'**1'.repeat(n)})/(10*ms) : 1`),
  signs: (n) => brian(`dv/dt = ${'-'.repeat(n)}v/(10*ms) : 1`),
  nots: (n) => brian(`dv/dt = -v*int(${'not '.repeat(n)}(v > 1))/(10*ms) : 1`),
  parentheses: (n) => brian(`dv/dt = -${'('.repeat(n)}v${')'.repeat(n)}/(10*ms) : 1`),
  nestedSums: (n) => brian(`dv/dt = -${'(1 + '.repeat(n)}v${')'.repeat(n)}/(10*ms) : 1`),
  nestedProducts: (n) => brian(`dv/dt = -${'(2*(v + '.repeat(n)}v${'))'.repeat(n)}/(10*ms) : 1`),
  exps: (n) => brian(`dv/dt = -${'exp('.repeat(n)}v${')'.repeat(n)}/(10*ms) : 1`),
  sines: (n) => brian(`dv/dt = -${'sin('.repeat(n)}v${')'.repeat(n)}/(10*ms) : 1`),
  nestedDivisions: (n) => brian(`dv/dt = -${'1/(1 + '.repeat(n)}v${')'.repeat(n)}/(10*ms) : 1`),
  nestedPowers: (n) => brian(`dv/dt = -${'(1 + '.repeat(n)}v${')**2'.repeat(n)}/(10*ms) : 1`),
  nestedSquares: (n) => brian(`dv/dt = -${'(v*'.repeat(n)}v${' + v)'.repeat(n)}/(10*ms) : 1`),
  nestedSquaresAny: (n) =>
    brian(`dv/dt = -${'(v*'.repeat(n)}v${' + v)'.repeat(n)}/(10*ms) : 1`).replace('    method: euler\n', ''),
  nestedClips: (n) => brian(`dv/dt = -${'clip('.repeat(n)}v${', 0, 1)'.repeat(n)}/(10*ms) : 1`),
  nestedMax: (n) => brian(`dv/dt = -${'max(v, '.repeat(n)}v${')'.repeat(n)}/(10*ms) : 1`),
  nestedConditions: (n) => brian(`dv/dt = -${'(1 if v > 1 else '.repeat(n)}v${')'.repeat(n)}/(10*ms) : 1`),
  nestedInts: (n) => brian(`dv/dt = -${'int(1.5*'.repeat(n)}v${')'.repeat(n)}/(10*ms) : 1`),
  nestedExpsExponential: (n) =>
    brian(`dv/dt = -${'exp('.repeat(n)}v${')'.repeat(n)}/(10*ms) : 1`).replace('euler', 'exponential_euler'),
  nestedExpsRk4: (n) => brian(`dv/dt = -${'exp('.repeat(n)}v${')'.repeat(n)}/(10*ms) : 1`).replace('euler', 'rk4'),
  nestedExpsAny: (n) =>
    brian(`dv/dt = -${'exp('.repeat(n)}v${')'.repeat(n)}/(10*ms) : 1`).replace('    method: euler\n', ''),
  nestedPow: (n) => brian(`dv/dt = -${'(2 + '.repeat(n)}v${')**v'.repeat(n)}/(10*ms) : 1`),
  nestedMod: (n) => brian(`dv/dt = -${'(2.5 + '.repeat(n)}v${')%3'.repeat(n)}/(10*ms) : 1`),
  nestedFloors: (n) => brian(`dv/dt = -${'(2.5 + '.repeat(n)}v${')//3'.repeat(n)}/(10*ms) : 1`),
  nestedSqrt: (n) => brian(`dv/dt = -${'sqrt(1 + '.repeat(n)}v${')'.repeat(n)}/(10*ms) : 1`),
  nestedUniform: (n) =>
    brian(
      `${simple}\ny : 1`,
      `    run_regularly: [{code: 'y = ${'sqrt('.repeat(n)}rand()${')'.repeat(n)}', dt: 1 ms}]\n`,
    ),
  nestedRandom: (n) =>
    brian(`${simple}\ny : 1`, `    initializers: {y: '${'(rand() + '.repeat(n)}1${')'.repeat(n)}'}\n`),
  nestedInitial: (n) => brian(`${simple}\ny : 1`, `    initializers: {y: '${'exp('.repeat(n)}i${')'.repeat(n)}'}\n`),
  nestedThreshold: (n) => brian(simple, `    threshold: '${'exp('.repeat(n)}v${')'.repeat(n)} > 1'\n`),
  nestedReset: (n) => brian(simple, `    threshold: v > 1\n    reset: 'v = ${'exp('.repeat(n)}v${')'.repeat(n)}'\n`),
  comparisons: (n) => brian(simple, `    threshold: '${times(n, (k) => `v > ${k}`, ' and ')}'\n`),
  disjunctions: (n) => brian(simple, `    threshold: '${times(n, (k) => `v > ${k}`, ' or ')}'\n`),
  statements: (n) => brian(simple, `    threshold: v > 1\n    reset: |\n${times(n, () => `      v = v + 1\n`)}`),
  statementsOfOperation: (n) =>
    brian(
      `${simple}\nk : integer`,
      `    run_regularly:\n    - dt: 0.1 ms\n      code: |\n${times(n, (k) => `        v = v*1.1 + ${k}; k = k*2 + ${k}\n`)}`,
    ).replace('N: 1', 'N: 9'),
  statementsOfBooleans: (n) =>
    brian(
      `${simple}\nb : boolean`,
      `    run_regularly:\n    - dt: 0.1 ms\n      code: |\n${times(n, (k) => `        b = (b == b) == (v > ${k})\n`)}`,
    ).replace('N: 1', 'N: 9'),
  statementsOfSynapse: (n) =>
    brian(
      'dv/dt = (1 - v)/(1*ms) : 1',
      `    threshold: v > 0.1\n    reset: v = 0\nsynapses:\n  s:\n    {source: g, target: g, model: 'w : 1', connect: true, on_pre: "${times(n, (k) => `w = w*0.5 + ${k}; v_post += w`, '; ')}"}\n`,
    ).replace('N: 1', 'N: 9'),
  statementsOfNames: (n) =>
    brian(
      `${simple}\n${times(n, (k) => `p${k} : 1`, '\n')}`,
      `    threshold: v > 1\n    reset: |\n${times(n, (k) => `      p${k} = p${(k + 1) % n} + 1\n`)}`,
    ),
  locals: (n) =>
    brian(
      simple,
      `    threshold: v > 1\n    reset: |\n${times(n, (k) => `      p${k} = ${k === 0 ? 'v' : `p${k - 1}`} + 1\n`)}`,
    ),
  unknownNames: (n) => brian(`dv/dt = (-v${times(n, (k) => ` + q${k}`)})/(10*ms) : 1`),
  unknownNamesOfMany: (n) =>
    brian(`dv/dt = (-v${times(n / 2, (k) => ` + q${k}`)})/(10*ms) : 1\n${times(n / 2, (k) => `p${k} : 1`, '\n')}`),
  wrongUnits: (n) => brian(times(n, (k) => `dx${k}/dt = x${(k + 1) % n}*volt : 1`, '\n')),
  unitProducts: (n) => brian(`dv/dt = -v/(10*ms${'*volt/volt'.repeat(n)}) : 1`),
  unitLine: (n) => brian(`dv/dt = -v/(10*ms) : 1${'*volt/volt'.repeat(n)}`),
  unitPowers: (n) => brian(`p : volt**${'1'.repeat(n)}`),
  longName: (n) => brian(`d${'v'.repeat(n)}/dt = -${'v'.repeat(n)}/(10*ms) : 1`),
  longUnknownNames: (n) => brian(`dv/dt = -${'v'.repeat(n / 2)}/(10*ms) : 1\n${'w'.repeat(n / 2)} : 1`),
  equalNames: (n) => brian(times(n, () => simple, '\n')),
  flags: (n) => brian(`p : 1 (${times(n, () => 'constant', ', ')})`),
  callArguments: (n) => brian(`dv/dt = -exp(${times(n, () => 'v', ', ')})/(10*ms) : 1`),
  comments: (n) => brian(`${simple}\n${'# a\n'.repeat(n)}`),
  lines: (n) => brian(`${simple}\n${'\n'.repeat(n)}`),
  badLines: (n) => brian(`${simple}\n${'a\n'.repeat(n)}`),
  badCharacters: (n) => brian(`${simple}\n${'$'.repeat(n)}`),
  openParentheses: (n) => brian(`dv/dt = ${'('.repeat(n)} : 1`),
  operators: (n) => brian(`dv/dt = v${'+'.repeat(n)} : 1`),
  digits: (n) => brian(`dv/dt = -v*${'1'.repeat(n)} : 1`),
};

/** Documents in Brian's notation. */
const brianThings: Readonly<Record<string, Growing>> = {
  groups: (n) =>
    `format: interneuron/brian\nneuron_groups:\n${times(n, (k) => `  g${k}: {N: 1, model: "dv/dt = -v/(10*ms) : 1", threshold: v > 1, reset: v = 0}\n`)}run: 1 ms\n`,
  differentGroups: (n) =>
    `format: interneuron/brian\nneuron_groups:\n${times(n, (k) => `  g${k}: {N: 1, model: "dv${k}/dt = -v${k}/(10*ms) : 1"}\n`)}run: 1 ms\n`,
  synapses: (n) =>
    afterBrian(
      `    threshold: v > 1\nsynapses:\n${times(n, (k) => `  s${k}: {source: g, target: g, on_pre: v_post += 1, connect: true}\n`)}`,
    ),
  differentSynapses: (n) =>
    afterBrian(
      `    threshold: v > 1\nsynapses:\n${times(n, (k) => `  s${k}: {source: g, target: g, model: 'w${k} : 1', on_pre: v_post += w${k}, connect: true}\n`)}`,
    ),
  pairs: (n) =>
    afterBrian(
      `    threshold: v > 1\nsynapses:\n  s: {source: g, target: g, on_pre: v_post += 1, connect: {i: [${times(n, () => '0', ',')}], j: [${times(n, () => '0', ',')}]}}\n`,
    ),
  cells: (n) =>
    brian(
      simple,
      `    threshold: v > 1\nsynapses: {s: {source: g, target: g, on_pre: v_post += 1, connect: {condition: i != j, p: 0.00001}}}\n`,
    ).replace('N: 1', `N: ${n}`),
  namespace: (n) => afterBrian(`namespace: {${times(n, (k) => `k${k}: ${k} mV`, ', ')}}\n`),
  namespaceChain: (n) =>
    afterBrian(`namespace: {${times(n, (k) => `k${k}: ${k === 0 ? '1 mV' : `2*k${k - 1}`}`, ', ')}}\n`),
  spikes: (n) =>
    afterBrian(
      `spike_generators: {s: {N: 1, indices: [${times(n, () => '0', ',')}], times: [${times(n, (k) => `${k} ms`, ',')}]}}\n`,
    ),
  monitors: (n) =>
    afterBrian(`state_monitors:\n${times(n, (k) => `  m${k}: {source: g, variables: v, record: true}\n`)}`),
  recordIndices: (n) =>
    afterBrian(`state_monitors: {m: {source: g, variables: v, record: [${times(n, () => '0', ',')}]}}\n`),
  variables: (n) =>
    afterBrian(`state_monitors: {m: {source: g, variables: [${times(n, () => 'v', ',')}], record: true}}\n`),
  phases: (n) => afterBrian('').replace('run: 1 ms', `run:\n${times(n, () => '  - {duration: 1 ms}\n')}`),
  settings: (n) =>
    afterBrian('').replace('run: 1 ms', `run:\n${times(n, (k) => `  - {set: {g.v: ${k}}}\n`)}  - {duration: 1 ms}`),
  stores: (n) =>
    afterBrian('').replace('run: 1 ms', `run:\n${times(n, (k) => `  - {duration: 1 ms, store: s${k}}\n`)}`),
  restores: (n) =>
    afterBrian('').replace(
      'run: 1 ms',
      `run:\n  - {duration: 1 ms, store: a}\n${times(n, () => `  - {restore: a, duration: 1 ms}\n`)}`,
    ),
  regularly: (n) => brian(simple, `    run_regularly:\n${times(n, () => `    - {code: v += 1, dt: 1 ms}\n`)}`),
  events: (n) => brian(simple, `    events:\n${times(n, (k) => `      e${k}: {condition: v > ${k}, code: v += 1}\n`)}`),
  inputs: (n) =>
    afterBrian(
      `poisson_inputs:\n${times(n, (k) => `  p${k}: {target: g, target_var: v, N: 10, rate: 100 Hz, weight: 0.1}\n`)}`,
    ),
  initializers: (n) =>
    brian(
      `${simple}\n${times(n, (k) => `p${k} : 1`, '\n')}`,
      `    initializers: {${times(n, (k) => `p${k}: ${k}`, ', ')}}\n`,
    ),
  initializersOfOne: (n) =>
    brian(simple, `    initializers: {v: [${times(n, (k) => `{value: ${k}, where: 'i == ${k}'}`, ', ')}]}\n`),
  arrayValues: (n) => afterBrian(`timed_arrays: {I: {values: [${times(n, (k) => `${k}`, ',')}], dt: 1 ms}}\n`),
  timedArrays: (n) => afterBrian(`timed_arrays: {${times(n, (k) => `I${k}: {values: [1], dt: 1 ms}`, ', ')}}\n`),
  functions: (n) => afterBrian(`functions: {${times(n, (k) => `f${k}: {arguments: [x], value: x + 1}`, ', ')}}\n`),
  sections: (n) =>
    `format: interneuron/brian\nspatial_neurons:\n  cell:\n    morphology:\n      sections:\n        s0: {class: Soma, diameter: 20 um}\n${times(n, (k) => `        s${k + 1}: {parent: s${k}, length: 100 um, diameter: 1 um, n: 1}\n`)}    Cm: 1 uF/cm**2\n    Ri: 100 ohm*cm\n    model: 'Im = 1e-4*siemens/cm**2*(-70*mV - v) : amp/meter**2'\nrun: 1 ms\n`,
  compartments: (n) =>
    `format: interneuron/brian\nspatial_neurons:\n  cell:\n    morphology:\n      sections:\n        s0: {class: Soma, diameter: 20 um}\n        s1: {parent: s0, length: 100 um, diameter: 1 um, n: ${n}}\n    Cm: 1 uF/cm**2\n    Ri: 100 ohm*cm\n    model: 'Im = 1e-4*siemens/cm**2*(-70*mV - v) : amp/meter**2'\nrun: 1 ms\n`,
  linked: (n) =>
    brian(
      `${simple}\n${times(n, (k) => `u${k} : 1 (linked)`, '\n')}`,
      `    linked: {${times(n, (k) => `u${k}: h.w`, ', ')}}\n  h: {N: 1, model: 'dw/dt = -w/(10*ms) : 1'}\n`,
    ),
  summed: (n) =>
    brian(
      `${simple}\n${times(n, (k) => `u${k} : 1`, '\n')}`,
      `synapses: {${times(n, (k) => `s${k}: {source: g, target: g, model: 'u${k}_post = v_pre : 1 (summed)', connect: true}`, ', ')}}\n`,
    ),
  wrongKeys: (n) =>
    `format: interneuron/brian\nneuron_groups:\n  g: {N: 1, model: "dv/dt = -v/(10*ms) : 1"${times(n, (k) => `, q${k}: 1`)}}\nrun: 1 ms\n`,
  wrongGroups: (n) => `format: interneuron/brian\nneuron_groups:\n${times(n, (k) => `  g${k}: 1\n`)}run: 1 ms\n`,
  unknownSources: (n) =>
    afterBrian(`synapses:\n${times(n, (k) => `  s${k}: {source: q${k}, target: g, connect: true}\n`)}`),
  unknownSourcesOfMany: (n) =>
    `format: interneuron/brian\nneuron_groups:\n${times(n / 2, (k) => `  g${k}: {N: 1, model: "v : 1"}\n`)}synapses:\n${times(n / 2, (k) => `  s${k}: {source: q${k}, target: g1, connect: true}\n`)}run: 1 ms\n`,
};

const canonicalWith = (type: string, rest: string, population = ''): string =>
  `interneuron: 1\nname: growing\nneurons:\n  cell:\n    state: { v: 0 }\n    derivatives: { v: -v/(10*ms) }\n${type}    events: { spike: { when: v > 1, do: v = 0 } }\nsynapses: { s: { pathways: { pre: post.v += 1 } } }\npopulations:\n  a: { type: cell, size: 1 }\n${population}${rest}experiment: { dt: 0.1 ms, duration: 1 ms }\n`;

/** Definitions that each read the next one; the last one reads `end`. */
const chain = (n: number, name: string, end: string): string =>
  times(n, (k) => `${name}${k}: ${k === n - 1 ? end : `${name}${k + 1}`} + 1`, ', ');

/** Canonical documents. */
const canonical: Readonly<Record<string, Growing>> = {
  populations: (n) =>
    canonicalWith(
      '',
      '',
      times(n, (k) => `  p${k}: { type: cell, size: 1 }\n`),
    ),
  types: (n) =>
    canonicalWith('', '').replace(
      'neurons:\n',
      `neurons:\n${times(n, (k) => `  t${k}: { state: { v: 0 }, derivatives: { v: -v/(10*ms) } }\n`)}`,
    ),
  typesInUse: (n) =>
    canonicalWith(
      '',
      '',
      times(n, (k) => `  p${k}: { type: t${k}, size: 1 }\n`),
    ).replace(
      'neurons:\n',
      `neurons:\n${times(n, (k) => `  t${k}: { state: { v${k}: 0 }, derivatives: { v${k}: -v${k}/(10*ms) } }\n`)}`,
    ),
  projections: (n) =>
    canonicalWith(
      '',
      `projections:\n${times(n, (k) => `  p${k}: { from: a, to: a, synapse: s, connect: { rule: all } }\n`)}`,
    ),
  synapseTypes: (n) =>
    canonicalWith('', '').replace(
      'synapses: { ',
      `synapses: { ${times(n, (k) => `s${k}: { pathways: { pre: post.v += 1 } }, `)}`,
    ),
  listedPairs: (n) =>
    canonicalWith(
      '',
      `projections:\n  p: { from: a, to: a, synapse: s, connect: { rule: list, pairs: [${times(n, () => '[0, 0]', ', ')}] } }\n`,
    ),
  unions: (n) =>
    canonicalWith('', `projections:\n  p: { from: a, to: a, synapse: s, connect: [${times(n, () => 'all', ', ')}] }\n`),
  assembly: (n) =>
    canonicalWith(
      '',
      `projections:\n  p: { from: "${times(n, () => 'a', ' + ')}", to: a, synapse: s, connect: { rule: all } }\n`,
    ),
  assemblies: (n) => {
    const size = Math.ceil(Math.sqrt(n));
    const all = times(size, (k) => `p${k}`, ' + ');
    return canonicalWith(
      '',
      `projections:\n${times(size, (k) => `  p${k}: { from: "${all}", to: "${all}", synapse: s, connect: { rule: all } }\n`)}`,
      times(size, (k) => `  p${k}: { type: cell, size: 1 }\n`),
    );
  },
  assemblyOfPopulations: (n) => {
    const all = times(n, (k) => `p${k}`, ' + ');
    return canonicalWith(
      '',
      `projections:\n  p: { from: "${all}", to: "${all}", synapse: s, connect: { rule: all } }\n`,
      times(n, (k) => `  p${k}: { type: cell, size: 1 }\n`),
    );
  },
  recordings: (n) => canonicalWith('', `record:\n${times(n, () => '  - { of: a, variables: [v] }\n')}`),
  recordingsOfMany: (n) =>
    canonicalWith(
      '',
      `record:\n${times(n / 2, (k) => `  - { of: p${k}, variables: [v] }\n`)}`,
      times(n / 2, (k) => `  p${k}: { type: cell, size: 1 }\n`),
    ),
  recordedVariables: (n) => canonicalWith('', `record: [{ of: a, variables: [${times(n, () => 'v', ', ')}] }]\n`),
  stimuli: (n) =>
    canonicalWith(
      '',
      `stimuli:\n${times(n, (k) => `  s${k}: { kind: poisson, to: a, variable: v, n: 10, rate: 5 Hz, weight: 0.1 }\n`)}`,
    ),
  currents: (n) =>
    canonicalWith(
      '    inputs: { I: 1 }\n',
      `stimuli:\n${times(n, (k) => `  s${k}: { kind: current, to: a, input: I, value: ${k} }\n`)}`,
    ),
  operations: (n) =>
    canonicalWith('', `operations:\n${times(n, (k) => `  o${k}: { on: a, do: v += 0.1, every: 0.5 ms }\n`)}`),
  phases: (n) => canonicalWith('', '').replace('duration: 1 ms', `protocol: [${times(n, () => 'run: 1 ms', ', ')}]`),
  settings: (n) =>
    canonicalWith('', '').replace(
      'duration: 1 ms',
      `protocol: [${times(n, (k) => `{ set: { a.v: ${k} } }`, ', ')}, run: 1 ms]`,
    ),
  parameters: (n) => canonicalWith(`    parameters: { ${times(n, (k) => `p${k}: 1`, ', ')} }\n`, ''),
  parameterChain: (n) =>
    canonicalWith(
      `    parameters: { ${times(n, (k) => `p${k}: { value: ${k === 0 ? '1' : `p${k - 1} + 1`} }`, ', ')} }\n`,
      '',
    ),
  modelParameters: (n) => canonicalWith('', `parameters: { ${times(n, (k) => `p${k}: ${k}`, ', ')} }\n`),
  modelParameterChain: (n) =>
    canonicalWith('', `parameters: { ${times(n, (k) => `p${k}: ${k === 0 ? '1' : `p${k - 1} + 1`}`, ', ')} }\n`),
  values: (n) =>
    canonicalWith(
      `    parameters: { ${times(n, (k) => `p${k}: 1`, ', ')} }\n`,
      '',
      `  b: { type: cell, size: 1, values: { ${times(n, (k) => `p${k}: 2`, ', ')} } }\n`,
    ),
  arrays: (n) =>
    canonicalWith(
      `    parameters: { p: 1 }\n`,
      '',
      `  b: { type: cell, size: ${n}, values: { p: { array: [${times(n, (k) => `${k}`, ', ')}] } } }\n`,
    ),
  spikes: (n) =>
    canonicalWith(
      '',
      '',
      `  b: { size: 1, spikes: { indices: [${times(n, () => '0', ', ')}], times: [${times(n, (k) => `${k} ms`, ', ')}] } }\n`,
    ),
  trains: (n) => canonicalWith('', '', `  b: { size: ${n}, spikes: [${times(n, () => '[1 ms]', ', ')}] }\n`),
  derived: (n) => canonicalWith(`    derived: { ${times(n, (k) => `y${k}: v + 1`, ', ')} }\n`, ''),
  derivedChain: (n) =>
    canonicalWith(
      `    derived: { ${times(n, (k) => `y${k}: ${k === 0 ? 'v' : `y${k - 1}`} + 1`, ', ')} }\n`,
      `record: [{ of: a, variables: [y${n - 1}] }]\n`,
    ),
  derivedInReverse: (n) =>
    canonicalWith(
      `    derived: { ${chain(n, 'y', 'v')} }\n    events: { late: { when: t > y0*ms, do: v = y0 } }\n`,
      `record: [{ of: a, variables: [y0] }]\n`,
    ).replace('    events: { spike: { when: v > 1, do: v = 0 } }\n', ''),
  derivedOfChangedParameter: (n) =>
    canonicalWith(
      `    parameters: { p: 1 }\n    derived: { ${chain(n, 'y', 'p')} }\n`,
      `record: [{ of: a, variables: [y0] }]\n`,
    ).replace('duration: 1 ms', 'protocol: [{ run: 0.5 ms }, { set: { a.p: 2 } }, { run: 0.5 ms }]'),
  derivedOfSynapse: (n) =>
    canonicalWith('', `projections: { e: { from: a, to: a, synapse: s, connect: { rule: all } } }\n`).replace(
      'pathways: { pre: post.v += 1 }',
      `parameters: { w: 1 }, derived: { ${chain(n, 'y', 'w')} }, pathways: { pre: { delay: 1 ms, do: post.v += y0 } }`,
    ),
  derivedAtStages: (n) =>
    canonicalWith(`    derived: { ${chain(n, 'y', 'v')} }\n    method: rk4\n`, '').replace('-v/', '-v**2*y0/'),
  parametersOfParameters: (n) =>
    canonicalWith(
      `    parameters: { ${chain(n, 'p', '1')} }\n    derived: { y: v + p0 }\n`,
      `record: [{ of: a, variables: [y] }]\n`,
    ),
  valuesOfValues: (n) =>
    canonicalWith(
      `    parameters: { ${times(n, (k) => `p${k}: 1`, ', ')} }\n    derived: { y: v + p0 }\n`,
      `record: [{ of: a, variables: [y] }]\n`,
    ).replace('size: 1 }', `size: 1, values: { ${chain(n, 'p', 'i')} } }`),
  modelParametersOfParameters: (n) =>
    canonicalWith('', `parameters: { ${chain(n, 'p', '1')} }\n`).replace('state: { v: 0 }', 'state: { v: p0 }'),
  events: (n) =>
    canonicalWith('', '').replace(
      'events: {',
      `events: { ${times(n, (k) => `e${k}: { when: v > ${k}, do: v += 1 }, `)}`,
    ),
  pathways: (n) =>
    canonicalWith('', '').replace(
      'pathways: {',
      `pathways: { ${times(n, (k) => `q${k}: { from: pre, do: post.v += 1 }, `)}`,
    ),
  sections: (n) =>
    `interneuron: 1\nneurons:\n  cell:\n    compartments:\n      initial: -65 mV\n      sections:\n        s0: { length: 20 um, diameter: 20 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }\n${times(n, (k) => `        s${k + 1}: { parent: s${k}, length: 10 um, diameter: 2 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }\n`)}      mechanisms: { leak: { parameters: { g: 0.0003 S/cm**2 }, reads: [v], writes: { i: g*(-65*mV - v) } } }\npopulations: { cells: { type: cell, size: 1 } }\nexperiment: { dt: 0.025 ms, duration: 1 ms }\n`,
  branches: (n) =>
    `interneuron: 1\nneurons:\n  cell:\n    compartments:\n      initial: -65 mV\n      sections:\n        s0: { length: 20 um, diameter: 20 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }\n${times(n, (k) => `        s${k + 1}: { parent: s0, length: 10 um, diameter: 2 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }\n`)}      mechanisms: { leak: { parameters: { g: 0.0003 S/cm**2 }, reads: [v], writes: { i: g*(-65*mV - v) } } }\npopulations: { cells: { type: cell, size: 1 } }\nexperiment: { dt: 0.025 ms, duration: 1 ms }\n`,
  mechanisms: (n) =>
    `interneuron: 1\nneurons:\n  cell:\n    compartments:\n      initial: -65 mV\n      sections:\n        s0: { length: 20 um, diameter: 20 um, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }\n      mechanisms: { ${times(n, (k) => `leak${k}: { parameters: { g: 0.0003 S/cm**2 }, reads: [v], writes: { i: g*(-65*mV - v) } }`, ', ')} }\npopulations: { cells: { type: cell, size: 1 } }\nexperiment: { dt: 0.025 ms, duration: 1 ms }\n`,
  points: (n) =>
    `interneuron: 1\nneurons:\n  cell:\n    compartments:\n      initial: -65 mV\n      sections:\n        s0: { points: [${times(n, (k) => `[0 um, ${k} um, 0 um, 3 um]`, ', ')}], divisions: 3, specificCapacitance: 1 uF/cm**2, resistivity: 100 ohm*cm }\n      mechanisms: { leak: { parameters: { g: 0.0003 S/cm**2 }, reads: [v], writes: { i: g*(-65*mV - v) } } }\npopulations: { cells: { type: cell, size: 1 } }\nexperiment: { dt: 0.025 ms, duration: 1 ms }\n`,
  annotations: (n) => canonicalWith('', `annotations: { ${times(n, (k) => `k${k}: { x: [1, 2] }`, ', ')} }\n`),
  authors: (n) => canonicalWith('', `metadata: { title: t, authors: [${times(n, (k) => `A${k}`, ', ')}] }\n`),
  terms: (n) => canonicalWith('', `metadata: { title: t, terms: [${times(n, (k) => `'UBERON:${k}'`, ', ')}] }\n`),
  groups: (n) => canonicalWith('', `groups: {${times(n, (k) => `g${k}: [a]`, ', ')}}\n`),
  wrongKeys: (n) =>
    canonicalWith(
      times(n, (k) => `    q${k}: 1\n`),
      '',
    ),
  unknownPopulations: (n) =>
    canonicalWith(
      '',
      `projections:\n${times(n, (k) => `  p${k}: { from: q${k}, to: a, synapse: s, connect: { rule: all } }\n`)}`,
    ),
  unknownSynapses: (n) =>
    canonicalWith(
      '',
      `projections:\n${times(n, (k) => `  p${k}: { from: a, to: a, synapse: q${k}, connect: { rule: all } }\n`)}`,
    ),
  wrongPopulations: (n) =>
    canonicalWith(
      '',
      '',
      times(n, (k) => `  p${k}: { type: cell, size: x }\n`),
    ),
};

const pynnWith = (parts: Readonly<Record<string, string>>): string => {
  const all: Readonly<Record<string, string>> = {
    populations: '[{"label": "a", "size": 2, "cell": {"type": "IF_curr_exp"}}]',
    phases: '[{"run": 1}]',
    ...parts,
  };
  return `{"format": "interneuron/pynn", ${Object.entries(all)
    .map(([key, value]) => `"${key}": ${value}`)
    .join(', ')}}`;
};

const projection = (k: number, connector = '{"type": "AllToAllConnector"}', pre = 'a', post = 'a'): string =>
  `{"label": "p${k}", "pre": "${pre}", "post": "${post}", "connector": ${connector}, "receptor_type": "excitatory", "synapse": {"type": "StaticSynapse", "params": {"weight": 1, "delay": 1}}}`;

/** Documents in PyNN's notation. */
const pynn: Readonly<Record<string, Growing>> = {
  populations: (n) =>
    pynnWith({
      populations: `[${times(n, (k) => `{"label": "a${k}", "size": 2, "cell": {"type": "IF_curr_exp"}}`, ', ')}]`,
    }),
  equalPopulations: (n) =>
    pynnWith({
      populations: `[${times(n, () => `{"label": "a", "size": 2, "cell": {"type": "IF_curr_exp"}}`, ', ')}]`,
    }),
  differentPopulations: (n) =>
    pynnWith({
      populations: `[${times(n, (k) => `{"label": "a${k}", "size": 2, "cell": {"type": "IF_curr_exp", "params": {"tau_m": ${k + 1}}}}`, ', ')}]`,
    }),
  projections: (n) => pynnWith({ projections: `[${times(n, (k) => projection(k), ', ')}]` }),
  projectionsOfMany: (n) =>
    pynnWith({
      populations: `[${times(n, (k) => `{"label": "a${k}", "size": 2, "cell": {"type": "IF_curr_exp"}}`, ', ')}]`,
      projections: `[${times(n, (k) => projection(k, undefined, `a${k}`, `a${n - 1 - k}`), ', ')}]`,
    }),
  unknownPopulations: (n) => pynnWith({ projections: `[${times(n, (k) => projection(k, undefined, `q${k}`), ', ')}]` }),
  listed: (n) =>
    pynnWith({
      projections: `[${projection(0, `{"type": "FromListConnector", "params": {"conn_list": [${times(n, () => '[0, 1, 0.5, 1]', ', ')}]}}`)}]`,
    }),
  views: (n) =>
    pynnWith({ views: `[${times(n, (k) => `{"label": "v${k}", "of": "a", "select": {"slice": [0, 1]}}`, ', ')}]` }),
  viewsOfViews: (n) =>
    pynnWith({
      views: `[${times(n, (k) => `{"label": "v${k}", "of": "${k === 0 ? 'a' : `v${k - 1}`}", "select": {"slice": [0, 1]}}`, ', ')}]`,
    }),
  indices: (n) =>
    pynnWith({ views: `[{"label": "v", "of": "a", "select": {"indices": [${times(n, () => '0', ', ')}]}}]` }),
  assembly: (n) => pynnWith({ assemblies: `[{"label": "x", "of": [${times(n, () => '"a"', ', ')}]}]` }),
  assemblies: (n) => pynnWith({ assemblies: `[${times(n, (k) => `{"label": "x${k}", "of": ["a"]}`, ', ')}]` }),
  assembliesOfAssemblies: (n) =>
    pynnWith({
      assemblies: `[${times(n, (k) => `{"label": "x${k}", "of": ["${k === 0 ? 'a' : `x${k - 1}`}"]}`, ', ')}]`,
    }),
  recordings: (n) => pynnWith({ recordings: `[${times(n, () => '{"target": "a", "variables": ["v"]}', ', ')}]` }),
  recordedVariables: (n) =>
    pynnWith({ recordings: `[{"target": "a", "variables": [${times(n, () => '"v"', ', ')}]}]` }),
  phases: (n) => pynnWith({ phases: `[${times(n, () => '{"run": 1}', ', ')}]` }),
  resets: (n) => pynnWith({ phases: `[${times(n, () => '{"reset": {}}, {"run": 1}', ', ')}]` }),
  currents: (n) =>
    pynnWith({
      current_sources: `[${times(n, (k) => `{"label": "s${k}", "type": "DCSource", "params": {"amplitude": 1, "start": 0, "stop": 5}, "inject_into": ["a"]}`, ', ')}]`,
    }),
  steps: (n) =>
    pynnWith({
      current_sources: `[{"label": "s", "type": "StepCurrentSource", "params": {"times": [${times(n, (k) => `${k + 1}`, ', ')}], "amplitudes": [${times(n, (k) => `${k}`, ', ')}]}, "inject_into": ["a"]}]`,
    }),
  generators: (n) => pynnWith({ rngs: `{${times(n, (k) => `"r${k}": {"type": "NumpyRNG", "seed": 1}`, ', ')}}` }),
  parameterLists: (n) =>
    pynnWith({
      populations: `[{"label": "a", "size": ${n}, "cell": {"type": "IF_curr_exp", "params": {"tau_m": [${times(n, (k) => `${k + 1}`, ', ')}]}}}]`,
    }),
  spikeTimes: (n) =>
    pynnWith({
      populations: `[{"label": "a", "size": 1, "cell": {"type": "SpikeSourceArray", "params": {"spike_times": [${times(n, (k) => `${k + 1}`, ', ')}]}}}]`,
    }),
  spikeTrains: (n) =>
    pynnWith({
      populations: `[{"label": "a", "size": ${n}, "cell": {"type": "SpikeSourceArray", "params": {"spike_times": [${times(n, (k) => `[${k + 1}]`, ', ')}]}}}]`,
    }),
  cells: (n) =>
    pynnWith({
      populations: `[{"label": "a", "size": ${n}, "cell": {"type": "IF_curr_exp"}}]`,
      projections: `[${projection(0, '{"type": "OneToOneConnector"}')}]`,
    }),
  positions: (n) =>
    pynnWith({
      populations: `[{"label": "a", "size": ${n}, "positions": [${times(n, (k) => `[${k}, 0, 0]`, ', ')}], "cell": {"type": "IF_curr_exp"}}]`,
    }),
  unknownTypes: (n) =>
    pynnWith({
      populations: `[${times(n, (k) => `{"label": "a${k}", "size": 2, "cell": {"type": "IF_${k}"}}`, ', ')}]`,
    }),
  unknownParameters: (n) =>
    pynnWith({
      populations: `[{"label": "a", "size": 2, "cell": {"type": "IF_curr_exp", "params": {${times(n, (k) => `"q${k}": 1`, ', ')}}}}]`,
    }),
  native: (n) =>
    pynnWith({
      populations: '[{"label": "a", "size": 2, "cell": {"type": "native:c"}}]',
      native: `{"cells": {"c": {"equations": [${times(n, (k) => `"dx${k}/dt = (x${(k + 1) % n} - x${k})/(10*ms) : 1"`, ', ')}]}}}`,
    }),
};

const neuromlWith = (network: string, rest = '', size = 2): string =>
  `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d"><izhikevich2007Cell id="c" C="100pF" v0="-60mV" k="0.7nS_per_mV" vr="-60mV" vt="-40mV" vpeak="35mV" a="0.03per_ms" b="-2nS" c="-50mV" d="100pA"/>${rest}<network id="n"><population id="a" component="c" size="${size}"/>${network}</network></neuroml>`;

/** XML, for any content. */
const xml: Readonly<Record<string, Growing>> = {
  attributes: (n) => `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d"${times(n, (k) => ` a${k}="1"`)}/>`,
  attributesWithin: (n) => neuromlWith(`<population id="b" component="c" size="1"${times(n, (k) => ` a${k}="1"`)}/>`),
  equalAttributes: (n) => `<neuroml id="d"${times(n, () => ` a="1"`)}/>`,
  attributesInLems: (n) => `<Lems><Target component="s"${times(n, (k) => ` a${k}="1"`)}/></Lems>`,
  attributesOfType: (n) => `<Lems><ComponentType name="t"${times(n, (k) => ` a${k}="1"`)}/></Lems>`,
  namespaces: (n) => `<neuroml id="d"${times(n, (k) => ` xmlns:a${k}="b"`)}/>`,
  longAttribute: (n) => `<neuroml id="${'a'.repeat(n)}"/>`,
  longTag: (n) => `<${'a'.repeat(n)}/>`,
  spacesInTag: (n) => `<neuroml${' '.repeat(n)}id="d"/>`,
  unknownElements: (n) =>
    neuromlWith(
      '',
      times(n, (k) => `<q${k}/>`),
    ),
  equalUnknownElements: (n) => neuromlWith('', '<q/>'.repeat(n)),
  unknownInUnknown: (n) => neuromlWith('', `<q>${times(n, (k) => `<q${k}/>`)}</q>`),
  nesting: (n) => `<neuroml id="d">${'<a>'.repeat(n)}${'</a>'.repeat(n)}</neuroml>`,
  unclosed: (n) => `<neuroml id="d">${'<a>'.repeat(n)}`,
  wronglyClosed: (n) => `<neuroml id="d">${'</a>'.repeat(n)}`,
  comments: (n) => neuromlWith('', '<!--a-->'.repeat(n)),
  commentsInLine: (n) => neuromlWith('', '<!--a-->\n'.repeat(n)),
  openComments: (n) => neuromlWith('', '<!--'.repeat(n)),
  instructions: (n) => neuromlWith('', '<?a b?>'.repeat(n)),
  openInstructions: (n) => neuromlWith('', '<?'.repeat(n)),
  sections: (n) => neuromlWith('', `<notes>${'<![CDATA[a]]>'.repeat(n)}</notes>`),
  openSections: (n) => neuromlWith('', `<notes>${'<![CDATA['.repeat(n)}</notes>`),
  entities: (n) => neuromlWith('', `<notes>${'&amp;'.repeat(n)}</notes>`),
  entitiesInAttribute: (n) => `<neuroml id="${'&amp;'.repeat(n)}"/>`,
  numericEntities: (n) => neuromlWith('', `<notes>${'&#65;'.repeat(n)}</notes>`),
  unknownEntities: (n) => neuromlWith('', `<notes>${'&a;'.repeat(n)}</notes>`),
  ampersands: (n) => neuromlWith('', `<notes>${'&'.repeat(n)}</notes>`),
  text: (n) => neuromlWith('', `<notes>${'a '.repeat(n)}</notes>`),
  textLines: (n) => neuromlWith('', `<notes>${'a\n'.repeat(n)}</notes>`),
  textBetween: (n) => neuromlWith('', `<notes>${'a<b/>'.repeat(n)}</notes>`),
  emptyLines: (n) => neuromlWith('', '\n'.repeat(n)),
  lessThan: (n) => neuromlWith('', '<'.repeat(n)),
  greaterThan: (n) => neuromlWith('', '>'.repeat(n)),
  quotesInTag: (n) => `<neuroml ${'"'.repeat(n)}/>`,
  equalsInTag: (n) => `<neuroml ${'a='.repeat(n)}/>`,
  attributesWithoutValue: (n) => `<neuroml${times(n, (k) => ` a${k}`)}/>`,
  exclamations: (n) => neuromlWith('', '<!'.repeat(n)),
  doctype: (n) => `<!DOCTYPE a [${'<!ENTITY a "b">'.repeat(n)}]>${neuromlWith('')}`,
  roots: (n) => neuromlWith('').repeat(Math.ceil(n / 400)),
  metadata: (n) =>
    neuromlWith(
      '',
      `<annotation><rdf:RDF xmlns:rdf="r"><rdf:Description>${times(n, (k) => `<bqbiol:is xmlns:bqbiol="b"><rdf:Bag><rdf:li rdf:resource="http://a/${k}"/></rdf:Bag></bqbiol:is>`)}</rdf:Description></rdf:RDF></annotation>`,
    ),
  properties: (n) => neuromlWith(times(n, (k) => `<property tag="t${k}" value="1"/>`)),
};

/** Documents in NeuroML. */
const neuroml: Readonly<Record<string, Growing>> = {
  cells: (n) => neuromlWith('', '', n),
  populations: (n) => neuromlWith(times(n, (k) => `<population id="p${k}" component="c" size="1"/>`)),
  differentCells: (n) =>
    neuromlWith(
      times(n, (k) => `<population id="p${k}" component="c${k}" size="1"/>`),
      times(
        n,
        (k) =>
          `<iafRefCell id="c${k}" refract="2ms" leakReversal="-70mV" thresh="-50mV" reset="-60mV" C="0.2nF" leakConductance="0.01uS"/>`,
      ),
    ),
  unusedCells: (n) =>
    neuromlWith(
      '',
      times(
        n,
        (k) =>
          `<iafRefCell id="c${k}" refract="2ms" leakReversal="-70mV" thresh="-50mV" reset="-60mV" C="0.2nF" leakConductance="0.01uS"/>`,
      ),
    ),
  equalIds: (n) =>
    neuromlWith(
      '',
      times(
        n,
        () =>
          `<iafRefCell id="q" refract="2ms" leakReversal="-70mV" thresh="-50mV" reset="-60mV" C="0.2nF" leakConductance="0.01uS"/>`,
      ),
    ),
  instances: (n) =>
    neuromlWith(
      `<population id="b" component="c" size="${n}" type="populationList">${times(n, (k) => `<instance id="${k}"><location x="0" y="0" z="0"/></instance>`)}</population>`,
    ),
  connections: (n) =>
    neuromlWith(
      `<projection id="p" presynapticPopulation="a" postsynapticPopulation="a" synapse="s">${times(n, (k) => `<connection id="${k}" preCellId="../a[0]" postCellId="../a[1]"/>`)}</projection>`,
      '<alphaCurrentSynapse id="s" tau="2ms" ibase="0.1nA"/>',
    ),
  weightedConnections: (n) =>
    neuromlWith(
      `<projection id="p" presynapticPopulation="a" postsynapticPopulation="a" synapse="s">${times(n, (k) => `<connectionWD id="${k}" preCellId="../a[0]" postCellId="../a[1]" weight="${k}" delay="${k}ms"/>`)}</projection>`,
      '<alphaCurrentSynapse id="s" tau="2ms" ibase="0.1nA"/>',
    ),
  projections: (n) =>
    neuromlWith(
      times(
        n,
        (k) =>
          `<projection id="p${k}" presynapticPopulation="a" postsynapticPopulation="a" synapse="s"><connection id="0" preCellId="../a[0]" postCellId="../a[1]"/></projection>`,
      ),
      '<alphaCurrentSynapse id="s" tau="2ms" ibase="0.1nA"/>',
    ),
  synapses: (n) =>
    neuromlWith(
      times(
        n,
        (k) =>
          `<projection id="p${k}" presynapticPopulation="a" postsynapticPopulation="a" synapse="s${k}"><connection id="0" preCellId="../a[0]" postCellId="../a[1]"/></projection>`,
      ),
      times(n, (k) => `<alphaCurrentSynapse id="s${k}" tau="2ms" ibase="0.1nA"/>`),
    ),
  explicitInputs: (n) =>
    neuromlWith(
      times(n, () => '<explicitInput target="a[0]" input="p"/>'),
      '<pulseGenerator id="p" delay="1ms" duration="5ms" amplitude="0.1nA"/>',
    ),
  inputs: (n) =>
    neuromlWith(
      `<inputList id="i" population="a" component="p">${times(n, (k) => `<input id="${k}" target="../a[0]" destination="synapses"/>`)}</inputList>`,
      '<pulseGenerator id="p" delay="1ms" duration="5ms" amplitude="0.1nA"/>',
    ),
  inputLists: (n) =>
    neuromlWith(
      times(
        n,
        (k) =>
          `<inputList id="i${k}" population="a" component="p"><input id="0" target="../a[0]" destination="synapses"/></inputList>`,
      ),
      '<pulseGenerator id="p" delay="1ms" duration="5ms" amplitude="0.1nA"/>',
    ),
  generators: (n) =>
    neuromlWith(
      times(n, (k) => `<explicitInput target="a[0]" input="p${k}"/>`),
      times(n, (k) => `<pulseGenerator id="p${k}" delay="1ms" duration="5ms" amplitude="0.1nA"/>`),
    ),
  spikeArray: (n) =>
    neuromlWith(
      '<population id="b" component="s" size="1"/>',
      `<spikeArray id="s">${times(n, (k) => `<spike id="${k}" time="${k}ms"/>`)}</spikeArray>`,
    ),
  segments: (n) =>
    cellWith(
      times(
        n,
        (k) =>
          `<segment id="${k + 1}"><parent segment="${k}"/><distal x="${k + 30}" y="0" z="0" diameter="1"/></segment>`,
      ),
    ),
  branches: (n) =>
    cellWith(
      times(
        n,
        (k) => `<segment id="${k + 1}"><parent segment="0"/><distal x="${k + 30}" y="0" z="0" diameter="1"/></segment>`,
      ),
    ),
  segmentsInReverse: (n) =>
    cellWith(
      times(n, (j) =>
        ((k) =>
          `<segment id="${k + 1}"><parent segment="${k}"/><distal x="${k + 30}" y="0" z="0" diameter="1"/></segment>`)(
          n - 1 - j,
        ),
      ),
    ),
  segmentGroups: (n) => cellWith(times(n, (k) => `<segmentGroup id="g${k}"><member segment="0"/></segmentGroup>`)),
  nestedGroups: (n) =>
    cellWith(
      times(
        n,
        (k) =>
          `<segmentGroup id="g${k}">${k === 0 ? '<member segment="0"/>' : `<include segmentGroup="g${k - 1}"/>`}</segmentGroup>`,
      ),
    ),
  doubledGroups: (n) =>
    cellWith(
      times(
        n,
        (k) =>
          `<segmentGroup id="g${k}">${k === 0 ? '<member segment="0"/>' : `<include segmentGroup="g${k - 1}"/><include segmentGroup="g${k - 1}"/>`}</segmentGroup>`,
      ),
    ),
  members: (n) => cellWith(`<segmentGroup id="g">${'<member segment="0"/>'.repeat(n)}</segmentGroup>`),
  segmentsWithGroups: (n) =>
    cellWith(
      times(
        n,
        (k) =>
          `<segment id="${k + 1}"><parent segment="${k}"/><distal x="${k + 30}" y="0" z="0" diameter="1"/></segment>`,
      ) + times(n, (k) => `<segmentGroup id="g${k}" neuroLexId="sao864921383"><member segment="${k}"/></segmentGroup>`),
    ),
  groupsOfAllSegments: (n) => {
    const size = Math.ceil(Math.sqrt(n));
    return cellWith(
      times(
        size,
        (k) =>
          `<segment id="${k + 1}"><parent segment="${k}"/><distal x="${k + 30}" y="0" z="0" diameter="1"/></segment>`,
      ) +
        times(size, (k) => `<segmentGroup id="g${k}">${times(size, (m) => `<member segment="${m}"/>`)}</segmentGroup>`),
    );
  },
  channels: (n) =>
    cellWith(
      '',
      times(
        n,
        (k) =>
          `<channelDensity id="l${k}" ionChannel="pas" condDensity="0.1 mS_per_cm2" erev="-65mV" ion="non_specific"/>`,
      ),
    ),
  gates: (n) =>
    neuromlWith(
      '',
      `<ionChannelHH id="q" conductance="10pS">${times(n, (k) => `<gateHHrates id="m${k}" instances="1"><forwardRate type="HHExpRate" rate="0.07per_ms" midpoint="-65mV" scale="-20mV"/><reverseRate type="HHSigmoidRate" rate="1per_ms" midpoint="-35mV" scale="10mV"/></gateHHrates>`)}</ionChannelHH>`,
    ),
  includes: (n) =>
    neuromlWith(
      '',
      times(n, (k) => `<include href="q${k}.nml"/>`),
    ),
  equalIncludes: (n) =>
    neuromlWith(
      '',
      times(n, () => `<include href="q.nml"/>`),
    ),
  networks: (n) =>
    neuromlWith(
      '',
      times(n, (k) => `<network id="n${k}"><population id="a" component="c" size="1"/></network>`),
    ),
  missingAttributes: (n) =>
    neuromlWith(
      '',
      times(n, (k) => `<iafRefCell id="c${k}"/>`),
    ),
  wrongAttributes: (n) =>
    neuromlWith(
      '',
      times(
        n,
        (k) => `<iafRefCell id="c${k}" refract="q" leakReversal="q" thresh="q" reset="q" C="q" leakConductance="q"/>`,
      ),
    ),
  unknownComponents: (n) => neuromlWith(times(n, (k) => `<population id="p${k}" component="q${k}" size="1"/>`)),
  longQuantity: (n) =>
    neuromlWith(
      '',
      `<iafRefCell id="q" refract="${'1'.repeat(n)}ms" leakReversal="-70mV" thresh="-50mV" reset="-60mV" C="0.2nF" leakConductance="0.01uS"/>`,
    ),
  longIds: (n) => neuromlWith(`<population id="${'a'.repeat(n)}" component="c" size="1"/>`),
};

function cellWith(morphology: string, densities = ''): string {
  return `<neuroml id="d"><ionChannelHH id="pas" conductance="10pS"/>
<cell id="c"><morphology id="m"><segment id="0" name="soma"><proximal x="0" y="0" z="0" diameter="10"/><distal x="10" y="0" z="0" diameter="10"/></segment>
${morphology}</morphology>
<biophysicalProperties id="b"><membraneProperties><channelDensity id="l" ionChannel="pas" condDensity="0.1 mS_per_cm2" erev="-65mV" ion="non_specific"/>${densities}<spikeThresh value="0mV"/><specificCapacitance value="1uF_per_cm2"/><initMembPotential value="-65mV"/></membraneProperties>
<intracellularProperties><resistivity value="100ohm_cm"/></intracellularProperties></biophysicalProperties></cell>
<network id="n"><population id="a" component="c" size="1"/></network></neuroml>`;
}

const lemsWith = (dynamics: string, rest = '', members = ''): string =>
  `<Lems><Target component="sim"/><Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>${rest}
<ComponentType name="myCell" extends="baseSpikingCell"><Parameter name="tau" dimension="time"/>${members}<Exposure name="x" dimension="none"/>
<Dynamics><StateVariable name="x" dimension="none" exposure="x"/><TimeDerivative variable="x" value="-x/tau"/>${dynamics}</Dynamics></ComponentType>
<myCell id="c" tau="1ms"/><network id="n"><population id="a" component="c" size="1"/></network><Simulation id="sim" length="2ms" step="0.1ms" target="n"/></Lems>`;

/** Documents in LEMS. */
const lems: Readonly<Record<string, Growing>> = {
  variables: (n) =>
    lemsWith(
      times(
        n,
        (k) => `<StateVariable name="x${k}" dimension="none"/><TimeDerivative variable="x${k}" value="-x${k}/tau"/>`,
      ),
    ),
  ring: (n) =>
    lemsWith(
      times(
        n,
        (k) =>
          `<StateVariable name="x${k}" dimension="none"/><TimeDerivative variable="x${k}" value="(x${(k + 1) % n} - x${k})/tau"/>`,
      ),
    ),
  derived: (n) => lemsWith(times(n, (k) => `<DerivedVariable name="y${k}" dimension="none" value="x + 1"/>`)),
  derivedChain: (n) =>
    lemsWith(
      times(n, (k) => `<DerivedVariable name="y${k}" dimension="none" value="${k === 0 ? 'x' : `y${k - 1}`} + 1"/>`),
    ),
  derivedInReverse: (n) =>
    lemsWith(
      times(
        n,
        (k) => `<DerivedVariable name="y${k}" dimension="none" value="${k === n - 1 ? 'x' : `y${k + 1}`} + 1"/>`,
      ),
    ),
  derivedDoubling: (n) =>
    lemsWith(
      times(
        n,
        (k) =>
          `<DerivedVariable name="y${k}" dimension="none" value="${k === 0 ? 'x' : `y${k - 1} * y${k - 1}`} + 1"/>`,
      ),
    ),
  conditions: (n) =>
    lemsWith(
      times(n, (k) => `<OnCondition test="x .gt. ${k}"><StateAssignment variable="x" value="0"/></OnCondition>`),
    ),
  assignments: (n) =>
    lemsWith(
      `<OnCondition test="x .gt. 1">${times(n, (k) => `<StateAssignment variable="x" value="x + ${k}"/>`)}</OnCondition>`,
    ),
  startAssignments: (n) =>
    lemsWith(`<OnStart>${times(n, (k) => `<StateAssignment variable="x" value="x + ${k}"/>`)}</OnStart>`),
  cases: (n) =>
    lemsWith(
      `<ConditionalDerivedVariable name="z" dimension="none">${times(n, (k) => `<Case condition="x .gt. ${k}" value="${k}"/>`)}<Case value="0"/></ConditionalDerivedVariable>`,
    ),
  regimes: (n) =>
    lemsWith(
      times(
        n,
        (k) =>
          `<Regime name="r${k}"${k === 0 ? ' initial="true"' : ''}><OnCondition test="x .gt. 1"><Transition regime="r${(k + 1) % n}"/></OnCondition></Regime>`,
      ),
    ),
  parameters: (n) =>
    lemsWith(
      '',
      '',
      times(n, (k) => `<Property name="p${k}" dimension="none" defaultValue="1"/>`),
    ),
  constants: (n) =>
    lemsWith(
      '',
      '',
      times(n, (k) => `<Constant name="p${k}" dimension="time" value="1ms"/>`),
    ),
  globalConstants: (n) =>
    lemsWith(
      '',
      times(n, (k) => `<Constant name="p${k}" dimension="time" value="1ms"/>`),
    ),
  derivedParameters: (n) =>
    lemsWith(
      '',
      '',
      times(n, (k) => `<DerivedParameter name="p${k}" dimension="time" value="${k === 0 ? 'tau' : `p${k - 1}`} * 2"/>`),
    ),
  dimensions: (n) =>
    lemsWith(
      '',
      times(n, (k) => `<Dimension name="d${k}" m="1"/>`),
    ),
  units: (n) =>
    lemsWith(
      '',
      times(n, (k) => `<Unit symbol="u${k}" dimension="time" power="0"/>`),
    ),
  types: (n) =>
    lemsWith(
      '',
      times(n, (k) => `<ComponentType name="t${k}"><Parameter name="p" dimension="none"/></ComponentType>`),
    ),
  inheritance: (n) =>
    lemsWith(
      '',
      times(
        n,
        (k) =>
          `<ComponentType name="t${k}"${k === 0 ? '' : ` extends="t${k - 1}"`}><Parameter name="p${k}" dimension="none"/></ComponentType>`,
      ),
    ),
  inheritanceInReverse: (n) =>
    lemsWith(
      '',
      times(
        n,
        (k) =>
          `<ComponentType name="t${k}"${k === n - 1 ? '' : ` extends="t${k + 1}"`}><Parameter name="p${k}" dimension="none"/></ComponentType>`,
      ),
    ),
  exposures: (n) =>
    lemsWith(
      times(n, (k) => `<DerivedVariable name="y${k}" dimension="none" exposure="y${k}" value="x"/>`),
      '',
      times(n, (k) => `<Exposure name="y${k}" dimension="none"/>`),
    ),
  children: (n) =>
    lemsWith(
      '<DerivedVariable name="y" dimension="none" select="q[*]/z" reduce="add"/>',
      '<ComponentType name="qq"><Exposure name="z" dimension="none"/><Dynamics><StateVariable name="z" dimension="none" exposure="z"/></Dynamics></ComponentType>',
      '<Children name="q" type="qq"/>',
    ).replace('<myCell id="c" tau="1ms"/>', `<myCell id="c" tau="1ms">${times(n, (k) => `<qq id="q${k}"/>`)}</myCell>`),
  terms: (n) => lemsWith(`<DerivedVariable name="y" dimension="none" value="x${' + x'.repeat(n)}"/>`),
  nestedExps: (n) =>
    lemsWith(`<DerivedVariable name="y" dimension="none" value="${'exp('.repeat(n)}x${')'.repeat(n)}"/>`),
  parentheses: (n) =>
    lemsWith(`<DerivedVariable name="y" dimension="none" value="${'('.repeat(n)}x${')'.repeat(n)}"/>`),
  columns: (n) =>
    lemsWith('').replace(
      'target="n"/>',
      `target="n"><OutputFile id="o" fileName="v.dat">${times(n, (k) => `<OutputColumn id="v${k}" quantity="a[0]/x"/>`)}</OutputFile></Simulation>`,
    ),
  outputFiles: (n) =>
    lemsWith('').replace(
      'target="n"/>',
      `target="n">${times(n, (k) => `<OutputFile id="o${k}" fileName="v${k}.dat"><OutputColumn id="v" quantity="a[0]/x"/></OutputFile>`)}</Simulation>`,
    ),
  displays: (n) =>
    lemsWith('').replace(
      'target="n"/>',
      `target="n">${times(n, (k) => `<Display id="o${k}" title="t" timeScale="1ms" xmin="0" xmax="1" ymin="0" ymax="1"><Line id="v" quantity="a[0]/x" scale="1" timeScale="1ms"/></Display>`)}</Simulation>`,
    ),
  targets: (n) =>
    lemsWith(
      '',
      times(n, (k) => `<Target component="s${k}"/>`),
    ),
  unknownNames: (n) => lemsWith(times(n, (k) => `<DerivedVariable name="y${k}" dimension="none" value="q${k}"/>`)),
  wrongDimensions: (n) => lemsWith(times(n, (k) => `<DerivedVariable name="y${k}" dimension="voltage" value="x"/>`)),
};

/** Pieces that a malformed text repeats: each is a token of its own, begins one, or never ends. */
const tokens: Readonly<Record<string, string>> = {
  ...{ letters: 'a', digits: '1', blanks: ' ', tabs: '\t', points: '.', dashes: '-', underscores: '_', commas: ',' },
  ...{ parentheses: '(', brackets: '[', braces: '{', quotes: '"', apostrophes: "'", colons: ':', hashes: '#' },
  ...{ backslashes: '\\', ampersands: '&', less: '<', equals: '=', slashes: '/', stars: '*', tildes: '~', lines: '\n' },
  ...{ names: 'a.', words: 'a ', calls: '(a', keys: 'a: ', comments: '/*', tags: '<a ', exponents: '1e' },
};

/** Texts of which a token is made long: `‹` stands for a place of it. */
const shortTexts: Readonly<Record<string, string>> = {
  yaml: 'format: interneuron/brian\nname: x‹\ndt: 0.1 ms\n‹: 1\nneuron_groups:\n  g: { N: 1‹, model: "dv/dt = -v/(10*ms)‹ : 1" }\nrun: 1 ms\n',
  json: '{"format": "interneuron/pynn"‹, "name": "x‹", "populations": [{"label": ‹1, "size": 1, "cell": {"type": "IF_curr_exp"}}], "phases": [{"run": 1}]}',
  xml: '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d"><iafCell id="c‹" leakReversal="-50mV‹" ‹ thresh="-55mV" reset="-70mV" C="0.2nF" leakConductance="0.01uS"/>‹<network id="n"/></neuroml>',
  nmodl:
    'NEURON { SUFFIX k‹ NONSPECIFIC_CURRENT i }\nPARAMETER { g = 1‹ (S/cm2‹) }\nASSIGNED { v (mV) i (mA/cm2) }\nBREAKPOINT { i = g*(v + 65)‹ }\n',
  nestml:
    "model one:\n    state:\n        v real = 0‹\n    equations:\n        v' = -v/(10 ms)‹\n    input:\n        spikes <- spike‹\n    output:\n        spike\n    update:\n        integrate_odes()‹\n",
  swc: '# a cell‹\n1 1 0 0 0 5 -1\n2 3 5 0‹ 0 1 1\n3 3 9 0 0 1‹ 2\n',
};

/** Names of files of notations that are told by their suffix. */
export const suffixes: Readonly<Record<string, string>> = { nmodl: '.mod', nestml: '.nestml', swc: '.swc' };

/** Malformed texts with one long token at each place. */
const malformed = (text: string): Readonly<Record<string, Growing>> => {
  const parts = text.split('‹');
  return Object.fromEntries(
    Object.entries(tokens).flatMap(([name, token]) =>
      parts
        .slice(1)
        .map((_, place): readonly [string, Growing] => [
          `${name} at place ${place + 1}`,
          (n) => `${parts.slice(0, place + 1).join('')}${token.repeat(n)}${parts.slice(place + 1).join('')}`,
        ]),
    ),
  );
};

/** Malformed texts by notation and kind. */
export const malformedTexts: Readonly<Record<string, Readonly<Record<string, Growing>>>> = Object.fromEntries(
  Object.entries(shortTexts).map(([notation, text]) => [notation, malformed(text)]),
);

/** By notation and by the kind of thing that there are `n` of. */
export const growing: Readonly<Record<string, Readonly<Record<string, Growing>>>> = {
  yaml,
  json,
  equations,
  brian: brianThings,
  canonical,
  pynn,
  xml,
  neuroml,
  lems,
};
