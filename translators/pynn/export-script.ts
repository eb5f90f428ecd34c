/** From the canonical model to a PyNN script for any simulator: the exported document, written as Python. */

import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { InvariantError } from '../../src/diagnostics/diagnostic.js';
import type { ValidModel } from '../../src/model/model.js';
import { exportPynn, type ReportEntry } from './export.js';
import { Names } from './names.js';
import { synapseText, value, call } from './script/python-text.js';
import type { Connector, PynnSpecification } from './specification.js';

export interface PynnScriptExport {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly report: readonly ReportEntry[];
}

/**
 * A model as a PyNN script: `python model.py [simulator] [results.json]`. With a second argument it writes spike times (ms) and signals
 * of all recorded populations there.
 *
 * @param stem  name of the script without its ending
 */
export function exportPynnScript(valid: ValidModel, stem = 'model'): PynnScriptExport {
  const { document, report } = exportPynn(valid);
  const entries = [...report];
  const text = render(view(document, stem, entries));
  return { files: [{ name: `${stem}.py`, text }], report: entries };
}

interface ScriptView {
  readonly documentation: string;
  readonly usage: string;
  readonly settings: readonly string[];
  readonly generators: readonly string[];
  readonly populations: readonly string[];
  readonly selections: readonly string[];
  readonly projections: readonly string[];
  readonly recordings: readonly string[];
  readonly phases: readonly string[];
  readonly results: string;
}

/** Words of Python, and names that the script itself uses. */
const taken = [
  ...'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
  'import_module',
  'Sequence',
  'NumpyRNG',
  'RandomDistribution',
  'IndexBasedExpression',
  'open',
  'float',
  'type',
  'sim',
  'np',
  'json',
  'sys',
  'results',
  'name',
  'population',
  'segment',
  'file',
  'train',
  'signal',
  'time',
  'i',
  'j',
  'd',
];

