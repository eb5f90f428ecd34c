/** `interneuron inspect`: the contents of a result file. */

import { openRecorded } from '../../compare/open-recorded.js';
import { withNodes } from '../../compare/read/ours.js';
import type { Recorded } from '../../compare/recorded.js';
import { printable } from '../../diagnostics/display.js';
import { formatCount } from '../../diagnostics/quantities.js';
import { runProperties } from '../../pipeline/results/run-properties.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { formatTable } from '../table.js';

/** Lists the content of a result of any program. */
export async function inspect(context: CommandContext): Promise<number> {
  const recorded = withNodes(await openRecorded(onlyFile(context)));
  if (context.json) printJson(context.terminal, contentsOf(recorded));
  context.say(linesOf(recorded).map(printable).join('\n'));
  return exitCodes.done;
}

/** Contents as `--json` prints them. */
function contentsOf({ path, format, record, dt, begin, end, trains, signals, notes }: Recorded): object {
  return {
    path,
    format,
    run: record === undefined ? null : runProperties(record),
    dt: dt ?? null,
    begin,
    end,
    spikes: trains.map(({ population, event, ids, trains: own }) => ({
      population,
      event,
      cells: ids.length,
      spikes: own.reduce((sum, train) => sum + train.length, 0),
    })),
    samples: signals.map(({ owner, variable, unit, columns, times }) => ({
      owner,
      variable,
      unit,
      columns: columns.length,
      samples: times.length,
    })),
    notes,
  };
}

/** Returns the content of a result as lines of text. */
export function linesOf(recorded: Recorded): readonly string[] {
  const { format, record, dt, begin, end, trains, signals, notes } = recorded;
  const ms = (seconds: number): string => `${Number((seconds * 1e3).toPrecision(10))} ms`;
  const about = [
    ['format', format],
    ...Object.entries(record === undefined ? {} : runProperties(record)).map(([key, value]) => [key, String(value)]),
    ['time', `${ms(begin)} to ${end === null ? 'an end that is not stated' : ms(end)}`],
    ...(dt === undefined ? [] : [['time step', ms(dt)]]),
  ];
  const plain = [
    { heading: '', align: 'left' },
    { heading: '', align: 'left' },
  ] as const;
  const spikes = trains.map(({ population, event, ids, trains: own }) => [
    population,
    event,
    formatCount(ids.length),
    formatCount(own.reduce((sum, train) => sum + train.length, 0)),
  ]);
  const samples = signals.map(({ owner, variable, unit, columns, times }) => [
    owner,
    variable,
    unit ?? 'not stated',
    formatCount(columns.length),
    formatCount(times.length),
  ]);
  return [
    ...formatTable(plain, about).slice(1),
    ...(spikes.length === 0 ? [] : ['', ...formatTable(spikeColumns, spikes)]),
    ...(samples.length === 0 ? [] : ['', ...formatTable(sampleColumns, samples)]),
    ...notes.map((note) => `note: ${note}`),
  ];
}

const spikeColumns = [
  { heading: 'population', align: 'left' },
  { heading: 'event', align: 'left' },
  { heading: 'cells', align: 'right' },
  { heading: 'spikes', align: 'right' },
] as const;

const sampleColumns = [
  { heading: 'owner', align: 'left' },
  { heading: 'variable', align: 'left' },
  { heading: 'unit', align: 'left' },
  { heading: 'columns', align: 'right' },
  { heading: 'samples', align: 'right' },
] as const;
