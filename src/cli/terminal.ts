/** What a command may know of and do to the outside: two streams, and the wish to stop. Tests give their own. */

/** One of the two streams. */
export interface Output {
  write(text: string): void;
  /** Whether a person reads it as it comes. */
  readonly terminal: boolean;
  /** Characters of a line. */
  readonly columns: number;
  /** Whether escape sequences for colours are understood and wanted. */
  readonly colour: boolean;
}

/** The process as commands see it. */
export interface Terminal {
  /** Answers: what was asked for. */
  readonly stdout: Output;
  /** Progress and complaints. */
  readonly stderr: Output;
  /** Where progress bars draw; undefined where no person watches. */
  readonly progressStream: NodeJS.WriteStream | undefined;
  /** Environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Calls back on Ctrl-C and on a polite request to end. @returns a function that stops listening */
  onInterrupt(callback: () => void): () => void;
  /** Ends the process at once. */
  exit(code: number): never;
}

/** The terminal, files or pipes that this process was started with. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    stdout: output(stdout),
    stderr: output(stderr),
    progressStream: stderr.isTTY && env['TERM'] !== 'dumb' ? stderr : undefined,
    environment: env,
    onInterrupt(callback) {
      process.on('SIGINT', callback);
      process.on('SIGTERM', callback);
      return () => {
        process.off('SIGINT', callback);
        process.off('SIGTERM', callback);
      };
    },
    exit: (code) => process.exit(code),
  };
}

function output(stream: NodeJS.WriteStream): Output {
  // A reader that has had enough closes the pipe (`| head`): not an error of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  });
  return {
    write: (text) => void stream.write(text),
    terminal: Boolean(stream.isTTY),
    columns: stream.columns || 80,
    colour: wantsColour(stream, process.env),
  };
}

/** `NO_COLOR` and `FORCE_COLOR` as other programs read them; otherwise a terminal gets colours. */
function wantsColour(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): boolean {
  if (environment['NO_COLOR']) return false;
  if (environment['FORCE_COLOR']) return environment['FORCE_COLOR'] !== '0';
  return Boolean(stream.isTTY) && environment['TERM'] !== 'dumb';
}
