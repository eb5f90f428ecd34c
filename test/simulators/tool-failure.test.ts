import { expect, test } from 'vitest';
import { toolFailure } from '../../src/simulators/tool-failure.js';

test('the reason why a simulator did not run is its own message', () => {
  const stderr = 'Traceback\n  at org.lemsml.Run.main(Run.java:1)\nValueError: no such cell\n';
  expect(toolFailure({ stderr, message: 'Command failed' })).toBe('Traceback ValueError: no such cell');
  const python = `Traceback (most recent call last):\n  File "run.py", line 3, in <module>\n    x.write(y)\n`;
  const full = 'OSError: [Errno 28] No space left on device';
  expect(toolFailure({ stderr: `${python}${full}\n`, message: 'Command failed' })).toBe(full);
  const feature =
    'Feature is not supported in LEMS: MULTICOMPARTMENTAL_CELL_MODEL (Model with multicompartmental cell(s))';
  const stdout = `jNeuroML v0.14.0\n${feature}\n    Level of support is insufficient: NONE\n`;
  expect(toolFailure({ stdout, message: 'Command failed: java -Xmx1024M' })).toBe(feature);
  expect(toolFailure({ message: 'Command failed: java' })).toBe('Command failed: java');
});
