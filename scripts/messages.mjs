// Writes docs/messages.md: every diagnostic that a user can meet, from the catalogues in the sources.
//
//   node scripts/messages.mjs           writes the page
//   node scripts/messages.mjs --check   exits with 1 when the page is not what the sources yield
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const page = 'docs/messages.md';

/** Stages by the first part of their codes, in the order in which a model passes through them. */
const stages = {
  diagnostics: 'About diagnostics',
  read: 'Reading the text of a document',
  recognise: 'Which notation a document is in',
  origin: 'The model that a document was converted from',
  set: 'Settings of the command line',
  lang: 'Expressions, statements, units',
  brian: 'Brian-like specifications',
  pynn: 'PyNN documents',
  xml: 'XML',
  lems: 'LEMS',
  swc: 'SWC',
  neuroml: 'NeuroML',
  sonata: 'SONATA',
  model: 'The model: names, structure, dimensions',
  data: 'Large arrays beside a document',
  draw: 'Drawing what a notation prescribes',
  convention: 'Conventions of a step that differ between simulators',
  lower: 'What this version cannot run',
  codegen: 'Generating programs',
  run: 'Running',
  freeze: 'Making draws explicit',
  verify: 'Checking results',
};

/** The text of an expression, with `‹name›` for what is put in; null where it is no text. */
function textOf(node) {
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return (
      node.head.text +
      node.templateSpans
        .map(({ expression, literal }) => (constantText(expression) ?? `‹${nameOf(expression)}›`) + literal.text)
        .join('')
    );
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return (textOf(node.left) ?? `‹${nameOf(node.left)}›`) + (textOf(node.right) ?? `‹${nameOf(node.right)}›`);
  return constantText(node);
}

/** The text of a constant that is declared as one in the same file; null for everything else. */
function constantText(node) {
  if (!ts.isIdentifier(node)) return null;
  for (let around = node.parent; around; around = around.parent)
    for (const { declarationList } of (around.statements ?? []).filter(ts.isVariableStatement))
      for (const { name, initializer } of declarationList.declarations)
        if (name.getText() === node.text)
          return initializer && !ts.isIdentifier(initializer) ? textOf(initializer) : null;
  return null;
}

/** What stands for a value in a message: the name of the variable, or of the first one that it is made of. */
function nameOf(node) {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isCallExpression(node) && node.arguments[0]) return nameOf(node.arguments[0]);
  let found = 'value';
  const visit = (child) => {
    if (found === 'value' && ts.isIdentifier(child)) found = child.text;
    else ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return found;
}

/** Texts of a property, of which a choice has several. */
function alternatives(node) {
  if (ts.isConditionalExpression(node)) return [...alternatives(node.whenTrue), ...alternatives(node.whenFalse)];
  const text = textOf(node);
  return text === null || text === '' ? [] : [text];
}

const isCode = (text) => /^[a-z]+\/[a-z0-9-]+$/.test(text);

/**
 * A code; what all documents of JSON and YAML have in common is said under the name of each notation. Remarks of the
 * recogniser have codes without a stage, which is PyNN's.
 */
function codesOf(code, path) {
  if (path.startsWith('src/library/recognise/') && !code.includes('/')) return [`pynn/${code}`].filter(isCode);
  const stages = code.startsWith('‹stage›') ? ['model', 'brian', 'pynn'] : [''];
  const codes = stages.map((stage) => code.replace('‹stage›', stage));
  return codes.filter(isCode);
}

/**
 * Of calls that report a conversion, by what they are called on: which argument is the text and which the code, and what
 * the text is about.
 */
const entriesOfReports = [
  {
    receiver: /[rR]eport$/,
    methods: {
      exact: { text: 1, code: 2, severity: 'exact' },
      missing: { text: 1, code: 2, severity: 'left out' },
      approximated: { text: 2, code: 0, severity: 'approximate' },
      equivalent: { text: 2, code: 0, severity: 'equivalent' },
    },
  },
  {
    receiver: /^(remarks|about|script)$/,
    methods: {
      notExpressible: { text: 1, code: 0, severity: 'left out' },
      approximated: { text: 1, code: 0, severity: 'approximate' },
      equivalent: { text: 1, code: 0, severity: 'equivalent' },
    },
  },
];

