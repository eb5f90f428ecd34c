import { isBuiltin } from 'node:module';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bundleSite } from '../../scripts/page.js';

const { metafile, outputFiles } = await bundleSite('out/site', { write: false });

/** Bytes of files after compression. */
const compressed = (files: readonly { readonly contents: Uint8Array }[]): number =>
  files.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);

describe('the page for browsers', () => {
  it('imports nothing of Node', () => {
    const imports = Object.entries(metafile.inputs).flatMap(([file, { imports }]) =>
      imports.filter(({ path, external }) => external || isBuiltin(path)).map(({ path }) => `${file}: ${path}`),
    );
    expect(imports).toEqual([]);
    // The only module that is left empty is one that wabt asks for where it finds Node.
    const empty = Object.keys(metafile.inputs).filter((file) => file.startsWith('empty:'));
    expect(empty).toEqual(['empty:fs']);
    const askingFor = Object.entries(metafile.inputs).filter(([, { imports }]) =>
      imports.some(({ path }) => empty.includes(path)),
    );
    expect(askingFor.map(([file]) => /[^/]+\/[^/]+$/.exec(file)?.[0])).toEqual(['wabt/index.js']);
  });

  it('has at most 1.5 MB after compression, with HDF5 loaded when it is needed', () => {
    const isHdf5 = ({ path }: { readonly path: string }): boolean => path.includes('hdf5');
    const rest = compressed(outputFiles.filter((file) => !isHdf5(file) && file.path.endsWith('.js')));
    const hdf5 = compressed(outputFiles.filter(isHdf5));
    process.stdout.write(`compressed: ${(rest / 1e6).toFixed(2)} MB, and ${(hdf5 / 1e6).toFixed(2)} MB of HDF5\n`);
    expect(hdf5).toBeGreaterThan(0);
    expect(rest).toBeLessThan(1.5e6);
  });
});
