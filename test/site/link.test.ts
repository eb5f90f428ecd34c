/** Links that hold a model, whole and malformed. */

import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fragmentOf, modelIn } from '../../site/link.js';

const given = { files: [['a.yaml', new Uint8Array([1, 2])] as const], main: 'a.yaml', options: { seed: '5' } };
const linkOf = (text: string): string => `#model=${deflateRawSync(text).toString('base64url')}`;
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
    [`#model=${inflatesTo300MB.toString('base64url')}`, 'larger than 64 MB'],
  ])('%.20s is refused with a sentence', async (fragment, sentence) => {
    await expect(modelIn(fragment)).rejects.toThrow(sentence);
  });

  it('that was cut is refused', async () => {
    const whole = await fragmentOf({ ...given, files: [['a.yaml', new TextEncoder().encode('x: 1\n'.repeat(1000))]] });
    await expect(modelIn(whole.slice(0, -5))).rejects.toThrow('damaged');
  });
});
