/** `interneuron-biosimulators`: carries out COMBINE archives by the conventions of BioSimulators. */

import { parseArgs } from 'node:util';
import { substitutionPolicies, usualPolicy, type SubstitutionPolicy } from '../bundle/kisao.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { printable } from '../diagnostics/display.js';
import { registerNotations } from '../notations.js';
import { executeArchive } from '../biosimulators/execute.js';
import { version } from '../pipeline/version.js';
import { exitCodes } from './exit-codes.js';
import { reportFailure } from './failure.js';
import type { Terminal } from './terminal.js';

const help = `Usage: interneuron-biosimulators -i ARCHIVE [-o FOLDER]

Carries out the SED-ML experiments of a COMBINE archive with models in NeuroML and LEMS. Writes reports.h5,
plots.zip and log.yml.

  -i, --archive FILE    COMBINE archive
  -o, --out-dir FOLDER  where to write [.]
  -q, --quiet           print errors only
  -d, --debug           print the sources of internal errors
  -v, --version         print the version
  -h, --help            print this text

Forward Euler (KISAO:0000030), which LEMS prescribes, replaces other methods for ordinary differential equations unless
ALGORITHM_SUBSTITUTION_POLICY is NONE, SAME_METHOD or SAME_MATH. Tasks with other methods, such as Gillespie's, fail. Exit codes: 0 done, 1 the archive or a part of it failed, 2 wrong usage.
`;

const options = {
  archive: { type: 'string', short: 'i' },
  'out-dir': { type: 'string', short: 'o', default: '.' },
  quiet: { type: 'boolean', short: 'q', default: false },
  debug: { type: 'boolean', short: 'd', default: false },
  version: { type: 'boolean', short: 'v', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @throws UsageError for a policy that BioSimulators does not have */
function policyIn({ ALGORITHM_SUBSTITUTION_POLICY: given = '' }: Terminal['environment']): SubstitutionPolicy {
  const policy = given === '' ? usualPolicy : substitutionPolicies.find((known) => known === given.toUpperCase());
  if (policy) return policy;
  throw new UsageError(`ALGORITHM_SUBSTITUTION_POLICY cannot be ${given}`, substitutionPolicies.join(', '));
}

/** Runs the program. @returns the exit code */
export async function runBiosimulators(words: readonly string[], terminal: Terminal): Promise<number> {
  const { environment, stdout, stderr } = terminal;
  let isDebug = false;
  try {
    const given = readWords(words);
    isDebug = given.debug;
    if (given.help || given.version) {
      stdout.write(given.help ? help : `${version}\n`);
      return exitCodes.done;
    }
    if (given.archive === undefined) throw new UsageError('no archive is given', 'name one, such as -i model.omex');
    const policy = policyIn(environment);
    registerNotations();
    const { outputs, findings, failures } = await executeArchive(given.archive, given['out-dir'], { policy });
    if (!given.quiet) {
      for (const { severity, code, message } of findings) stderr.write(`${severity}[${code}]  ${printable(message)}\n`);
      stdout.write(`wrote ${outputs.map(printable).join(', ')}\n`);
    }
    for (const failure of failures) stderr.write(`error: ${printable(failure)}\n`);
    return failures.length > 0 ? exitCodes.wrong : exitCodes.done;
  } catch (error) {
    const seen = isDebug ? { ...terminal, environment: { ...environment, INTERNEURON_STACK: '1' } } : terminal;
    return reportFailure(error, { terminal: seen, sources: new Map(), json: false });
  }
}

function readWords(words: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof options }>>['values'] {
  try {
    return parseArgs({ args: [...words], options }).values;
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new UsageError(first, 'interneuron-biosimulators --help lists the options');
  }
}
