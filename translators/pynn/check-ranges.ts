/** Checks numbers of a document by the ranges of their parameters. */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { isObject } from '../../src/diagnostics/member.js';
import { child } from '../../src/model/pointer.js';
import type { Reporter } from './reporter.js';
import * as messages from './messages.js';
import { isWithin, ranges, rangeWords } from './ranges.js';
import { isNumbers } from './values.js';

/** Returns the first number out of its range in a written population or projection; own types have no ranges. */
export function outOfRange(made: { readonly cell?: Part | null; readonly synapse?: Part }): Finding | undefined {
  const findings: Finding[] = [];
  const take = (finding: Finding): void => void findings.push(finding);
  for (const part of [made.cell, made.synapse])
    if (part && !part.type.startsWith('native:')) checkRanges(part, '', { report: take, reportKey: take });
  return findings[0];
}

/** Cells with the usual threshold of -50 mV and reset of -65 mV. */
const usualCells = /^IF_(?:curr|cond)_(?:alpha|exp|delta)$/;

/** Warns of a cell with a threshold that is not above its reset: NEST refuses it, and NEURON has no spikes. */
export function checkThreshold(type: string, given: unknown, pointer: string, to: Reporter): void {
  const params = isObject(given) ? given : {};
  if (!type.startsWith('IF_')) return;
  const [threshold, reset] = (['v_thresh', 'v_reset'] as const).map((name) => {
    const value = params[name] ?? (usualCells.test(type) ? { v_thresh: -50, v_reset: -65 }[name] : undefined);
    return typeof value === 'number' ? [value] : isNumbers(value) ? value : [];
  });
  const at = threshold!.findIndex((value, k) => value <= (reset![reset!.length === 1 ? 0 : k] ?? -Infinity));
  const low = at >= 0 || threshold!.length !== 1 ? at : reset!.findIndex((value) => value >= threshold![0]!);
  if (low < 0) return;
  const [v, r] = [threshold, reset].map((values) => values![values!.length === 1 ? 0 : low]!);
  to.report(messages.lowThreshold(v!, r!), child(pointer, Object.hasOwn(params, 'v_thresh') ? 'v_thresh' : 'v_reset'));
}

interface Part {
  readonly type: string;
}

/** Highest rate of a source in Hz. */
const highestRate = 1e9;

/**
 * Reports numbers outside the ranges of their parameters, also those of parts of a cell or a synapse. Numbers that are
 * drawn or computed are not checked.
 */
export function checkRanges(params: unknown, pointer: string, to: Reporter): void {
  if (!isObject(params)) return;
  for (const [name, value] of Object.entries(params)) {
    const at = child(pointer, name);
    if (isObject(value)) {
      // A part has a type and parameters; receptors are a map of parts.
      if (!Object.hasOwn(value, 'random'))
        checkRanges(value['params'] ?? value, Object.hasOwn(value, 'params') ? `${at}/params` : at, to);
      continue;
    }
    const range = Object.hasOwn(ranges, name) && name !== 'delay' ? ranges[name] : undefined;
    const numbers = typeof value === 'number' ? [value] : isNumbers(value) ? value : [];
    const wrong = range && numbers.find((number) => !isWithin(range, number));
    if (range && wrong !== undefined) to.report(messages.unphysical(name, rangeWords[range], wrong), at);
    const high = name === 'rate' || name === 'beta' ? numbers.find((number) => number > highestRate) : undefined;
    if (high !== undefined) to.report(messages.unphysical(name, `at most ${highestRate} Hz`, high), at);
  }
  const [least, most] = [params['w_min'], params['w_max']];
  if (typeof least === 'number' && typeof most === 'number' && most < least)
    to.report(messages.unphysical('w_max', `w_min, ${least}, or more`, most), child(pointer, 'w_max'));
}
