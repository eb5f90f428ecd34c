import type { BuildOptions, Metafile, OutputFile } from 'esbuild';

export function bundleSite(
  folder: string,
  options?: BuildOptions,
): Promise<{ readonly metafile: Metafile; readonly outputFiles: readonly OutputFile[] }>;
export function bundleProgram(folder: string): Promise<void>;
export function writeSite(folder: string): Promise<void>;