/** What a call says in the report of a conversion; codes that it does not give are those of the notations it is for. */
function entriesIn(call, path) {
  if (!ts.isPropertyAccessExpression(call.expression)) return [];
  const { expression: receiver, name: method } = call.expression;
  const entry = entriesOfReports.find((one) => one.receiver.test(receiver.getText()))?.methods[method.text];
  const text = entry && call.arguments[entry.text];
  if (text === undefined) return [];
  const notations = /pynn|brian|neuroml/.exec(path)?.[0] ?? 'pynn brian';
  const stages = notations.split(' ').map((notation) => (notation === 'neuroml' ? 'lems' : notation));
  const given = call.arguments[entry.code];
  const codes = given
    ? alternatives(given).flatMap((code) => stages.map((stage) => code.replace(/^‹\w+›/, stage)))
    : entry.severity === 'exact'
      ? []
      : stages.map((stage) => `${stage}/not-expressible`);
  const about = { messages: alternatives(text), expected: [], hints: [], severity: entry.severity };
  return codes.filter(isCode).map((code) => ({ code, ...about }));
}

/** The function of a catalogue that a finding is in, where its message is one of its parameters. */
function messageParameter(node, message) {
  let maker = node;
  while (maker && !ts.isArrowFunction(maker)) maker = maker.parent;
  const named = maker && (ts.isVariableDeclaration(maker.parent) || ts.isPropertyAssignment(maker.parent));
  const argument = named ? maker.parameters.findIndex(({ name }) => name.getText() === nameOf(message)) : -1;
  return argument < 0 ? undefined : { maker: maker.parent.name.getText(), argument };
}

const parsed = new Map();

function sourceOf(path) {
  const source =
    parsed.get(path) ?? ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  parsed.set(path, source);
  return source;
}

/** The name of the function or method that a node is in, and its parameters. */
function functionAround(node) {
  let around = node.parent;
  while (around && !ts.isFunctionLike(around)) around = around.parent;
  const named = around && (around.name ?? around.parent.name);
  return named && { name: named.getText(), parameters: around.parameters.map(({ name }) => name.getText()) };
}

const calledName = (call) =>
  (ts.isPropertyAccessExpression(call.expression) ? call.expression.name : call.expression).getText();

/**
 * Severities that findings get where they are reported, by the function of the catalogue that makes them: beside it, as
 * in `{ severity: 'warning', ...messages.name() }`, or by a function that it is given to.
 */
