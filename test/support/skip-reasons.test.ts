import { expect, it } from 'vitest';
import { skipReason, withReason } from './skip-reasons.js';

it.each([
  [withReason('x', 'no gcc'), 'no gcc'],
  [withReason('x', 'no .venv here; run scripts/a.sh'), 'no .venv here; run scripts/a.sh'],
  ['Brian 2 (no .venv here; run scripts/a.sh)', 'no .venv here; run scripts/a.sh'],
  ['x: npm run test:thorough runs it', 'npm run test:thorough runs them'],
  [withReason('x', null), undefined],
])('%s', (name, reason) => {
  expect(skipReason(name)).toBe(reason);
});
