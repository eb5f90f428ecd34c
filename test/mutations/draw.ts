/**
 * Draws faults over the lines of the compiler, by a seed: `npx tsx test/mutations/draw.ts` writes `faults.json`.
 *
 * Each line of code is equally likely. Faults that the compiler of TypeScript rejects are left out, and so are those of
 * `struck.json`, which gives the reason.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { root, sourceFiles } from '../support/import-graph.js';
import { faultsPath, withFault, type Fault } from './faults.js';

const folders = ['src/lower', 'src/ir', 'src/model', 'src/codegen', 'src/convert'];
const [seed, count] = [78, 40];

/** A change of the text from one offset to another. */
interface Edit {
  readonly kind: string;
  readonly begin: number;
  readonly end: number;
  readonly text: string;
}

const operators = new Map<ts.SyntaxKind, readonly [kind: string, text: string]>([
  [ts.SyntaxKind.PlusToken, ['operator', '-']],
  [ts.SyntaxKind.MinusToken, ['operator', '+']],
  [ts.SyntaxKind.AsteriskToken, ['operator', '/']],
  [ts.SyntaxKind.SlashToken, ['operator', '*']],
  [ts.SyntaxKind.AmpersandAmpersandToken, ['operator', '||']],
  [ts.SyntaxKind.BarBarToken, ['operator', '&&']],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ['operator', '!==']],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ['operator', '===']],
  [ts.SyntaxKind.LessThanToken, ['bound', '<=']],
  [ts.SyntaxKind.LessThanEqualsToken, ['bound', '<']],
  [ts.SyntaxKind.GreaterThanToken, ['bound', '>=']],
  [ts.SyntaxKind.GreaterThanEqualsToken, ['bound', '>']],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken, ['overflow', '>>']],
  [ts.SyntaxKind.GreaterThanGreaterThanToken, ['overflow', '>>>']],
  [ts.SyntaxKind.TrueKeyword, ['operator', 'false']],
  [ts.SyntaxKind.FalseKeyword, ['operator', 'true']],
]);

const names: Readonly<Record<string, readonly [kind: string, text: string]>> = {
  max: ['bound', 'min'],
  min: ['bound', 'max'],
  floor: ['bound', 'ceil'],
  ceil: ['bound', 'floor'],
  some: ['operator', 'every'],
  every: ['operator', 'some'],
  Int32Array: ['overflow', 'Int16Array'],
  Uint32Array: ['overflow', 'Uint16Array'],
  BigInt64Array: ['overflow', 'BigUint64Array'],
  asUintN: ['overflow', 'asIntN'],
  asIntN: ['overflow', 'asUintN'],
};

/** Returns the faults that a node of the syntax tree can have. */
function editsOf(node: ts.Node, source: ts.SourceFile): Edit[] {
  const [begin, end] = [node.getStart(source), node.getEnd()];
  const text = node.getText(source);
  const { parent } = node;
  const edits: Edit[] = [];
  const add = (kind: string, changed: string): void => void edits.push({ kind, begin, end, text: changed });
  const operator = operators.get(node.kind);
  const isBinary = ts.isBinaryExpression(parent) && parent.operatorToken === node;
  const isLiteral = node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword;
  if (operator && (isBinary || (isLiteral && ts.isExpression(parent)))) add(...operator);
  if (ts.isIdentifier(node) && Object.hasOwn(names, text) && !ts.isTypeNode(parent)) add(...names[text]!);
  if (ts.isPrefixUnaryExpression(node)) {
    if (node.operator === ts.SyntaxKind.MinusToken) add('sign', node.operand.getText(source));
    if (node.operator === ts.SyntaxKind.ExclamationToken) add('missing case', node.operand.getText(source));
  }
  if (ts.isNumericLiteral(node) && !ts.isTypeNode(parent)) add('bound', String(Number(text) + 1));
  if (ts.isBigIntLiteral(node)) add('bound', `${BigInt(text.slice(0, -1)) + 1n}n`);
  if (ts.isElementAccessExpression(parent) && parent.argumentExpression === node && !ts.isStringLiteral(node))
    add('index', `${text} + 1`);
  if (
    (ts.isIfStatement(parent) && parent.expression === node) ||
    (ts.isConditionalExpression(parent) && parent.condition === node)
  )
    add('missing case', `!(${text})`);
  if (ts.isIfStatement(parent) && parent.expression === node) add('missing case', `(${text}) && Number(0) > 1`);
  if (ts.isCaseClause(node) && node.statements.length === 0) add('missing case', '');
  if (ts.isExpressionStatement(node)) add('missing statement', ';');
  if (ts.isSpreadElement(node)) add('missing case', '');
  return edits;
}

