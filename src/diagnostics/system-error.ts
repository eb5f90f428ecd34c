/** Errors of the operating system with a code from Node. */

/** The code of an error that has one, such as `ENOENT`; undefined for all others. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Whether a read failed; `refused` has the reason. */
export const isRefused = <T extends object>(read: T): read is Extract<T, { readonly refused: unknown }> =>
  'refused' in read;
