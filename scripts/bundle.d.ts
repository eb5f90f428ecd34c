/** Packages that are not bundled. */
export const external: readonly string[];

/** Bundles entry points, by name, into a folder. */
export function bundle(entryPoints: Readonly<Record<string, string>>, folder: string): Promise<void>;
