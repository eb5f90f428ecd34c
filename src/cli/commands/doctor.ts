/** `interneuron doctor`: checks each engine and each simulator on this machine by a short run. */

import { recipients } from '../../diagnostics/home.js';
import { probeTargets } from '../../pipeline/choose-target.js';
import { packageFile } from '../../pipeline/package-files.js';
import { importModel, runModel, type ImportedModel } from '../../pipeline/pipeline.js';
import { nameOn, type Simulator } from '../../library/simulators/names.js';
import { simulatorsHere, type Environment } from '../../simulators/environments.js';
import { runnerIn } from '../../verify/run-elsewhere.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { formatTable } from '../table.js';
import { cacheOption } from '../values.js';

/** Result of one engine. */
interface Outcome {
  readonly target: string;
  readonly state: 'works' | 'fails' | 'not available';
  readonly seconds?: number;
  readonly fingerprint?: string;
  readonly reason?: string;
  /** How to make the engine available. */
  readonly hint?: string;
}

/** The model of the runs is the one that `new brian` writes. */
const duration = '20 ms';

/** Runs a small network on each engine and simulator. @returns 0 if engines give the same bits and none fails */
export async function doctor(context: CommandContext): Promise<number> {
  const outcomes: Outcome[] = [];
  for (const { target, available, reason, hint } of await probeTargets()) {
    if (target === 'null') continue;
    outcomes.push(
      available
        ? await tried(target, context)
        : { target, state: 'not available', reason: reason ?? '', ...(hint === undefined ? {} : { hint }) },
    );
  }
  const fingerprints = new Set(outcomes.flatMap(({ fingerprint }) => fingerprint ?? []));
  const healthy = fingerprints.size === 1 && outcomes.every(({ state }) => state !== 'fails');
  const others: Outcome[] = [];
  for (const { simulator, environment, hint } of simulatorsHere()) {
    const target = `--on ${nameOn(simulator)}`;
    others.push(
      environment === undefined
        ? { target, state: 'not available', reason: hint ?? '' }
        : await triedOn(simulator, target, environment),
    );
  }
  const works = others.every(({ state }) => state !== 'fails');
  if (context.json)
    printJson(context.terminal, { node: process.versions.node, healthy, engines: outcomes, simulators: others });
  const rows = [...outcomes, ...others].map(({ target, state, seconds, fingerprint, reason }) => [
    target,
    state,
    seconds === undefined ? '' : seconds.toFixed(2),
    fingerprint?.slice(0, 12) ?? reason ?? '',
  ]);
  context.say(`Node ${process.versions.node} on ${process.platform} ${process.arch}\n`);
  context.say(formatTable(columns, rows).join('\n'));
  for (const { target, hint } of outcomes) if (hint !== undefined) context.say(`\nfor ${target}: ${hint}`);
  context.say(
    healthy
      ? '\nall available engines give the same spikes'
      : `\nsomething is wrong: report it with this table ${recipients}`,
  );
  return healthy && works ? exitCodes.done : exitCodes.wrong;
}

const columns = [
  { heading: 'engine', align: 'left' },
  { heading: 'state', align: 'left' },
  { heading: 'seconds', align: 'right' },
  { heading: 'fingerprint of a short run, or version', align: 'left' },
] as const;

/** Runs the network in another simulator, with the spikes of the model's draws. */
async function triedOn(simulator: Simulator, target: string, { python, name }: Environment): Promise<Outcome> {
  const began = performance.now();
  const env = python === undefined ? {} : { env: python };
  try {
    const run = runnerIn({ simulator, freeze: true, partial: false, ...env }, () => '');
    (await run(starter(), {})).dispose();
    return { target, state: 'works', seconds: (performance.now() - began) / 1000, reason: name };
  } catch (error) {
    return { target, state: 'fails', reason: error instanceof Error ? error.message : String(error) };
  }
}

const starter = (): ImportedModel =>
  importModel({ name: 'brian.yaml', text: packageFile('fixtures/starters/brian.yaml') }, { duration });

async function tried(target: string, { terminal }: CommandContext): Promise<Outcome> {
  const began = performance.now();
  try {
    const result = await runModel(starter(), { target, ...cacheOption(terminal) });
    if (result.kind !== 'run') return { target, state: 'fails', reason: 'nothing was run' };
    result.dispose();
    const { total } = result.record.fingerprint;
    return { target, state: 'works', seconds: (performance.now() - began) / 1000, fingerprint: total };
  } catch (error) {
    return { target, state: 'fails', reason: error instanceof Error ? error.message : String(error) };
  }
}
