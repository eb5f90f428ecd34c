import type { BuildOptions, Metafile, OutputFile } from 'esbuild';

export function bundleForBrowsers(
  entryPoints: Readonly<Record<string, string>>,
  folder: string,
  options?: BuildOptions,
): Promise<{ readonly metafile: Metafile; readonly outputFiles: readonly OutputFile[] }>;
