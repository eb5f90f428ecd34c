// Writes docs/messages.md: every diagnostic that a user can meet, from the catalogues in the sources.
//
//   node scripts/messages.mjs           writes the page
//   node scripts/messages.mjs --check   exits with 1 when the page is not what the sources yield
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
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
  nir: 'NIR',
  nmodl: 'NMODL',
  nestml: 'NESTML',
  bundle: 'Bundles and other archives',
  sedml: 'SED-ML',
  model: 'The model: names, structure, dimensions',
  data: 'Large arrays beside a document',
  table: 'Tables of connections and cells',
  draw: 'Drawing what a notation prescribes',
  convention: 'Conventions of a step that differ between simulators',
  lower: 'What this version cannot run',
  codegen: 'Generating programs',
  run: 'Running',
  freeze: 'Making draws explicit',
  verify: 'Checking results',
  expect: 'Expectations of models',
  paper: 'The article of a certificate',
};

/** Placeholders that are not plain words, or not the name of a parameter or constant, by the code that has them. */
const riddles = new Map();

/** More texts of one message than this are too many to read. */
const mostAlternatives = 12;

/**
 * The texts that an expression can give, each with the outcomes of the conditions that it depends on; `‹name›` stands
 * for what is put in. Undefined for an expression that is not text.
 */
function textsOf(node) {
  if (node.parts)
    return node.parts.reduce(
      (texts, part) =>
        joined(texts, typeof part === 'string' ? [{ text: part, outcomes: new Map() }] : insertedTexts(part)),
      [{ text: '', outcomes: new Map() }],
    );
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node))
    return textsOf(node.expression);
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return [{ text: node.text, outcomes: new Map() }];
  if (ts.isTemplateExpression(node))
    return node.templateSpans.reduce(
      (texts, { expression, literal }) =>
        joined(joined(texts, insertedTexts(expression)), [{ text: literal.text, outcomes: new Map() }]),
      [{ text: node.head.text, outcomes: new Map() }],
    );
  if (ts.isConditionalExpression(node)) {
    const branches = [
      [node.whenTrue, true],
      [node.whenFalse, false],
    ].map(([branch, outcome]) => {
      const condition = [{ text: '', outcomes: new Map([[node.condition.getText(), outcome]]) }];
      return joined(condition, branch.getText() === 'undefined' ? [] : insertedTexts(branch));
    });
    return branches.flat();
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    if (!textsOf(node.left) && !textsOf(node.right)) return undefined;
    return joined(insertedTexts(node.left), insertedTexts(node.right));
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
    return [node.left, node.right].filter((one) => one.getText() !== "''").flatMap(insertedTexts);
  if (ts.isElementAccessExpression(node)) return textsOfMembers(node.expression);
  if (ts.isCallExpression(node)) return textsOfCall(node);
  const constant = constantOf(node);
  return constant && textsOf(constant);
}

/** The texts of all members of an object, one of which is taken. */
function textsOfMembers(node) {
  let owner = constantOf(node) ?? node;
  while (ts.isAsExpression(owner) || ts.isParenthesizedExpression(owner)) owner = owner.expression;
  if (!ts.isObjectLiteralExpression(owner)) return undefined;
  const texts = owner.properties.map((member) => ts.isPropertyAssignment(member) && textsOf(member.initializer));
  return texts.every(Boolean) ? texts.flat() : undefined;
}

/**
 * The texts that a call returns, with its arguments in place of parameters. Undefined if the function does more than
 * choose words, as a function that shortens names does.
 */
