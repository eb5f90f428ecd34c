/** Integers of models have 32 bits, as in Brian. */

/** The least and the greatest of them. */
export const [leastInt32, mostInt32] = [-2_147_483_648, 2_147_483_647] as const;
/** The greatest seed, number of steps of a period, and other number without a sign. */
export const mostUint32 = 4_294_967_295;

/** Whether a number is one of them. */
export const isInt32 = (value: number): boolean => Number.isInteger(value) && value >= leastInt32 && value <= mostInt32;
