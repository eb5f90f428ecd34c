/** `interneuron gate`: all checks of a repository's models in one command, for continuous integration. */

import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { orOutputError } from '../../../runtime/results/output-error.js';
import { changedModels } from '../changed-models.js';
import type { Options } from '../arguments.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { modelFiles } from '../model-files.js';
import type { Terminal } from '../terminal.js';
import { levelOf, levels, readLevels, withLevels } from '../finding-levels.js';
import { verdictReport, type Verdict } from '../validation-formats.js';
import { describeInText } from './describe.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { markdownBlock, markdownLine, printable } from '../../diagnostics/display.js';
import type { Notation } from '../../pipeline/read/notation.js';
import { refuseToReplace, writeText } from '../../pipeline/results/replaceable.js';
import type { ModelDescription } from '../../present/describe/description.js';
import { describeInMarkdown } from '../../present/describe/formats.js';
import { labelledBadge } from '../../present/badge.js';
import { shownFor, usualSuffix, type TargetNotation } from '../../convert/target-notations.js';
import { stemOf } from '../../present/next-commands.js';
import type { TestVerdict } from '../../verify/expect/test-model.js';
import { testCounts } from './test.js';
import { countText, type Certificate } from '../../verify/certify/certificate.js';

/** Runs a command line as `interneuron` does. */
type Run = (words: readonly string[], terminal: Terminal) => Promise<number>;

/** A check of one file. */
interface Check {
  readonly path: string;
  readonly check: string;
  readonly passed: boolean;
  /** Whether the check did not fail and has no verdict. */
  readonly undecided?: boolean;
  /** Its verdict in a sentence. */
  readonly statement: string;
  readonly findings: readonly Diagnostic[];
}

/** The picture of a model's run, for people who read the table. */
interface Picture {
  readonly path: string;
  readonly lines: readonly string[];
}

/**
 * Checks models, conversions, results, tests and certificates, and goes on after a check that fails.
 *
 * @param run  runs the commands that are combined here
 * @returns 0 if all checks pass and no finding has the level of `--fail-on` or a higher one, else 1
 */
export async function gate(context: CommandContext, run: Run): Promise<number> {
  const { options, terminal } = context;
  const failOn = levels.find((level) => level === (options.value('fail-on') ?? 'critical')) ?? 'critical';
  const ownLevels = readLevels(options.values('severity'));
  const [folder, badgePath, since] = ['output', 'badge', 'since'].map((name) => options.value(name));
  if (badgePath !== undefined) await refuseToReplace([badgePath], options.flag('force'));
  const all = (await modelFiles(context.files)).map(({ path }) => path);
  const paths = since === undefined ? all : changedModels(all, since);
  const scratch = folder === undefined ? mkdtempSync(join(tmpdir(), 'interneuron-gate-')) : undefined;
  const checks: Check[] = [];
  const pictures: Picture[] = [];
  const isBad = (finding: Diagnostic): boolean => levels.indexOf(levelOf(finding)) <= levels.indexOf(failOn);
  const add = (given: Check): void => {
    const findings = given.findings.map((finding) => withLevels(finding, ownLevels));
    const bad = findings.find(isBad);
    const isNew = given.passed && bad !== undefined;
    const statement = isNew ? `${given.statement}, with a finding of --fail-on: ${bad.message}` : given.statement;
    const check = { ...given, findings, statement, passed: given.passed && bad === undefined };
    checks.push(check);
    context.say(printable(`${check.path}: ${check.check}: ${check.statement}`));
  };
  try {
    const to = { folder: folder ?? scratch ?? '', areKept: folder !== undefined };
    await checkAll(paths, options, to, commandRunner(run, terminal), add, (picture) => pictures.push(picture));
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
  const passed = checks.every((check) => check.passed);
  if (badgePath !== undefined) writeText(badgePath, badgeOf(checks));
  tell({ context, checks, pictures, passed });
  return passed ? exitCodes.done : exitCodes.wrong;
}

/** Checks models, and all else that the options name. @param to  folder of written files, and whether people get it */
async function checkAll(
  paths: readonly string[],
  options: Options,
  to: { readonly folder: string; readonly areKept: boolean },
  command: CommandRunner,
  add: (check: Check) => void,
  show: (picture: Picture) => void,
): Promise<void> {
  const { folder, areKept } = to;
  for (const path of paths) {
    const { valid, notation } = await validity(path, command);
    add(valid);
    if (!valid.passed) continue;
    for (const notation of options.values('to') as readonly TargetNotation[]) {
      const place = join(folder, `${fileStem(path)}-${notation}`);
      orOutputError(place, () => mkdirSync(place, { recursive: true }));
      const written = join(place, `${stemOf(path)}${usualSuffix(notation)}`);
      add(await conversion(path, notation, written, command));
    }
    if (areKept) for (const picture of await artefacts(path, notation, folder, command)) show(picture);
  }
  for (const path of options.values('test')) add(await tests(path, command));
  for (const path of options.values('result')) add(await outcomeOf(path, 'verify', ['verify', '--', path], command));
  for (const path of options.values('certify')) {
    const words = ['certify', '-o', join(folder, `${fileStem(path)}-certificate`), '--force', '--json', '--', path];
    const { code, stdout } = await command(words);
    const { certificate, error } = JSON.parse(stdout) as {
      readonly certificate?: Pick<Certificate, 'verdict' | 'outputs'>;
      readonly error?: { readonly message: string };
    };
    const statement = certificate ? `${certificate.verdict}: ${countText(certificate.outputs)}` : error?.message;
    add(checked({ path, check: 'certify', code, statement: statement ?? 'it cannot be certified' }));
  }
}

/** The outcome of a command, with its last line. */
interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly statement: string;
}

