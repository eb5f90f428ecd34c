/** Rules that messages point to: each is a part of a schema. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../support/command.js';

/** The part of a schema at a pointer such as `schemas/pynn.schema.json#/$defs/cell/required`. */
function ruleAt(rule: string): unknown {
  const [path = '', fragment = ''] = rule.split('#');
  const tokens = fragment.split('/').slice(1);
  return tokens.reduce<unknown>(
    (node, token) =>
      (node as Record<string, unknown>)[decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~')],
    JSON.parse(readFileSync(path, 'utf8')),
  );
}

describe('a message', () => {
  it.each([
    ['{ format: interneuron/pynn, populatons: [] }', 'schemas/pynn.schema.json#/additionalProperties'],
    ['{ format: interneuron/pynn, populations: [{ label: a, size: x }] }', 'schemas/pynn.schema.json#/$defs/population/properties/size/type'],
    ['{ format: interneuron/brian, neuron_groups: { G: {} } }', 'schemas/brian.schema.json#/$defs/neuronGroup/required'],
    ['{ interneuron: 1, projections: { p: { from: a, to: b, synapse: s, connect: { rule: al } } } }', 'schemas/model.schema.json#/$defs/connectionObject/discriminator'],
  ])('of %s points to its rule', async (input, rule) => {
    const { stdout } = await runCommand(['validate', '-', '--json'], { input });
    const { documents } = JSON.parse(stdout) as { documents: [{ diagnostics: { rule?: string }[] }] };
    expect(documents[0].diagnostics.map((finding) => finding.rule)).toContain(rule);
    expect(ruleAt(rule)).toBeDefined();
  });
}); // prettier-ignore
