/** The graph of imports of our own sources, type imports included, and the cycles in such a graph. */

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type TypeScript from 'typescript';

/** The folder that holds package.json. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Who imports whom: paths relative to the root, with forward slashes. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** All TypeScript sources below the given folders. */
export function sourceFiles(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => relative(root, join(root, folder, file)))
      .sort(),
  );
}

/**
 * Reads the imports of each file, by `import`, `import type`, `export from` or `import()`; only relative paths are
 * kept.
 */
export function importGraph(files: readonly string[]): Graph {
  return new Map(files.map((file) => [file, importsOf(file, readFileSync(join(root, file), 'utf8'))]));
}

/** All that a source text imports, as written: relative paths and names of packages. */
export function importedNames(text: string): string[] {
  // Most tests import no more of this file than the root: only this function pays for the compiler.
  const ts = createRequire(import.meta.url)('typescript') as typeof TypeScript;
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** Relative imports of one source text, as paths relative to the root. */
export function importsOf(file: string, text: string): string[] {
  const targets = importedNames(text)
    .filter((name) => name.startsWith('.'))
    .map((name) => join(dirname(file), name).replace(/\.js$/, '.ts'));
  return [...new Set(targets)];
}

/** Merges files into their folders; imports within a folder are left out. */
export function folderGraph(graph: Graph, folderOf: (file: string) => string): Graph {
  const folders = new Map<string, Set<string>>();
  for (const [file, targets] of graph) {
    const from = folderOf(file);
    const to = folders.get(from) ?? new Set<string>();
    for (const target of targets) if (folderOf(target) !== from) to.add(folderOf(target));
    folders.set(from, to);
  }
  return new Map([...folders].map(([folder, targets]) => [folder, [...targets]]));
}

/** Returns one cycle for each place at which a walk of the graph returns to its own path; empty without cycles. */
export function findCycles(graph: Graph): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): void => {
    const begin = path.indexOf(node);
    if (begin >= 0) cycles.push([...path.slice(begin), node]);
    if (begin >= 0 || done.has(node)) return;
    path.push(node);
    for (const next of graph.get(node) ?? []) visit(next);
    path.pop();
    done.add(node);
  };
  for (const node of graph.keys()) visit(node);
  return cycles;
}
