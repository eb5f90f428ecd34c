/** Reads files of expectations. */

import { DiagnosticError, Diagnostics, type Finding, type Place } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';
import { second } from '../../lang/dimension.js';
import { child } from '../../model/pointer.js';
import { reportSchemaErrors } from '../../model/schema/schema-findings.js';
import { readDocument } from '../../model/text/read.js';
import { ExpectedError, readExpected, type Expected } from './expected-quantity.js';
import { messages } from './messages.js';
import { validate } from './schema-validator.generated.js';
import { quantities, spikesForm, type SpikeQuantity } from './spike-measures.js';
import type { ExpectationsDocument, Run, Spikes } from './specification.generated.js';

/** Cells of a population; absent `cells`: all. */
export interface Cells {
  /** As written. */
  readonly name: string;
  readonly population: string;
  readonly cells?: readonly [first: number, end: number];
  readonly place: Place;
}

/** A number of some cells. */
export interface Expectation extends Expected {
  readonly place: Place;
}

/** Spikes of some cells that a run must give. */
export interface ExpectedSpikes extends Cells {
  readonly event: string;
  readonly quantities: Readonly<Partial<Record<SpikeQuantity, Expectation>>>;
  readonly times?: { readonly seconds: readonly number[]; readonly place: Place };
  /** Tolerance of times in s; absent: the usual one. */
  readonly within?: number;
}

/** Values of a variable of one cell that a run must give, by time in s. */
export interface ExpectedValues extends Cells {
  readonly variable: string;
  readonly samples: readonly { readonly time: number; readonly expected: Expectation }[];
}

/** Everything that a run must give. */
export interface Expectations {
  readonly model: string;
  readonly run: Run;
  readonly fingerprint?: { readonly digits: string; readonly place: Place };
  readonly spikes: readonly ExpectedSpikes[];
  readonly values: readonly ExpectedValues[];
}

/** Returns the number of expectations in a file. */
export const countExpectations = ({ fingerprint, spikes, values }: Expectations): number =>
  (fingerprint ? 1 : 0) +
  spikes.reduce(
    (sum, expectation) => sum + Object.keys(expectation.quantities).length + (expectation.times ? 1 : 0),
    0,
  ) +
  values.reduce((sum, expectation) => sum + expectation.samples.length, 0);

/** Reads a file of expectations. @throws DiagnosticError with everything that is wrong with it */
export function readExpectations(text: string, document: string): Expectations {
  const diagnostics = new Diagnostics();
  const { value, positions, diagnostics: found } = readDocument(text, document);
  diagnostics.addAll(found);
  diagnostics.throwIfErrors();
  if (!validate(value)) {
    const schema = { schema: 'schemas/expectations.schema.json', stage: 'expect' };
    reportSchemaErrors(validate.errors ?? [], value, positions, diagnostics, schema);
    throw new DiagnosticError(diagnostics.list);
  }
  const expectations = expectationsIn(value as ExpectationsDocument, positions, diagnostics);
  if (countExpectations(expectations) === 0 && !diagnostics.hasErrors)
    diagnostics.add(messages.nothingExpected(), positions.place(''));
  diagnostics.throwIfErrors();
  return expectations;
}

function expectationsIn(document: ExpectationsDocument, positions: Positions, diagnostics: Diagnostics): Expectations {
  const { model, run = {}, fingerprint, spikes = {}, values = {} } = document;
  const add = (finding: Finding, pointer: string): void => {
    diagnostics.add(finding, positions.place(pointer));
  };
  /** Returns the result of a reader, or null after reporting its error. */
  const attempt = <Read>(pointer: string, read: () => Read): Read | null => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ExpectedError)) throw error;
      add(error.finding, pointer);
      return null;
    }
  };
  const time = (pointer: string, text: string): number | null =>
    attempt(pointer, () => readExpected(text, 'a time', second).value);
  const keyPlace = (pointer: string): Place => positions.keyPlace?.(pointer) ?? positions.place(pointer);
  const cellsOf = (
    key: string,
    pointer: string,
    form: RegExp,
    example: string,
  ): (Cells & { member: string }) | null => {
    const [, population, first, end, member = ''] = form.exec(key) ?? [];
    if (population === undefined) {
      diagnostics.add(messages.notASelection(key, example), keyPlace(pointer));
      return null;
    }
    const from = Number(first);
    const cells = first === undefined ? {} : { cells: [from, end === undefined ? from + 1 : Number(end)] as const };
    return { name: key, population, ...cells, place: keyPlace(pointer), member };
  };

  const spikesOf = (key: string, given: Spikes): readonly ExpectedSpikes[] => {
    const pointer = child('/spikes', key);
    const cells = cellsOf(key, pointer, spikesForm, 'a population, such as exc, exc[0:80], exc[3] or exc.dendritic');
    const own = Object.entries(quantities).flatMap(([name, dimension]) => {
      const text = given[name as SpikeQuantity];
      if (text === undefined) return [];
      const place = positions.place(child(pointer, name));
      const expected = attempt(child(pointer, name), () => readExpected(text, `${key}: ${name}`, dimension));
      return expected ? [[name, { ...expected, place }] as const] : [];
    });
    if (given.within !== undefined && given.times === undefined)
      add(messages.withinWithoutTimes(), child(pointer, 'within'));
    const within = given.within === undefined ? null : time(child(pointer, 'within'), given.within);
    const times = given.times?.map((text, k) => time(child(child(pointer, 'times'), String(k)), text) ?? NaN);
    if (!cells) return [];
    const { member, ...rest } = cells;
    return [
      {
        ...rest,
        event: member === '' ? 'spike' : member,
        quantities: Object.fromEntries(own),
        ...(within === null ? {} : { within }),
        ...(times ? { times: { seconds: times, place: positions.place(child(pointer, 'times')) } } : {}),
      },
    ];
  };

  const valuesOf = (key: string, given: Readonly<Record<string, string | number>>): readonly ExpectedValues[] => {
    const pointer = child('/values', key);
    const cells = cellsOf(key, pointer, valuesForm, 'a variable of a cell, such as exc[3].v');
    const samples = Object.entries(given).flatMap(([at, text]) => {
      const own = child(pointer, at);
      const seconds = time(own, at);
      const expected = attempt(own, () => readExpected(text, `${key} at ${at}`));
      return seconds === null || expected === null
        ? []
        : [{ time: seconds, expected: { ...expected, place: positions.place(own) } }];
    });
    if (!cells) return [];
    const { member, ...rest } = cells;
    return [{ ...rest, variable: member, samples }];
  };

  return {
    model,
    run,
    ...(fingerprint === undefined
      ? {}
      : { fingerprint: { digits: fingerprint, place: positions.place('/fingerprint') } }),
    spikes: Object.entries(spikes).flatMap(([key, given]) => spikesOf(key, given)),
    values: Object.entries(values).flatMap(([key, given]) => valuesOf(key, given)),
  };
}

const valuesForm = /^([A-Za-z_]\w*)(?:\[(\d+)(?::(\d+))?\])?\.([A-Za-z_]\w*)$/;
