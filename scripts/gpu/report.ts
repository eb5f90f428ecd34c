/** The report of a check: one object for programs, and a text for readers. */

import type { Availability } from '../../runtime/targets/target.js';
import type { FixtureRow } from './fixtures.js';
import type { MicrocircuitRow } from './microcircuit.js';
import type { Part, Row } from './parts.js';

/** How a part ended. */
export interface PartEnd {
  readonly part: Part;
  readonly seconds: number;
  /** `done`, `out of time`, or what went wrong. */
  readonly end: string;
}

/** Everything that was found out. */
export interface Report {
  readonly available: boolean;
  readonly availability?: Availability;
  readonly fixtures: readonly FixtureRow[];
  readonly agreement: readonly Extract<Row, { kind: 'agreement' }>[];
  readonly microcircuit: readonly MicrocircuitRow[];
  readonly parts: readonly PartEnd[];
  /** Whether every part ended well and every fingerprint is equal. */
  readonly passed: boolean;
}

/** Puts rows together. */
export function reportOf(rows: readonly Row[], parts: readonly PartEnd[]): Report {
  const of = <Kind extends Row['kind']>(kind: Kind): readonly Extract<Row, { kind: Kind }>[] =>
    rows.filter((row): row is Extract<Row, { kind: Kind }> => row.kind === kind);
  const availability = of('probe').at(-1)?.availability;
  const fixtures = of('fixture').map(({ row }) => row);
  const agreement = of('agreement');
  return {
    available: availability?.available === true,
    ...(availability === undefined ? {} : { availability }),
    fixtures,
    agreement,
    microcircuit: of('microcircuit').map(({ row }) => row),
    parts,
    passed: parts.every(({ end }) => end === 'done') && [...fixtures, ...agreement].every(({ equal }) => equal),
  };
}

const seconds = (value: number): string => `${value.toPrecision(3)} s`;
const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

/** A line for a row, as it is printed while parts run. */
export function rowText(row: Row): string | undefined {
  switch (row.kind) {
    case 'probe': {
      const { available, devices, reason = '', hint = '' } = row.availability;
      return available
        ? `${row.availability.target}: ${devices.join(', ')}; arithmetic as it should be (${seconds(row.seconds)})`
        : `not available: ${reason}\n${hint}`;
    }
    case 'begin':
      return undefined;
    case 'fixture': {
      const { name, precision, against, equal, error, seconds: spent } = row.row;
      const verdict = error ?? (equal ? 'equal' : 'DIFFERENT');
      return (
        `${name} ${precision}, against ${against}: ${verdict}; compile ${seconds(spent.compile)}, connect ` +
        `${seconds(spent.connect)}, run ${seconds(spent.run)}`
      );
    }
    case 'agreement':
      return `microcircuit at scale ${row.scale} in ${row.precision}, against wasm: ${row.equal ? 'equal' : 'DIFFERENT'}`;
    case 'microcircuit': {
      const { drive, precision, scale, factor, build, compile, memory } = row.row;
      return (
        `microcircuit at scale ${scale}, ${drive}, ${precision}: run / simulated ${factor.toFixed(4)}, build ` +
        `${seconds(build)}, compile ${seconds(compile)}, ${gigabytes(memory)}`
      );
    }
  }
}

/** The report as Markdown. */
export function reportText({ availability, fixtures, agreement, microcircuit, parts, passed }: Report): string {
  const failed = fixtures.filter(({ equal }) => !equal);
  const micro = (value: number): string => (value * 1e6).toFixed(2);
  return [
    `# ${availability?.target ?? 'the target'}: ${availability?.devices.join(', ') ?? 'no device'}`,
    '',
    passed ? 'Everything passed.' : 'NOT everything passed.',
    '',
    ...table(
      ['part', 'end', 'time'],
      parts.map(({ part, end, seconds: spent }) => [part, end, seconds(spent)]),
    ),
    '',
    `${fixtures.filter(({ equal }) => equal).length} of ${fixtures.length} fingerprints are equal`,
    ...failed.map(({ name, precision, error }) => `- ${name} ${precision}: ${error ?? 'DIFFERENT'}`),
    ...agreement.map(
      ({ scale, precision, equal }) =>
        `- microcircuit, scale ${scale}, ${precision}, and WebAssembly: ${equal ? 'equal' : 'DIFFERENT'}`,
    ),
    '',
    ...table(
      [
        'drive',
        'precision',
        'scale',
        'neurons',
        'synapses',
        'compile',
        'again',
        'build',
        'run',
        'run / simulated',
        'memory',
        'spikes',
      ],
      microcircuit.map((row) => [
        row.drive,
        row.precision,
        String(row.scale),
        String(row.neurons),
        String(row.synapses),
        ...[row.compile, row.compileAgain, row.build, row.run].map(seconds),
        row.factor.toFixed(4),
        gigabytes(row.memory),
        String(row.spikes),
      ]),
    ),
    '',
    ...microcircuit.flatMap(({ drive, precision, rates, launches, fingerprint }) => [
      `${drive}, ${precision}: rates in Hz ${Object.entries(rates)
        .map(([population, rate]) => `${population} ${rate.toFixed(2)}`)
        .join(', ')}; fingerprint ${fingerprint.slice(0, 16)}`,
      ...(launches === undefined
        ? []
        : [
            `launches of a step in us, each repeated by itself: ${launches.each.map(micro).join(', ')}; a whole ` +
              `step ${micro(launches.step)}`,
          ]),
    ]),
    '',
  ].join('\n');
}