function severitiesOfMakers() {
  const found = new Map();
  const givers = new Map();
  const note = (map, name, severity) => map.set(name, new Set([...(map.get(name) ?? []), severity]));
  const calls = [];
  const visit = (node) => {
    if (ts.isCallExpression(node)) calls.push(node);
    if (ts.isObjectLiteralExpression(node)) {
      const stated = node.properties.find((one) => ts.isPropertyAssignment(one) && one.name.getText() === 'severity');
      const [severity] = stated ? alternatives(stated.initializer) : [];
      for (const { expression } of severity ? node.properties.filter(ts.isSpreadAssignment) : []) {
        if (ts.isCallExpression(expression)) note(found, calledName(expression), severity);
        const around = functionAround(node);
        if (around?.parameters.includes(expression.getText())) note(givers, around.name, severity);
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const path of sources) visit(sourceOf(path));
  for (const call of calls)
    for (const given of call.arguments.filter(ts.isCallExpression))
      for (const severity of givers.get(calledName(call)) ?? []) note(found, calledName(given), severity);
  return found;
}

/** Texts that the callers of functions give as messages. */
function messagesOfCalls(makers) {
  const findings = [];
  const visit = (node) => {
    if (ts.isCallExpression(node)) {
      const called = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
      for (const { code, argument } of makers.get(called.getText()) ?? [])
        if (node.arguments[argument])
          findings.push({ code, messages: alternatives(node.arguments[argument]), expected: [], hints: [] });
    }
    ts.forEachChild(node, visit);
  };
  for (const path of sources) visit(sourceOf(path));
  return findings;
}

/** What a remark of the recogniser counts as in a report. */
const verdictOf = (verdict, path) =>
  verdict === 'equivalent' ? verdict : path.startsWith('src/library/recognise/') ? 'approximate' : undefined;

function findingsIn(path) {
  const source = sourceOf(path);
  const findings = [];
  const visit = (node) => {
    if (ts.isObjectLiteralExpression(node)) {
      const properties = new Map(
        node.properties.flatMap((property) =>
          ts.isPropertyAssignment(property)
            ? [[property.name.getText(), property.initializer]]
            : ts.isShorthandPropertyAssignment(property)
              ? [[property.name.text, property.name]]
              : [],
        ),
      );
      const code = properties.get('code');
      const message = properties.get('message');
      for (const found of (code ? alternatives(code) : []).flatMap((one) => codesOf(one, path))) {
        const field = (key) => (properties.has(key) ? alternatives(properties.get(key)) : []);
        findings.push({
          code: found,
          messages: field('message'),
          expected: field('expected'),
          hints: field('hint'),
          severity: field('severity')[0] ?? verdictOf(field('verdict')[0], path),
          maker: functionAround(node)?.name,
          made: message && alternatives(message).length === 0 ? messageParameter(node, message) : undefined,
        });
      }
    }
    if (ts.isCallExpression(node)) findings.push(...entriesIn(node, path));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return findings;
}

const sources = ['src', 'translators', 'runtime/results'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
);

/** Everything that is said under one code. */
function byCode() {
  const entries = new Map();
  const own = sources.sort().flatMap(findingsIn);
  const makers = new Map();
  const severities = severitiesOfMakers();
  for (const finding of own) finding.severity ??= [...(severities.get(finding.maker) ?? ['error'])].sort().join(' or ');
  for (const { code, made } of own)
    if (made) makers.set(made.maker, [...(makers.get(made.maker) ?? []), { code, argument: made.argument }]);
  for (const finding of [...own, ...messagesOfCalls(makers)]) {
    const entry = entries.get(finding.code) ?? { messages: [], expected: [], hints: [], severity: finding.severity };
    const messages = finding.messages.map((text) => `${finding.severity ?? entry.severity}: ${text}`);
    for (const [key, own] of Object.entries({ ...finding, messages }))
      if (['messages', 'expected', 'hints'].includes(key)) entry[key] = [...new Set([...entry[key], ...own])];
    entries.set(finding.code, entry);
  }
  return entries;
}

export function messagesPage() {
  const entries = byCode();
  const lines = [
    '# Messages',
    '',
    'Every diagnostic by its code, as `interneuron explain CODE` prints it; ‹names› stand for what is put in. Generated by',
    '`node scripts/messages.mjs`; what explains a code beyond its messages is in [explanations.md](explanations.md).',
  ];
  for (const [stage, title] of Object.entries(stages)) {
    const own = [...entries].filter(([code]) => code.startsWith(`${stage}/`)).sort(([a], [b]) => (a < b ? -1 : 1));
    if (own.length === 0) continue;
    lines.push('', `## ${title}`);
    for (const [code, { messages, expected, hints }] of own) {
      lines.push('', `### ${code}`, '', ...messages.map((text) => `- ${text}`));
      lines.push(...expected.map((text) => `- expected: ${text}`), ...hints.map((text) => `- hint: ${text}`));
    }
  }
  const unknown = [...entries.keys()].filter((code) => !(code.split('/')[0] in stages));
  if (unknown.length > 0) throw new Error(`codes of unknown stages: ${unknown.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = messagesPage();
  if (!process.argv.includes('--check')) writeFileSync(join(root, page), text);
  else if (readFileSync(join(root, page), 'utf8') !== text) {
    console.error(`${page} is not what the sources yield; run node scripts/messages.mjs`);
    process.exitCode = 1;
  }
}
