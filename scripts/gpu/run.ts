/**
 * Checks and times a target where its device is: its arithmetic, the cortical microcircuit, then every fixture against
 * its golden fingerprint.
 *
 *     run.js [all|test|bench] [--target cuda] [--minutes 9] [--only name] [--steps 200] [--scale 1] [--seconds 10]
 *     [--drive poisson|dc]
 *            [--precision float64|float32] [--skip fixtures] [--json file]
 *
 * Every part is a process of its own with a time of its own, so that what breaks or hangs does not take the others with
 * it; rows are printed as they come. The report is written to `file`, and as report.json and report.md to the folder
 * that OUT names, after each part. Needs no package of npm's but those beside it, no network and no test runner:
 * `pack.js` makes a folder of all that it needs. The exit code is 1 when a fingerprint differs or a part does not end,
 * and 2 when the target is not available.
 */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { targets } from '../../runtime/targets/registry.js';
import { doPart } from './parts.js';
import type { Part, PartOptions, Row } from './parts.js';
import { reportOf, reportText, rowText } from './report.js';
import type { PartEnd } from './report.js';
import { registerNotations } from '../../src/notations.js';

registerNotations();

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string', default: 'cuda' },
    minutes: { type: 'string', default: '9' },
    only: { type: 'string' },
    steps: { type: 'string', default: '200' },
    scale: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
    drive: { type: 'string' },
    precision: { type: 'string' },
    skip: { type: 'string', default: '0' },
    json: { type: 'string' },
    /** Where a part leaves its rows. */
    rows: { type: 'string' },
  },
});

/** Seconds that a part may take: so long a device that does its work takes with much to spare. */
const limits: Readonly<Record<string, number>> = { probe: 90, agreement: 120, microcircuit: 150, fixtures: 3600 };
/** Seconds after which a fixture is given up. */
const fixtureLimit = 120;

const optionsOf = (skip: number): PartOptions => ({
  target: values.target,
  steps: Number(values.steps),
  scale: Number(values.scale),
  duration: Number(values.seconds),
  skip,
  ...(values.only === undefined ? {} : { only: values.only }),
});

/** The parts to do, what matters most first. */
function partsOf(what: string): readonly Part[] {
  const drives = ['poisson', 'dc'].filter((drive) => values.drive === undefined || values.drive === drive);
  const precisions = ['float64', 'float32'].filter(
    (precision) => values.precision === undefined || values.precision === precision,
  );
  const bench = precisions.flatMap((precision) =>
    drives
      .filter((drive) => precision === 'float64' || drive === drives[0])
      .map((drive) => `microcircuit ${drive} ${precision}`),
  );
  return [
    'probe',
    ...(what === 'test' ? [] : [...(what === 'all' ? ['agreement'] : []), ...bench]),
    ...(what === 'bench' ? [] : ['fixtures']),
  ];
}

class Supervisor {
  readonly #rows: Row[] = [];
  readonly #ends: PartEnd[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'interneuron-gpu-'));
  readonly #until = performance.now() + 60_000 * Number(values.minutes);

