/**
 * Compares runs of the NeuroML repository's examples with the times that its model-validation files publish, and writes
 * the table `docs/neuroml-conformance.md`.
 *
 *     npm run build && NEUROML2_CHECKOUT=path/to/NeuroML2 LEMS_CHECKOUT=path/to/LEMS node
 *     scripts/neuroml-conformance.mjs
 *
 * Each example runs twice: with the timing profile `lems-euler`, where every time must be within the file's own
 * tolerance, and with `grid`, where the count must be the same (but for a spike in the last 2 % of the run) and every
 * time within 1 %. LEMS's own examples run both ways too, if there is a checkout of them. Documents that the reference
 * interpreter does not run, which are those of NeuroML's own form and cells with several compartments, are validated
 * and converted.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** Part of a run's end in which a spike may be missing or added in an accurate solution. */
const lastPart = 0.02;
/** Relative difference of a time that an accurate solution may have from the published one. */
const gridTolerance = 0.01;
/** Absolute tolerance of the published comparison, in the unit of the scaled times. */
const absoluteTolerance = 1e-8;

// --- What is published ----------------------------------------------------------------------------------------------
/**
 * The observables of one model-validation file.
 *
 * @param {string} test  YAML of the file: target, and per experiment a file with its columns, scaling and detection of
 *   spikes
 * @param {string} expectations  YAML of the file of expected values that it names
 * @returns {import('./neuroml-conformance.d.mts').Observable[]}
 */
export function observables(test, expectations) {
  const { target, experiments = {} } = parse(test);
  const expected = parse(expectations).experiments ?? {};
  const found = [];
  for (const [name, { observables: kinds }] of Object.entries(experiments)) {
    const times = kinds?.['spike times'];
    const expectedTimes = expected[name]?.expected?.['spike times'] ?? [];
    const events = times?.['spiketimes file'];
    if (events) {
      const { path, format, id } = events;
      found.push({
        target,
        name,
        path,
        method: 'events',
        format,
        id: String(id),
        tolerance: Number(times.tolerance),
        expected: expectedTimes,
      });
    }
    const source = times?.file;
    if (!source) continue;
    const detection = times['spike detection'] ?? {};
    found.push({
      target,
      name,
      path: source.path,
      columns: source.columns,
      scaling: source.scaling,
      method: detection.method,
      threshold: detection.threshold ?? 0,
      tolerance: Number(times.tolerance),
      expected: expectedTimes,
    });
  }
  return found;
}

// --- What is observed -----------------------------------------------------------------------------------------------
/**
 * Times of a trace: the row after each crossing of the threshold upwards, or each local maximum.
 *
 * @param {readonly number[]} times
 * @param {readonly number[]} values
 * @param {'threshold' | 'derivative'} method
 * @param {number} threshold
 */
export function spikeTimes(times, values, method, threshold) {
  const found = [];
  for (let i = 0; i + 1 < values.length; i += 1) {
    if (method === 'threshold') {
      if (values[i] <= threshold && values[i + 1] > threshold) found.push(times[i + 1]);
    } else if (i > 0 && values[i - 1] < values[i] && values[i] >= values[i + 1]) {
      found.push(times[i]);
    }
  }
  return found;
}

/**
 * Times of one id in a list of events.
 *
 * @param {string} text
 * @param {string} format
 * @param {string} id
 */
export function readEvents(text, format, id) {
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
  const [name, time] = format === 'ID_TIME' ? [0, 1] : [1, 0];
  return rows.filter((cells) => cells[name] === id).map((cells) => Number(cells[time]));
}

/**
 * Two columns of a table of text, scaled.
 *
 * @param {string} text
 * @param {readonly [number, number]} columns
 * @param {readonly [number, number]} scaling
 */
export function readColumns(text, columns, scaling) {
  const times = [];
  const values = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const cells = line.split('\t');
    times.push(Number(cells[columns[0]]) * scaling[0]);
    values.push(Number(cells[columns[1]]) * scaling[1]);
  }
  return { times, values };
}

// --- How they compare -----------------------------------------------------------------------------------------------
/**
 * Whether all times agree: as many, and each within `absolute + relative * |expected|`. `worst` is the largest relative
 * difference.
 *
 * @param {readonly number[]} observed
 * @param {readonly number[]} expected
 * @param {number} tolerance
 */
