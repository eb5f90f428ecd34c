/** The command line as a function from arguments to an exit code; `main.ts` gives it this process. */

import { existsSync } from 'node:fs';
import { commands, type CommandName } from './command-table.js';
import { readArguments, standardStream } from './arguments.js';
import { createContext, type CommandContext } from './context.js';
import { projectDefaults, projectFile, withDefaults, withProject } from './defaults.js';
import { asksToExecute, executeScript, offerToExecute } from './execute-script.js';
import { exitCodes } from './exit-codes.js';
import { reportFailure } from './failure.js';
import { throwUsageErrors } from '../diagnostics/diagnostic.js';
import { findWrongValues } from './values.js';
import type { Terminal } from './terminal.js';

/** Each command is loaded when it is asked for. */
const handlers: Readonly<Record<CommandName, (context: CommandContext) => Promise<number>>> = {
  about: async (context) => (await import('./commands/about.js')).about(context),
  run: async (context) => (await import('./commands/run.js')).run(context),
  sweep: async (context) => (await import('./commands/sweep.js')).sweep(context),
  pack: async (context) => (await import('./commands/pack.js')).pack(context),
  convert: async (context) => (await import('./commands/convert.js')).convert(context),
  validate: async (context) => (await import('./commands/validate.js')).validate(context),
  codegen: async (context) => (await import('./commands/codegen.js')).codegen(context),
  certify: async (context) => (await import('./commands/certify.js')).certify(context),
  verify: async (context) => (await import('./commands/verify.js')).verify(context),
  same: async (context) => (await import('./commands/same.js')).same(context),
  compare: async (context) => (await import('./commands/same.js')).same(context),
  test: async (context) => (await import('./commands/test.js')).test(context),
  plot: async (context) => (await import('./commands/plot.js')).plot(context),
  gate: async (context) => (await import('./commands/gate.js')).gate(context, runCommandLine),
  diff: async (context) => (await import('./commands/same.js')).same(context),
  matrix: async (context) => (await import('./commands/matrix.js')).matrix(context),
  describe: async (context) => (await import('./commands/describe.js')).describe(context),
  report: async (context) => (await import('./commands/report.js')).report(context),
  page: async (context) => (await import('./commands/page.js')).page(context),
  new: async (context) => (await import('./commands/new.js')).startModel(context),
  explain: async (context) => (await import('./commands/explain.js')).explain(context),
  schema: async (context) => (await import('./commands/schema.js')).schema(context),
  serve: async (context) => (await import('./commands/serve.js')).serve(context),
  inspect: async (context) => (await import('./commands/inspect.js')).inspect(context),
  doctor: async (context) => (await import('./commands/doctor.js')).doctor(context),
  targets: async (context) => (await import('./commands/targets.js')).targets(context),
};

/** Commands that read a result from standard input. */
const resultCommands: ReadonlySet<CommandName> = new Set(['same', 'compare', 'diff', 'inspect', 'verify']);

/**
 * Runs one command.
 *
 * @param words  the arguments after the program's name
 * @param began  when the command began, on the clock of `performance.now()`
 * @returns the exit code; every failure has been reported by then
 */
export async function runCommandLine(
  typed: readonly string[],
  terminal: Terminal,
  began = performance.now(),
): Promise<number> {
  const words = namesFile(typed) ? ['about', ...typed] : typed;
  const sources = new Map<string, string>();
  let offer = '';
  try {
    if (asksToExecute(words)) return await executeScript(words, terminal);
    const request = await readArguments(words, terminal.stdout.columns, findWrongValues);
    if (request.kind === 'text') {
      terminal.stdout.write(request.text);
      return exitCodes.done;
    }
    const { command } = request;
    if (!asksForJson(words)) offer = offerToExecute(words, request.files);
    const project = await projectDefaults(command);
    const given = withProject(request.options, project);
    const options = withDefaults(given, command, terminal.environment);
    if (Object.keys(project).length > 0) throwUsageErrors(findWrongValues(options, command));
    const used = Object.keys(project).filter((name) => !request.options.flag(name) && !request.options.value(name));
    (await import('../notations.js')).registerNotations();
    const context = createContext(words, { ...request, options }, terminal, began, sources);
    if (used.length > 0 && !context.json && !context.quiet)
      terminal.stderr.write(`${projectFile} sets ${used.map((name) => `--${name}`).join(', ')}\n`);
    const code =
      resultCommands.has(command) && request.files.includes(standardStream)
        ? await (await import('./result-input.js')).withResultFromInput(context, handlers[command])
        : await handlers[command](context);
    if (code !== exitCodes.done) terminal.stderr.write(offer);
    return code;
  } catch (error) {
    const code = reportFailure(error, { terminal, sources, json: asksForJson(words) });
    terminal.stderr.write(offer);
    return code;
  }
}

/** Checks whether a command line is only files: it begins with a file, not with a command. */
const namesFile = ([first = '']: readonly string[]): boolean =>
  first === standardStream ||
  (!/^(?:|-.*|help|completion|man)$/.test(first) && !Object.hasOwn(commands, first) && existsSync(first));

/** Checks whether to speak JSON of a command line that may not have been understood. */
function asksForJson(words: readonly string[]): boolean {
  return words.includes('--json') && words.some((word) => word in commands);
}
