import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { progressDisplay, silentProgress } from '../../src/cli/progress.js';

/** A stream that passes for a terminal, and the text written to it. */
function fakeTerminal(): { stream: NodeJS.WriteStream; written: () => string } {
  const chunks: string[] = [];
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 80,
    rows: 24,
    clearLine: () => true,
    cursorTo: () => true,
    moveCursor: () => true,
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => chunks.join('') };
}

/** Makes the clock stand at a time in ms. */
function at(time_ms: number): void {
  vi.spyOn(performance, 'now').mockReturnValue(time_ms);
}

describe('progressDisplay', () => {
  afterEach(() => vi.restoreAllMocks());

  it('draws the stage, how much is done and the time left', async () => {
    const { stream, written } = fakeTerminal();
    const display = await progressDisplay(stream);
    at(0);
    display.update('running', 0);
    at(2000);
    display.update('running', 0.25);
    display.stop();
    expect(written()).toMatch(/running +█+░+ +25% {2}about 6 s left/);
  });

  it('stays hidden for a stage that ends at once', async () => {
    const { stream, written } = fakeTerminal();
    const display = await progressDisplay(stream);
    at(0);
    display.update('connecting', 0);
    at(100);
    display.update('connecting', 1);
    display.stop();
    expect(written()).toBe('');
  });

  it('stays silent without a terminal', async () => {
    expect(await progressDisplay(undefined)).toBe(silentProgress);
  });
});
