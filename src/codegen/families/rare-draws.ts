/** Which thresholds of a draw are compared with only if a draw of the block or vector passes the first of them. */

/** Draws above this part of all are rare. */
export const almostAll = 1 - 2 ** -14;
/** Fewer comparisons than these are always made. */
export const fewestRare = 4;