type CommandRunner = (words: readonly string[], columns?: number) => Promise<Ran>;

/** Returns a function that runs commands and keeps what they print. */
const commandRunner =
  (run: Run, terminal: Terminal): CommandRunner =>
  async (words, columns) => {
    let [stdout, both] = ['', ''];
    const write = (text: string): void => void (both += text);
    const output = { terminal: columns !== undefined, columns: columns ?? 80, colour: false };
    const code = await run(words, {
      ...terminal,
      stdout: {
        ...output,
        write(text) {
          stdout += text;
          write(text);
        },
      },
      stderr: { ...output, terminal: false, write },
      progressStream: undefined,
    });
    const statement =
      both
        .trimEnd()
        .split('\n')
        .findLast((line) => !/^\s*(?:hint|wrote)\b/.test(line)) ?? '';
    return { code, stdout, statement: statement.trim() };
  };

/** Checks a model. @returns the check, and the notation of a valid model */
async function validity(
  path: string,
  command: CommandRunner,
): Promise<{ readonly valid: Check; readonly notation: Notation }> {
  const { code, stdout } = await command(['validate', '--json', '--', path]);
  const { documents: [verdict] = [] } = JSON.parse(stdout) as { readonly documents?: readonly Verdict[] };
  const { diagnostics = [], error } = verdict ?? {};
  const notation = (verdict?.notation ?? '') as Notation;
  const findings =
    error === undefined
      ? diagnostics
      : [...diagnostics, { code: 'unreadable', severity: 'error', ...error, place: { document: path } } as const];
  const first = findings.find(({ severity }) => severity === 'error');
  const statement = first === undefined ? `valid, ${notation}` : first.message;
  return { valid: { path, check: 'valid', passed: code === exitCodes.done, statement, findings }, notation };
}

/** What `--json` prints of a conversion. */
interface Conversion {
  readonly headline?: string;
  readonly decided?: boolean;
  readonly error?: { readonly message: string };
  readonly diagnostics?: readonly Pick<Diagnostic, 'message'>[];
}

/** Converts a model and compares what is written with it. */
async function conversion(path: string, to: TargetNotation, written: string, command: CommandRunner): Promise<Check> {
  const words = ['convert', '--to', to, '--check', '-o', written, '--force', '--json', '--', path];
  const { code, stdout, statement: last } = await command(words);
  const { headline, decided, error, diagnostics: [first] = [] } = JSON.parse(stdout) as Conversion;
  const statement = headline ?? error?.message ?? first?.message ?? last;
  const undecided = code === exitCodes.done && decided === false;
  return { ...checked({ path, check: `converts to ${to}`, code, statement }), undecided };
}

/** Runs the tests of a file or folder. */
async function tests(path: string, command: CommandRunner): Promise<Check> {
  const { code, stdout, statement: last } = await command(['test', '--json', '--', path]);
  const { tests: found = [], error } = JSON.parse(stdout) as {
    readonly tests?: readonly Pick<TestVerdict, 'outcome' | 'reason'>[];
    readonly error?: { readonly message: string };
  };
  const undecided = found.length > 0 && found.every(({ outcome }) => outcome === 'not checked');
  const statement = found.length === 0 ? (error?.message ?? last) : testCounts(found);
  return { ...checked({ path, check: 'test', code, statement }), undecided };
}

/** Runs a command that is one check; its last line is the finding if it fails. */
async function outcomeOf(
  path: string,
  check: string,
  words: readonly string[],
  command: CommandRunner,
): Promise<Check> {
  return checked({ path, check, ...(await command(words)) });
}