function view(document: PynnSpecification, stem: string, report: ReportEntry[]): ScriptView {
  const names = new Names();
  for (const name of taken) names.take(name);
  const rngs = new Map(Object.entries(document.rngs ?? {}).map(([label, rng]) => [label, { rng, name: names.take(label) }] as const));
  const rngOf = (label: string | null | undefined): string => (label === null || label === undefined ? '' : (rngs.get(label)?.name ?? ''));
  const targets = new Map<string, string>();
  const declare = (label: string): string => {
    const name = names.take(label);
    targets.set(label, name);
    return name;
  };
  const nameOf = (label: string): string => targets.get(label) ?? 'None';
  for (const [label, { rng }] of rngs) {
    if (rng.type === 'NativeRNG')
      report.push({
        verdict: 'approximated',
        code: 'pynn/native-generator',
        pointer: '',
        message: `what ${label} draws is drawn by a NumpyRNG: another network of the same statistics; --freeze makes it the same`,
      });
  }
  const populations = (document.populations ?? []).map(({ label, size, cell, initial_values: initial }) => {
    const params = Object.entries(cell.params ?? {}).map(([key, given]) => `${key}=${value(given, rngOf)}`);
    const first =
      initial === undefined
        ? []
        : [
            `initial_values={${Object.entries(initial)
              .map(([key, given]) => `'${key}': ${value(given, rngOf)}`)
              .join(', ')}}`,
          ];
    return `${declare(label)} = ${call('sim.Population', [String(size), `sim.${call(cell.type, params)}`, ...first, `label=${JSON.stringify(label)}`])}`;
  });
  const selections = [
    ...(document.views ?? []).map(({ label, of, select }) => {
      const parent = nameOf(of);
      const [from, to, step = 1] = select.slice ?? [];
      const inside =
        select.slice !== undefined
          ? `[${from ?? ''}:${to ?? ''}${step === 1 ? '' : `:${String(step)}`}]`
          : select.sample !== undefined
            ? `.sample(${select.sample}${select.rng ? `, rng=${rngOf(select.rng)}` : ''})`
            : `[${JSON.stringify(select.indices ?? [])}]`;
      return `${declare(label)} = ${parent}${inside}`;
    }),
    ...(document.assemblies ?? []).map(({ label, of }) => `${declare(label)} = ${call('sim.Assembly', of.map(nameOf))}`),
  ];
  const projections = (document.projections ?? []).map((projection) => {
    const args = [
      nameOf(projection.pre),
      nameOf(projection.post),
      connectorText(projection.connector, rngOf),
      synapseText(projection.synapse, rngOf),
      ...(projection.receptor_type ? [`receptor_type='${projection.receptor_type}'`] : []),
      `label=${JSON.stringify(projection.label ?? '')}`,
    ];
    return `${declare(projection.label ?? `${projection.pre}_${projection.post}`)} = ${call('sim.Projection', args)}`;
  });
  const sources = (document.current_sources ?? []).flatMap(({ label, type, params, inject_into: into }) => {
    const name = declare(label);
    const args = Object.entries(params ?? {}).map(([key, given]) => `${key}=${value(given, rngOf)}`);
    return [`${name} = sim.${call(type, args)}`, ...(into ?? []).map((target) => `${nameOf(target)}.inject(${name})`)];
  });
  const recorded = (document.recordings ?? []).filter(({ target }) => (document.projections ?? []).every(({ label }) => label !== target));
  for (const { target } of document.recordings ?? []) {
    if (!recorded.some((recording) => recording.target === target))
      report.push({
        verdict: 'notExpressible',
        code: 'pynn/not-expressible',
        pointer: '',
        message: `recording synapses (${target}); the JSON form has it, scripts have not`,
      });
  }
  const phases = (document.phases ?? []).map((phase) => {
    const settings = (params: Readonly<Record<string, unknown>>): string =>
      Object.entries(params)
        .map(([key, given]) => `${key}=${value(given, rngOf)}`)
        .join(', ');
    if (phase.run !== undefined) return `sim.run(${phase.run})`;
    if (phase.run_until !== undefined) return `sim.run_until(${phase.run_until})`;
    if (phase.set !== undefined) return `${nameOf(phase.set.target)}.set(${settings(phase.set.params)})`;
    if (phase.initialize !== undefined) return `${nameOf(phase.initialize.target)}.initialize(${settings(phase.initialize.values)})`;
    return 'sim.reset()';
  });
  return {
    documentation: [document.name, document.description, document.source]
      .filter((line) => line !== undefined && line !== '')
      .join('\n\n')
      .replaceAll('"""', "'''"),
    usage: `python ${stem}.py [simulator] [results.json]`,
    settings: [`sim.setup(timestep=${document.setup?.timestep ?? 0.1}, min_delay=${document.setup?.timestep ?? 0.1})`],
    generators: [...rngs.values()].map(({ rng, name }) => `${name} = NumpyRNG(${rng.seed === undefined ? '' : `seed=${rng.seed}`})`),
    populations,
    selections,
    projections: [...projections, ...sources],
    recordings: recorded.map(
      ({ target, variables, sampling_interval: interval }) =>
        `${nameOf(target)}.record(${JSON.stringify(variables).replaceAll('"', "'")}${interval === undefined || interval === null ? '' : `, sampling_interval=${interval}`})`,
    ),
    phases,
    results: [...new Set(recorded.map(({ target }) => target))]
      .map((target) => `(${JSON.stringify(target)}, ${nameOf(target)})`)
      .join(', '),
  };
}

function connectorText({ type, params, rng }: Connector, rngOf: (label: string | null | undefined) => string): string {
  const args = Object.entries(params ?? {}).map(([key, given]) => `${key}=${value(given, rngOf)}`);
  return `sim.${call(type, [...args, ...(rng ? [`rng=${rngOf(rng)}`] : [])])}`;
}

let template: Handlebars.TemplateDelegate | undefined;

function render(values: ScriptView): string {
  template ??= Handlebars.compile(readFileSync(new URL('./script/pynn-script.hbs', import.meta.url), 'utf8'), {
    noEscape: true,
    strict: true,
  });
  try {
    return template(values);
  } catch (error) {
    throw new InvariantError('template pynn-script', error instanceof Error ? error.message : String(error));
  }
}
