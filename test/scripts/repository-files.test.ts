/** Files that hosts, archives and editors read: they parse, and state what package.json states. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../support/import-graph.js';

const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const { version, license, keywords } = JSON.parse(text('package.json')) as {
  readonly version: string;
  readonly license: string;
  readonly keywords: readonly string[];
};
const yamlFiles = ['.github', '.github/ISSUE_TEMPLATE', '.github/workflows']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  .filter((path) => path.endsWith('.yml'));
const workflows = yamlFiles.filter((path) => path.includes('/workflows/'));

describe('version and licence', () => {
  it('are those of package.json in CITATION.cff, .zenodo.json and Dockerfile', () => {
    expect(parse(text('CITATION.cff'))).toMatchObject({ 'cff-version': '1.2.0', version, license });
    expect(JSON.parse(text('.zenodo.json'))).toMatchObject({ license, upload_type: 'software' });
    const label = (name: string): string | undefined =>
      new RegExp(`org\\.opencontainers\\.image\\.${name}="([^"]*)"`).exec(text('Dockerfile'))?.[1];
    expect([label('version'), label('licenses')]).toEqual([version, license]);
  });

  it('are those of the recipe for conda, which needs what the Python package needs', () => {
    const recipe = parse(text('recipe/meta.yaml')) as {
      readonly package: { readonly version: string };
      readonly source: { readonly path: string };
      readonly requirements: { readonly run: readonly string[]; readonly host: readonly string[] };
      readonly about: { readonly license: string };
    };
    expect([recipe.package.version, recipe.about.license]).toEqual([version, license]);
    expect(recipe.source.path).toContain(`interneuron-${version}.tar.gz`);
    const project = text('python/interneuron/pyproject.toml');
    const [, python = ''] = /requires-python = "(.*)"/.exec(project) ?? [];
    const [, numpy = ''] = /^dependencies = \["numpy(.*)"\]/m.exec(project) ?? [];
    const [, hatchling = ''] = /requires = \["hatchling(.*)"\]/.exec(project) ?? [];
    const { engines } = JSON.parse(text('package.json')) as { readonly engines: { readonly node: string } };
    const { run, host } = recipe.requirements;
    expect(run).toEqual([`python ${python}`, `numpy ${numpy}`, `nodejs ${engines.node}`]);
    expect(host).toEqual([`python ${python}`, 'pip', `hatchling ${hatchling}`]);
  });

  it('come with keywords of the field', () => {
    const { keywords: cited } = parse(text('CITATION.cff')) as { readonly keywords: readonly string[] };
    const lower = cited.map((word) => word.toLowerCase());
    expect(keywords.filter((word) => !lower.includes(word) && word !== 'simulator')).toEqual([]);
  });
});

describe('the paper', () => {
  it('has a statement of need and the state of the field, and cites what its bibliography has', () => {
    const paper = text('paper.md');
    for (const heading of ['Summary', 'Statement of need', 'State of the field'])
      expect(paper).toContain(`# ${heading}\n`);
    const cited = new Set([...paper.matchAll(/\[@(\w+)\]/g)].map(([, key]) => key));
    expect(cited).toEqual(new Set([...text('paper.bib').matchAll(/^@\w+\{(\w+),/gm)].map(([, key]) => key)));
    for (const name of ['pyNeuroML', 'PyNN', 'BMTK', 'NESTML']) expect(paper).toContain(`**${name}**`);
  });
});

describe('files of the host', () => {
  it.each(yamlFiles)('%s is YAML', (path) => expect(parse(text(path))).toBeTypeOf('object'));

  it.each(workflows)('%s names actions by commit, and sets permissions', (path) => {
    const workflow = parse(text(path)) as {
      readonly permissions?: object;
      readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly uses?: string }[] }>>;
    };
    const used = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    expect(workflow.permissions).toBeDefined();
    expect(text(path)).not.toContain('secrets.');
  });

  it('run the checks of the repository', () => {
    expect(text('.github/workflows/ci.yml')).toContain('.ci/run');
    expect(text('.github/workflows/nightly.yml')).toContain('.ci/nightly');
  });

  it('ask for a file and a command, in every form about a failure', () => {
    for (const name of ['failure.yml', 'wrong-number.yml']) {
      const { body } = parse(text(`.github/ISSUE_TEMPLATE/${name}`)) as {
        readonly body: readonly { readonly id: string; readonly validations?: { readonly required?: boolean } }[];
      };
      const required = body.filter(({ validations }) => validations?.required).map(({ id }) => id);
      expect(required).toEqual(expect.arrayContaining(['file', 'command']));
    }
  });

  it('hold no address of e-mail', () => {
    for (const path of [...yamlFiles, 'CITATION.cff', '.zenodo.json', 'SECURITY.md', 'CODE_OF_CONDUCT.md'])
      expect(text(path).replace(/[\w-]+\/[\w-]+@[0-9a-f]{40}/g, ''), path).not.toMatch(/\w@\w/);
  });
});