function textsOfCall({ expression, arguments: values }) {
  if (/^shorten/.test(expression.getText())) return textsOf(values[0]);
  const called = ts.isIdentifier(expression) && constantOf(expression);
  if (!called || !ts.isArrowFunction(called) || ts.isBlock(called.body)) return undefined;
  const texts = textsOf(called.body);
  if (!texts?.every(({ text }) => /[a-z]/.test(text.replace(/‹[^›]*›/g, '')))) return undefined;
  return called.parameters.reduce((filled, { name }, k) => {
    const own = `‹${name.getText()}›`;
    if (!values[k] || !filled.some(({ text }) => text.includes(own))) return filled;
    return joined(filled, insertedTexts(values[k]), (text, value) => text.replaceAll(own, () => value));
  }, texts);
}

/** The texts of two expressions, one after the other or as `join` puts them, for outcomes of conditions that agree. */
function joined(firsts, seconds, join = (first, second) => first + second) {
  return firsts.flatMap((first) =>
    seconds.flatMap((second) =>
      [...second.outcomes].every(([condition, outcome]) => (first.outcomes.get(condition) ?? outcome) === outcome)
        ? [{ text: join(first.text, second.text), outcomes: new Map([...first.outcomes, ...second.outcomes]) }]
        : [],
    ),
  );
}

const insertedTexts = (node) => textsOf(node) ?? [{ text: placeholder(node), outcomes: new Map() }];

/** The initial value of a constant, or of a member of a constant object, here or in an imported file. */
function constantOf(node) {
  if (ts.isIdentifier(node)) {
    const declaration = declarationOf(node, node.text);
    const isConstant = declaration && ts.isVariableDeclaration(declaration) && declaration.initializer;
    return isConstant ? declaration.initializer : undefined;
  }
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  let owner = constantOf(node.expression);
  while (owner && ts.isAsExpression(owner)) owner = owner.expression;
  const members = owner && ts.isObjectLiteralExpression(owner) ? owner.properties : [];
  return members.find((member) => ts.isPropertyAssignment(member) && member.name.getText() === node.name.text)
    ?.initializer;
}

/** The declaration of a name, seen from a node: a parameter, a variable or an imported constant. */
function declarationOf(node, name) {
  for (let around = node.parent; around; around = around.parent) {
    if (ts.isFunctionLike(around))
      for (const parameter of around.parameters) if (boundNames(parameter.name).includes(name)) return parameter;
    if (ts.isForOfStatement(around) && ts.isVariableDeclarationList(around.initializer))
      for (const declaration of around.initializer.declarations)
        if (boundNames(declaration.name).includes(name)) return declaration;
    for (const statement of around.statements ?? [])
      if (ts.isVariableStatement(statement)) {
        for (const declaration of statement.declarationList.declarations)
          if (boundNames(declaration.name).includes(name)) return declaration;
      } else if (ts.isImportDeclaration(statement) && statement.moduleSpecifier.text.startsWith('.')) {
        const bindings = statement.importClause?.namedBindings;
        const imported =
          bindings && ts.isNamedImports(bindings) && bindings.elements.find((one) => one.name.text === name);
        if (!imported) continue;
        const path = join(dirname(around.fileName), statement.moduleSpecifier.text).replace(/\.js$/, '.ts');
        if (!existsSync(path)) return undefined;
        return declarationOf(sourceOf(path).endOfFileToken, (imported.propertyName ?? imported.name).text);
      }
  }
  return undefined;
}

/** The names that a pattern of destructuring binds. */
const boundNames = (pattern) =>
  ts.isIdentifier(pattern)
    ? [pattern.text]
    : pattern.elements.flatMap((element) => (element.name ? boundNames(element.name) : []));

/** The placeholder of a value: the words of the parameter or constant that it is made of. */
function placeholder(node) {
  const name = nameOf(node);
  const words = name?.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  if (words === undefined || !/^[a-z]{2,}(?: [a-z]+)*$/.test(words) || /^(?:is|has) /.test(words)) {
    const path = relative(root, node.getSourceFile().fileName);
    riddles.set(`${path}: ${node.getText().replace(/\s+/g, ' ')}`, words ?? '');
  }
  return `‹${words ?? '?'}›`;
}

