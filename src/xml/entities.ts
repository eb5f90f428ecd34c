/** References to characters: the five predefined by XML, and numbers. No others are known, and none can be declared. */

/** The entities that XML 1.0 predefines (section 4.6). */
const predefined: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const reference = /&(#[0-9]{1,8}|#x[0-9a-fA-F]{1,6}|[A-Za-z]+);/g;

/** Returns a reference's character, or undefined for an unknown reference or an invalid character. */
function character(body: string): string | undefined {
  if (!body.startsWith('#')) return Object.hasOwn(predefined, body) ? predefined[body] : undefined;
  const code = body.startsWith('#x') ? Number.parseInt(body.slice(2), 16) : Number.parseInt(body.slice(1), 10);
  const allowed =
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 32 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return allowed ? String.fromCodePoint(code) : undefined;
}

/** Returns `text` with its references replaced, once. Invalid references stay. */
export function decodeEntities(text: string): string {
  return text.includes('&') ? text.replace(reference, (whole, body: string) => character(body) ?? whole) : text;
}

/** Returns the length of the reference that begins with the `&` at `at`, or 0 when there is no known one. */
export function referenceLength(text: string, at: number): number {
  const [written = ''] = /^&#?\w+;/.exec(text.slice(at, at + 12)) ?? [];
  return decodeEntities(written) === written ? 0 : written.length;
}

/**
 * Returns the offset in `raw` of the character at `offset` of `decodeEntities(raw)`, so findings in a decoded text have
 * their place in the document.
 */
export function rawOffset(raw: string, offset: number): number {
  if (!raw.includes('&')) return offset;
  let at = 0;
  let decoded = 0;
  while (at < raw.length && decoded < offset) {
    const length = raw[at] === '&' ? referenceLength(raw, at) : 0;
    decoded += length === 0 ? 1 : decodeEntities(raw.slice(at, at + length)).length;
    at += length === 0 ? 1 : length;
  }
  return at;
}

/** Text as the content or the value of an attribute. */
export function encodeEntities(text: string): string {
  return text.replace(/[<>&"]/g, (sign) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[sign] ?? '&quot;');
}
