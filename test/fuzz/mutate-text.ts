/** Texts with a few characters changed, as bytes: also byte sequences that are no text. */

import type { Random } from './random.js';

const pieces = [
  '\u0000', '\ufeff', '\t', '\r', '\r\n', '\n\n', '"\\ud800"', '\\ud800', '\\x00', '"', "'", '{', '}', '[', ']', ':', ',', '#', '&a ', '*a', '<<: *a', '!!binary ', '!!set ', '---\n', '...\n', '|', '>',
  '<', '>', '&amp;', '&#0;', '&x;', '<![CDATA[', ']]>', '<!--', '-->', '<?xml version="1.0"?>', '<!DOCTYPE a [<!ENTITY x "y">]>', '/', '\u202e', '𝑥', 'é', '\\u0000', '1e999', '-', '0',
]; // prettier-ignore

const bytes = [
  [0xff],
  [0xfe, 0xff],
  [0xff, 0xfe],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
  [0x00],
];

/** Characters and pieces of which a long token is made. */
const tokens = ['a', ' ', '\t', '1', '.', '-', '_', '(', '[', '{', '"', "'", ':', '#', '\\', '&', '<', ',', '=', '/', '*', '\n', 'a.', 'a ', '(a', 'a=', '- ', '/*', '<!--']; // prettier-ignore

/** Returns a text with a line of it repeated up to 2,000 times, or with one token of up to 60,000 characters. */
function lengthened(text: string, random: Random): string {
  if (random.once(2)) {
    const lines = text.split(/(?<=\n)/);
    const at = random.below(lines.length);
    return [...lines.slice(0, at), (lines[at] ?? '').repeat(1 + random.below(2000)), ...lines.slice(at)].join('');
  }
  const token = random.pick(tokens);
  const at = random.below(text.length + 1);
  return text.slice(0, at) + token.repeat(Math.ceil((1 + random.below(60_000)) / token.length)) + text.slice(at);
}

/** The text with one to three of its stretches dropped, doubled, cut off, or with something put in between. */
export function mutateText(text: string, random: Random): Uint8Array {
  let changed = random.once(3) ? lengthened(text, random) : text;
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const at = random.below(changed.length + 1);
    const end = Math.min(changed.length, at + 1 + random.below(20));
    switch (random.below(6)) {
      case 0:
        changed = changed.slice(0, at) + changed.slice(end);
        break;
      case 1:
        changed = changed.slice(0, end) + changed.slice(at);
        break;
      case 2:
        changed = random.once(4) ? changed.slice(0, at) : changed.replaceAll('\n', '\r\n');
        break;
      default:
        changed = changed.slice(0, at) + random.pick(pieces) + changed.slice(at);
    }
  }
  const encoded = Buffer.from(changed, 'utf8');
  if (!random.once(6)) return encoded;
  const at = random.once(2) ? 0 : random.below(encoded.length + 1);
  return Buffer.concat([encoded.subarray(0, at), Uint8Array.from(random.pick(bytes)), encoded.subarray(at)]);
}

/** Texts that grow when they are read. */
export const bombs: readonly string[] = [
  `format: interneuron/brian\na: &a [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 12 }, (_, k) => {
    const [now, last] = [String.fromCharCode(98 + k), String.fromCharCode(97 + k)];
    return `${now}: &${now} [*${last}, *${last}, *${last}, *${last}, *${last}, *${last}, *${last}, *${last}, *${last}]`;
  }).join('\n')}\n`,
  'format: interneuron/brian\na: &a\n  b: *a\n',
  '<!DOCTYPE Lems [<!ENTITY a0 ' +
    `"ha">${Array.from({ length: 30 }, (_, k) => `<!ENTITY a${k + 1} "&a${k};&a${k};">`).join('')}]>\n<Lems><Target ` +
    'component="&a30;"/></Lems>',
  '<!DOCTYPE Lems [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<Lems><Target component="&x;"/></Lems>',
  `<Lems>${'<a>'.repeat(20000)}${'</a>'.repeat(20000)}</Lems>`,
  '['.repeat(100000),
  `{"format": "interneuron/pynn", "a": ${'{"a":'.repeat(50000)}1${'}'.repeat(50000)}}`,
  `format: interneuron/brian\n${Array.from({ length: 3000 }, (_, k) => `${' '.repeat(k)}a:`).join('\n')}`,
  `format: interneuron/brian\nname: "${'\\ud800'.repeat(1000)}"\n`,
  '<Lems><Include file="../../../../etc/passwd"/><Include file="/etc/shadow"/><Include file="NUL\u0000"/></Lems>',
];
