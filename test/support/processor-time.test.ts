import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { processorSeconds, secondsOfChildren } from './processor-time.js';

it('of ended children stands in two fields, behind a name with spaces and parentheses', () => {
  const fields = Array.from({ length: 52 }, (_, k) => String(k + 1));
  expect(secondsOfChildren(['7', '(a (b) c)', 'R', ...fields.slice(3)].join(' '))).toBe(0.33);
});

it.runIf(process.platform === 'linux')('includes children, and no time of waiting', () => {
  const secondsOf = (run: () => void): number => {
    const before = processorSeconds();
    run();
    return processorSeconds() - before;
  };
  const node = (script: string): void => void execFileSync(process.execPath, ['-e', script]);
  const busy = secondsOf(() => node('const t = process.cpuUsage(); while (process.cpuUsage(t).user < 4e5);'));
  expect(busy).toBeGreaterThan(0.4);
  expect(secondsOf(() => node('setTimeout(() => undefined, 1000)'))).toBeLessThan(busy);
});