export function agrees(observed, expected, tolerance, absolute = absoluteTolerance) {
  const sameCount = observed.length === expected.length;
  const pairs = Math.min(observed.length, expected.length);
  let worst = 0;
  let within = true;
  for (let i = 0; i < pairs; i += 1) {
    const difference = Math.abs(observed[i] - expected[i]);
    worst = Math.max(worst, difference / Math.abs(expected[i]));
    within &&= difference <= absolute + tolerance * Math.abs(expected[i]);
  }
  return { passed: sameCount && within, sameCount, worst };
}

/**
 * The rule for an accurate solution.
 *
 * @param {readonly number[]} observed
 * @param {readonly number[]} expected
 * @param {number} end  end of the run, in the unit of the times
 */
export function agreesRoughly(observed, expected, end) {
  const early = (/** @type {readonly number[]} */ times) => times.filter((time) => time <= end * (1 - lastPart)).length;
  const least = Math.min(observed.length, expected.length);
  const sameCount = observed.length === expected.length || Math.max(early(observed), early(expected)) <= least;
  const compared = agrees(observed.slice(0, least), expected.slice(0, least), gridTolerance);
  return { passed: sameCount && compared.passed, sameCount, worst: compared.worst };
}

// --- Runs -----------------------------------------------------------------------------------------------------------
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** What the built command line answers, and the first line of what is wrong where it fails. */
function command(/** @type {readonly string[]} */ words) {
  const cli = process.env['INTERNEURON_CLI'] ?? join(root, 'dist/cli.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return {
    stdout,
    failure:
      status === 0 ? null : (stderr.split('\n').find((line) => line.startsWith('error')) ?? `exit status ${status}`),
  };
}

/** Runs a model, without a timing profile in its own. `failure` is null where it runs. */
function run(/** @type {string} */ model, /** @type {string | null} */ timing, /** @type {string} */ folder) {
  const given = timing === null ? [] : ['--timing', timing];
  const { failure } = command(['run', model, ...given, '--output-dir', folder, '--quiet']);
  return { failure };
}