/** The name of the parameter or constant that a value is made of; undefined if there is none. */
function nameOf(node) {
  if (isReason(node)) return 'reason';
  if (ts.isIdentifier(node)) return declarationOf(node, node.text) ? node.text : undefined;
  if (ts.isPrivateIdentifier(node)) return undefined;
  if (ts.isPropertyAccessExpression(node))
    return node.name.text === 'length' ? nameOf(node.expression) : node.name.text;
  if (ts.isElementAccessExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node))
    return nameOf(node.expression);
  if (ts.isParenthesizedExpression(node) || ts.isPrefixUnaryExpression(node) || ts.isSpreadElement(node))
    return nameOf(node.expression ?? node.operand);
  if (ts.isBinaryExpression(node)) return nameOf(node.left) ?? nameOf(node.right);
  if (ts.isArrayLiteralExpression(node)) return node.elements.map(nameOf).find(Boolean);
  if (!ts.isCallExpression(node)) return undefined;
  const receiver = ts.isPropertyAccessExpression(node.expression) ? nameOf(node.expression.expression) : undefined;
  return receiver ?? node.arguments.map(nameOf).find(Boolean);
}

/** Whether an expression is the text of a result that is an object or, as a text, the reason why there is none. */
function isReason(node) {
  for (let inner = node, around = node.parent; around; inner = around, around = around.parent) {
    const [condition, branch] = ts.isIfStatement(around)
      ? [around.expression, around.thenStatement]
      : ts.isConditionalExpression(around)
        ? [around.condition, around.whenTrue]
        : [];
    if (branch === inner && condition.getText().includes(`typeof ${node.getText()} === 'string'`)) return true;
    if (ts.isFunctionLike(around)) return false;
  }
  return false;
}

/** The texts of a property; a condition gives several. Texts that consist of placeholders only are left out. */
function alternatives(node) {
  if (ts.isArrowFunction(node)) return alternatives(node.body);
  const texts = [...new Set((textsOf(node) ?? []).map(({ text }) => text))].filter(
    (text) => !/^(?:‹[^›]*›[^a-z]*)*$/.test(text),
  );
  if (texts.length > mostAlternatives)
    riddles.set(`${relative(root, node.getSourceFile().fileName)}: ${node.getText()}`, 'too many texts');
  return texts;
}

const isCode = (text) => /^[a-z]+\/[a-z0-9-]+$/.test(text);

/**
 * Codes. What all documents of JSON and YAML have in common is said under the name of each notation, and so is what no
 * form with a run can lack. Remarks of the recogniser have codes without a stage, which is PyNN's.
 */
function codesOf(code, path, isReport) {
  if (path.startsWith('src/library/recognise/') && !code.includes('/')) return [`pynn/${code}`].filter(isCode);
  const stages = !code.startsWith('‹stage›') ? [''] : isReport ? ['brian', 'pynn'] : ['model', 'brian', 'pynn'];
  const codes = code.startsWith('‹subject›')
    ? ['brian', 'pynn', 'lems', 'sonata'].map((subject) => code.replace('‹subject›', subject))
    : stages.map((stage) => code.replace('‹stage›', stage));
  return codes.filter(isCode);
}

/**
 * Of calls that report a conversion, by what they are called on: which argument is the text and which the code, and
 * what the text is about.
 */
