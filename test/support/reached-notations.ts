/** Notations that test files reach by their imports. */

import { importGraph, sourceFiles, type Graph } from './import-graph.js';

/** The notation of a source; its names and marks, which every reader has, do not count. */
const notationOf = (file: string): string | undefined =>
  /^translators\/(?!shared\/)(\w+)\/(?!notation\.ts$)/.exec(file)?.[1];

/** Returns the notations that a file reaches in a graph of imports. */
export function notationsIn(graph: Graph, file: string): readonly string[] {
  const reached = new Set([file]);
  for (const one of reached) for (const target of graph.get(one) ?? []) reached.add(target);
  return [...new Set([...reached].flatMap((one) => notationOf(one) ?? []))].sort();
}

/** Returns the notations that each test file reaches. */
export function reachedNotations(): Readonly<Record<string, readonly string[]>> {
  const graph = importGraph(sourceFiles(['src', 'site', 'translators', 'runtime', 'scripts', 'bench', 'test']));
  return Object.fromEntries(
    [...graph.keys()].filter((file) => file.endsWith('.test.ts')).map((file) => [file, notationsIn(graph, file)]),
  );
}
