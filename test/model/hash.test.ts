import { describe, expect, test } from 'vitest';
import canonicalize from 'canonicalize';
import { digest, hashModel } from '../../src/model/hash.js';
import { readFileSync } from 'node:fs';
import { normalised } from './support.js';

const sketch = readFileSync(new URL('../../fixtures/model/sketch.yaml', import.meta.url), 'utf8');
const hashes = (text: string): ReturnType<typeof hashModel> => hashModel(normalised(text).model);

/** Returns the hashes, of three, that differ from the sketch. */
function changed(text: string): string[] {
  const [before, after] = [hashes(sketch), hashes(text)];
  return (['model', 'experiment', 'document'] as const).filter((key) => before[key] !== after[key]);
}

/** The sketch with one text in place of another; the text must occur. */
function edited(from: string | RegExp, to: string): string {
  const result = sketch.replace(from, to);
  if (result === sketch) throw new Error(`${String(from)} does not occur`);
  return result;
}

describe('changes that keep all hashes', () => {
  test.each<[string, string]>([
    ['comments and empty lines', `# a comment\n\n${sketch}\n# another\n`],
    ['the spelling of a unit', edited('tau_e: 5 ms', 'tau_e: 5000 us')],
    ['a product in place of a quantity', edited('tau_e: 5 ms', 'tau_e: 5*ms')],
    ['a number in the declared unit', edited('w: { unit: nS, initial: 3 nS }', 'w: { unit: nS, initial: 3 }')],
    ['another declared unit', edited('w: { unit: nS, initial: 3 nS }', 'w: { unit: pS, initial: 3000 }')],
    ['the order of keys', edited('{ C: 200 pF, g_l: 10 nS, E_l: -60 mV,', '{ E_l: -60 mV, g_l: 10 nS, C: 200 pF,')],
    ['white space in an expression', edited('-ge / tau_e', '" -  ge/tau_e "')],
    ['parentheses that say nothing', edited('-ge / tau_e', '(-(ge)) / (tau_e)')],
    ['a default that is written out', edited('I: { unit: pA, reduce: sum }', 'I: pA')],
    ['another default', edited('edge: level, ', '')],
    ['a selection as a map', edited('of: exc,', 'of: { population: exc },')],
    ['the notation', JSON.stringify(normalised(sketch).model)],
  ])('%s', (_, text) => expect(changed(text)).toEqual([]));
});

describe('changes and the hashes that they affect', () => {
  test.each<[string, string, string[]]>([
    ['a parameter', edited('tau_e: 5 ms', 'tau_e: 6 ms'), ['model', 'experiment', 'document']],
    ['an id', sketch.replace(/\bexc\b/g, 'e'), ['model', 'experiment', 'document']],
    ['the size', edited('size: 3200', 'size: 3201'), ['model', 'experiment', 'document']],
    ['what may connect to itself', edited(', self: false', ''), ['model', 'experiment', 'document']],
    ['the seed', edited('seed: 42', 'seed: 43'), ['experiment', 'document']],
    ['the time step', edited('dt: 0.1 ms', 'dt: 0.2 ms'), ['experiment', 'document']],
    ['the protocol', edited('run: 500 ms', 'run: 501 ms'), ['experiment', 'document']],
    ['the timing profile', edited('timing: grid\nexp', 'timing: brian\nexp'), ['experiment', 'document']],
    ['the name', edited('name: Balanced', 'name: Unbalanced'), ['document']],
    ['the title', edited('neurons:', 'metadata: { title: A title }\nneurons:'), ['document']],
    ['a recording', edited('every: 1 ms', 'every: 2 ms'), ['document']],
    ['a library name', edited('pynn/IF_cond_exp', 'pynn/IF_cond_alpha'), ['document']],
    [
      'a parameter of the model that was put in',
      edited('size: 3200', 'size: 4*N_q').replace('neurons:', 'parameters: { N_q: 800 }\nneurons:'),
      ['document'],
    ],
  ])('%s', (_, text, expected) => expect(changed(text)).toEqual(expected));
});

// RFC 8785, appendix B: IEEE 754 bits in hexadecimal and the canonical number.
describe('RFC 8785', () => {
  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('number %s is %s', (bits, expected) => {
    expect(canonicalize(new DataView(Uint8Array.from(Buffer.from(bits, 'hex')).buffer).getFloat64(0))).toBe(expected);
  });

  // RFC 8785, section 3.2.3: keys by UTF-16 code units.
  test('keys are sorted by code units', () => {
    const keys = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const values = Object.values(JSON.parse(canonicalize(keys) ?? '') as object);
    expect(canonicalize(keys)?.indexOf('Carriage')).toBeLessThan(canonicalize(keys)?.indexOf('One') ?? 0);
    const order = [
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ];
    expect([...values].map(String).sort()).toEqual([...order].sort());
    const text = canonicalize(keys) ?? '';
    expect(order.map((value) => text.indexOf(value))).toEqual(
      [...order.map((value) => text.indexOf(value))].sort((a, b) => a - b),
    );
  });

  // FIPS 180-4 example: SHA-256 of "abc" is ba7816bf…; here of the JSON text "abc" with its quotes, by an independent
  // tool (sha256sum).
  test('the digest is SHA-256 of the canonical text', () =>
    expect(digest('abc')).toBe('6cc43f858fbb763301637b5af970e2a46b46f461f27e5a0f41e009c59b827b25'));
});
