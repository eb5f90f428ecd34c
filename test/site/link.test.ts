/** Links that hold a model, whole and malformed. */

import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fragmentOf, modelIn, replayIn, withReplay } from '../../site/link.js';

const given = { files: [['a.yaml', new Uint8Array([1, 2])] as const], main: 'a.yaml', options: { seed: '5' } };
const linkOf = (text: string): string => `#model=${deflateRawSync(text).toString('base64url')}`;
const linkWith = (options: string): string => linkOf(`{"files":[["a",""]],"main":"a","options":${options}}`);
const inflatesTo300MB = deflateRawSync(Buffer.alloc(300e6, 'A'));

describe('a link', () => {
  it('gives its model', async () => {
    expect(await modelIn(await fragmentOf(given))).toEqual(given);
    expect(await modelIn('#other')).toBeUndefined();
  });

  it.each([
    ['#model=!!!!', 'damaged'],
    ['#model=AAAA', 'damaged'],
    ['#model=', 'damaged'],
    [linkOf('{"files":'), 'damaged'],
    [linkOf('null'), 'damaged'],
    [linkOf('{"files":[],"main":"a","options":{}}'), 'damaged'],
    [linkOf('{"files":[["a",5]],"main":"a","options":{}}'), 'damaged'],
    [linkOf('{"files":[["a","!"]],"main":"a","options":{}}'), 'damaged'],
    [linkWith('{"seed":5}'), 'not a text: seed'],
    [linkWith('{"set":{"tau":["1 ms"]}}'), 'not a text: tau'],
    [linkWith('{"set":7}'), 'not a text: set'],
    [linkWith('{"dt":null}'), 'not a text: dt'],
    [linkWith('{"allowPaths":"/etc"}'), 'not a text: allowPaths'],
    [linkWith('{"constructor":"x"}'), 'not a text: constructor'],
    [`#model=${inflatesTo300MB.toString('base64url')}`, 'larger than 64 MB'],
  ])('%.20s is refused with a sentence', async (fragment, sentence) => {
    await expect(modelIn(fragment)).rejects.toThrow(sentence);
  });

  it('that was cut is refused', async () => {
    const whole = await fragmentOf({ ...given, files: [['a.yaml', new TextEncoder().encode('x: 1\n'.repeat(1000))]] });
    await expect(modelIn(whole.slice(0, -5))).rejects.toThrow('damaged');
  });
});

const digits = '0123456789abcdef'.repeat(4);

describe('the changes in an address', () => {
  it.each<readonly [string, Readonly<Record<string, string>>, boolean]>([
    ['?set=g_e=6%20nS&set=cells.tau=20 ms', { g_e: '6 nS', 'cells.tau': '20 ms' }, false],
    ['#set=g_e=6%20nS&set=cells.tau=20 ms', { g_e: '6 nS', 'cells.tau': '20 ms' }, false],
    ['#model=AAAA&set=g_e=6+nS', { g_e: '6 nS' }, false],
    ['?embed', {}, false],
    ['?set=tau=5 ms&set=g_e', { tau: '5 ms' }, true],
    ['?set==5', {}, true],
    ['?set=tau=', {}, true],
    ['?set=', {}, true],
    ['#fingerprint=1234', {}, true],
    [`#fingerprint=${digits}&numerics=x`, {}, true],
    [`?set=${'+'.repeat(1e6)}`, {}, true],
    [`?set=a${'+'.repeat(1e6)}=${'+'.repeat(1e6)}1`, { a: '1' }, false],
  ])('%.40s', (address, set, isRefused) => {
    const found = replayIn(new URL(address, 'https://a.b/'));
    expect(found.changes).toEqual({ set });
    expect(found.failure !== undefined).toBe(isRefused);
    expect(found.claim).toBeUndefined();
  });

  it('are those that were written, after a model or without one', async () => {
    const replay = {
      changes: { set: { 'cells.tau': '20 ms', g: '1 & 2 = %' }, seed: '7', duration: '0.2 s' },
      claim: { fingerprint: digits, numerics: 10 },
    };
    for (const fragment of ['', await fragmentOf(given)]) {
      const address = new URL(withReplay(`https://a.b/page.html?embed&set=old=1${fragment}`, replay));
      expect(replayIn(address)).toEqual(replay);
      expect(await modelIn(address.hash)).toEqual(fragment === '' ? undefined : given);
      expect(withReplay(address.href, { changes: { set: {} } })).toBe(`https://a.b/page.html?embed=${fragment}`);
    }
  });
});
