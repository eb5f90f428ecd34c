/** A case without end. */

import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('ends its process at a limit of time of the processor, with the reason', () => {
  const script = "import('./test/support/case-limit.ts').then(({ startCase }) => { startCase(1); for (;;); })";
  const { signal, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '-e', script], { encoding: 'utf8' });
  expect(stderr).toContain('A case took more than 1 s of the processor');
  expect(signal).toBe('SIGKILL');
});