/** Makes a folder for one use. */
function inFolder(/** @type {(folder: string) => void} */ action) {
  const folder = mkdtempSync(join(tmpdir(), 'neuroml-conformance-'));
  try {
    action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Observed times of one observable in a folder of outputs; null where the file is missing. */
function observe(
  /** @type {import('./neuroml-conformance.d.mts').Observable} */ observable,
  /** @type {string} */ folder,
) {
  const path = join(folder, observable.path.replace(/^\.\.\//, ''));
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  if (observable.method === 'events') {
    const found = readEvents(text, observable.format, observable.id);
    return { found, end: Infinity };
  }
  const { times, values } = readColumns(text, observable.columns, observable.scaling);
  return {
    found: spikeTimes(times, values, observable.method, observable.threshold),
    end: times[times.length - 1] ?? 0,
  };
}

function score(/** @type {string} */ checkout) {
  const tests = join(checkout, 'LEMSexamples/test');
  const rows = [];
  const runs = [];
  for (const file of readdirSync(tests)
    .filter((name) => name.endsWith('.jnml.omt'))
    .sort(byNumber)) {
    const test = readFileSync(join(tests, file), 'utf8');
    const { target, mep } = parse(test);
    const model = resolve(tests, target.trim());
    const list = mep ? observables(test, readFileSync(join(tests, mep), 'utf8')) : [];
    const results = {};
    for (const timing of ['lems-euler', 'grid']) {
      inFolder((folder) => {
        runs.push({ model: relative(checkout, model), timing, ...run(model, timing, folder) });
        results[timing] = list.map((observable) => observe(observable, folder));
      });
    }
    list.forEach((observable, i) => {
      const euler = results['lems-euler'][i];
      const grid = results['grid'][i];
      rows.push({
        model: relative(checkout, model),
        observable,
        euler: euler && { ...euler, ...agrees(euler.found, observable.expected, observable.tolerance) },
        grid: grid && { ...grid, ...agreesRoughly(grid.found, observable.expected, grid.end) },
      });
    });
  }
  return { rows, runs };
}

/** LEMS's own examples, both ways. */
function scoreLems(/** @type {string | undefined} */ checkout) {
  if (!checkout) return [];
  const folder = join(checkout, 'examples');
  const models = readdirSync(folder).filter((name) => /^example\d+\.xml$/.test(name));
  return models.sort(byNumber).flatMap((model) =>
    ['lems-euler', 'grid'].map((timing) => {
      let ran = { failure: /** @type {string | null} */ (null) };
      inFolder((outputs) => {
        ran = run(join(folder, model), timing, outputs);
      });
      return { model, timing, ...ran };
    }),
  );
}

/** What is said of documents that hold parts of models. */
const noModel = 'parts of models only';

/**
 * Documents that are validated and converted: those of NeuroML's own form, and the models of cells with several
 * compartments.
 */
function scoreDocuments(/** @type {string} */ checkout) {
  const inside = (/** @type {string} */ folder, /** @type {RegExp} */ name) =>
    readdirSync(join(checkout, folder))
      .filter((file) => name.test(file))
      .sort(byNumber)
      .map((file) => join(checkout, folder, file));
  const documents = [
    ...inside('examples', /\.nml$/),
    ...inside('LEMSexamples', /_Ex25_.*\.xml$/),
    ...inside('LEMSexamples/morphologies', /^LEMS_.*\.xml$/),
  ];
  return documents.map((path) => {
    const { stdout, failure: valid } = command(['validate', path, '--json']);
    // A document of parts, such as channels or synapses, has no hash of a model, and need not be converted.
    const isModel = valid !== null || JSON.parse(stdout).documents[0].hash !== undefined;
    const found = { document: relative(checkout, path), valid, converted: null, ran: null };
    inFolder((folder) => {
      found.converted = command([
        'convert',
        path,
        '--to',
        'canonical',
        '-o',
        join(folder, 'model.json'),
        '--quiet',
      ]).failure;
      if (found.converted !== null && !isModel) found.converted = noModel;
      if (path.endsWith('.xml')) found.ran = run(path, null, folder).failure ?? 'ran';
    });
    return found;
  });
}

function byNumber(/** @type {string} */ a, /** @type {string} */ b) {
  const [left, right] = [a, b].map((name) => Number(/\d+/.exec(name)?.[0] ?? 0));
  return left - right || (a < b ? -1 : 1);
}

// --- The table ------------------------------------------------------------------------------------------------------
/**
 * The document, from scored rows.
 *
 * @param {import('./neuroml-conformance.d.mts').Scored} scored
 */
export function conformanceTable({ rows, runs, revision, lemsRuns = [], documents = [] }) {
  const passed = (/** @type {'euler' | 'grid'} */ way) => rows.filter((row) => row[way]?.passed).length;
  const spikes = rows.reduce((sum, { observable }) => sum + observable.expected.length, 0);
  const lines = [
    '# Conformance with the examples of NeuroML 2',
    '',
    `Written by \`scripts/neuroml-conformance.mjs\` from the NeuroML 2 repository${revision ? ` at ${revision}` : ''}: the values`,
    'that its model-validation files publish for the reference interpreter, and those of interneuron.',
    '',
    `- \`lems-euler\`: ${passed('euler')} of ${rows.length} observables agree (${spikes} spike times). A time agrees within the file's own relative`,
    `  tolerance plus ${absoluteTolerance}, as in the validation tool, and the counts are equal.`,
    `- \`grid\`: ${passed('grid')} of ${rows.length} agree. Counts are equal, except for a spike in the last ${lastPart * 100} % of the run, and every time is within ${gridTolerance * 100} %.`,
    `- ${endedWell(runs)} of ${runs.length} runs completed.`,
    ...(lemsRuns.length > 0
      ? [`- LEMS's own examples: ${endedWell(lemsRuns)} of ${lemsRuns.length} runs completed.`]
      : []),
    ...(documents.length > 0
      ? [
          `- ${documents.filter(({ valid, converted }) => !valid && (!converted || converted === noModel)).length} of ${documents.length} documents are valid, and converted if they contain a model.`,
        ]
      : []),
    '',
    'Times are in ms, those of lists of events in s, as in the files. Tolerances are relative; `worst` is the largest relative difference.',
    '',
    '| model | observable | expected | tolerance | lems-euler | worst | | grid | worst | |',
    '|---|---|---|---|---|---|---|---|---|---|',
  ];
  for (const { model, observable, euler, grid } of rows) {
    const cell = (/** @type {import('./neuroml-conformance.d.mts').Score | null} */ one) =>
      one
        ? [timesText(one.found), one.worst.toExponential(1), one.passed ? 'yes' : '**no**']
        : ['no file', '', '**no**'];
    const cells = [
      fileName(model),
      observable.name,
      timesText(observable.expected),
      tolerance(observable),
      ...cell(euler),
      ...cell(grid),
    ];
    lines.push(`| ${cells.join(' | ')} |`);
  }
  lines.push('', '## Runs', '', ...runTable(runs));
  if (lemsRuns.length > 0) lines.push('', "## LEMS's own examples", '', ...runTable(lemsRuns));
  if (documents.length > 0)
    lines.push('', '## Documents that are validated and converted', '', ...documentTable(documents));
  return `${lines.join('\n')}\n`;
}

function endedWell(/** @type {readonly import('./neuroml-conformance.d.mts').Run[]} */ runs) {
  return runs.filter(({ failure }) => failure === null).length;
}

/** One row for each model, with a column for each way. */
function runTable(/** @type {readonly import('./neuroml-conformance.d.mts').Run[]} */ runs) {
  const ways = [...new Set(runs.map(({ timing }) => timing))];
  const models = [...new Set(runs.map(({ model }) => model))];
  const rows = models.map((model) => {
    const cells = ways.map((way) => {
      const found = runs.find((one) => one.model === model && one.timing === way);
      return found ? cellText(found.failure ?? 'ran') : '';
    });
    return `| ${[fileName(model), ...cells].join(' | ')} |`;
  });
  return [`| model | ${ways.join(' | ')} |`, `|---|${ways.map(() => '---|').join('')}`, ...rows];
}

function documentTable(/** @type {readonly import('./neuroml-conformance.d.mts').Document[]} */ documents) {
  const rows = documents.map(({ document, valid, converted, ran }) => {
    const cells = [
      fileName(document),
      cellText(valid ?? 'yes'),
      cellText(converted ?? 'yes'),
      cellText(ran ?? 'no simulation'),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| document | valid | converted | run |', '|---|---|---|---|', ...rows];
}

function cellText(/** @type {string} */ text) {
  return text.replaceAll('|', '\\|');
}

function fileName(/** @type {string} */ path) {
  return path.slice(path.lastIndexOf('/') + 1);
}

function tolerance(/** @type {import('./neuroml-conformance.d.mts').Observable} */ { tolerance: value }) {
  return value === 0 ? '0' : value.toExponential(1);
}

/** All times where they are few, else the first and the last with their number. */
function timesText(/** @type {readonly number[]} */ times) {
  const text = (/** @type {number} */ time) => String(Number(time.toPrecision(8)));
  if (times.length <= 4) return times.map(text).join(', ') || 'none';
  return `${times.slice(0, 2).map(text).join(', ')}, … ${text(times[times.length - 1])} (${times.length})`;
}

function main() {
  const checkout = process.env['NEUROML2_CHECKOUT'];
  if (!checkout || !existsSync(join(checkout, 'LEMSexamples/test'))) {
    process.stderr.write(
      'NEUROML2_CHECKOUT names no checkout of the NeuroML2 repository (it has a folder LEMSexamples/test)\n',
    );
    process.exit(2);
  }
  const scored = score(resolve(checkout));
  const table = conformanceTable({
    ...scored,
    lemsRuns: scoreLems(process.env['LEMS_CHECKOUT']),
    documents: scoreDocuments(resolve(checkout)),
    revision: process.env['NEUROML2_REVISION'] ?? '',
  });
  const path = process.argv[2] ?? join(root, 'docs/neuroml-conformance.md');
  writeFileSync(path, table);
  process.stdout.write(`${table.split('\n').slice(4, 14).join('\n')}\nwrote ${path}\n`);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) main();
