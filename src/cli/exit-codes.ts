/** The exit codes of the program. */

/** Exit codes, as the help text lists them. */
export const exitCodes = { done: 0, wrong: 1, usage: 2, uncertain: 3, internal: 70, interrupted: 130 } as const;
