/** Findings about expectations of a model. */

import type { Finding } from '../../diagnostics/diagnostic.js';
import { finding } from '../../diagnostics/finding.js';
import { shorten, suggestion } from '../../diagnostics/suggest.js';

/** The catalogue; each entry gives a finding without its place. */
export const messages = {
  differs: (what: string, expected: string, found: string) => finding`expect/differs: ${what} differs
    expected: ${expected}
    found: ${found}
    hint: if the new result is right, write it here`,
  /** Hint about a difference in a test for an engine that does not integrate by forward Euler. */
  otherEngine: (engine: string, isEulers: boolean): string =>
    isEulers
      ? `the test is for ${engine}: with a tenth of the step it passes, so the difference is that of forward Euler`
      : `the test is for ${engine}, which integrates otherwise, and a tenth of the step does not make it pass`,
  notAQuantity: (text: string, why: string, example: string) => finding`expect/bad-quantity: ${why}
    expected: a number with its unit, such as ${example}
    found: ${shorten(text)}`,
  otherUnit: (what: string, expected: string, found: string) => finding`expect/other-unit:
    ${what} has another dimension
    expected: ${expected}
    found: ${found}
    hint: write a unit of that dimension after the number, and after ±`,
  notASelection: (text: string, example: string) => finding`expect/bad-name:
    ${shorten(text)} names no part of a model
    expected: ${example}
    found: ${shorten(text)}`,
  notACondition: (text: string, quantities: readonly string[]) => finding`expect/bad-condition:
    this is no condition on spikes
    expected: one of ${quantities.join(', ')} of some cells, such as rate(exc[0:80]) = 5 Hz ± 0.5 Hz or cv(exc) >
      0.8
    found: ${shorten(text)}`,
  unknownPart: (kind: string, name: string, known: readonly string[]): Finding => ({
    ...finding`expect/unknown-name: the model has no ${kind} ${shorten(name)}
      expected: ${known.slice(0, 10).join(', ') || 'another name'}
      found: ${shorten(name)}`,
    ...suggestion(name, known),
  }),
  noSuchCell: (name: string, size: number) => finding`expect/no-such-cell: ${name} is beyond the population
    expected: cells from 0 to ${size - 1}
    found: ${name}`,
  severalCells: (name: string, cells: number) => finding`expect/several-cells: spike times are those of one cell
    expected: one cell, such as ${name}[0]
    found: ${cells} cells`,
  withinWithoutTimes: () => finding`expect/within-without-times:
    within is the tolerance of times, and there are none
    expected: times
    hint: write tolerances of other quantities after ±, as in 12.5 Hz ± 5 %`,
  noSample: (time: string, interval: string) => finding`expect/no-sample: there is no sample at ${time}
    expected: ${interval}
    found: ${time}
    hint: give a time on the grid of samples and within the run`,
  nothingExpected: () => finding`expect/nothing-expected: the file states no expectation
    expected: fingerprint, spikes or values
    hint: add what the run must give, such as spikes: { exc: { count: 1522 } }`,
  incomplete: () => finding`expect/incomplete: the run ended early
    expected: a complete run
    hint: run the model by itself to see the fault`,
  badTest: (why: string) => finding`expect/bad-omv-test: the test cannot be run: ${why}
    expected: a test of OMV with target and engine, and experiments that its .mep has as well`,
  noFile: (path: string, written: readonly string[]) => finding`expect/no-file: the run wrote no file ${path}
    expected: ${written.length === 0 ? 'a model with output files' : `one of ${written.slice(0, 8).join(', ')}`}
    found: ${path}`,
  noData: (path: string, why: string) => finding`expect/no-data: the data of ${path} cannot be used: it ${why}
    expected: columns of numbers, as the test describes them`,
};