/** Returns a check that is one finding if it failed. */
function checked({
  path,
  check,
  code,
  statement,
}: Pick<Check, 'path' | 'check' | 'statement'> & Pick<Ran, 'code'>): Check {
  const passed = code === exitCodes.done;
  const finding: Diagnostic = { code: check, severity: 'error', message: statement, place: { document: path } };
  return { path, check, passed, statement, findings: passed ? [] : [finding] };
}

/** Columns of the raster of a run. */
const rasterColumns = 80;

/**
 * Writes the result of a model, its picture, page and a conversion into a folder.
 *
 * @returns the raster of its run
 */
async function artefacts(
  path: string,
  notation: Notation,
  folder: string,
  command: CommandRunner,
): Promise<readonly Picture[]> {
  orOutputError(folder, () => mkdirSync(folder, { recursive: true }));
  const at = (suffix: string): string => join(folder, `${fileStem(path)}${suffix}`);
  const { code, stdout } = await command(['run', '-o', at('.nwb'), '--force', '--', path], rasterColumns);
  if (code !== exitCodes.done) return [];
  await command(['plot', '-o', at('.svg'), '--force', '--', at('.nwb')]);
  await command(['page', '-o', at('.html'), '--force', '--', path]);
  const to = shownFor(notation);
  await command(['convert', '--to', to, '--no-check', '-o', at(usualSuffix(to)), '--force', '--', path]);
  return [{ path, lines: stdout.trimEnd().split('\n') }];
}

/** Returns the beginning of the names of files about a model. */
const fileStem = (path: string): string =>
  path
    .replace(basename(path), stemOf(path))
    .replace(/^[./\\]+/, '')
    .replaceAll(/[/\\]+/g, '-');

/** Returns the numbers of checks that passed and that have no verdict. */
function passedText(checks: readonly Check[]): string {
  const undecided = checks.filter((check) => check.undecided === true).length;
  return `${checks.length - undecided} passed${undecided === 0 ? '' : `, ${undecided} without a verdict`}`;
}

function badgeOf(checks: readonly Check[]): string {
  const failed = checks.filter((check) => !check.passed).length;
  const text = failed > 0 ? `${failed} of ${checks.length} failed` : passedText(checks);
  return labelledBadge('models', text, failed > 0 ? 'bad' : 'good');
}

/** Prints the table for people, and writes what GitHub reads. */
function tell({
  context,
  checks,
  pictures,
  passed,
}: {
  readonly context: CommandContext;
  readonly checks: readonly Check[];
  readonly pictures: readonly Picture[];
  readonly passed: boolean;
}): void {
  const { environment, stdout } = context.terminal;
  const counts = Object.fromEntries(
    levels.map((level) => [
      level,
      checks.flatMap(({ findings }) => findings).filter((finding) => levelOf(finding) === level).length,
    ]),
  );
  const table = tableOf(checks);
  if (context.json) printJson(context.terminal, { passed, findings: counts, checks });
  else if (environment['GITHUB_ACTIONS'] === 'true')
    stdout.write(
      verdictReport(
        'github',
        'validate',
        checks.map(({ path, passed: valid, findings }) => ({ document: path, valid, diagnostics: findings })),
      ),
    );
  else if (!context.quiet) stdout.write(`\n${describeInText(table)}`);
  const summary = [
    describeInMarkdown(table),
    ...pictures.map(({ path, lines }) => `### ${markdownLine(path)}\n\n${markdownBlock(lines)}\n`),
  ];
  append(environment['GITHUB_STEP_SUMMARY'], summary.join('\n'));
  append(
    environment['GITHUB_OUTPUT'],
    [`passed=${passed}`, ...levels.map((level) => `${level}=${counts[level] ?? 0}`), ''].join('\n'),
  );
}

/** Appends a text to a file that GitHub made. */
function append(path: string | undefined, text: string): void {
  if (path === undefined || path === '' || !existsSync(path)) return;
  orOutputError(path, () => appendFileSync(path, text));
}

function headingOf(checks: readonly Check[]): string {
  if (checks.length === 0) return 'No model changed';
  if (!checks.every(({ passed }) => passed)) return 'Failed';
  return checks.some(({ undecided }) => undecided) ? `Not failed: ${passedText(checks)}` : 'Passed';
}

const tableOf = (checks: readonly Check[]): ModelDescription => ({
  title: 'Checks of models',
  sections: [
    {
      title: headingOf(checks),
      parts: [
        {
          kind: 'table',
          columns: ['file', 'check', '', ...levels, 'in words'],
          rows: checks.map(({ path, check, passed, undecided, statement, findings }) => [
            path,
            check,
            !passed ? '✗' : undecided === true ? '–' : '✓',
            ...levels.map((level) => {
              const count = findings.filter((finding) => levelOf(finding) === level).length;
              return count === 0 ? '' : String(count);
            }),
            statement,
          ]),
        },
      ],
    },
  ],
});
