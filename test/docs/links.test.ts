import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sidebar } from '../../docs/.vitepress/sidebar.js';
import { root } from '../support/import-graph.js';
import { git } from '../support/changes.js';

/** Every page of documentation: at the root, in docs, and the READMEs of folders. */
const pages = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  ...['docs', 'bench', 'fixtures', 'src', 'translators', 'runtime', 'schemas', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md') && !/node_modules|^reference/.test(file))
      .map((file) => join(folder, file)),
  ),
];

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** The name that a heading has in a link: lower case, no punctuation, hyphens for spaces. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ +(.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-'),
  );
}

describe.each(pages)('%s', (page) => {
  it('links to existing files and headings', () => {
    const targets = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    // Pages of HTML are made with the site.
    for (const target of targets.filter((candidate) => !/^[a-z]+:|\.html(?:\?|$)/.test(candidate))) {
      const [path, anchor] = target.split('#') as [string, string?];
      const file = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(root, file)), `${page} links to ${target}`).toBe(true);
      if (anchor !== undefined) expect(anchors(read(file)), `${page} links to ${target}`).toContain(anchor);
    }
  });

  it('names files that are there', () => {
    const named = [
      ...read(page).matchAll(/`((?:src|translators|runtime|schemas|fixtures|test|docs|bench|scripts)\/[\w./-]+)`/g),
    ].map(([, path]) => path!);
    for (const path of named.filter((candidate) => !candidate.includes('<'))) {
      expect(existsSync(join(root, path)), `${page} names ${path}`).toBe(true);
    }
  });
});

/** Names of sources; paths of a README are those of its own folder or of folders below. */
const sources = git('ls-files', '*.ts')!.split('\n');

it.each(pages.filter((page) => /^(?:src|translators|runtime|test|docs\/architecture)/.test(page)))(
  '%s names sources that are there',
  (page) => {
    const named = [...read(page).matchAll(/`([\w/-]+\.ts)`/g)].map(([, path]) => path!);
    for (const path of named)
      expect(
        sources.some((source) => source === path || source.endsWith(`/${path}`)),
        `${page} names ${path}`,
      ).toBe(true);
  },
);

describe('the sidebar of the site', () => {
  it('links to pages that are there', () => {
    const links = sidebar.flatMap((group) => [group.link ?? [], ...(group.items ?? []).map(({ link }) => link)]).flat();
    const written = links.filter((link) => !link.startsWith('/reference/') && !link.startsWith('/python-api/'));
    expect(written.length).toBeGreaterThan(25);
    for (const link of written) expect(existsSync(join(root, 'docs', `${link}.md`)), link).toBe(true);
  });
});

describe('docs/architecture.md', () => {
  it('names every room of the house', () => {
    const text = read('docs/architecture.md');
    const rooms = [
      ...['src', 'runtime'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`)),
      ...['translators', 'schemas', 'fixtures', 'test', 'bench', 'scripts', 'docs'],
    ].filter((path) => statSync(join(root, path)).isDirectory() && readdirSync(join(root, path)).length > 0);
    for (const room of rooms)
      expect(
        text.includes(`${room}/`) || text.includes(`\`${room}\``),
        `docs/architecture.md does not name ${room}`,
      ).toBe(true);
  });
});

describe('docs/dependencies.md', () => {
  it('has a line for each package in package.json, and no other', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'));
    const listed = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| \S/gm)].map(([, name]) => name);
    const installed = Object.keys(dependencies);
    expect(listed.slice(0, installed.length)).toEqual(installed);
    expect(new Set(listed.slice(installed.length))).toEqual(new Set(Object.keys(devDependencies)));
    expect(listed).toHaveLength(installed.length + Object.keys(devDependencies).length);
  });

  it('comes with exact versions', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'));
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+$/);
  });
});
