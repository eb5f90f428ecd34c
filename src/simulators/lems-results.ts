/** Text files that simulators of LEMS write, as columns. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { datFiles, datPath } from '../../runtime/results/dat/plan.js';
import type { Model } from '../model/model.js';
import { populationOf } from '../model/selected.js';
import { spikesInMemory, type SampleColumns, type ToolColumns } from './columns.js';

/** Makes the folders of the files that a LEMS document names, which its simulators do not. */
export function makeFolders(folder: string, { annotations }: Model): void {
  for (const { file } of datFiles(annotations)) mkdirSync(dirname(datPath(folder, file)), { recursive: true });
}

/**
 * Reads the text files that a LEMS document names, as columns of its populations.
 *
 * @param target  the document as it is read
 * @param spikes  populations of files of spikes that are named after a recording
 */
export function lemsColumns(
  folder: string,
  target: Model,
  spikes: ReadonlyMap<string, string>,
): readonly ToolColumns[] {
  const owners = new Map(target.recordings.map(({ name, of }) => [name, populationOf(of)]));
  return datFiles(target.annotations).flatMap((file): readonly ToolColumns[] => {
    const path = datPath(folder, file.file);
    if (!existsSync(path)) return [];
    const rows = readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(/\s+/)]));
    if (file.kind === 'columns') {
      const times = Float64Array.from(rows, ([time]) => Number(time));
      return file.columns.map(({ recording, variable, index }, k): SampleColumns => {
        const values = Float64Array.from(rows, (row) => Number(row[k + 1]));
        return {
          kind: 'samples',
          of: owners.get(recording) ?? '',
          variable,
          segment: 0,
          unit: 1,
          cells: [index],
          rows: rows.length,
          read: (begin, end) => ({ times: times.slice(begin, end), values: values.slice(begin, end) }),
        };
      });
    }
    // Documents of generated types have a file for each recording; its cells may have become populations.
    const own = spikes.get(file.file.replace(/\.spikes$/, ''));
    const cells = new Map(file.selections.map(({ id, population, index }) => [id, { population, index }]));
    const found = new Map<string, [number, number][]>(own === undefined ? [] : [[own, []]]);
    for (const row of rows) {
      const [id = '', time] = file.format === 'ID_TIME' ? row : [row[1], row[0]];
      const { population, index } = (own === undefined ? cells.get(id) : { population: own, index: Number(id) }) ?? {};
      if (population === undefined || index === undefined) continue;
      const train = found.get(population) ?? [];
      if (train.push([Number(time), index]) === 1) found.set(population, train);
    }
    return [...found].map(([population, all]) => spikesInMemory(population, all));
  });
}
