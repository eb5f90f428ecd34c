/** Runs the model of a result again on each engine of this machine. */

import { arch, availableParallelism, platform } from 'node:os';
import { openRecord } from '../../runtime/results/open.js';
import { DiagnosticError, UsageError } from '../diagnostics/diagnostic.js';
import { probeTargets } from '../pipeline/choose-target.js';
import type { RunOptions } from '../pipeline/pipeline.js';
import { version } from '../pipeline/version.js';
import { verifyResult } from './verify.js';

/** A result, and a new run of its model on one engine. Lists of several machines can be joined. */
export interface EngineCheck {
  /** Fingerprint in the result. */
  readonly fingerprint: string;
  /** Version of interneuron that ran the model again. */
  readonly version: string;
  /** Operating system and architecture, such as `linux x64`. */
  readonly machine: string;
  /** Name of the target, and the compiler for `c`. */
  readonly engine: string;
  /** Hardware that the engine used; null if it did not run. */
  readonly device: string | null;
  /** Worker threads; null for an engine without them. */
  readonly threads: number | null;
  readonly verdict: 'identical' | 'different' | 'incomparable' | 'not available' | 'not run';
  /** Fingerprint of the new run; null if it did not run. */
  readonly found: string | null;
  /** Reason of a verdict other than identical. */
  readonly reason?: string;
}

/** An engine with its settings. */
interface Trial {
  readonly target: string;
  /** Value of `$CC` for `c`. */
  readonly compiler?: 'gcc' | 'clang';
  readonly threads: number | null;
}

/** Engines that compare results at the speed of an interpreter, or run nothing. */
const left = ['reference', 'null'];
/** Engines that share the elements of a network among threads. */
const threaded = ['wasm', 'c', 'mpi'];

/**
 * Runs the model of a result again on each engine of this machine, on one thread and on all, by each C compiler.
 *
 * @param onCheck  receives each check as soon as it is made
 * @throws UsageError for files that are not results of interneuron
 */
export async function verifyEverywhere(
  path: string,
  options: Pick<RunOptions, 'signal' | 'onProgress' | 'cacheDirectory'>,
  onCheck: (check: EngineCheck) => void,
): Promise<readonly EngineCheck[]> {
  const { record } = await openRecord(path);
  const checks: EngineCheck[] = [];
  for (const { target, available, reason } of await probeTargets()) {
    if (left.includes(target)) continue;
    for (const trial of available ? trialsOf(target) : [{ target, threads: null }]) {
      if (options.signal?.aborted) return checks;
      const common = {
        fingerprint: record.fingerprint.total,
        version,
        machine: `${platform()} ${arch()}`,
        engine: trial.compiler === undefined ? target : `${target} (${trial.compiler})`,
        threads: trial.threads,
      };
      const outcome = available
        ? await checkOn(path, trial, options)
        : ({ verdict: 'not available', device: null, found: null, reason: reason ?? '' } as const);
      const check = { ...common, ...outcome };
      checks.push(check);
      onCheck(check);
    }
  }
  return checks;
}

function trialsOf(target: string): readonly Trial[] {
  const all = availableParallelism();
  const threads = threaded.includes(target) ? [...new Set([1, all])] : [null];
  const compilers = target === 'c' ? (['gcc', 'clang'] as const) : [undefined];
  return compilers.flatMap((compiler) =>
    threads.map((count) => ({ target, threads: count, ...(compiler === undefined ? {} : { compiler }) })),
  );
}

/** Runs the model again on one engine. A compiler or an engine that cannot be used is a reason, not an error. */
async function checkOn(
  path: string,
  { target, compiler, threads }: Trial,
  options: Pick<RunOptions, 'signal' | 'onProgress' | 'cacheDirectory'>,
): Promise<Pick<EngineCheck, 'verdict' | 'device' | 'found' | 'reason'>> {
  const { CC: before } = process.env;
  if (compiler !== undefined) process.env['CC'] = compiler;
  try {
    const { verdict, found, engine } = await verifyResult(path, {
      ...options,
      target,
      ...(threads === null ? {} : { threads }),
    });
    return {
      verdict: verdict.verdict,
      device: engine?.device ?? null,
      found: found?.fingerprint.total ?? null,
      ...(verdict.verdict === 'incomparable' ? { reason: verdict.reason } : {}),
      ...(verdict.verdict === 'different' ? { reason: `${verdict.count} differences` } : {}),
    };
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof DiagnosticError)) throw error;
    const reason = error instanceof DiagnosticError ? (error.diagnostics[0]?.message ?? '') : error.message;
    return { verdict: 'not run', device: null, found: null, reason };
  } finally {
    if (before === undefined) delete process.env['CC'];
    else process.env['CC'] = before;
  }
}
