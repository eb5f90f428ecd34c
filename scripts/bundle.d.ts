/** Packages that are not bundled, with the files of each that are used at run time. */
export const unbundledPackages: Readonly<Record<string, readonly string[]>>;

/** Bundles entry points, by name, into a folder. */
export function bundle(
  entryPoints: Readonly<Record<string, string>>,
  folder: string,
): Promise<{ readonly files: readonly string[]; readonly packages: readonly string[] }>;
