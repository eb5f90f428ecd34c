/** Rows of catalogues: a finding as text. */

import type { Finding, Severity } from './diagnostic.js';

type Value = string | number | undefined;

/**
 * Returns the finding of a row: a severity, unless it is an error; the code and the message; and a line for each other
 * field. A line that does not begin with a field goes on with the line before. A field whose only value is undefined is
 * left out.
 *
 * @example
 * finding`warning read/late-spike: ${name} fires at ${time}, after the end
 *   expected: times up to ${end}
 *   hint: ${isShort ? `run it for ${time}` : undefined}`;
 */
export function finding(texts: TemplateStringsArray, ...values: readonly Value[]): Finding {
  const [head, severity, code = ''] = /^(?:(warning|note) )?([^:\s]+):\s*/.exec(texts[0]!)!;
  let parts: Value[] = [];
  const fields: [name: string, parts: Value[]][] = [['message', parts]];
  for (const [k, text] of texts.entries()) {
    const [rest = '', ...lines] = text.slice(k === 0 ? head.length : 0).split(/\n\s*/);
    if (rest !== '') parts.push(rest);
    for (const line of lines) {
      const [start = '', name] = /^(expected|found|hint): ?/.exec(line) ?? [];
      if (name === undefined) parts.push(` ${line}`);
      else fields.push([name, (parts = line === start ? [] : [line.slice(start.length)])]);
    }
    if (k < values.length) parts.push(values[k]);
  }
  const given = fields.filter(([, own]) => own.length !== 1 || own[0] !== undefined);
  const { message = '', ...others } = Object.fromEntries(given.map(([name, own]) => [name, own.join('')]));
  return { code, message, ...others, ...(severity === undefined ? {} : { severity: severity as Severity }) };
}
