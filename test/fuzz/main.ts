/**
 * `npm run fuzz -- [OPTIONS]`: feeds changed models of all notations, and writes models that cause a failure to files.
 *
 * - `--notation NAME` one notation, or several; `--seed N`, `--first N`, `--inputs N` which inputs of each;
 * - `--differential` runs each valid model in all notations and on two engines, and compares (`differential.ts`);
 * - `--minutes N` or `--forever` goes on, notations in turn, from the end of the log; `--jobs N` at a time;
 * - `--log FILE` a line of JSON for each round, which later rounds are added to;
 * - `--out DIR` folder for inputs that cause a failure.
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { notations, ownForms, type FuzzNotation } from './inputs.js';
import { campaign, removeWorker, type Breakage, type Campaign, type Purpose } from './supervise.js';

const { values } = parseArgs({
  options: {
    notation: { type: 'string', multiple: true, default: [...notations] },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    inputs: { type: 'string' },
    differential: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    forever: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '1' },
    log: { type: 'string' },
    out: { type: 'string', default: 'out/fuzz' },
  },
});

/** Inputs of a round: a minute or two. */
const inRound: Readonly<Record<FuzzNotation, number>> = {
  brian: 20_000,
  canonical: 20_000,
  pynn: 15_000,
  neuroml: 10_000,
  nmodl: 2000,
  nestml: 1000,
  swc: 1000,
  expression: 200_000,
  command: 2000,
  calls: 1000,
  results: 1000,
  nir: 1000,
  bundles: 500,
  sonata: 1000,
  'brian-models': 100,
  'pynn-models': 100,
  'neuroml-models': 100,
};

/** The outcome of a round: a line of the log. */
interface Round {
  readonly notation: FuzzNotation;
  readonly purpose: Purpose;
  readonly seed: number;
  readonly first: number;
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly seconds: number;
  /** Of the processor. */
  readonly processorSeconds: number;
  /** The input that took the longest, in ms by the clock. */
  readonly worst: { readonly ordinal: number; readonly ms: number };
  /** The input that needed the most memory, and how much the process then had. */
  readonly memory: Campaign['memory'];
  /** Why inputs broke something, and the files that they are in. */
  readonly broken: readonly { readonly ordinal: number; readonly why: string; readonly file: string }[];
}

process.on('exit', removeWorker);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const seed = Number(values.seed);
const purpose: Purpose = values.differential ? 'differential' : 'breakage';
const chosen = notations.filter(
  (name) =>
    values.notation.includes(name) && !(values.differential && (name === 'expression' || ownForms.includes(name))),
);
const log: Round[] =
  values.log !== undefined && existsSync(values.log)
    ? readFileSync(values.log, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Round => ({ purpose: 'breakage', ...(JSON.parse(line) as Omit<Round, 'purpose'>) }))
        .filter((round) => round.purpose === purpose)
    : [];

function keep({ ordinal, why, input }: Breakage, notation: FuzzNotation): string {
  mkdirSync(values.out, { recursive: true });
  const file = join(values.out, `${values.differential ? 'differential-' : ''}${notation}-${seed}-${ordinal}`);
  writeFileSync(file, input);
  process.stdout.write(`${notation} ${ordinal}: ${why}\n  written to ${file}\n`);
  return file;
}

async function feed(notation: FuzzNotation, first: number, inputs: number): Promise<Round> {
  const began = performance.now();
  const { accepted, refused, broken, worst, memory, taken } = await campaign(notation, seed, first, inputs, purpose);
  const kinds = new Map(broken.map((breakage) => [breakage.why.split('\n').slice(0, 3).join(' '), breakage]));
  const round: Round = {
    ...{ notation, purpose, seed, first, inputs, accepted, refused, worst, memory },
    seconds: Math.round((performance.now() - began) / 1000),
    processorSeconds: Math.round(taken / 1000),
    broken: [...kinds].map(([why, breakage]) => ({ ordinal: breakage.ordinal, why, file: keep(breakage, notation) })),
  };
  log.push(round);
  if (values.log !== undefined) {
    mkdirSync(dirname(values.log), { recursive: true });
    appendFileSync(values.log, `${JSON.stringify(round)}\n`);
  }
  const rate = Math.round((1000 * inputs) / Math.max(1, taken));
  process.stdout.write(
    `${notation} from ${first}: ${accepted} accepted, ${refused} refused, ${broken.length} broken, ` +
      `${round.seconds} s, ${rate} for each second of the processor, longest ${worst.ms} ms (${worst.ordinal}), ` +
      `most memory ${Math.round(memory.bytes / 1e6)} MB (${memory.ordinal})\n`,
  );
  return round;
}

/** Ordinals that are used, by notation: rounds that run at once take other ones. */
const used = new Map<FuzzNotation, number>(
  chosen.map((notation) => [
    notation,
    log
      .filter((round) => round.notation === notation && round.seed === seed)
      .reduce((next, { first, inputs }) => Math.max(next, first + inputs), Number(values.first)),
  ]),
);

/** Rounds of all notations in turn until the time is over. */
async function goOn(until: number): Promise<void> {
  let turn = 0;
  const work = async (): Promise<void> => {
    while (performance.now() < until) {
      const notation = chosen[turn++ % chosen.length] ?? 'brian';
      const first = used.get(notation) ?? 0;
      const inputs = values.inputs === undefined ? inRound[notation] : Number(values.inputs);
      used.set(notation, first + inputs);
      await feed(notation, first, inputs);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
}

if (values.forever) await goOn(Infinity);
else if (values.minutes !== undefined) await goOn(performance.now() + 60_000 * Number(values.minutes));
else for (const notation of chosen) await feed(notation, Number(values.first), Number(values.inputs ?? 100_000));

for (const notation of chosen) {
  const rounds = log.filter((round) => round.notation === notation);
  const sum = (of: (round: Round) => number): number => rounds.reduce((all, round) => all + of(round), 0);
  process.stdout.write(
    `${notation}, all rounds: ${sum(({ inputs }) => inputs)} inputs, ${sum(({ accepted }) => accepted)} accepted, ` +
      `${sum(({ broken }) => broken.length)} kinds of breakage, ` +
      `longest ${Math.max(0, ...rounds.map(({ worst }) => worst.ms))} ms\n`,
  );
}
process.exitCode = log.some(({ broken }) => broken.length > 0) ? 1 : 0;
