/** `interneuron FILE`: the kind of a file, its mistakes, its content, and the commands that make sense for it. */

import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { platform } from '#platform';
import { unpackArchive } from '../../bundle/archive.js';
import { isAside } from '../../bundle/contents.js';
import { manifestName } from '../../bundle/manifest.js';
import { openRecorded } from '../../compare/open-recorded.js';
import { withNodes } from '../../compare/read/ours.js';
import { convertModel } from '../../convert/convert.js';
import { shownFor, suggestedFor, usualSuffix, type TargetNotation } from '../../convert/target-notations.js';
import { DiagnosticError, UsageError } from '../../diagnostics/diagnostic.js';
import { fileWord, printable } from '../../diagnostics/display.js';
import { formatBytes, formatCount } from '../../diagnostics/quantities.js';
import { countFindings, diagnosticsToJson } from '../../diagnostics/render.js';
import type { ImportedModel } from '../../pipeline/read/imported-model.js';
import { factsOf, titleOf } from '../../pipeline/read/notation.js';
import {
  hdf5File,
  shownBytes,
  unknownFile,
  whatIs,
  whatIsFile,
  whatTableIs,
  type Kind,
  type What,
} from '../../pipeline/read/what-is.js';
import { isExperiment } from '../../bundle/open.js';
import { isBundle } from '../../pipeline/read/model-in-bundle.js';
import { temporaryFolder } from '../../platform/temporary-folder.js';
import {
  fileCommands,
  modelCommands,
  needsDuration,
  repairCommands,
  stemOf,
  usualDuration,
  type NextCommand,
} from '../../present/next-commands.js';
import { isTableName, readTable } from '../../tables/open.js';
import { standardStream } from '../arguments.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { formatTable } from '../table.js';
import { describeInText, descriptionOf } from './describe.js';
import { linesOf } from './inspect.js';

/** Lines of a description that fit on a screen with the rest, and findings above it. */
const [screen, mostFindings] = [20, 3];

/** The kind and content of a file. */
interface About {
  readonly path: string;
  /** Name of its kind in a sentence. */
  readonly kind: string;
  /** Whether it is free of errors. */
  readonly valid: boolean;
  /** Its content, a line each. */
  readonly content: readonly string[];
  /** Commands that make sense for it, with their purpose. */
  readonly commands: readonly NextCommand[];
  readonly findings: DiagnosticError['diagnostics'];
}

/** Prints the kind and content of each file. @throws UsageError for a file that cannot be read */
export async function about(context: CommandContext): Promise<number> {
  const all: About[] = [];
  for (const path of context.files) all.push(await aboutPath(path, context));
  if (context.json)
    printJson(context.terminal, {
      files: all.map(({ findings, commands, ...rest }) => ({
        ...rest,
        commands: commands.map(([purpose, command]) => ({ purpose, command })),
        diagnostics: diagnosticsToJson(findings),
      })),
    });
  else all.forEach((one, k) => show(one, k > 0, context));
  return all.every(({ valid }) => valid) ? exitCodes.done : exitCodes.wrong;
}

function show(
  { path, kind, valid, content, commands, findings }: About,
  isNext: boolean,
  context: CommandContext,
): void {
  const severities = ['error', 'warning', 'note'];
  const sorted = findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const found = context.shown(sorted.slice(0, mostFindings));
  const more = findings.length - mostFindings;
  if (isNext) context.say('');
  if (found !== '') context.printError(`${found}\n`);
  if (more > 0) context.printError(`… and ${more} more, which interneuron validate ${fileWord(path)} prints\n`);
  const counted = countFindings(findings);
  context.say(printable(`${path}: ${kind}${valid ? '' : ', not valid'}${counted === '' ? '' : ` (${counted})`}`));
  if (content.length > 0) context.say(`\n${content.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}`);
  const width = Math.max(0, ...commands.map(([purpose]) => purpose.length));
  if (commands.length > 0)
    context.say(`\n${commands.map(([purpose, command]) => `${purpose.padEnd(width)}  ${command}`).join('\n')}`);
}

async function aboutPath(path: string, context: CommandContext): Promise<About> {
  if (path === standardStream) return aboutInput(context);
  if (!existsSync(path)) throw new UsageError(`there is no file ${path}`, 'check the path');
  if (statSync(path).isDirectory()) {
    const circuit = join(path, 'simulation_config.json');
    return existsSync(circuit) ? aboutPath(circuit, context) : aboutFolder(path);
  }
  return aboutFile(path, withColumns(path, whatIsFile(path)), context);
}

async function aboutFile(path: string, what: What, context: CommandContext): Promise<About> {
  switch (what.kind) {
    case 'model':
      return aboutModel(path, what.title, context);
    case 'archive':
      return aboutArchive(path, context);
    case 'result':
    case 'recording':
      if (what.title !== hdf5File && statSync(path).size > longestTable) return aboutLong(path, what);
      return aboutResult(path);
    default:
      return {
        path,
        kind: what.title,
        valid: true,
        content: what.advice === undefined ? [] : [what.advice],
        commands: fileCommands(path, what),
        findings: [],
      };
  }
}

