import { describe, expect, it } from 'vitest';
import { RequestQueue } from '../../../runtime/targets/request-queue.js';

/** A promise, and the function that settles it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** A queue with a run that waits for its gate, followed by a read, and a log of completed requests. */
function runAndRead() {
  const queue = new RequestQueue('test');
  const { opened, open } = gate();
  const log: string[] = [];
  const run = queue.add(async () => {
    await opened;
    log.push('run');
  });
  const read = queue.add(() => log.push('read'));
  return { queue, open, log, run, read };
}

describe('requests of a session', () => {
  it('begin within the call if the queue is empty, also after others have ended', async () => {
    const queue = new RequestQueue('test');
    const begun: number[] = [];
    const first = queue.add(() => begun.push(1));
    expect(begun).toEqual([1]);
    await first;
    const second = queue.add(() => begun.push(2));
    expect(begun).toEqual([1, 2]);
    await second;
  });

  it('are performed one after another', async () => {
    const { open, log, run, read } = runAndRead();
    await Promise.resolve();
    expect(log).toEqual([]);
    open();
    await Promise.all([run, read]);
    expect(log).toEqual(['run', 'read']);
  });

  it('go on after one that failed, and its own promise rejects', async () => {
    const queue = new RequestQueue('test');
    const failed = queue.add(() => {
      throw new Error('no');
    });
    const next = queue.add(() => 3);
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe(3);
  });

  it('are refused once the queue is closed, after the pending one has ended', async () => {
    const { queue, open, log, run, read } = runAndRead();
    read.catch(() => undefined);
    const closed = queue.close().then(() => log.push('closed'));
    expect(queue.closed).toBe(true);
    open();
    await Promise.all([run, closed]);
    expect(log).toEqual(['run', 'closed']);
    await expect(read).rejects.toThrow('disposed');
    await expect(queue.add(() => 1)).rejects.toThrow('disposed');
  });
});
