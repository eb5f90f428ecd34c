/** The exit codes of the program. */

/** Exit codes, as the help text lists them. */
export const exitCodes = { done: 0, wrong: 1, usage: 2, uncertain: 3, internal: 70, interrupted: 130 } as const;

/** Exit codes of orderly ends by signals of other programs, as shells number them: 128 and the signal's number. */
export const signalCodes = { SIGHUP: 129, SIGTERM: 143 } as const;

/** The exit codes as a sentence of the help text. */
export const exitStatus =
  '0 success, 1 the model is invalid or results differ, 2 invalid command or file, 3 undecided or not checked, 130 interrupted, 70 internal error.';
