/** Returns the reason why a simulator did not run a model, from its output: at most 400 characters. */
export function toolFailure(error: unknown): string {
  const { stderr = '', stdout = '', message } = error as { stderr?: string; stdout?: string; message: string };
  // jNeuroML prints this on its output, before a list of all features that it supports.
  const [unsupported] = /^Feature is not supported.*$/m.exec(stdout) ?? [];
  // mpirun adds blocks between lines of dashes.
  const own = stderr.replace(/^-{20,}\n[^]*?^-{20,}$/gm, '').trim();
  const said = own || message;
  // Without the places in the code of Java or Python.
  const place = /^Traceback /m.test(said) ? /^(?: {2}|Traceback )/ : /^\s*at [\w.$]+\(/;
  const lines = said.split('\n').filter((line) => !place.test(line) && !/^-{20,}\s*$/.test(line));
  return (unsupported ?? lines.slice(-3).join(' ')).slice(0, 400);
}
