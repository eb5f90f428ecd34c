/** The part of an HDF5 file that is read. */

/** Choices of a reader. */
export interface TreeOptions {
  /** Names of groups to leave out, at any depth. */
  readonly without?: readonly string[];
  /** Deepest level of groups that is read. */
  readonly deepest?: number;
  /** Whether members that are links to other files are in the tree, rather than a reason to refuse the file. */
  readonly keepLinks?: boolean;
}

/** The same with the names of the root's members to read, and usual values. */
export interface TreeRequest extends Required<TreeOptions> {
  readonly only: readonly string[];
}

/** Returns a request. @param only  names of the members of the root to read */
export const treeRequest = (
  only: readonly string[],
  { without = [], deepest = 6, keepLinks = false }: TreeOptions = {},
): TreeRequest => ({ only, without, deepest, keepLinks });
