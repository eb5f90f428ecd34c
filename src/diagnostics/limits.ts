/**
 * The limits of a document, in one table, which docs/security.md explains. Each is checked before the work that it
 * bounds, and a document beyond it is refused by name.
 */
export const limits = {
  /** Findings of one severity that are shown. At twice as many errors, a document is not read further. */
  findings: 100,
  /** Names that a misspelt one is compared with. */
  suggestions: 2_000,
  /** Levels of maps, lists and elements. */
  nesting: 100,
  /** Levels of parentheses, calls and operators in the text of an expression. */
  expressionNesting: 500,
  /** Levels of an expression's tree; each term of a sum counts as one. */
  expressionDepth: 1500,
  /** Nodes of an expression after substitution. */
  expressionNodes: 1_000_000,
  /** Differential equations of one type. */
  equations: 1_000,
  /**
   * Products of entries in a square of the propagators of linear equations: 40 variables that all depend on each other.
   */
  propagatorProducts: 64_000,
  /** Products by which a step solves the states of a kinetic scheme: 30 states that all react with each other. */
  schemeProducts: 10_000,
  /** Projections between single populations that stand for those between assemblies: 200 populations at both ends. */
  projectionPieces: 40_000,
  /** Attributes of one element of XML. */
  attributes: 500,
  /** Bytes of a packed file, an archive or columns of a table: always allowed, for each byte of the file, at most. */
  unpackedAlways: 2 ** 26,
  unpackedRatio: 50,
  unpackedMost: 2 ** 32,
  /** Nodes that the aliases of a YAML text add to it. */
  yamlCopies: 100_000,
} as const;

/** Returns how many bytes a packed file may unpack to. @param size  its bytes */
export const mostUnpacked = (size: number): number =>
  Math.min(limits.unpackedMost, limits.unpackedAlways + limits.unpackedRatio * size);
