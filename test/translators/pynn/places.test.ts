/**
 * Parameters by place in an exported script: NumPy works them out from where the cells are (a simulator runs it in the
 * probes).
 */

import { expect, test } from 'vitest';
import { importModel } from '../../../src/run/pipeline.js';
import { exportPynnScript } from '../../../translators/pynn/export-script.js';
import { documentOf } from './support.js';

test('functions of the place become arrays, before the population is made and when they are set', () => {
  const text = documentOf({
    populations: [
      {
        label: 'cells',
        size: 4,
        cell: { type: 'IF_curr_exp', params: { i_offset: { expr: '0.1 + sqrt(x)', of: 'xyz' } } },
        structure: { type: 'Line', params: { dx: 10 } },
        initial_values: { v: { expr: '-65 + y', of: 'xyz' } },
      },
    ],
    phases: [{ set: { target: 'cells', params: { tau_m: { expr: '10 + z', of: 'xyz' } } } }, { run: 1 }],
  });
  const { text: laidOut } = exportPynnScript(importModel({ name: 'x', text }).valid).files[0]!;
  // However long the names are, which decides on lines.
  const script = laidOut
    .replace(/\(\n\s+/g, '(')
    .replace(/\{\n\s+/g, '{')
    .replace(/,?\n\s+/g, ', ');
  expect(script).toContain('positions = Line(dx=10).generate_positions(4)');
  expect(script).toMatch(/i_offset=of_position\(cells_?\w*_positions, lambda x, y, z: 0\.1 \+ np\.sqrt\(x\)\)/);
  expect(script).toMatch(/"v": of_position\(cells_?\w*_positions, lambda x, y, z: -65 \+ y\)/);
  expect(script).toMatch(/\.positions = cells_?\w*_positions/);
  expect(script).toMatch(/\.set\(tau_m=of_position\(cells_?\w*\.positions, lambda x, y, z: 10 \+ z\)\)/);
  expect(script).not.toContain('lambda i');
});
