/** Compiles a valid model to an executable with its explicit draws, kernel program, protocol and engine. */

import { UsageError, type Diagnostic } from '../diagnostics/diagnostic.js';
import type { DrawnModel } from '../draw/drawn-model.js';
import { unplaced, type Positions } from '../diagnostics/positions.js';
import type { Precision, Program } from '../ir/program.js';
import { printProgram } from '../ir/text.js';
import { oncePerObject } from '../diagnostics/memoise.js';
import { protocolOf } from '../lower/context/protocol.js';
import type { Executable } from '../../runtime/targets/target.js';
import { protocolSteps, type Protocol, type ProtocolEntry } from '../../runtime/record/protocol.js';
import { choicesForRun, drawnModel, loweredModel } from './build-program.js';
import { chooseTarget, needsNothing, type ChosenTarget } from './choose-target.js';
import type { RunnableModel } from './read/imported-model.js';
import { messages } from './messages.js';
import { readStrategy } from './read-strategy.js';
import type { Engine, RunOptions, Stopwatch } from './run-options.js';
import { refuseTooLarge, refuseTooLong } from './memory-limit.js';
import type { PendingDelivery } from '../lower/context/context.js';
import { inStage } from './stages.js';
import { countsByName, needsCounts, synapseCounts } from './results/synapse-counts.js';
import { workOf } from './work.js';

/** A model that can be started. */
export interface CompiledModel {
  /** After the passes that are for every engine. */
  readonly program: Program;
  /** Actions on a session, in whole steps. */
  readonly protocol: Protocol;
  readonly executable: Executable;
  /** The engine that it was compiled for. */
  readonly engine: Engine;
  /** Engines that would have been faster and could not compile it. */
  readonly findings: readonly Diagnostic[];
}

/** Choices of the caller that compiling depends on. */
type CompileChoices = Pick<
  RunOptions,
  'precision' | 'threads' | 'ranks' | 'cacheDirectory' | 'dumpIr' | 'steps' | 'device' | 'strategy' | 'target'
> & {
  /** Keeps the values of synapses as they are given, for callers that read or set them. */
  readonly exactValues?: boolean;
  /** Extends the program with parts that its sessions need. */
  readonly extend?: (program: Program) => Program;
  /** Synapses that may not have received all events under way at the start. */
  readonly pendingDelivery?: PendingDelivery;
  /** Steps that may be run in all, if the protocol does not define them. */
  readonly work?: number;
};

/**
 * Performs steps 5 to 7 of the chain.
 *
 * @throws DiagnosticError for parts that cannot be lowered
 * @throws UsageError if the target is not available
 */
export async function compileModel(
  { valid, positions = unplaced }: Pick<RunnableModel, 'valid' | 'positions'>,
  options: CompileChoices,
  watch: Stopwatch,
): Promise<CompiledModel> {
  // 5, 6. Draws of named generators; then a kernel program, and a protocol in whole steps.
  const { precision = 'float64', threads, ranks, cacheDirectory, dumpIr, exactValues } = options;
  const onPass = dumpIr && ((pass: string, program: Program): void => dumpIr(pass, printProgram(program)));
  const drawn = drawnModel(valid, positions);
  const counts = needsCounts(drawn) ? countsByName(await countSynapses(drawn, positions, precision)) : undefined;
  const lowered = loweredModel(drawn, positions, {
    precision,
    ...choicesForRun(options.target, exactValues),
    ...(counts ? { counts } : {}),
    ...(options.pendingDelivery ? { pendingDelivery: options.pendingDelivery } : {}),
    ...(onPass ? { onPass } : {}),
  });
  const program = options.extend?.(lowered) ?? lowered;
  const protocol = firstSteps(protocolOf(valid, program), options.steps ?? Infinity);
  const steps = protocolSteps(protocol);
  refuseTooLong(steps, positions);
  watch.end('lower');
  // 7. The program to something that runs here.
  const wishes = {
    ...workOf(program, options.work ?? steps),
    ...(options.device === undefined ? {} : { device: options.device }),
    ...(threads === undefined ? {} : { threads }),
    ...(ranks === undefined ? {} : { ranks }),
  };
  const strategy = readStrategy(options.strategy ?? 'auto');
  const { chosen, executable, findings } = await compileOn(
    options.target ?? 'auto',
    wishes,
    ({ target, ordinal, memory }) => {
      refuseTooLarge({ target, memory }, program, valid, positions);
      return inStage('compile', () =>
        target.compile(program, {
          onPass,
          ...(threads === undefined ? {} : { threads }),
          ...(ranks === undefined ? {} : { ranks }),
          ...(exactValues === undefined ? {} : { readsSynapses: exactValues }),
          ...(ordinal === undefined ? {} : { device: ordinal }),
          ...(strategy === undefined ? {} : { strategy }),
          ...(cacheDirectory === undefined ? {} : { cacheDirectory }),
        }),
      );
    },
  );
  const engine: Engine = { target: chosen.target.name, device: chosen.device, threads: executable.threads ?? 1 };
  watch.end('compile');
  return { program, protocol, executable, engine, findings };
}