  /** Seconds that are left for everything. */
  get left(): number {
    return (this.#until - performance.now()) / 1000;
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** Runs a part in a process, and prints what it leaves. @returns how it ended */
  async #run(part: Part, skip: number, seconds: number): Promise<string> {
    const rows = join(this.#folder, `${this.#ends.length}-${skip}.jsonl`);
    const words = Object.entries({ ...values, rows, skip: String(skip) }).flatMap(([name, value]) =>
      typeof value === 'string' && name !== 'json' && name !== 'minutes' ? [`--${name}`, value] : [],
    );
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'part', part, ...words], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said = `${said}${data.toString()}`.slice(-2000)));
    let known = 0;
    let changed = performance.now();
    const look = (): void => {
      if (!existsSync(rows)) return;
      const lines = readFileSync(rows, 'utf8').split('\n').slice(0, -1);
      for (const line of lines.slice(known)) {
        const row = JSON.parse(line) as Row;
        this.#rows.push(row);
        const text = rowText(row);
        if (text !== undefined) process.stdout.write(`${text}\n`);
        changed = performance.now();
      }
      known = lines.length;
    };
    const end = performance.now() + 1000 * seconds;
    let stopped = '';
    const timer = setInterval(() => {
      look();
      const idle = (performance.now() - changed) / 1000;
      if (performance.now() > end) stopped = 'out of time';
      else if (part === 'fixtures' && idle > fixtureLimit) stopped = `nothing for ${fixtureLimit} s`;
      if (stopped !== '') child.kill('SIGKILL');
    }, 100);
    const code = await new Promise<number | NodeJS.Signals | null>((resolve) =>
      child.on('close', (status, signal) => resolve(status ?? signal)),
    );
    clearInterval(timer);
    look();
    if (stopped !== '') return stopped;
    return code === 0 ? 'done' : `ended with ${String(code)}: ${said.trim().split('\n').at(-1) ?? ''}`;
  }

  /** Does a part as far as there is time, and writes the report. */
  async part(part: Part): Promise<void> {
    process.stdout.write(`== ${part}\n`);
    const began = performance.now();
    const limit = limits[part.split(' ')[0] ?? ''] ?? 60;
    let skip = Number(values.skip);
    let end = 'done';
    for (;;) {
      const seconds = Math.min(limit, this.left - 5);
      const before = this.#rows.length;
      end = seconds < 5 ? 'out of time' : await this.#run(part, skip, seconds);
      const fresh = this.#rows.slice(before);
      const begun = fresh.findLast((row) => row.kind === 'begin');
      const tried = fresh.filter(({ kind }) => kind === 'begin').length;
      // A fixture that broke the process is left behind; the others go on.
      if (part !== 'fixtures' || end === 'done' || end === 'out of time' || begun === undefined) break;
      const [name = '', precision] = begun.name.split(' ');
      const row = {
        name,
        precision: precision === 'float32' ? 'float32' : 'float64',
        against: 'golden',
        equal: false,
        error: end,
      } as const;
      this.#rows.push({ kind: 'fixture', row: { ...row, seconds: { compile: 0, connect: 0, run: 0 } } });
      process.stdout.write(`${begun.name}: ${end}\n`);
      skip += tried;
    }
    if (end !== 'done') process.stdout.write(`${part}: ${end}\n`);
    this.#ends.push({ part, end, seconds: (performance.now() - began) / 1000 });
    this.report();
  }

  report(): ReturnType<typeof reportOf> {
    const report = reportOf(this.#rows, this.#ends);
    const json = `${JSON.stringify(report, null, 2)}\n`;
    // `run.sh` has gone elsewhere before it started this.
    const from = process.env['FROM'] ?? '.';
    if (values.json !== undefined) writeFileSync(resolve(from, values.json), json);
    const out = process.env['OUT'] === undefined || process.env['OUT'] === '' ? '' : resolve(from, process.env['OUT']);
    if (out !== '') {
      mkdirSync(out, { recursive: true });
      writeFileSync(join(out, 'report.json'), json);
      writeFileSync(join(out, 'report.md'), reportText(report));
    }
    return report;
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function supervise(what: string): Promise<number> {
  const supervisor = new Supervisor();
  try {
    for (const part of partsOf(what)) {
      await supervisor.part(part);
      if (part === 'probe' && !supervisor.report().available) return 2;
    }
    const report = supervisor.report();
    process.stdout.write(`\n${reportText(report)}`);
    return report.passed ? 0 : 1;
  } finally {
    supervisor.dispose();
  }
}

const [what = 'all', part = ''] = positionals;
if (!['all', 'test', 'bench', 'part'].includes(what) || targets[values.target] === undefined) {
  process.stderr.write(`what to do is all, test or bench, and a target is one of ${Object.keys(targets).join(', ')}\n`);
  process.exit(2);
}
process.exitCode =
  what === 'part'
    ? await doPart(part, optionsOf(Number(values.skip)), values.rows ?? '').then(() => 0)
    : await supervise(what);