/** Describes a text that takes long to read by its beginning. */
const aboutLong = (path: string, what: What): About => ({
  path,
  kind: `${what.title}, ${formatBytes(statSync(path).size)}`,
  valid: true,
  content: [`It was not read: interneuron inspect ${fileWord(path)} reads all of it.`],
  commands: fileCommands(path, what),
  findings: [],
});

/** Describes standard input as a file. A result is read from a file only. */
async function aboutInput(context: CommandContext): Promise<About> {
  const { text } = context.readModel(standardStream);
  const what = whatIs('', text.slice(0, shownBytes));
  if (what.kind !== 'result' && what.kind !== 'recording')
    return aboutFile(standardStream, what.kind === 'archive' ? { ...what, kind: 'other' } : what, context);
  const folder = temporaryFolder('input');
  const path = join(folder, 'input');
  try {
    writeFileSync(path, text);
    const { kind, content } = await aboutResult(path);
    const commands: readonly NextCommand[] = [['list its content', 'interneuron inspect -']];
    return { path: standardStream, kind, valid: true, content, commands, findings: [] };
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(error.message.replaceAll(path, 'standard input'), error.hint);
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns what a table is by the names of its columns, also of tables that are packed. */
function withColumns(path: string, what: What): What {
  const mayBeTable = ['recording', 'connections'].includes(what.kind) && isTableName(path);
  if (!mayBeTable || statSync(path).size > longestTable) return what;
  let found = what;
  try {
    const { rows } = readTable(
      path,
      (names) => {
        found = (names && whatTableIs(path, names)) ?? what;
        return [];
      },
      { path, texts: new Map(), memory: platform.machine.memory() },
    );
    return found.kind === 'connections' ? { ...found, title: `${found.title}, ${formatCount(rows)} rows` } : found;
  } catch (error) {
    if (error instanceof DiagnosticError) return found;
    throw error;
  }
}

/** Bytes of the longest table whose rows are counted. */
const longestTable = 64 * 2 ** 20;

/** Most files of a folder or an archive whose beginnings are read. */
const mostRead = 1000;

/** Kinds of files in the order of a list: what builds or holds a model comes first. */
const order: readonly Kind[] = [
  'script',
  'notebook',
  'model',
  'archive',
  'tarball',
  'expectations',
  'result',
  'sweep',
  'connections',
  'recording',
  'other',
];

/** Files of a folder or an archive. */
interface Listed {
  /** Numbers of kinds of files, in words. */
  readonly kind: string;
  readonly models: number;
  /** A row for each file. */
  readonly lines: readonly string[];
}

/** Returns the files of a folder with what they are. @param withCommands  whether a row ends with a command */
function listed(folder: string, files: readonly string[], withCommands: boolean): Listed {
  const found = files.slice(0, mostRead).map((within) => ({ within, what: whatIsFile(join(folder, within)) }));
  // Parts in languages of their own follow whole models, and scripts that are not read follow all.
  const rank = ({ what }: (typeof found)[number]): number =>
    order.indexOf(what.kind === 'script' && what.simulator === undefined ? 'other' : what.kind) +
    (what.notation !== undefined && factsOf(what.notation).form === 'text' ? 0.5 : 0);
  // A script in the outermost folder, or with such a name, builds the network from the others.
  const depth = ({ within }: (typeof found)[number]): number =>
    within.split(sep).length - (/(?:^|[\\/])(?:mos)?init|main|run/i.test(within) ? 0.5 : 0);
  const sorted = found.toSorted((a, b) => rank(a) - rank(b) || depth(a) - depth(b));
  const models = found.filter(({ what }) => what.kind === 'model' && what.notation !== undefined).length;
  const scripts = found.filter(({ what }) => what.simulator !== undefined).length;
  const counts = [
    ...(scripts === 0 ? [] : [`${scripts} script${scripts === 1 ? '' : 's'}`]),
    ...(models === 0 ? [] : [`${models} model${models === 1 ? '' : 's'}`]),
  ];
  const others = files.length - models - scripts;
  const more = `${others} other file${others === 1 ? '' : 's'}`;
  return {
    kind:
      counts.length === 0
        ? `with ${files.length === 0 ? 'no files' : more}`
        : `with ${counts.join(' and ')}${others === 0 ? '' : `, and ${more}`}`,
    models,
    lines: formatTable(
      [
        { heading: '', align: 'left' },
        { heading: '', align: 'left' },
        { heading: '', align: 'left' },
      ],
      sorted.map(({ within, what: { title, ...what } }) => {
        if (!withCommands) return [within, title, ''];
        const path = join(folder, within);
        const [[, command] = []] = fileCommands(path, { title, ...what });
        if (title === unknownFile) return [within, title, ''];
        const looks = what.notation !== undefined || ['result', 'recording', 'archive'].includes(what.kind);
        return [within, title, looks ? `interneuron ${fileWord(path)}` : (command ?? '')];
      }),
    ).slice(1),
  };
}

/** Returns the files below a folder, without hidden ones and those of packages. */
function filesBelow(folder: string): readonly string[] {
  const found: string[] = [];
  for (const waiting = ['']; waiting.length > 0 && found.length < mostListed;) {
    const within = waiting.pop() ?? '';
    for (const entry of readdirSync(join(folder, within), { withFileTypes: true })) {
      // Tests of OMV have names with a dot.
      if (/^(?:\.(?!.*\.omt$)|node_modules$|__pycache__$)/.test(entry.name)) continue;
      if (entry.isDirectory()) waiting.push(join(within, entry.name));
      else if (entry.isFile()) found.push(join(within, entry.name));
    }
  }
  return found.sort();
}

/** Most files of a folder that are counted. */
const mostListed = 100_000;

function aboutFolder(path: string): About {
  const { kind, models, lines } = listed(path, filesBelow(path), true);
  const file = fileWord(path);
  return {
    path,
    kind: `a folder ${kind}`,
    valid: true,
    content: shortened(lines, `ls ${file}`),
    commands: models > 0 ? [['check all models', `interneuron validate ${file}`]] : [],
    findings: [],
  };
}

/** Describes an archive: its model if it has a manifest, else the list of its files. */
async function aboutArchive(path: string, context: CommandContext): Promise<About> {
  const folder = temporaryFolder('archive');
  try {
    const files = await unpackArchive(path, folder);
    const hasResult = files.some((file) => /^results\/.*\.(?:nwb|json)$/.test(file));
    if (files.includes(manifestName)) return await aboutModel(path, 'an archive with a model', context, hasResult);
    const shown = files.filter((file) => !isAside(file)).sort();
    const { kind, lines } = listed(folder, shown, false);
    const what: What = { kind: 'archive', title: 'an archive' };
    return {
      path,
      kind: `an archive ${kind}`,
      valid: true,
      content: shortened(
        lines.map((line) => line.trimEnd()),
        `unzip -l ${fileWord(path)}`,
      ),
      commands: fileCommands(path, what),
      findings: [],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function aboutModel(path: string, title: string, context: CommandContext, hasResult = false): Promise<About> {
  try {
    const { description, notation, findings, imported, hasGates = false } = await descriptionOf(path, context);
    const run = imported ?? (await orUndefined(() => context.model(path)));
    const holds =
      path === standardStream || !isBundle(path) ? '' : isExperiment(path) ? 'an experiment with ' : 'an archive with ';
    const duration = run && needsDuration(run.valid);
    const lines = describeInText(description).trimEnd().split('\n');
    return {
      path,
      kind: `${holds}${titleOf(notation)}, valid`,
      valid: true,
      content: [
        ...shortened(lines, `interneuron describe ${fileWord(path)}`),
        ...(duration === true
          ? ['', `It states no duration of a run: give one, such as --duration '${usualDuration}'.`]
          : []),
      ],
      commands: modelCommands(path, notation, {
        hasResult,
        hasGates: hasGates && run === undefined,
        ...(duration === undefined ? {} : { needsDuration: duration }),
        to: run ? await expressing(run, path) : null,
      }),
      findings,
    };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return {
      path,
      kind: title,
      valid: false,
      content: [],
      commands: repairCommands(path, error.diagnostics[0]?.code),
      findings: error.diagnostics,
    };
  }
}

/** Returns what a function returns; undefined if a document has mistakes for it. */
async function orUndefined<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

/** Most cells of a model that is converted to see which notation expresses it. */
const mostTried = 10_000;

/** Returns a notation that expresses a whole model, the usual one if possible; null if none does. */
async function expressing({ valid, notation, positions }: ImportedModel, path: string): Promise<TargetNotation | null> {
  const usual = shownFor(notation);
  const cells = Object.values(valid.model.populations).reduce((sum, { size }) => sum + size, 0);
  if (cells > mostTried) return usual;
  for (const to of [usual, ...suggestedFor(usual), 'canonical'] as const) {
    const name = `${stemOf(path)}${usualSuffix(to)}`;
    const { files, outcome, portable } = await convertModel(valid, to, { name, positions, tables: true });
    if (files.length > 0 && outcome !== 'incomplete' && portable) return to;
  }
  return null;
}

async function aboutResult(path: string): Promise<About> {
  const file = fileWord(path);
  const recorded = withNodes(await openRecorded(path));
  const isOurs = recorded.record !== undefined;
  return {
    path,
    kind: isOurs ? 'a result of interneuron, with its model' : 'a result of another program',
    valid: true,
    content: shortened(linesOf(recorded), `interneuron inspect ${file}`),
    commands: fileCommands(path, { kind: isOurs ? 'result' : 'recording', title: '' }),
    findings: [],
  };
}

const shortened = (lines: readonly string[], rest: string): readonly string[] =>
  lines.length <= screen ? lines : [...lines.slice(0, screen - 1), `… ${rest} prints all`];
