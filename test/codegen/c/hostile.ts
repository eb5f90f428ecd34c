/** Models with texts and names that try to break out of generated code. */

import * as b from '../../../src/ir/builder.js';
import type { Buffer, Program } from '../../../src/ir/program.js';
import { twoPopulations } from '../../support/two-populations.js';

/** Texts made to break out of comments, strings, names, commands and templates. */
export const hostile = [
  '*/ int main(void) { system("rm -rf /"); } /*',
  '"); system("id"); ("',
  'a\\\n*/ #error broken out',
  '??/\n#error trigraph',
  '{{title}} {{{faults}}} {{#each x}}',
  "'; rm -rf / #",
  '$(id) `id`',
  '%s%n%n',
  '\u202e\u0000\u2028',
  '#include "/etc/passwd"',
  '__attribute__((constructor))',
  'double',
  'network',
  'INT32_MAX',
];

/** A program with the given text as its every text and name, as far as their kinds allow. */
export function hostileProgram(text: string): Program {
  const source = twoPopulations;
  const buffers: readonly Buffer[] = source.buffers.map((known) => ({ ...known, comment: text }));
  return {
    ...source,
    name: text,
    buffers,
    functions: source.functions.map((callee) => ({ ...callee, comment: text })),
    kernels: source.kernels.map((kernel) =>
      kernel.shape === 'compact'
        ? { ...kernel, comment: text }
        : { ...kernel, comment: text, body: [b.comment(text), ...kernel.body] },
    ),
    schedule: { ...source.schedule, step: source.schedule.step.map((entry) => ({ ...entry, slot: text })) },
    manifest: {
      ...source.manifest,
      populations: source.manifest.populations.map((population) => ({ ...population, name: text })),
      events: source.manifest.events.map((event) => ({ ...event, population: text, name: text })),
      variables: source.manifest.variables.map((variable) => ({
        ...variable,
        owner: text,
        variable: text,
        unit: text,
      })),
      samples: source.manifest.samples.map((sample) => ({
        ...sample,
        recording: text,
        owner: text,
        variable: text,
        unit: text,
      })),
      faults: { 1: { says: text, pointer: '' } },
    },
  };
}

/** Returns only code: comments and the contents of strings are removed. */
export function code(text: string): string {
  return text
    .replace(/"(?:[^"\\]|\\.)*"|\/\*(?:[^*]|\*(?!\/))*\*\//g, (found) => (found.startsWith('"') ? '""' : ''))
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}
