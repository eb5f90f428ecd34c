/** Files that models write: columns name recordings, which must also have the same names after a conversion. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { datFiles } from '../../../runtime/results/dat/plan.js';
import '../../../translators/neuroml/road.js';
import '../../../translators/pynn/road.js';

test.each(['fixtures/neuroml/network.xml', 'fixtures/neuroml/point-cells.xml', 'fixtures/cells/network-of-cells.xml'])(
  '%s as PyNN JSON has the recordings that its files take their columns from',
  async (path) => {
    const model = importModel(readSource(path));
    const { files } = await convertModel(model.valid, 'pynn-json');
    const { model: again } = importModel({ name: 'm.json', text: files[0]!.text }).valid;
    const wanted = datFiles(again.annotations).flatMap((file): readonly string[] =>
      (file.kind === 'columns' ? file.columns : file.selections).map(({ recording }) => recording),
    );
    const names = new Set(again.recordings.map(({ name }) => name));
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.filter((recording) => !names.has(recording))).toEqual([]);
  },
);
