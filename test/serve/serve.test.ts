/** The server as a client sees it: messages over two streams. */

import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  CancellationTokenSource,
  createMessageConnection,
  ProgressType,
  StreamMessageReader,
  StreamMessageWriter,
  type Message,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { importModel, readSource, runModel } from '../../src/index.js';
import { decodeMessage, encodeMessage, frameEncoder } from '../../src/serve/frames.js';
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

function client(): { connection: MessageConnection; ended: Promise<boolean>; close: () => void } {
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

const frameDecoder = {
  name: 'application/json',
  decode: async (body: Uint8Array) => decodeMessage(body) as Message,
};

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

it('has the bytes of arrays after the text, each at a multiple of eight', () => {
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

it('takes values as arrays and returns them unchanged', async () => {
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

it('answers a mistake with its findings, and stays', async () => {
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

/** So many answers of the server to bytes, and how it ends. */
async function answersTo(
  count: number,
  ...sent: readonly (string | Uint8Array)[]
): Promise<{ said: string; end: unknown }> {
  const [to, from] = [new PassThrough(), new PassThrough()];
  const ended = serve(to, from).then(
    () => 'ended',
    (error: unknown) => error,
  );
  let said = '';
  from.on('data', (chunk: Buffer) => (said += chunk.toString()));
  for (const bytes of sent) to.write(bytes);
  if (count > 0) await vi.waitFor(() => expect(said.match(/Content-Length/g)).toHaveLength(count));
  to.end();
  return { end: await ended, said };
}

const framed = (text: string): string => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
const call = (parts: object): string => framed(JSON.stringify({ jsonrpc: '2.0', method: 'initialize', ...parts }));

it.each([
  ['no JSON', framed('{abc}'), null, -32700],
  ['nothing', framed(''), null, -32700],
  ['200,000 nested lists', framed('['.repeat(200_000) + ']'.repeat(200_000)), null, -32700],
  [
    'nested parameters',
    call({ id: 1, params: { a: JSON.parse('['.repeat(120) + ']'.repeat(120)) as unknown } }),
    null,
    -32700,
  ],
  ['bytes that are not UTF-8', Buffer.from('Content-Length: 3\r\n\r\n"\xff"', 'latin1'), null, -32700],
  ['a list of calls', framed('[{"jsonrpc":"2.0","id":1,"method":"initialize"}]'), null, -32600],
  ['a number', framed('5'), null, -32600],
  ['another version', framed('{"id":3,"method":"initialize"}'), 3, -32600],
  ['no method', framed('{"jsonrpc":"2.0","id":3}'), 3, -32600],
  ['an id that is none', call({ id: {} }), null, -32600],
  ['parameters by position', call({ id: 'a', params: [1, 2] }), 'a', -32602],
])('answers %s as JSON-RPC has it, and goes on', async (_, bytes, id, code) => {
  const { said, end } = await answersTo(2, bytes, call({ id: 9 }));
  expect(end).toBe('ended');
  const [first, next] = said.split(/Content-Length: \d+\r\n\r\n/).slice(1);
  expect(JSON.parse(first!)).toMatchObject({ id, error: { code } });
  expect(JSON.parse(next!)).toMatchObject({ id: 9, result: { protocol: 2 } });
});

it.each([
  ['Content-Length: -5', /the Content-Length of a message is -5/],
  ['Content-Length: 12abc', /is 12abc/],
  ['Content-Length: 1e3', /is 1e3/],
  ['Content-Length: 99999999999999999999', /Content-Length of a message is/],
  ['Content-Length: 2\r\nContent-Length: 3', /is 2 and 3/],
  ['Content-Type: application/json', /no Content-Length/],
  ['Content-Length: 2\r\nContent-Type: application/json; charset=utf-16', /has the type/],
  ['hello', /has the line hello/],
  ['', /has the line/],
  ['x'.repeat(10_000), /more than 8192 bytes/],
])('ends with a sentence at the header %j', async (header, message) => {
  const { said, end } = await answersTo(0, `${header}\r\n\r\n{}`);
  expect(said).toBe('');
  expect((end as Error).name).toBe('UsageError');
  expect((end as Error).message).toMatch(message);
});

it.each([undefined, {}])('takes parameters %j as none', async (params) => {
  expect((await answersTo(1, call({ id: 1, params }))).said).toContain('"protocol":2');
});

it('answers a text that is no call even without a further one', async () => {
  expect((await answersTo(0, framed('{abc}'))).said).toContain('-32700');
});

it('takes messages in pieces of any size', async () => {
  const bytes = Buffer.from(call({ id: 1 }) + call({ id: 2 }));
  for (const size of [1, 7, 64]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, k) =>
      bytes.subarray(k * size, (k + 1) * size),
    );
    expect((await answersTo(2, ...pieces)).said.match(/"protocol":2/g)).toHaveLength(2);
  }
});

it('accepts no value that the command line or a document refuses', async () => {
  const { connection } = client();
  const frame = (shape: readonly number[]): Sent => ({
    dtype: 'f64',
    shape,
    bytes: new Uint8Array(8 * shape.reduce((a, b) => a * b, 1)),
  });
  const start = { events: {}, lastEvents: {}, free: {}, lastUpdates: {} };
  for (const options of [
    { threads: 0 },
    { threads: 1.5 },
    { threads: 257 },
    { seed: -1 },
    { seed: 'abc' },
    { dt: '0.1' },
    { duration: '-5 ms' },
    { outputs: ['result.txt'] },
    { start: { ...start, step: 2 ** 31 } },
    { start: { ...start, step: 0.5 } },
    { set: ['a'] },
  ])
    await expect(connection.sendRequest('open', { path: model, ...options })).rejects.toMatchObject({ code: 2 });
  const { session } = await connection.sendRequest<{ session: number }>('open', { path: model, target: 'wasm' });
  for (const value of [frame([3]), frame([3, 2]), frame([2, 1, 1]), [1, 'a'], ['-60 mV'], '-60 mV', null, {}, true])
    await expect(connection.sendRequest('set', { session, values: { 'driven.v': value } })).rejects.toMatchObject({
      code: 2,
    });
  await expect(connection.sendRequest('run', { session, time: 1e300 })).rejects.toMatchObject({ code: 2 });
  await expect(connection.sendRequest('reset', { session, annotations: [1] })).rejects.toMatchObject({ code: 2 });
  await expect(connection.sendRequest('open', { text: '{"name": "\ud800"}' })).rejects.toMatchObject({ code: 2 });
  expect(await connection.sendRequest('run', { session, time: 0.001 })).toMatchObject({ complete: true });
});

it('takes for arrays only parts of the message at their right offsets', () => {
  const text = (at: unknown, shape: unknown): Buffer =>
    Buffer.concat([
      Buffer.from(JSON.stringify({ a: { dtype: 'u8', shape, at } }).padEnd(63)),
      Buffer.from([0, ...Array.from({ length: 16 }, (_, k) => k)]),
    ]);
  expect(decodeMessage(text(8, [2]))).toMatchObject({ a: { bytes: Uint8Array.of(8, 9) } });
  for (const [at, shape] of [
    [1, [2]],
    [0.5, [2]],
    [-8, [2]],
    ['0', [2]],
    [0, [-1, -2]],
    [0, [0.5]],
    [0, [17]],
    [1e300, [1]],
  ] as const)
    expect(decodeMessage(text(at, shape))).toEqual({ a: { dtype: 'u8', shape, at } });
});

it('stops waiting when the client is gone in the middle of a message', async () => {
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

describe('the end of a server', () => {
  const many = (count: number, method: string): readonly string[] =>
    Array.from({ length: count }, (_, id) => call({ id, method, params: {} }));
  it.each([
    ['no message', [], 0, true],
    ['calls that succeed and fail', [...many(1, 'open'), call({ id: 2 })], 2, true],
    ['500 calls that fail', many(500, 'open'), 500, false],
    ['500 calls of a method that is not there', many(500, 'x'), 500, false],
    ['99 messages that are no calls', Array<string>(99).fill(framed('5')), 99, false],
  ])('after %s', async (_, sent, count, expected) => {
    const [to, from] = [new PassThrough(), new PassThrough()];
    const ended = serve(to, from);
    let said = '';
    from.on('data', (chunk: Buffer) => (said += chunk.toString()));
    for (const bytes of sent) to.write(bytes);
    await vi.waitFor(() => expect(said.match(/Content-Length/g) ?? []).toHaveLength(count), 20_000);
    to.end();
    expect(await ended).toBe(expected);
  });

  it('is an error after 100 messages in a row that are no calls', async () => {
    const { end, said } = await answersTo(0, ...Array<string>(500).fill(framed('5')));
    expect(end).toMatchObject({ message: expect.stringContaining('100 messages in a row are no calls') });
    expect(said.match(/Content-Length/g)).toHaveLength(100);
  });
});
