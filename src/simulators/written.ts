/** Models as documents that a simulator runs. */

import { UsageError } from '../diagnostics/diagnostic.js';
import { convertModel, type ConvertedModel } from '../convert/convert.js';
import { runFor, targetNotations, targetOf, usualName, type TargetNotation } from '../convert/target-notations.js';
import { isLoss, outcomeOf } from '../model/conversion-report.js';
import type { Simulator } from '../library/simulators/names.js';
import type { Model, ValidModel } from '../model/model.js';
import type { Notation } from '../pipeline/read/notation.js';

const runs = (notation: TargetNotation, simulator: Simulator): boolean =>
  targetOf(notation).runBy?.includes(simulator) === true;

/** Returns whether a simulator runs scripts of a notation. */
export const runsScripts = (notation: Notation, simulator: Simulator): boolean =>
  targetNotations.some((to) => targetOf(to).notation === notation && runs(to, simulator));

/** Checks that a simulator runs a form. @throws UsageError if it does not */
export function checkRuns(to: TargetNotation, simulator: Simulator): void {
  const able = targetNotations.filter((one) => runs(one, simulator));
  if (!able.includes(to)) throw new UsageError(`${simulator} does not run ${to}`, `it can run ${able.join(' and ')}`);
}

/** Returns annotations without variables that are only displayed: they are in no file. */
export function withoutDisplays({ displays: _, ...annotations }: Model['annotations']): Model['annotations'] {
  return annotations;
}

/** A model that a simulator cannot run, or not with the packages of its environment. */
export class CannotRun extends UsageError {
  /** The reason, short enough for a cell of a table. */
  readonly inShort: string;
  constructor(inShort: string, message: string, hint: string) {
    super(message, hint);
    this.name = 'CannotRun';
    this.inShort = inShort;
  }
}

/** A model as a simulator runs it. */
export interface WrittenFor {
  readonly converted: ConvertedModel;
  /** The form of the document. */
  readonly to: TargetNotation;
  /** Whether NESTML compiles types of it. */
  readonly isCompiled: boolean;
}

/** Checks whether written files hold models in NESTML, which need its compiler. */
export const hasNestml = ({ files }: Pick<ConvertedModel, 'files'>): boolean =>
  files.some(({ name }) => name.endsWith('.nestml'));

/** Returns the first part of a model that NESTML cannot express; recordings can be left out. */
const lackOfNestml = ({ report }: ConvertedModel): string | undefined => {
  const lack = report.find(isLoss);
  return lack && `${lack.pointer}: ${lack.message}`;
};

/** Tics in 1 ms that `run_columns.py` gives NEST for time steps that are not whole tics of 1 us, which NEST refuses. */
const ticsPerMs = 64_000;

/** Returns a document without rows about a time step that NEST refuses by itself, but not as it is run here. */
function withFineStep(converted: ConvertedModel, { model }: ValidModel): ConvertedModel {
  const tics = model.experiment.dt * 1e3 * ticsPerMs;
  if (Math.abs(tics - Math.round(tics)) > 1e-6 * tics) return converted;
  const report = converted.report.filter(({ pointer, code }) => pointer !== '/experiment/dt' || !/^pynn\//.test(code));
  return { ...converted, report, outcome: outcomeOf(report) };
}

/**
 * Writes a model for a simulator.
 *
 * @param partial  whether parts may be left out that NESTML has no words for
 * @throws CannotRun if the simulator cannot run it
 */
export async function writtenFor(
  recorded: ValidModel,
  to: TargetNotation,
  simulator: Simulator,
  { freeze, partial = false }: { readonly freeze: boolean; readonly partial?: boolean },
): Promise<WrittenFor> {
  const inNotation = async (script: TargetNotation): Promise<ConvertedModel> =>
    withFineStep(await convertModel(recorded, script, { name: usualName(script), freeze }), recorded);
  const plain = await inNotation(runFor(to));
  const runsHere = !plain.portable;
  const { onlyHere } = targetOf(runFor(to));
  const compiled = onlyHere?.instead as TargetNotation | undefined;
  const isForCompiler = compiled !== undefined && runs(compiled, simulator) && (runsHere || to === compiled);
  const withNestml = isForCompiler ? await inNotation(compiled) : plain;
  const lack = withNestml === plain || partial ? undefined : lackOfNestml(withNestml);
  // A script for all simulators of PyNN also takes steps that are not whole tics of NEST.
  const converted = lack !== undefined && plain.portable ? plain : withNestml;
  const nestml = converted === plain ? undefined : lack;
  if (typeof nestml === 'string')
    throw new CannotRun(
      'not in NESTML',
      `${simulator} cannot run it: PyNN has no names for some of its cells or synapses, and NESTML no words (${nestml})`,
      "leave --with or --on out: interneuron's own engines run it, and its backend of PyNN",
    );
  if (runsHere && converted === plain) {
    const reason = converted.report.find(({ code }) => code === onlyHere?.reasons);
    throw new CannotRun(
      'not in PyNN',
      `${simulator} cannot run it: PyNN has no names for some of its cells or synapses, which are written by their ` +
        `equations${reason === undefined ? '' : ` (${reason.pointer}: ${reason.message})`}`,
      "leave --with or --on out: interneuron's own engines run it, and its backend of PyNN",
    );
  }
  return { converted, to: converted === plain ? runFor(to) : compiled!, isCompiled: hasNestml(converted) };
}