/** Returns the faults of each line of a file, by the number of the line from 0. */
function faultsIn(file: string): Map<number, Fault[]> {
  const text = readFileSync(join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lines = text.split('\n');
  const starts = source.getLineStarts();
  const found = new Map<number, Fault[]>();
  const lineOf = (offset: number): number => source.getLineAndCharacterOfPosition(offset).line;
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node)) return;
    for (const { kind, begin, end, text: changed } of editsOf(node, source)) {
      const line = lineOf(begin);
      if (line !== lineOf(end)) continue;
      const [before, start] = [lines[line]!, starts[line]!];
      const after = before.slice(0, begin - start) + changed + before.slice(end - start);
      found.set(line, [...(found.get(line) ?? []), { file, line: line + 1, kind, before, after }]);
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return found;
}

/** Returns numbers of [0, 1), always the same for a seed. */
function randomOf(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws faults without end: each line is equally likely, and so is each fault of a line. */
function* drawn(): Generator<Fault> {
  const random = randomOf(seed);
  const files = sourceFiles(folders).filter((file) => !file.includes('.generated.'));
  const lines = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((text, line) => (/^\s*(?:$|\/?\*|\/\/)/.test(text) ? [] : [{ file, line }])),
  );
  const byFile = new Map<string, Map<number, Fault[]>>();
  const seen = new Set<string>();
  for (;;) {
    const { file, line } = lines[Math.floor(random() * lines.length)]!;
    const known = byFile.get(file) ?? faultsIn(file);
    byFile.set(file, known);
    const faults = known.get(line) ?? [];
    const fault = faults[Math.floor(random() * faults.length)];
    if (fault === undefined || seen.has(`${file}:${line}`)) continue;
    seen.add(`${file}:${line}`);
    yield fault;
  }
}

/** Returns those of several faults in different files or lines that the compiler accepts. */
function accepted(faults: readonly Fault[]): Fault[] {
  const copy = mkdtempSync(join(tmpdir(), 'interneuron-faults-'));
  try {
    for (const name of ['src', 'translators', 'runtime', 'package.json', 'tsconfig.json'])
      cpSync(join(root, name), join(copy, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const options = JSON.parse(readFileSync(join(copy, 'tsconfig.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(
      join(copy, 'tsconfig.json'),
      JSON.stringify({ ...options, include: ['src', 'translators', 'runtime'] }),
    );
    for (const fault of faults) {
      const path = join(copy, fault.file);
      writeFileSync(path, withFault(readFileSync(path, 'utf8'), fault)!);
    }
    const words = ['node_modules/typescript-native/bin/tsc', '--noEmit', '--incremental', 'false', '--pretty', 'false'];
    let errors = '';
    try {
      execFileSync('node', words, { cwd: copy, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      errors = (error as { stdout: string }).stdout;
    }
    const rejected = new Set([...errors.matchAll(/^(\S+?)\((\d+),/gm)].map(([, file, line]) => `${file}:${line}`));
    // An error at another line of the same file is blamed on all faults of the file.
    const lines = new Set(faults.map(({ file, line }) => `${file}:${line}`));
    const unclear = new Set([...rejected].flatMap((place) => (lines.has(place) ? [] : [place.split(':')[0]!])));
    return faults.filter(({ file, line }) => !rejected.has(`${file}:${line}`) && !unclear.has(file));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const struckPath = join(root, 'test/mutations/struck.json');
/** Reasons why faults change nothing, by their places and texts. */
const struck = existsSync(struckPath)
  ? (JSON.parse(readFileSync(struckPath, 'utf8')) as { file: string; after: string; reason: string }[])
  : [];

const candidates: Fault[] = [];
for (const fault of drawn()) {
  candidates.push(fault);
  if (candidates.length === 2 * count) break;
}
const faults = accepted(candidates)
  .filter(({ file, after }) => !struck.some((one) => one.file === file && one.after === after))
  .slice(0, count);
writeFileSync(faultsPath, `${JSON.stringify(faults, undefined, 2)}\n`);
process.stdout.write(`${faults.length} faults\n`);
