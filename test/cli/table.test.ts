import { describe, expect, it } from 'vitest';
import { timeLeft } from '../../src/cli/progress.js';
import { formatTable } from '../../src/cli/table.js';

describe('formatTable', () => {
  it('aligns columns, wide characters too', () => {
    const columns = [
      { heading: 'population', align: 'left' },
      { heading: 'rate (Hz)', align: 'right' },
    ] as const;
    expect(
      formatTable(columns, [
        ['exc', '5.81'],
        ['細胞', '10'],
      ]),
    ).toEqual(['population  rate (Hz)', 'exc              5.81', '細胞               10']);
  });
});

describe('the time left', () => {
  it('is estimated from the time taken', () => {
    expect(timeLeft(0.25, 1000)).toBe('about 3 s left');
    expect(timeLeft(0.9, 900)).toBe('about 100 ms left');
    expect(timeLeft(0, 1000)).toBe('');
  });
});
