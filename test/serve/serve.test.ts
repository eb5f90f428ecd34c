/** The server as a client sees it: messages over two streams. */

import { PassThrough } from 'node:stream';
import { afterEach, expect, it, vi } from 'vitest';
import {
  CancellationTokenSource,
  createMessageConnection,
  ProgressType,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node.js';
import { importModel, readSource, runModel } from '../../src/index.js';
import { decodeMessage, encodeMessage, frameDecoder, frameEncoder } from '../../src/serve/frames.js';
import { serve } from '../../src/serve/serve.js';

interface Sent {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

const model = 'fixtures/pynn/if-cond-exp.json';
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function client(): { connection: MessageConnection; ended: Promise<void>; close: () => void } {
  const [to, from] = [new PassThrough(), new PassThrough()];
  const ended = serve(to, from);
  const connection = createMessageConnection(
    new StreamMessageReader(from, { contentTypeDecoder: frameDecoder }),
    new StreamMessageWriter(to, { contentTypeEncoder: frameEncoder }),
  );
  connection.listen();
  const close = (): void => void to.destroy();
  ends.push(async () => {
    close();
    await ended;
    connection.dispose();
  });
  return { connection, ended, close };
}

const floats = ({ bytes }: Sent): Float64Array => new Float64Array(Uint8Array.from(bytes).buffer);

it('runs several sessions, each with its own results', async () => {
  const { connection } = client();
  const { protocol } = await connection.sendRequest<{ protocol: number }>('initialize', {});
  expect(protocol).toBe(2);
  type Opened = { readonly session: number; readonly dt: number };
  const first = await connection.sendRequest<Opened>('open', { path: model, target: 'wasm' });
  const second = await connection.sendRequest<Opened>('open', { path: model, target: 'wasm' });
  expect(second.session).not.toBe(first.session);
  const all = await connection.sendRequest('run', { session: first.session });
  expect(all).toMatchObject({ complete: true, engine: { target: 'wasm' } });
  const part = await connection.sendRequest('run', { session: second.session, time: 0.01 });
  expect(part).toMatchObject({ complete: true, steps: 100 });
  const report = await connection.sendRequest<{ fingerprint: string }>('finish', { session: first.session });
  const direct = await runModel(importModel(readSource(model)), { target: 'wasm' });
  if (direct.kind !== 'run') throw new Error('nothing was run');
  direct.dispose();
  expect(report.fingerprint).toBe(direct.record.fingerprint.total);
  const taken = await connection.sendRequest<{ steps: number; samples: { values: Sent; steps: Sent }[] }>('take', {
    session: second.session,
  });
  expect(taken.steps).toBe(100);
  expect(taken.samples[0]!.values.shape[0]).toBe(101);
  expect(floats(taken.samples[0]!.values)).toHaveLength(taken.samples[0]!.values.shape.reduce((a, b) => a * b, 1));
});

it('has the bytes of arrays behind the text, each at a multiple of eight', () => {
  const array = (...numbers: number[]): Sent => ({
    dtype: 'u8',
    shape: [numbers.length],
    bytes: new Uint8Array(numbers),
  });
  for (const message of [
    { a: 'ü' },
    { a: [array(1, 2, 3), array()], b: { c: array(0, 0, 0, 0, 0, 0, 0, 0, 9), d: null } },
  ]) {
    const bytes = encodeMessage(message);
    expect(decodeMessage(bytes)).toEqual(message);
    const text = bytes.indexOf(0);
    expect([-1, 7]).toContain(text < 0 ? text : text % 8);
  }
  // Bytes that are not there are not made up.
  const cut = encodeMessage({ a: array(1, 2, 3) }).subarray(0, -8);
  expect(decodeMessage(cut)).toEqual({ a: { dtype: 'u8', shape: [3], at: 0 } });
});

it('takes values as arrays and gives what it was given', async () => {
  const { connection } = client();
  const { session, populations } = await connection.sendRequest<{
    session: number;
    populations: { name: string; size: number }[];
  }>('open', { path: model, target: 'wasm' });
  const { name, size } = populations.find((each) => each.name === 'driven')!;
  await connection.sendRequest('run', { session, time: 0.001 });
  const given = Float64Array.from({ length: size }, (_, k) => -0.06 - k / 1000);
  const values = { [`${name}.v`]: { dtype: 'f64', shape: [size], bytes: new Uint8Array(given.buffer) } };
  await connection.sendRequest('set', { session, values });
  const found = await connection.sendRequest<Sent>('read', { session, owner: name, variable: 'v' });
  expect([...floats(found)]).toEqual([...given]);
});

it('tells progress, and stops a call that is cancelled; the session goes on', async () => {
  const { connection } = client();
  const { session } = await connection.sendRequest<{ session: number }>('open', { path: model, target: 'wasm' });
  const cancel = new CancellationTokenSource();
  const told: number[] = [];
  connection.onProgress(new ProgressType<number>(), 'one', (fraction) => {
    told.push(fraction);
    cancel.cancel();
  });
  const result = await connection.sendRequest<{ complete: boolean; steps: number }>(
    'run',
    { session, time: 10_000, progressToken: 'one' },
    cancel.token,
  );
  expect(result.complete).toBe(false);
  expect(told.length).toBeGreaterThan(0);
  const next = await connection.sendRequest<{ steps: number }>('run', { session, time: 0.001 });
  expect(next.steps).toBe(result.steps + 10);
});

it('says what is wrong, with findings, and stays', async () => {
  const { connection } = client();
  await expect(connection.sendRequest('open', { path: 'nothing.json' })).rejects.toMatchObject({
    code: 2,
    message: expect.stringContaining('there is no file') as string,
  });
  await expect(
    connection.sendRequest('open', { text: '{"format":"interneuron/pynn","populations":[{"label":1}]}' }),
  ).rejects.toMatchObject({ code: 1, data: { diagnostics: expect.any(Array) as unknown } });
  await expect(connection.sendRequest('run', { session: 9 })).rejects.toThrow(/there is no session 9/);
  await expect(connection.sendRequest('nothing', {})).rejects.toMatchObject({ code: -32601 });
  await expect(
    connection.sendRequest('open', {
      path: model,
      data: { abc: { dtype: 'f64', shape: [0], bytes: new Uint8Array() } },
    }),
  ).rejects.toThrow(/has the digest/);
  for (const wrong of [
    { dtype: 'f64', shape: [2], at: 0 },
    { dtype: 'q', shape: [1], bytes: new Uint8Array(8) },
    'abc',
  ])
    await expect(connection.sendRequest('open', { path: model, data: { abc: wrong } })).rejects.toThrow(
      /is not an array|has the type/,
    );
  expect(await connection.sendRequest('initialize', {})).toMatchObject({ protocol: 2 });
});

it('ends when its input is closed, also while it computes', async () => {
  const { connection, ended, close } = client();
  const { session } = await connection.sendRequest<{ session: number }>('open', { path: model, target: 'wasm' });
  const running = connection.sendRequest('run', { session, time: 10_000 }).catch(() => 'over');
  await connection.sendRequest('initialize', {});
  close();
  await ended;
  connection.dispose();
  expect(await running).toBeDefined();
});

it.each([[undefined], [[]], [[1, 2]]])('takes parameters %j as none', async (parameters) => {
  const { connection } = client();
  const answer =
    parameters === undefined
      ? connection.sendRequest('initialize')
      : connection.sendRequest('initialize', ...parameters);
  expect(await answer).toMatchObject({ protocol: 2 });
});

it('waits for nothing when the client is gone in the middle of a message', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
  try {
    const to = new PassThrough();
    const ended = serve(to, new PassThrough());
    to.end('Content-Length: 100\r\n\r\n{"jsonrpc"');
    await ended;
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
