/** `interneuron FILE`: the kind of a file, its mistakes, its content, and the commands that make sense for it. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { openRecorded } from '../../compare/open-recorded.js';
import { withNodes } from '../../compare/read/ours.js';
import { DiagnosticError, UsageError } from '../../diagnostics/diagnostic.js';
import { printable, shellWord } from '../../diagnostics/display.js';
import { countFindings, diagnosticsToJson } from '../../diagnostics/render.js';
import { titleOf } from '../../pipeline/read/notation.js';
import { whatIsFile } from '../../pipeline/read/what-is.js';
import { isBundle } from '../../pipeline/read/model-in-bundle.js';
import { modelCommands, repairCommands, stemOf, type NextCommand } from '../../present/next-commands.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { modelFiles } from '../model-files.js';
import { describeInText, descriptionOf } from './describe.js';
import { linesOf } from './inspect.js';

/** Lines of a description that fit on a screen with the rest. */
const screen = 20;

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
  const found = context.shown(findings);
  if (isNext) context.say('');
  if (found !== '') context.printError(`${found}\n`);
  const counted = countFindings(findings);
  context.say(printable(`${path}: ${kind}${valid ? '' : ', not valid'}${counted === '' ? '' : ` (${counted})`}`));
  if (content.length > 0) context.say(`\n${content.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}`);
  const width = Math.max(0, ...commands.map(([purpose]) => purpose.length));
  if (commands.length > 0)
    context.say(`\n${commands.map(([purpose, command]) => `${purpose.padEnd(width)}  ${command}`).join('\n')}`);
}

async function aboutPath(path: string, context: CommandContext): Promise<About> {
  if (!existsSync(path)) throw new UsageError(`there is no file ${path}`, 'check the path');
  if (statSync(path).isDirectory()) {
    const circuit = join(path, 'simulation_config.json');
    return existsSync(circuit) ? aboutPath(circuit, context) : aboutFolder(path);
  }
  if (/^\.(?:py|hoc|oc)$/.test(extname(path))) return aboutScript(path);
  if (isBundle(path) || whatIsFile(path).kind === 'model') return aboutModel(path, context);
  return aboutResult(path);
}

async function aboutFolder(path: string): Promise<About> {
  const models = await modelFiles([path]);
  const file = shellWord(path);
  return {
    path,
    kind: models.length === 1 ? 'a folder with 1 model' : `a folder with ${models.length} models`,
    valid: true,
    content: shortened(
      models.map(({ within }) => within),
      `interneuron validate ${file}`,
    ),
    commands: [
      ['check all', `interneuron validate ${file}`],
      ['convert all', `interneuron convert ${file} --to neuroml -o converted`],
      ['look at one', `interneuron ${shellWord(models[0]?.path ?? path)}`],
    ],
    findings: [],
  };
}

/** Modules of scripts that NEURON runs. */
const neuronModules = /^\s*(?:from|import)\s+(?:neuron|netpyne|bmtk|LFPy|bluepyopt|hnn_core)\b/m;

/** Scripts are executed only on request, so all that is stated here is how to request it. */
function aboutScript(path: string): About {
  const file = shellWord(path);
  const isPython = extname(path) === '.py';
  const isOfNeuron = !isPython || neuronModules.test(readFileSync(path, 'utf8'));
  const convertedTo = `--to neuroml -o ${shellWord(`${stemOf(path)}.nml`)}`;
  const model = shellWord(`${stemOf(path)}.yaml`);
  return {
    path,
    kind: `a ${isPython ? 'Python' : 'hoc'} script, which is read by executing it`,
    valid: true,
    content: [],
    commands: isOfNeuron
      ? [
          ['read its network', `python -I -m interneuron neuron ${file} -o ${model}`],
          ['convert', `python -I -m interneuron neuron ${file} ${convertedTo}`],
        ]
      : [
          ['describe', `interneuron describe ${file} --execute`],
          ['run', `interneuron run ${file} --execute`],
          ['convert', `interneuron convert ${file} --execute ${convertedTo}`],
        ],
    findings: [],
  };
}

async function aboutModel(path: string, context: CommandContext): Promise<About> {
  try {
    const { description, notation, findings } = await descriptionOf(path, context);
    const lines = describeInText(description).trimEnd().split('\n');
    return {
      path,
      kind: `${isBundle(path) ? 'an archive with ' : ''}${titleOf(notation)}, valid`,
      valid: true,
      content: shortened(lines, `interneuron describe ${shellWord(path)}`),
      commands: modelCommands(path, notation, isBundle(path)),
      findings,
    };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return {
      path,
      kind: 'a model',
      valid: false,
      content: [],
      commands: repairCommands(path, error.diagnostics[0]?.code),
      findings: error.diagnostics,
    };
  }
}

async function aboutResult(path: string): Promise<About> {
  const file = shellWord(path);
  const recorded = withNodes(await openRecorded(path));
  const isOurs = recorded.record !== undefined;
  return {
    path,
    kind: isOurs ? 'a result of interneuron, with its model' : 'a result of another program',
    valid: true,
    content: shortened(linesOf(recorded), `interneuron inspect ${file}`),
    commands: [
      ['draw', `interneuron plot ${file} -o ${shellWord(`${stemOf(path)}.svg`)}`],
      isOurs
        ? ['run again and compare', `interneuron verify ${file}`]
        : ['compare with a model', `interneuron verify ${file} MODEL`],
      ['compare with another result', `interneuron same ${file} OTHER`],
    ],
    findings: [],
  };
}

const shortened = (lines: readonly string[], rest: string): readonly string[] =>
  lines.length <= screen ? lines : [...lines.slice(0, screen - 1), `… ${rest} prints all`];
