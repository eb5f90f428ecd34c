import { isBuiltin } from 'node:module';
import { relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bundleSite } from '../../scripts/page.js';

const { metafile, outputFiles } = await bundleSite('out/site', { write: false });

const contents = new Map(outputFiles.map(({ path, contents }) => [relative('.', path), contents]));

/** Bytes of files after compression. */
const compressed = (paths: readonly string[]): number =>
  paths.reduce((sum, path) => sum + gzipSync(contents.get(path) ?? new Uint8Array(0)).length, 0);

/** Returns files with all that they import at once. */
function withImports(paths: readonly string[], found = new Set<string>()): readonly string[] {
  for (const path of paths) {
    if (found.has(path)) continue;
    found.add(path);
    const imports = metafile.outputs[path]?.imports.filter(({ kind }) => kind === 'import-statement') ?? [];
    withImports(
      imports.map((one) => one.path),
      found,
    );
  }
  return [...found];
}

describe('the page for browsers', () => {
  it('contains no import of Node', () => {
    const imports = Object.entries(metafile.inputs).flatMap(([file, { imports }]) =>
      imports.filter(({ path, external }) => external || isBuiltin(path)).map(({ path }) => `${file}: ${path}`),
    );
    expect(imports).toEqual([]);
  });

  it('has at most 1.5 MB after compression, with HDF5 loaded when it is needed', () => {
    const paths = [...contents.keys()].filter((path) => path.endsWith('.js'));
    const named = (part: RegExp): readonly string[] => paths.filter((path) => part.test(path));
    const first = withImports(named(/\/(main|worker)\.js$/));
    const hdf5 = withImports(named(/\/hdf5\.js$/));
    const rest = paths.filter((path) => !hdf5.includes(path));
    const told = [first, rest, hdf5].map((list) => `${(compressed(list) / 1e6).toFixed(2)} MB`);
    process.stdout.write(`compressed: ${told[0]} for a run, ${told[1]} with all else but ${told[2]} of HDF5\n`);
    expect([first, hdf5].map((list) => list.length > 0)).toEqual([true, true]);
    expect(first.filter((path) => path.endsWith('/hdf5.js'))).toEqual([]);
    expect(compressed(first)).toBeLessThan(1.5e6);
  });
});
