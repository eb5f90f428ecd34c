import { fc } from '../support/property.js';
import { describe, expect, test } from 'vitest';
import { decodeText, readDocument } from '../../src/model/text/read.js';

/** `code@line:column` of all findings. */
function findings(text: string): string[] {
  return readDocument(text, 'm').diagnostics.map(({ code, place }) => `${code}@${place?.line}:${place?.column}`);
}

describe('readable documents', () => {
  test.each([
    ['JSON', '{"a": [1, 2.5e-3, "x"], "b": {"c": null}}', { a: [1, 0.0025, 'x'], b: { c: null } }],
    ['JSON with comments', '// first\n{"a": /* one */ 1 // last\n}', { a: 1 }],
    ['JSON after a byte order mark', '\ufeff{"a": 1}', { a: 1 }],
    ['YAML', 'a: [1, 2.5e-3, x]\nb: {c: null}', { a: [1, 0.0025, 'x'], b: { c: null } }],
    ['YAML that opens with a brace', '{a: 1, b: [x]}', { a: 1, b: ['x'] }],
    ['YAML after a byte order mark and comments', '\ufeff# first\na: 1 # last\n', { a: 1 }],
    ['the words of YAML 1.1 are strings', 'on: yes\nno: off\nn: 1', { on: 'yes', no: 'off', n: 1 }],
    ['aliases in reason', 'a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['an anchor that is used often', `a: &x [1]\nb: [${'*x, '.repeat(1000)}]`, { a: [1], b: Array(1000).fill([1]) }],
    ['an anchor that is set again', 'a: &x 1\nb: *x\nc: &x 2\nd: *x', { a: 1, b: 1, c: 2, d: 2 }],
    ['aliases as keys', 'a: &x k\nb: {*x : 1}', { a: 'k', b: { k: 1 } }],
    ['text that looks infinite', 'a: [inf, ".inf"]', { a: ['inf', '.inf'] }],
    ['keys that are numbers or nothing', '1: a\n: b', { 1: 'a', '': 'b' }],
    ['Windows line ends', 'a: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
  ])('%s', (_, text, value) => {
    const result = readDocument(text, 'm');
    expect(result.diagnostics).toEqual([]);
    expect(result.value).toEqual(value);
  });
});

describe('refused documents, with the place', () => {
  test.each([
    ['nothing', '', ['read/empty@1:1']],
    ['only space', ' \n\n', ['read/empty@1:1']],
    ['XML', '<?xml version="1.0"?><Lems/>', ['read/not-json-or-yaml@1:1']],
    ['binary data', 'abc\u0000def', ['read/not-json-or-yaml@1:1']],
    ['a script', '"""A network."""\nimport numpy as np\n', ['read/python-script@2:1']],
    ['a script that takes all names', '# PyNN\nfrom pyNN.neuron import *\nsetup()\n', ['read/python-script@2:1']],
    ['a script with several commands a line', 'import sys; import numpy\nx = 1\n', ['read/python-script@1:1']],
    ['a script with comments', 'x = 1\nimport sys  # for its arguments\n', ['read/python-script@2:1']],
    ['a missing comma', '{"a": 1\n "b": 2}', ['read/malformed-json@2:2']],
    ['a trailing comma', '{"a": 1,}', ['read/malformed-json@1:8']],
    ['an unclosed list', '{"a": [1, 2', ['read/malformed-json@1:12']],
    ['several mistakes', '{"a": x,\n "b": ,\n "c": 1}', ['read/malformed-json@1:7', 'read/malformed-json@2:7']],
    ['a duplicate key in JSON', '{"a": 1,\n "b": {"a": 2, "\\u0061": 3}}', ['read/duplicate-key@2:16']],
    ['a duplicate key in YAML', 'a: 1\nb:\n  c: 1\n  c: 2\n', ['read/duplicate-key@4:3']],
    ['an equation without quotes', 'model: dv/dt = -v/tau : volt\n', ['read/quotes-missing@1:8']],
    ['a slice without quotes', 'a:\n  b: { source: P[3:], target: P }\n', ['read/quotes-missing@2:16']],
    ['a call in a list', 'do: [x = 0, y = clip(y, 0, max(1, 2))]\n', ['read/quotes-missing@1:13']],
    ['a call in a map', 'a: { b: exp(1), c: clip(0.5, 0, 0), d: 1 }\n', ['read/quotes-missing@1:20']],
    [
      'two lines without quotes',
      'a: x : 1\nb: { c: P[1:2], d: 1 }\n',
      ['read/quotes-missing@1:4', 'read/quotes-missing@2:9'],
    ],
    ['bad indentation', 'a:\n  b: 1\n c: 2\n', ['read/malformed-yaml@3:2']],
    ['an alias of nothing', 'a: *b\n', ['read/unknown-alias@1:4']],
    ['an alias before its anchor', 'a: *b\nb: &b 1', ['read/unknown-alias@1:4']],
    ['a list in itself', '&a [*a]', ['read/cyclic-alias@1:5']],
    ['a map in itself', 'a: &a\n  b: [1, {c: *a}]\n', ['read/cyclic-alias@2:14']],
    ['a map that is its own key', '&a {*a : 1}', ['read/cyclic-alias@1:5', 'read/key-not-text@1:5']],
    ['infinity', 'a: [1, .inf, -.INF]', ['model/not-finite@1:8', 'model/not-finite@1:14']],
    ['no number', 'a: {b: .nan}', ['model/not-finite@1:8']],
    ['a list as a key', 'a: {[1, 2]: 3}', ['read/key-not-text@1:5']],
    ['equal keys of two types', '1: a\n"1": b', ['read/duplicate-key@2:1']],
    ['two documents', 'a: 1\n---\nb: 2\n', ['read/several-documents@2:1']],
  ])('%s', (_, text, expected) => {
    expect(findings(text)).toEqual(expected);
    expect(readDocument(text, 'm').value).toBeUndefined();
  });

  test('a file of Python without imports, by its name', () => {
    const { diagnostics } = readDocument('\nsim.setup(timestep=0.1)\n', 'network.py');
    expect(diagnostics.map(({ code, place }) => `${code}@${place?.line}`)).toEqual(['read/python-script@2']);
  });

  test.each([
    ['JSON lists', '['.repeat(100_000)],
    ['JSON maps', '{"a":'.repeat(100_000)],
    ['YAML flow lists', 'a: ' + '['.repeat(100_000)],
    ['YAML flow maps', '{a: '.repeat(100_000)],
    ['YAML nested lists', '- '.repeat(100_000)],
    ['YAML block maps', Array.from({ length: 400 }, (_unused, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['closing brackets in strings', 'a: ' + '["]]", '.repeat(1000)],
  ])('deep nesting: %s', (_, text) => {
    expect(readDocument(text, 'm').diagnostics.map(({ code }) => code)).toEqual(['read/too-deep']);
  });

  test('nesting of 90 levels is read in both notations', () => {
    expect(findings(`${'['.repeat(90)}${']'.repeat(90)}`)).toEqual([]);
    expect(findings(`a: ${'['.repeat(90)}${']'.repeat(90)}`)).toEqual([]);
  });

  test('aliases that stand for ten thousand million items', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 10; level++)
      lines.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );
    expect(readDocument(lines.join('\n'), 'm').diagnostics.map(({ code }) => code)).toEqual(['read/too-many-aliases']);
  });

  test('aliases of aliases that nest too deeply', () => {
    const items = Array.from({ length: 200 }, (_, k) => `&a${k + 1} [*a${k}]`);
    expect(findings(`a: &a0 1\nb: [${items.join(', ')}]`)).toEqual(['read/too-deep@1:1']);
  });

  test('YAML above 20 million characters, with a hint to use JSON', () => {
    const [diagnostic] = readDocument(`a: ${'x'.repeat(20_000_000)}`, 'm').diagnostics;
    expect(diagnostic?.code).toBe('read/yaml-too-large');
    expect(diagnostic?.hint).toContain('JSON');
  });
});

describe('each mistake of the syntax is reported, with the text as it should read', () => {
  /** Place, expected text and remedy. */
  const told = (text: string): readonly (readonly unknown[])[] =>
    readDocument(text, 'm').diagnostics.map(({ place, expected, hint }) => [
      `${place?.line}:${place?.column}`,
      expected,
      hint,
    ]);

  test.each([
    ['a:\n\tb: 1\n', [['2:1', 'spaces', 'indent it with spaces: YAML allows no tabs there']]],
    ['a\n  b: 1\n', [['1:2', 'a:', 'write a colon after the key']]],
    ['a: { b { c: 1 } }\n', [['1:7', 'a: { b: { c: 1 } }', 'write : there']]],
    ['a:\n  b:1 ms\n  c: 2\n', [['2:5', 'b: 1 ms', 'write a space after the colon']]],
    ['a: { b: "1 ms }\nc: 1\n', [['1:14', 'a: { b: "1 ms" }', 'write the closing "']]],
    ["a: '1 ms\nc: 1\n", [['1:9', "a: '1 ms'", "write the closing '"]]],
    ['a: { b: 1\nc: 2\n', [['1:10', 'a: { b: 1 }', 'write } where it belongs']]],
    ['a: [b, c\nd: 2\n', [['1:9', 'a: [b, c ]', 'write ] where it belongs']]],
    ['a: *b\n', [['1:4', '&b before a value further up', 'put it in quotes if it is text: "*b"']]],
    [
      'a: { b: "1 ms }\nc:\n\td: 1\ne: x : y\n',
      [
        ['1:14', 'a: { b: "1 ms" }', 'write the closing "'],
        ['3:1', 'spaces', 'indent it with spaces: YAML allows no tabs there'],
        ['4:4', 'e: "x : y"', expect.stringContaining('quote the value')],
      ],
    ],
  ])('YAML: %j', (text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  test.each([
    ['{"a": \'b\'}', [['1:7', '"b"', 'write "b"']]],
    ['{"a": 1, b: 2}', [['1:10', '"b"', 'write "b"']]],
    [
      '{"a": 1,\n "b": [1, 2,],\n}',
      [
        ['2:12', 'no comma', 'remove the comma'],
        ['2:14', 'no comma', 'remove the comma'],
      ],
    ],
    [
      '{"a": None, "b": True}',
      [
        ['1:7', 'null', 'write null'],
        ['1:18', 'true', 'write true'],
      ],
    ],
    ['{"a": 1 ms, "b": 2}', [['1:9', '"1 ms"', 'write "1 ms" in double quotes']]],
    ['{"a": "b,\n "c": 1}', [['1:7', '"b"', expect.stringContaining('closing double quote')]]],
    ['{"a": [1, 2', [['1:12', ']', 'write ] here: what opens in line 1 is not closed']]],
  ])('JSON: %j', (text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  test.each(['{"a": 1 /* a comment */}', '{"a": 1} // the end', '// first\n{"a": 1}'])(
    'unlike comments in JSON: %j',
    (text) => {
      expect(told(text)).toEqual([]);
    },
  );
});

describe('encodings', () => {
  const utf16 = (text: string): Uint8Array => new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'));
  test('UTF-16 is known by its mark', () => expect(decodeText(utf16('a: ü'), 'm').text).toBe('a: ü'));
  test('UTF-16 with the high byte first', () =>
    expect(decodeText(new Uint8Array(Buffer.from(utf16('a: ü')).swap16()), 'm').text).toBe('a: ü'));
  test('the mark of UTF-8 is taken off', () =>
    expect(decodeText(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]), 'm').text).toBe('a'));
  test('Latin-1 text is refused at its first such letter', () => {
    const { diagnostics } = decodeText(new Uint8Array(Buffer.from('a: 1\nb: \u00fcx', 'latin1')), 'm');
    expect(diagnostics.map(({ code, place }) => [code, place?.line, place?.column])).toEqual([
      ['read/bad-encoding', 2, 4],
    ]);
  });
  test.each([
    ['{"a": 1,\n "name": "x\\ud83d"}', 2],
    ['a: 1\nname: "\\ud83d"', 2],
    ['a: 1\nname: "\\U0000DC00"', 2],
    ['{"a": {\n"b\\udc00": 1}}', 1],
  ])('an escape that is half a character is refused with its place: %j', (text, line) => {
    const { value, diagnostics } = readDocument(text, 'm');
    expect([value, diagnostics.map(({ code, place }) => [code, place?.line])]).toEqual([
      undefined,
      [['read/half-character', line]],
    ]);
  });
  test('both halves are one', () =>
    expect(readDocument('{"name": "\\ud83d\\ude00"}', 'm').value).toEqual({ name: '\u{1f600}' }));
});

describe('places', () => {
  const yaml = 'a:\n  - x\n  - {b: "p q", c: |\n    }\nd: |\n  v = 1\n  w = 2\ne: >\n  one\n  two\nf: plain text\n';
  const good = 'a:\n  - x\n  - {b: "p q"}\nd: |\n  v = 1\n  w = 2\ne: >\n  one\n  two\nf: plain text\ng: "a\\tb"\n';
  const json = '{\n  "a": ["x", {"b": "p q"}],\n  "g": "a\\tbc"\n}';
  const at = (text: string, pointer: string, span?: [number, number]): (number | undefined)[] => {
    const place = readDocument(text, 'm').positions.place(pointer, span && { start: span[0], end: span[1] });
    return [place.line, place.column, place.length];
  };

  test.each<[string, string, [number, number] | undefined, number[]]>([
    ['a scalar', '/a/0', undefined, [2, 5, 1]],
    ['a quoted scalar', '/a/1/b', undefined, [3, 9, 5]],
    ['within a quoted scalar', '/a/1/b', [2, 3], [3, 12, 1]],
    ['the second line of a literal block', '/d', [6, 11], [6, 3, 5]],
    ['a folded block after the fold', '/e', [4, 7], [9, 3, 3]],
    ['within a plain scalar', '/f', [6, 10], [10, 10, 4]],
    ['after an escape: the start of the scalar', '/g', [2, 3], [11, 4, 6]],
    ['an unknown child: its nearest parent', '/a/1/zz/k', undefined, [3, 5, 1]],
  ])('YAML: %s', (_, pointer, span, expected) => expect(at(good, pointer, span)).toEqual(expected));

  test.each<[string, string, [number, number] | undefined, number[]]>([
    ['a scalar', '/a/0', undefined, [2, 9, 3]],
    ['within a string', '/a/1/b', [2, 3], [2, 23, 1]],
    ['after an escape', '/g', [2, 3], [3, 12, 1]],
    ['an unknown child: its nearest parent', '/a/7', undefined, [2, 8, 1]],
    ['the whole', '', undefined, [1, 1, 1]],
  ])('JSON: %s', (_, pointer, span, expected) => expect(at(json, pointer, span)).toEqual(expected));

  test('keys have places of their own', () => {
    expect(readDocument(json, 'm').positions.keyPlace?.('/a/1/b')).toMatchObject({ line: 2, column: 15, length: 3 });
    expect(readDocument(good, 'm').positions.keyPlace?.('/a/1/b')).toMatchObject({ line: 3, column: 6, length: 1 });
  });

  // A walk from the start for each place would take minutes.
  test('JSON: all of 50,000 elements and members', () => {
    const elements = Array.from({ length: 50_000 }, (_, k) => k);
    const text = `{"list":\n[${elements.join(',\n')}], "object":\n{${elements.map((k) => `"m${k}": 0`).join(',\n')}}}`;
    const { place } = readDocument(text, 'm').positions;
    expect(elements.every((k) => place(`/list/${k}`).line === 2 + k)).toBe(true);
    expect(elements.every((k) => place(`/object/m${k}`).line === 50_002 + k)).toBe(true);
  });

  test('a malformed text still has places', () =>
    expect(() => readDocument(yaml, 'm').positions.place('/a/1')).not.toThrow());
});

describe('properties', () => {
  test('every JSON value is read as it was written, and every node is found at its text', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify({ value }, null, 2);
        const { value: read, positions, diagnostics } = readDocument(text, 'm');
        expect(diagnostics).toEqual([]);
        expect(read).toEqual(JSON.parse(text));
        const place = positions.place('/value');
        expect(place.line).toBe(2);
        expect(place.column).toBe('  "value": '.length + 1);
      }),
    );
  });

  test('no text of up to three characters makes it throw or hang', () => {
    const alphabet = [...'{}[]",:- \n#\'a\r\t|!&*'];
    const longer = (texts: readonly string[]): string[] => texts.flatMap((text) => alphabet.map((one) => text + one));
    const short = longer(['']);
    for (const text of [...short, ...longer(short), ...longer(longer(short))]) {
      const { value, diagnostics } = readDocument(text, 'm');
      if (diagnostics.length > 0) expect(value).toBeUndefined();
    }
  });

  test('no text makes it throw or hang', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'{}[]",:- \n#&*!|>\'\\a1') })),
        (text) => {
          const { value, diagnostics, positions } = readDocument(text, 'm');
          if (diagnostics.length > 0) expect(value).toBeUndefined();
          positions.place('/a/0', { start: 0, end: 1 });
          positions.keyPlace?.('/a/0');
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('a value that needs quotes is shown with them', () => {
  const { diagnostics } = readDocument('a:\n  model: dv/dt = -v/tau : volt\n', 'model.yaml');
  expect(diagnostics).toEqual([
    expect.objectContaining({
      code: 'read/quotes-missing',
      expected: 'model: "dv/dt = -v/tau : volt"',
      found: 'dv/dt = -v/tau : volt',
    }),
  ]);
});
