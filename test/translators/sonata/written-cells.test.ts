/** Cells with a shape as circuits: the same model, and bits, when they are read again. */

import { describe, expect, it } from 'vitest';
import { convertModel } from '../../../src/convert/convert.js';
import { inFolder } from '../../../src/convert/in-folder.js';
import { importModel, readSource } from '../../../src/pipeline/pipeline.js';
import { simulateModel } from '../../support/simulate.js';
import { branched, finer } from './written-cells.js';
import '../../../translators/sonata/road.js';

const engines = [{ target: 'wasm', threads: 1 }] as const;

describe('cells with a shape', () => {
  it.each<readonly [string, object, readonly number[], readonly string[], number]>([
    ['are divided by dL', branched, [1, 5, 3, 3, 3, 3, 3, 1, 1], [], 1e-15],
    ['become sections for each compartment', finer(), new Array<number>(36).fill(1), ['sonata/shape-precision'], 1e-9],
  ])(
    'have the same spikes, and potentials up to rounding, if they %s',
    async (_, document, divided, codes, largest) => {
      const { valid } = importModel({ name: 'cells.json', text: JSON.stringify(document) });
      const { files, report } = await convertModel(valid, 'sonata');
      expect(report.filter(({ verdict }) => verdict !== 'exact').map(({ code }) => code)).toEqual(codes);
      const again = await inFolder(files, (path) => importModel(readSource(path)).valid);
      const sections = Object.values(again.model.neurons).flatMap(({ compartments }) =>
        Object.values(compartments?.sections ?? {}),
      );
      expect(sections.map(({ divisions }) => divisions)).toEqual(divided);
      const [own, other] = [await simulateModel(valid, { engines }), await simulateModel(again, { engines })];
      expect(own.events.get('cells.spike')!.length).toBeGreaterThan(2);
      expect(other.events.get('cells.spike')).toEqual(own.events.get('cells.spike'));
      const [v, w] = [own, other].map(({ samples }) => samples.get('v_soma/v')!.flat());
      expect(v!.length).toBe(4802);
      expect(Math.max(...v!.map((each, k) => Math.abs(each - w![k]!)))).toBeLessThan(largest);
    },
  );
});
