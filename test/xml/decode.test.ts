import { describe, expect, it } from 'vitest';
import { decodeXml, looksLikeXml } from '../../src/xml/decode.js';

const bytes = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array =>
  Uint8Array.from(Buffer.from(text, encoding));
const bom16 = (text: string, swap: boolean): Uint8Array => {
  const buffer = Buffer.from(`\ufeff${text}`, 'utf16le');
  return Uint8Array.from(swap ? buffer.swap16() : buffer);
};

describe('bytes to text', () => {
  it.each([
    ['UTF-8', bytes('<a>µ</a>')],
    ['UTF-8 with a byte order mark', bytes('\ufeff<a>µ</a>')],
    ['UTF-16, little end first', bom16('<a>µ</a>', false)],
    ['UTF-16, big end first', bom16('<a>µ</a>', true)],
    ['UTF-16 without a mark, little end first', bom16('<a>µ</a>', false).slice(2)],
    ['UTF-16 without a mark, big end first', bom16('<a>µ</a>', true).slice(2)],
  ])('%s', (_, given) => {
    expect(looksLikeXml(given)).toBe(true);
    expect(decodeXml(given)).toEqual({ text: '<a>µ</a>' });
  });

  it('reads Latin-1 if the document states it, and if it is no UTF-8, with a warning', () => {
    const declared = '<?xml version="1.0" encoding="ISO-8859-1"?><a>µ</a>';
    expect(decodeXml(bytes(declared, 'latin1'))).toEqual({ text: declared });
    expect(decodeXml(bytes('<a><!-- Müller --></a>', 'latin1'))).toMatchObject({
      text: '<a><!-- Müller --></a>',
      finding: { code: 'xml/not-utf-8', severity: 'warning' },
    });
  });

  it('refuses encodings that it does not know', () => {
    expect(decodeXml(bytes('<?xml version="1.0" encoding="EBCDIC"?><a/>'))).toMatchObject({
      refused: { code: 'xml/unknown-encoding' },
    });
  });

  it.each([
    ['{"interneuron": 1}', false],
    ['interneuron: 1 # <a>', false],
    ['  \r\n<a/>', true],
    ['', false],
  ])('%j looks like XML: %s', (text, expected) => {
    expect(looksLikeXml(bytes(text))).toBe(expected);
  });
});
