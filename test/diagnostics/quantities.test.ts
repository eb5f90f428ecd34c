import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration } from '../../src/diagnostics/quantities.js';

describe('numbers', () => {
  it.each([
    [0, '0 s'],
    [0.0000421, '42.1 us'],
    [0.01, '10 ms'],
    [0.1234, '123 ms'],
    [1, '1 s'],
    [12.345, '12.3 s'],
    [200, '3 min 20 s'],
  ])('%d s is %j', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('of bytes and of things', () => {
    expect([999, 1500, 123_456_789, 4e9].map(formatBytes)).toEqual(['999 B', '1.5 kB', '123 MB', '4 GB']);
    expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
  });
});