const entriesOfReports = [
  {
    receiver: /[rR]eport$/,
    methods: {
      exact: { text: 1, code: 2, severity: 'exact' },
      missing: { text: 1, code: 2, severity: 'left out' },
      different: { text: 2, code: 0, severity: 'different' },
      convention: { text: 2, code: 0, severity: 'convention' },
    },
  },
  {
    receiver: /^(remarks|about|script)$/,
    methods: {
      notExpressible: { text: 1, code: 0, severity: 'left out' },
      different: { text: 1, code: 0, severity: 'different' },
      convention: { text: 1, code: 0, severity: 'convention' },
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
  const notations = /pynn|brian|neuroml|nmodl|nestml/.exec(path)?.[0] ?? 'pynn brian';
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
  const file = resolve(root, path);
  const source =
    parsed.get(file) ?? ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  parsed.set(file, source);
  return source;
}

/** The name of the function or method that a node is in, and its parameters. */
function functionAround(node) {
  let around = node.parent;
  while (around && !ts.isFunctionLike(around)) around = around.parent;
  const named = around && (around.name ?? around.parent.name);
  return named && { name: named.getText(), parameters: around.parameters.map(({ name }) => name.getText()) };
}

/** Whether a function is a parameter or is declared within another one, so that it is not one of a catalogue. */
function isLocal(node) {
  const declaration = ts.isIdentifier(node) && declarationOf(node, node.text);
  return declaration && (ts.isParameter(declaration) || !ts.isSourceFile(declaration.parent.parent.parent));
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
    const called = ts.isCallExpression(node) && calledName(node);
    if (called && !isLocal(node.expression)) {
      for (const { code, argument } of makers.get(called) ?? [])
        if (node.arguments[argument])
          findings.push({ code, messages: alternatives(node.arguments[argument]), expected: [], hints: [] });
    }
    ts.forEachChild(node, visit);
  };
  for (const path of sources) visit(sourceOf(path));
  return findings;
}

/** Words for the verdicts of a report. */
const verdictWords = {
  exact: 'exact',
  convention: 'convention',
  different: 'different',
  notExpressible: 'left out',
};

const verdicts = Object.values(verdictWords);

/** The word for the verdict of an entry or a remark; remarks of the recogniser differ if they state none. */
const verdictOf = (verdict, path) =>
  verdictWords[verdict] ?? (path.startsWith('src/library/recognise/') ? 'different' : undefined);

/** The properties of an object, with those of a constant object that it begins with. */
function propertiesOf(node) {
  return node.properties.flatMap((property) => {
    if (ts.isPropertyAssignment(property)) return [[property.name.getText(), property.initializer]];
    if (ts.isShorthandPropertyAssignment(property)) return [[property.name.text, property.name]];
    const base = ts.isSpreadAssignment(property) && constantOf(property.expression);
    return base && ts.isObjectLiteralExpression(base) ? propertiesOf(base) : [];
  });
}

/** The fields of a row of a catalogue, a text with the tag `finding`: what src/diagnostics/finding.ts makes of it. */
function fieldsOfRow({ template }) {
  const spans = template.templateSpans ?? [];
  const texts = [template.head ?? template, ...spans.map(({ literal }) => literal)].map(({ text }) => text);
  const [head, severity, code] = /^(?:(warning|note) )?([^:\s]+):\s*/.exec(texts[0]);
  const text = (part) => ({ parts: [part] });
  const fields = [['message', []]];
  for (const [k, one] of texts.entries()) {
    const [rest, ...lines] = one.slice(k === 0 ? head.length : 0).split(/\n\s*/);
    fields.at(-1)[1].push(rest);
    for (const line of lines) {
      const [start = '', name] = /^(expected|found|hint): ?/.exec(line) ?? [];
      if (name) fields.push([name, []]);
      fields.at(-1)[1].push(name ? line.slice(start.length) : ` ${line}`);
    }
    if (spans[k]) fields.at(-1)[1].push(spans[k].expression);
  }
  const nodes = fields.map(([name, parts]) => {
    const given = parts.filter((part) => part !== '');
    return [name, given.length === 1 && typeof given[0] !== 'string' ? given[0] : { parts: given }];
  });
  return [['code', text(code)], ...(severity ? [['severity', text(severity)]] : []), ...nodes];
}

const isRow = (node) => ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'finding';

function findingsIn(path) {
  const source = sourceOf(path);
  const findings = [];
  const visit = (node) => {
    if (ts.isObjectLiteralExpression(node) || isRow(node)) {
      const properties = new Map(isRow(node) ? fieldsOfRow(node) : propertiesOf(node));
      const code = properties.get('code');
      const message = properties.get('message') ?? properties.get('says');
      for (const found of (code ? alternatives(code) : []).flatMap((one) =>
        codesOf(one, path, properties.has('verdict')),
      )) {
        const field = (key) => (properties.has(key) ? alternatives(properties.get(key)) : []);
        findings.push({
          code: found,
          messages: message ? alternatives(message) : [],
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
    const entry = entries.get(finding.code) ?? { kinds: [], messages: [], expected: [], hints: [] };
    const kind = finding.severity ?? entry.kinds[0];
    entry.kinds = [...new Set([...entry.kinds, kind])];
    const messages = finding.messages.map((text) => `${kind}: ${text}`);
    for (const [key, own] of Object.entries({ ...finding, messages }))
      if (['messages', 'expected', 'hints'].includes(key)) entry[key] = [...new Set([...entry[key], ...own])];
    entries.set(finding.code, entry);
  }
  return entries;
}

/** The sentence that says what has a code: diagnostics of some severities, lines of a report, or both. */
function kindOf(kinds) {
  const severities = new Set(kinds.flatMap((kind) => kind.split(' or ')));
  const parts = ['error', 'warning', 'note'].filter((one) => severities.has(one));
  if (kinds.some((kind) => verdicts.includes(kind))) parts.push('line in the report of a conversion');
  return `${parts[0] === 'error' ? 'An' : 'A'} ${parts.join(' or ')}.`;
}

export function messagesPage() {
  const entries = byCode();
  const lines = [
    '# Messages',
    '',
    'Every diagnostic by its code, as `interneuron explain CODE` prints it; ‹names› stand for words of a model. Generated by',
    '`node scripts/messages.mjs`; what explains a code beyond its messages is in [explanations.md](explanations.md).',
  ];
  for (const [stage, title] of Object.entries(stages)) {
    const own = [...entries].filter(([code]) => code.startsWith(`${stage}/`)).sort(([a], [b]) => (a < b ? -1 : 1));
    if (own.length === 0) continue;
    lines.push('', `## ${title}`);
    for (const [code, { kinds, messages, expected, hints }] of own) {
      const texts = [
        ...messages,
        ...expected.map((text) => `expected: ${text}`),
        ...hints.map((text) => `hint: ${text}`),
      ];
      lines.push('', `### ${code}`, '', kindOf(kinds));
      if (texts.length > 0) lines.push('', ...texts.map((text) => `- ${text}`));
    }
  }
  const explained = readFileSync(join(root, 'docs/explanations.md'), 'utf8');
  for (const [code, { messages }] of entries)
    if (messages.length === 0 && !explained.includes(`### ${code}\n`))
      throw new Error(`${code} has neither a text in the sources nor an explanation in docs/explanations.md`);
  const unknown = [...entries.keys()].filter((code) => !(code.split('/')[0] in stages));
  if (unknown.length > 0) throw new Error(`codes of unknown stages: ${unknown.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

/** The messages of one source text, and its placeholders that are not plain words. */
export function messagesOfText(text) {
  const file = resolve(root, 'messages-of-text.ts');
  parsed.set(file, ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  riddles.clear();
  return { messages: findingsIn(file).flatMap((finding) => finding.messages), riddles: [...riddles.values()] };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = messagesPage();
  if (riddles.size > 0) {
    console.error('placeholders that are not the plain words of a parameter or of a constant:');
    for (const [place, words] of riddles) console.error(`  ‹${words}›  ${place}`);
    process.exitCode = 1;
  }
  if (!process.argv.includes('--check')) writeFileSync(join(root, page), text);
  else if (readFileSync(join(root, page), 'utf8') !== text) {
    console.error(`${page} is not what the sources yield; run node scripts/messages.mjs`);
    process.exitCode = 1;
  }
}