/** Compiles for an engine; `auto` takes the next one, with a warning, if the tools of the fastest fail. */
async function compileOn(
  name: string,
  wishes: Parameters<typeof chooseTarget>[1],
  compile: (chosen: ChosenTarget) => Promise<Executable>,
): Promise<{ chosen: ChosenTarget; executable: Executable; findings: readonly Diagnostic[] }> {
  const findings: Diagnostic[] = [];
  const failed: string[] = [];
  for (;;) {
    const chosen = await chooseTarget(name, wishes, failed);
    try {
      return { chosen, executable: await compile(chosen), findings };
    } catch (error) {
      // An engine that needs no tools is not passed over.
      if (name !== 'auto' || needsNothing(chosen.target.name) || !(error instanceof UsageError)) throw error;
      failed.push(chosen.target.name);
      const finding = messages.passedOver(chosen.target.name, error.message, error.hint);
      findings.push({ severity: 'warning', ...finding });
    }
  }
}

/**
 * Returns the number of synapses of each projection of the program from building the network, once for each model.
 *
 * @throws DiagnosticError for parts that cannot be lowered
 */
const countedSynapses = oncePerObject(({ valid, positions = unplaced }: RunnableModel) =>
  countSynapses(drawnModel(valid, positions), positions, 'float64'),
);

/** Returns the number of synapses of each projection of the program. @throws DiagnosticError */
export const countPieces = async (imported: RunnableModel): Promise<ReadonlyMap<string, number>> =>
  countsByName(await countedSynapses(imported));

/** Returns the number of synapses of each projection of the model. @throws DiagnosticError */
export async function countAllSynapses(imported: RunnableModel): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { name, pieceOf = name, count } of await countedSynapses(imported))
    counts.set(pieceOf, (counts.get(pieceOf) ?? 0) + count);
  return counts;
}

async function countSynapses(
  drawn: DrawnModel,
  positions: Positions,
  precision: Precision,
): ReturnType<typeof synapseCounts> {
  const { target } = await chooseTarget('wasm');
  return synapseCounts(drawn, positions, target, precision);
}

/**
 * Returns the beginning of a protocol that takes `limit` steps, with the entries after its last step that need no
 * further one.
 */
function firstSteps(protocol: Protocol, limit: number): Protocol {
  const part: ProtocolEntry[] = [];
  let left = limit;
  for (const entry of protocol) {
    if (entry.kind !== 'run') {
      part.push(entry);
      continue;
    }
    if (left === 0 && entry.steps > 0) break;
    const steps = Math.min(entry.steps, left);
    part.push({ ...entry, steps });
    left -= steps;
  }
  return part;
}
