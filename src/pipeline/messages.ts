/** Findings of the pipeline itself; the stages have their own catalogues. */

import { UsageError, type Finding } from '../diagnostics/diagnostic.js';
import { finding } from '../diagnostics/finding.js';
import { formatBytes } from '../diagnostics/quantities.js';
import { oneOf, shorten, suggestion, unlike } from '../diagnostics/suggest.js';
import type { FittingStep } from '../library/fitting-step.js';
import { titleOf, type Notation } from './read/notation.js';

/** Returns a time in s as text in ms. */
const milliseconds = (seconds: number): string => `${Number((seconds * 1e3).toPrecision(6))} ms`;

/** Steps are counted in 32 bits with a sign. */
export const mostSteps = 2 ** 31 - 1;

/** Names a time step in s as the probable cause of values that are no numbers. */
const notNumbersHint = (dt: number): string =>
  `the integration may be unstable with the time step of ${Number((dt * 1e3).toPrecision(12))} ms: ` +
  'shorten dt, or look for a root or logarithm of a negative number';

const sameFileHint =
  'give each output its own name; on some systems, names that differ only in case refer to the same file';

/** The catalogue; each entry gives a finding without its place. */
export const messages = {
  /** Spikes for a population that does not replay any. */
  unknownInput: (name: string, known: readonly string[]): Finding => ({
    ...finding`set/unknown-input: no population ${shorten(name)} replays spikes`,
    ...unlike(name, known),
  }),

  /** A part of a cell that a file of channels cannot set. */
  unknownPart: (name: string, known: readonly string[]): Finding => ({
    ...finding`set/unknown-part:
      ${name === '' ? 'the file has no channels' : `a file of channels has no part ${shorten(name)}`}
      expected: ${oneOf(name, known)}`,
    ...suggestion(name, known),
  }),

  /** Mechanisms for a shape that has no compartments. */
  pointCell: () => finding`set/point-cell: a shape of one segment becomes a point neuron, which has no mechanisms
    hint: add a dendrite, or write the cell as a canonical document with its length and diameter`,

  notADocument: (found: unknown) => finding`recognise/not-a-model: a model is a map with named parts
    expected: a map at the top of the document
    found: ${shorten(found)}
    hint: write a model, or start from one that interneuron new writes; Python scripts run with the Python packages`,
  unknownFormat: (keys: readonly string[]) => finding`recognise/unknown-format:
    the document does not state its notation
    expected: "interneuron: 1" for the canonical model, "format: interneuron/brian" for a Brian-like specification, or
      "interneuron/pynn" for PyNN-style JSON; a config of SONATA has networks
    found: ${keys.length === 0 ? 'an empty map' : shorten(`a map of ${keys.slice(0, 8).join(', ')}`)}
    hint: add the matching line at the top of the document`,
  unreadFormat: (format: unknown, known: readonly string[]): Finding => ({
    ...finding`recognise/unread-format: the document names an unsupported format
      expected: ${oneOf(shorten(format), known)}
      found: ${shorten(format)}`,
    ...suggestion(shorten(format), known),
  }),
  otherNotation: (found: Notation, expected: Notation) => finding`recognise/other-notation:
    the document is in another notation than --from states
    expected: ${titleOf(expected)}
    found: ${titleOf(found)}
    hint: leave out --from: documents state their notation`,
  isResult: () => finding`recognise/is-result: the document is the result of a run, not a model
    hint: run, convert and describe take the model of a result; interneuron same runs it again and compares`,
  originRead: () => finding`note origin/read: the document is read as the model that it was converted from
    hint: --no-origin reads what the document itself says`,
  originChanged: () => finding`note origin/changed:
    the document was changed after its conversion, so it is read as it stands
    hint: delete the model that it was converted from, which its annotations carry, to end this remark`,
  originNewer: (version: number, newest: number) => finding`note origin/newer-version:
    a newer version of interneuron converted the document, so it is read as it stands
    expected: an origin of version ${newest}
    found: version ${version}
    hint: update interneuron to read the model that the document was converted from`,
  originUnreadable: (why: string) => finding`note origin/unreadable:
    the model that the document was converted from cannot be read, so the document is read as it stands: ${why}
    hint: convert the document again, or delete the annotation that carries the model`,
  unknownSetting: (name: string, known: readonly string[]): Finding => ({
    ...finding`set/unknown-name: the specification has no constant ${shorten(name)} in its namespace`,
    ...unlike(name, known),
  }),
  tooManySpikes: (population: string, most: number): UsageError =>
    new UsageError(
      `freezing would list more than ${most} spikes of ${population}`,
      'freeze a shorter run, or convert without --freeze',
    ),
  tooManySteps: (steps: number) => finding`run/too-many-steps: the protocol takes ${steps} steps
    expected: at most ${mostSteps} steps
    found: ${String(steps)}
    hint: run for a shorter time, or with a larger dt`,
  /** A message of a target or a writer. */
  refused: (message: string, hint: string | undefined) => finding`run/refused: ${message}
    hint: ${hint === undefined ? undefined : hint}`,
  drawnInPart: (projection: string) => finding`run/drawn-in-part:
    ${shorten(projection)} has too many synapses to check them all here: only some were checked
    hint: a run checks all of them before its first step`,
  /** A warning: the tools of an engine failed, and another one runs the model. */
  passedOver: (target: string, why: string, hint: string | undefined) => finding`run/passed-over:
    the target ${target} cannot be used, and another one runs the model, more slowly: ${why}
    hint: ${hint ?? `--target ${target} says more`}`,
  /** @param bytes  that are needed, and that there are */
  /**
   * @param target  engine with less memory than the machine; absent: the machine's memory is the limit
   * @param share  share of the synapses that would fit; absent: none
   */
  tooLarge: (bytes: number, memory: number, target?: string, share = 0): Finding => ({
    code: 'run/too-large',
    message:
      `the model needs ${formatBytes(bytes)} of memory; ` +
      (target === undefined ? `this machine has ${formatBytes(memory)}` : `${target} can use ${formatBytes(memory)}`),
    expected: `at most ${formatBytes(memory)}`,
    found: formatBytes(bytes),
    hint:
      (target === undefined ? '' : 'use `--target c`, which has no such limit; or ') +
      (share >= 0.01
        ? `use at most ${Math.floor(100 * share)} % of the synapses, or run it on a machine with more memory`
        : 'use fewer cells or connections, or run it on a machine with more memory'),
  }),
  /** @param usualStep  the default step in s, if there is one */
  noDuration: (usualStep?: number) => finding`run/no-duration: the duration of the run is not given
    expected: a duration in the model (in LEMS, a Simulation) or --duration
    hint: give --duration '100
      ms'${usualStep === undefined ? '' : `, and --dt unless you want steps of ${usualStep * 1000} ms`}`,
  stepChosen: ({ step, hasGates, fastest }: FittingStep) => finding`note run/step-chosen:
    the document states no time step: it is ${milliseconds(step)}, which fits into
      ${hasGates ? 'its gates' : `its fastest rate, of ${milliseconds(fastest)}`}
    hint: give another one with --dt`,
  noTurningBack: (phase: string) => finding`codegen/no-turning-back:
    a stand-alone project only runs forward, but the protocol has a ${phase} phase
    hint: use interneuron run for the entire protocol, or make a project of one segment`,
  fault: (sentence: string, step: number, dt: number) => finding`run/fault:
    ${sentence} (in step ${step}, at ${step * dt} s)
    hint: ${sentence.includes('is not a number') ? notNumbersHint(dt) : undefined}`,
  infinite: (owner: string, variable: string, count: number, elements: number, dt: number): Finding => ({
    code: 'run/infinite',
    message: `${shorten(variable)} of ${shorten(owner)} is infinite when the run ends`,
    expected: 'finite numbers',
    found:
      count === elements
        ? elements === 1
          ? 'infinity'
          : `infinity in all ${elements} elements`
        : `infinity in ${count} of ${elements} elements`,
    hint: notNumbersHint(dt),
  }),
  notNumbers: (owner: string, variable: string, count: number, elements: number, dt: number): Finding => ({
    code: 'run/not-a-number',
    message: `${shorten(variable)} of ${shorten(owner)} is not a number (NaN) when the run ends`,
    expected: 'numbers',
    found:
      count === elements
        ? elements === 1
          ? 'NaN'
          : `NaN in all ${elements} elements`
        : `NaN in ${count} of ${elements} elements`,
    hint: notNumbersHint(dt),
  }),
  membraneFault: (
    {
      owner,
      variable,
      count,
      elements,
      dt,
    }: {
      readonly owner: string;
      readonly variable: string;
      readonly count: number;
      readonly elements: number;
      readonly dt: number;
    },
    begin?: { readonly step: number; readonly element: number },
  ): Finding => ({
    code: 'run/membrane-not-a-number',
    message:
      begin === undefined
        ? `${shorten(variable)} of ${shorten(owner)} is not a number (NaN) when the run ends`
        : `${shorten(variable)} of ${shorten(owner)}[${begin.element}] is not a number (NaN) from step ${begin.step} on, at ${milliseconds(begin.step * dt)}`,
    expected: 'a potential',
    found: count === elements ? 'NaN in all cells' : `NaN in ${count} of ${elements} cells`,
    hint: notNumbersHint(dt),
  }),
  samplesNotFinite: (
    owner: string,
    variable: string,
    count: number,
    first: number,
    step: number,
    dt: number,
  ) => finding`run/samples-not-finite:
    ${count} ${count === 1 ? 'sample' : 'samples'} of ${shorten(variable)} of ${shorten(owner)}
      ${count === 1 ? 'is' : 'are'} not finite, the first at ${Number((step * dt * 1e3).toPrecision(12))} ms
    expected: finite numbers
    found: ${Number.isNaN(first) ? 'NaN' : first > 0 ? 'infinity' : '-infinity'}
    hint: ${notNumbersHint(dt)}`,
  potentialsTooLarge: (
    owner: string,
    variable: string,
    count: number,
    first: number,
    step: number,
    dt: number,
  ) => finding`run/potentials-too-large:
    ${count} ${count === 1 ? 'sample' : 'samples'} of ${shorten(variable)} of ${shorten(owner)}
      ${count === 1 ? 'is' : 'are'} beyond 1000 V, the first at ${Number((step * dt * 1e3).toPrecision(12))} ms
    expected: potentials that a membrane can have
    found: ${Number(first.toPrecision(3))} V
    hint: the integration is unstable with the time step of ${Number((dt * 1e3).toPrecision(12))} ms, since explicit
      steps need dt * conductance / capacitance < 2: shorten dt, or raise the resistance of a voltage clamp`,
  buildFault: (sentence: string) => finding`run/build-fault: ${sentence} (while building the network)
    expected: connections and first values that the model allows
    found: a fault on the target
    hint: check the expressions that are drawn or computed there: indices, numbers of connections, delays`,
  changedModel: (expected: string, found: string) => finding`verify/changed-model:
    the model in the result does not match the hash of the model that was run
    expected: hash ${expected}
    found: hash ${found}
    hint: the file was changed after it was written, or written by another version`,
  fileRefused: (
    file: string,
    refusal: { readonly message: string; readonly expected: string; readonly hint: string },
  ): Finding => ({ code: 'run/file-refused', ...refusal, found: shorten(file) }),
  sameFile: (first: string, second: string) => finding`run/same-file:
    the model writes two outputs to the same file: ${shorten(first)} and ${shorten(second)}
    expected: a separate file for each output
    found: ${shorten(second)}
    hint: ${sameFileHint}`,
  sameOutput: (first: string, second: string): UsageError =>
    new UsageError(
      first === second
        ? `two outputs are written to ${first}`
        : `two outputs are the same file: ${first} and ${second}`,
      sameFileHint,
    ),
  notOurs: (path: string, changed: boolean): UsageError =>
    new UsageError(
      changed ? `${path} was changed after interneuron wrote it` : `${path} exists, and interneuron did not write it`,
      'choose another name, or replace it with --force',
    ),
  notAFile: (path: string, folder: boolean): UsageError =>
    new UsageError(
      `cannot write ${path}: it is ${folder ? 'a folder' : 'not a regular file'}`,
      folder ? 'add a file name, such as result.nwb' : 'choose another name',
    ),
  noFileName: (path: string): UsageError =>
    new UsageError(
      `${path === '' ? 'an empty text' : path} is not the name of a file`,
      `add one, such as ${path.replace(/[^/\\]*$/, '')}result.nwb`,
    ),
  changedData: (path: string) => finding`read/changed-data: the file ${path} does not match the digest in its name
    expected: bytes whose SHA-256 is the name of the file
    hint: copy the file again from its source`,
} as const;
