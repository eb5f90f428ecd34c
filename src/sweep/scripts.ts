/** Files that run the parts of a sweep on many machines, through programs that people have there. */

/** Programs that distribute parts. */
export const schedulers = ['snakemake', 'slurm', 'dask'] as const;

/** A program that distributes parts. */
export type Scheduler = (typeof schedulers)[number];

/** A sweep as arguments of a command, without its output. Scripts run in the folder where the command would run. */
export interface SweepCommand {
  /** From `interneuron` on. */
  readonly words: readonly string[];
  /** Folder of the scripts and their results. */
  readonly folder: string;
  readonly parts: number;
}

/** Returns the files of a sweep by name. Together, the parts give the table of the whole sweep, `table.csv`. */
export function sweepScripts(scheduler: Scheduler, command: SweepCommand): ReadonlyMap<string, string> {
  switch (scheduler) {
    case 'snakemake':
      return new Map([['Snakefile', snakefile(command)]]);
    case 'slurm':
      return new Map([
        ['sweep.sh', slurmScript(command)],
        ['table.sh', tableScript(command)],
      ]);
    case 'dask':
      return new Map([['sweep.py', daskScript(command)]]);
    default:
      return scheduler satisfies never;
  }
}

/** Returns a word in quotes for a shell, unless it needs none. */
const shellWord = (word: string): string =>
  /^[\w./:=,+@%-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

const pythonText = (text: string): string => `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;

/** In Snakemake, braces in a command are names. */
const forSnakemake = (text: string): string => text.replace(/[{}]/g, '$&$&').replace(/[\\"]/g, String.raw`\$&`);

const note = 'Each part runs consecutive rows of the table; the command without --part runs all of them.';

const commandText = ({ words }: SweepCommand): string => words.map(shellWord).join(' ');

/** One run of a network as a job. */
export interface RunCommand {
  /** From `interneuron` on, with its output. */
  readonly words: readonly string[];
  readonly result: string;
  readonly ranks: number;
  readonly threads: number;
}

/** Programs that start one run. */
export const runSchedulers = ['slurm', 'snakemake'] as const;

/** Returns the file of one run: a job whose ranks the scheduler starts, or a Snakefile. */
export const runJob = (scheduler: (typeof runSchedulers)[number], command: RunCommand): string =>
  scheduler === 'slurm' ? runScript(command) : runSnakefile(command);

const runScript = ({ words, ranks, threads }: RunCommand): string => `#!/bin/bash
#SBATCH --job-name=run
#SBATCH --ntasks=${ranks}
#SBATCH --cpus-per-task=${threads}
#SBATCH --time=01:00:00
# Submit with: sbatch FILE
# The first task converts the model, starts all ranks and joins their results.
set -eu
export INTERNEURON_MPIRUN=srun
${words.map(shellWord).join(' ')}
`;

const runSnakefile = ({ words, result, ranks, threads }: RunCommand): string => `rule run:
    output: ${pythonText(result)}
    threads: ${ranks * threads}
    shell: "${forSnakemake(words.map(shellWord).join(' '))}"
`;

const snakefile = (
  command: SweepCommand,
): string => `# Run with: snakemake -s ${shellWord(`${command.folder}/Snakefile`)} --cores 4
# ${note}

FOLDER = ${pythonText(command.folder)}
PARTS = range(1, ${command.parts} + 1)

rule table:
    input: expand(f"{FOLDER}/parts/{{part}}.csv", part=PARTS)
    output: f"{FOLDER}/table.csv"
    shell: "awk 'FNR > 1 || NR == 1' {input:q} > {output:q}"

rule part:
    output: f"{FOLDER}/parts/{{part}}.csv"
    threads: 1
    shell:
        "${forSnakemake(commandText(command))}"
        " --part {wildcards.part}/${command.parts} --jobs {threads} -o {output:q}"
`;

const slurmScript = (command: SweepCommand): string => `#!/bin/bash
#SBATCH --job-name=sweep
#SBATCH --array=1-${command.parts}
#SBATCH --cpus-per-task=1
#SBATCH --time=01:00:00
# Submit with: sbatch ${shellWord(`${command.folder}/sweep.sh`)}
# When all parts are done: sh ${shellWord(`${command.folder}/table.sh`)}
# ${note}
set -eu
folder=${shellWord(command.folder)}
mkdir -p "$folder/parts"
${commandText(command)} \\
  --part "$SLURM_ARRAY_TASK_ID/${command.parts}" \\
  --jobs "\${SLURM_CPUS_PER_TASK:-1}" \\
  -o "$folder/parts/$SLURM_ARRAY_TASK_ID.csv"
`;

const tableScript = (command: SweepCommand): string => `#!/bin/sh
# Joins the parts, in the order of their numbers, under one header.
set -eu
cd ${shellWord(command.folder)}
for part in $(seq 1 ${command.parts}); do
  cat "parts/$part.csv" | if [ "$part" -eq 1 ]; then cat; else tail -n +2; fi
done > table.csv
`;

const daskScript = (
  command: SweepCommand,
): string => `"""Runs the parts of a sweep with Dask: python sweep.py [address of a scheduler]

${note}
"""

import subprocess
import sys

from dask.distributed import Client

PARTS = ${command.parts}
COMMAND = [
${command.words.map((word) => `    ${pythonText(word)},`).join('\n')}
]
TABLE = ${pythonText(`${command.folder}/table.csv`)}


def run(part):
    """Returns the rows of one part as CSV."""
    command = [*COMMAND, "--part", f"{part}/{PARTS}", "--jobs", "1", "-o", "-"]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if ended.returncode != 0:
        raise RuntimeError(f"part {part} ended with {ended.returncode}")
    return ended.stdout


if __name__ == "__main__":
    client = Client(sys.argv[1]) if len(sys.argv) > 1 else Client(threads_per_worker=1)
    with client:
        tables = client.gather(client.map(run, range(1, PARTS + 1), pure=False))
    with open(TABLE, "w", newline="") as table:
        for number, text in enumerate(tables):
            table.writelines(text.splitlines(keepends=True)[1 if number else 0 :])
`;
