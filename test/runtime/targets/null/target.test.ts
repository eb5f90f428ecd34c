import { expect, it } from 'vitest';

import { generators, nullTarget, nullTargetOf } from '../../../../runtime/targets/null/target.js';
import { targets } from '../../../../runtime/targets/registry.js';
import { parseProgram } from '../../../../src/ir/text.js';
import { twoPopulations } from '../../../support/two-populations.js';

it('generates with every generator, a folder each, and starts no session', async () => {
  const executable = await nullTarget.compile(twoPopulations, {});
  const folders = new Set([...executable.sources.keys()].map((file) => file.split('/')[0]));
  expect(folders).toEqual(new Set(generators.map(({ name }) => name)));
  expect(parseProgram(executable.sources.get('ir/program.ir') ?? '')).toEqual(twoPopulations);
  expect(executable.sources.get('wasm/threads.wat')).toContain('(module');
  await expect(executable.start()).rejects.toThrow('the null target generates source code but runs nothing');
});

it('keeps files of one name apart', async () => {
  const generator = (name: string) => ({ name, generate: () => new Map([['module.txt', `for ${name}`]]) });
  const { sources } = await nullTargetOf([generator('one'), generator('two')]).compile(twoPopulations, {});
  expect([...sources]).toEqual([
    ['one/module.txt', 'for one'],
    ['two/module.txt', 'for two'],
  ]);
});

it('targets are registered under the names they give themselves', () => {
  expect(Object.entries(targets).map(([name, target]) => [name, target.name])).toEqual(
    Object.keys(targets).map((name) => [name, name]),
  );
  expect(Object.keys(targets)).toEqual(expect.arrayContaining(['reference', 'null']));
});
