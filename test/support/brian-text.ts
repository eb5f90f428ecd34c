/** Short Brian-like specifications for tests. */

import '../../translators/brian/road.js';

/** Returns a specification from its body. Defaults: format, dt of 0.1 ms, seed 1. */
export function brian(body: string, { dt = '0.1 ms', seed = 1 }: { dt?: string; seed?: number } = {}): string {
  return `format: interneuron/brian\nversion: 1\nname: test\ndt: ${dt}\nseed: ${seed}\n${unindented(body)}\n`;
}

/** Removes the indentation of the first line from all. */
function unindented(text: string): string {
  const lines = text.replace(/^\n+/, '').trimEnd().split('\n');
  const indent = /^ */.exec(lines[0] ?? '')?.[0].length ?? 0;
  return lines.map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length))).join('\n');
}
