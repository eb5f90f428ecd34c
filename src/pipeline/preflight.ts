/** Finds reasons for rejecting a run, without drawing all of the network or running it. */

import { platform } from '#platform';
import { recordingPlan } from '../../runtime/record/plan.js';
import { protocolSteps } from '../../runtime/record/protocol.js';
import { DiagnosticError, UsageError, type Diagnostic } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import { sketchModel } from '../draw/draw.js';
import type { DrawnModel } from '../draw/drawn-model.js';
import type { Precision } from '../ir/program.js';
import { protocolOf } from '../lower/context/protocol.js';
import { checkStructure } from '../lower/lower.js';
import type { ValidModel } from '../model/model.js';
import { choicesForRun, loweredModel } from './build-program.js';
import { chooseTarget } from './choose-target.js';
import { messages } from './messages.js';
import { refusedFiles } from './results/outputs.js';
import type { Notation } from './read/notation.js';
import { placed } from './read/placed.js';
import { refuseTooLarge, refuseTooLong } from './memory-limit.js';
import { factsOf } from './read/notation.js';
import { inStage } from './stages.js';
import { workOf } from './work.js';

/** How the model would be run. */
export interface PreflightOptions {
  /** Absent: f64. */
  readonly precision?: Precision;
  /** Absent: finds only mistakes that any target rejects. */
  readonly target?: string;
  /** Bytes available for drawn values; absent: the machine's memory. */
  readonly memory?: number;
  /** Whether a missing duration is accepted. */
  readonly untimed?: boolean;
}

/** Synapses that a projection may have to be drawn as it is: a tenth of a second or two. */
const mostDrawn = 1e6;

/**
 * Returns every reason for `run` to reject a valid model, as warnings with their places.
 *
 * Faults of single values that the target draws show only in a run.
 */
export async function preflight(
  {
    valid,
    positions,
    notation,
  }: { readonly valid: ValidModel; readonly positions: Positions; readonly notation?: Notation },
  { precision = 'float64', target, untimed = false, memory = platform.machine.memory() }: PreflightOptions = {},
): Promise<readonly Diagnostic[]> {
  const findings: Diagnostic[] = [];
  const tried = async (action: () => void | Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      findings.push(...warningsOf(error, positions));
    }
  };
  const { protocol, dt } = valid.model.experiment;
  if (protocol.length === 0 && !untimed)
    findings.push({ severity: 'warning', ...messages.noDuration(dt), place: positions.place('') });
  await tried(async () => {
    for (const finding of await refusedFiles(valid.model, positions, '.')) findings.push(asWarning(finding));
  });
  await tried(async () => {
    const { drawn, partial } = inStage('draw', () =>
      placed(positions, new Map(), () => sketchModel(valid, memory, mostDrawn)),
    );
    for (const name of partial)
      findings.push({
        severity: 'note',
        ...messages.drawnInPart(name),
        place: positions.place(`/projections/${name}`),
      });
    // One cell always fits, so its kernels are not needed.
    if (notation !== undefined && factsOf(notation).isOneCell && target === undefined) {
      inStage('lower', () => placed(positions, drawn.parts, () => checkStructure(drawn)));
      return;
    }
    const program = loweredModel(drawn, positions, {
      precision,
      counts: standIns(drawn),
      ...choicesForRun(target),
    });
    const entries = protocolOf(valid, program);
    const steps = protocolSteps(entries);
    refuseTooLong(steps, positions);
    await checkColumns(valid, recordingPlan(program, entries).setup.series);
    const chosen = await chooseTarget(target ?? 'auto', workOf(program, steps));
    refuseTooLarge(chosen, program, valid, positions);
    if (target !== undefined) await inStage('compile', () => chosen.target.compile(program, {}));
  });
  return findings;
}

const asWarning = (finding: Diagnostic): Diagnostic => ({ ...finding, severity: 'warning' });

/** @throws errors other than findings and errors of usage */
function warningsOf(error: unknown, positions: Positions): readonly Diagnostic[] {
  if (error instanceof DiagnosticError) return error.diagnostics.map(asWarning);
  if (!(error instanceof UsageError)) throw error;
  return [{ severity: 'warning', ...messages.refused(error.message, error.hint), place: positions.place('') }];
}

/** Returns substitutes for numbers of synapses that are known only after building the network. */
const standIns = ({ model }: DrawnModel): ReadonlyMap<string, number> =>
  new Map(Object.keys(model.projections).map((name) => [name, 1]));

/** Checks that the model records the variables that its own output files contain. @throws UsageError */
async function checkColumns(
  { model }: ValidModel,
  series: ReturnType<typeof recordingPlan>['setup']['series'],
): Promise<void> {
  if (model.annotations['outputFiles'] === undefined) return;
  const { datFiles } = await import('../../runtime/results/dat/plan.js');
  const { placesOf } = await import('../../runtime/results/dat/write.js');
  for (const file of datFiles(model.annotations)) if (file.kind === 'columns') placesOf(file.columns, series);
}
