/** A PyNN-style document as the sections of a script. */

import { Comments } from '../../../src/model/comments.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import { child } from '../../../src/model/pointer.js';
import { docstring, documentationOf } from '../../shared/documentation.js';
import { call, layout, pythonComments, type Source } from '../../shared/python.js';
import type { NestmlModel } from '../../nestml/export/models.js';
import { byUse } from '../selections.js';
import type { Assembly, Phase, Projection, PynnSpecification, Recording, View } from '../specification.generated.js';
import { isRandom, limitAsNumber } from '../value-kinds.js';
import { imports, keywords } from './python-text.js';
import { assemblyLine, generatorLines, nativeTypes, populationLines, viewLine } from './script-cells.js';
import { compartmentLines } from './script-compartments.js';
import { projectionLines } from './script-projections.js';
import { currentSourceLines, phaseLines, recordingLines, synapseRecorder } from './script-protocol.js';
import { resultLines } from './result-lines.js';
import { nestmlTypes } from './nestml-types.js';
import { Script, type ScriptFile, type Unrecorded } from './script.js';

/** Parts of a script. */
export interface ScriptView {
  /** Docstring of the script. */
  readonly documentation: string;
  /** Comments of the document that belong to no part of the script. */
  readonly comments: readonly string[];
  /** The line that defines `sim` as the simulator, if an argument chooses it; empty otherwise. */
  readonly simulator: string;
  /** Lines that import names. */
  readonly imported: readonly string[];
  /** Classes and functions that the script declares. */
  readonly definitions: readonly string[];
  /** Parts with their headings, in order. */
  readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[];
  /** Lines that write recordings, and values read from synapses. */
  readonly results: readonly string[];
}

/** Returns the sections of a script, and the files that it reads; reports parts that scripts cannot express. */
export function scriptView(
  document: PynnSpecification,
  stem: string,
  report: ConversionReport,
  {
    nestml,
    simulator,
    recorded,
  }: {
    readonly nestml: readonly NestmlModel[];
    readonly simulator: string;
    readonly recorded: ReadonlyMap<string, string>;
  },
): { readonly view: ScriptView; readonly files: readonly ScriptFile[]; readonly unrecorded: readonly Unrecorded[] } {
  const script = new Script(document, stem, report, nestml, recorded);
  const comments = new Comments(document.annotations);
  const head = comments.take('');
  /** Returns lines after the comments on parts of the given sections with that name. */
  const about = (name: string, sections: readonly string[], lines: readonly string[]): readonly string[] => [
    ...pythonComments(sections.flatMap((section) => comments.takeAll(child(`/${section}`, name)))),
    ...lines,
  ];
  const {
    setup,
    populations = [],
    views = [],
    assemblies = [],
    projections = [],
    current_sources: sources = [],
  } = document;
  const { timestep = 0.1, extra } = setup ?? {};
  // A seed with more digits than JSON numbers hold is a text.
  const given = Number(document.seed);
  const seed =
    !script.isNative || document.seed === undefined
      ? {}
      : { seed: Number.isSafeInteger(given) ? given : document.seed };
  const limits = { timestep, ...delayLimits(script, timestep), ...extra, ...seed };
  const isNestml = nestml.length > 0;
  if (isSwitched(document))
    script.different(
      'pynn/recorded-throughout',
      'what is recorded for some of the time is recorded all the time: PyNN ends all recordings of a population at ' +
        'once, and NEST begins none after a run',
    );
  const sections = [
    {
      title: '',
      lines: [layout(call('sim.setup', keywords(limits, script))), ...nestmlTypes(script), ...namesForNest(script)],
    },
    { title: '', lines: generatorLines(script) },
    { title: 'Types of cells and synapses', lines: nativeTypes(script) },
    { title: 'Cells with compartments', lines: compartmentLines(script) },
    {
      title: 'Populations',
      lines: populations.flatMap((population) =>
        about(population.label, ['populations', 'neurons'], [populationLines(script, population)]),
      ),
    },
    {
      title: 'Views and assemblies',
      lines: byUse(
        document,
        populations.map(({ label }) => label),
      ).flatMap(({ kind, index }) =>
        kind === 'view' ? viewLine(script, views[index] as View) : assemblyLine(script, assemblies[index] as Assembly),
      ),
    },
    {
      title: 'Projections',
      lines: projections.flatMap((projection) =>
        about(projection.label ?? '', ['projections', 'synapses'], projectionLines(script, projection)),
      ),
    },
    {
      title: 'Current sources',
      lines: sources.flatMap((source) => about(source.label ?? '', ['stimuli'], currentSourceLines(script, source))),
    },
    {
      title: 'Recordings',
      lines: [
        ...pythonComments(comments.takeAll('/recordings')),
        ...together(allRecordings(document)).flatMap((recording) => recordingLines(script, recording)),
      ],
    },
    {
      title: 'Run',
      lines: runLines(script, comments),
    },
  ].filter(({ lines }) => lines.length > 0);
  const isForOne = script.isNative || isNestml;
  const results = resultLines(script);
  const view: ScriptView = {
    documentation: docstring([
      ...documentationOf(document),
      ...(isForOne ? [] : [`Usage: python ${stem}.py ${simulator}`]),
    ]),
    comments: pythonComments([...head, ...comments.takeRest()]),
    simulator: isForOne ? '' : `sim, options = ${script.use('get_simulator')}()`,
    definitions: [...script.definitions, ...(script.recorders.length === 0 ? [] : [synapseRecorder])],
    sections,
    results,
    // Last, when all that is used is known.
    imported: importLines(script, [...sections.flatMap(({ lines }) => lines), ...results]),
  };
  return { view, files: script.files, unrecorded: script.unrecordedVariables };
}

/** Checks whether recordings end, or begin after a run. */
function isSwitched({ phases = [] }: PynnSpecification): boolean {
  const first = phases.findIndex(({ run, run_until: until }) => run !== undefined || until !== undefined);
  return phases.some(
    ({ record }, k) => record !== undefined && (record.variables === null || (first >= 0 && k > first)),
  );
}

/** Returns the recordings from the start, and those that phases begin, each once. */
function allRecordings({ recordings = [], phases = [] }: PynnSpecification): readonly Recording[] {
  const begun = phases.flatMap(({ record }) => (record === undefined || record.variables === null ? [] : [record]));
  return [...new Map([...recordings, ...begun].map((recording) => [JSON.stringify(recording), recording])).values()];
}

/** Returns recordings of the same cells, one after the other, as one. */
function together(recordings: readonly Recording[]): readonly Recording[] {
  const joined: Recording[] = [];
  for (const recording of recordings) {
    const last = joined.at(-1);
    const { variables, ...of } = recording;
    const { variables: before, ...ofLast } = last ?? { variables: null };
    const { locations: places, ...elsewhere } = recording;
    const { locations: placesBefore, ...lastElsewhere } = last ?? { variables: null };
    if (variables !== null && before !== null && JSON.stringify(of) === JSON.stringify(ofLast))
      joined[joined.length - 1] = { ...recording, variables: [...new Set([before, variables].flat())] };
    else if (places && placesBefore && JSON.stringify(elsewhere) === JSON.stringify(lastElsewhere))
      joined[joined.length - 1] = { ...recording, locations: [placesBefore, places].flat() };
    else joined.push(recording);
  }
  return joined;
}

/** Returns the lines of all phases, with comments before the phases that lead to each run. */
function runLines(script: Script, comments: Comments): readonly string[] {
  let runs = 0;
  const lines = byDuration(script.document.phases ?? []).flatMap((phase) => {
    const written = pythonComments(comments.take(`/experiment/runs/${runs}`));
    if (phase.run !== undefined) runs++;
    return [...written, ...phaseLines(script, phase)];
  });
  return [...pythonComments(comments.takeAll('/experiment')), ...lines];
}

/** Phases that run for a time rather than until one. */
function byDuration(phases: readonly Phase[]): readonly Phase[] {
  let now = 0;
  return phases.map((phase) => {
    const { run_until: until, ...others } = phase;
    const run = until === undefined ? phase.run : Number((until - now).toPrecision(12));
    now = phase.reset === undefined ? now + (run ?? 0) : 0;
    return until === undefined || run === undefined ? phase : { ...others, run };
  });
}

function importLines(script: Script, lines: readonly string[]): readonly string[] {
  const text = [...lines, ...script.definitions].join('\n');
  const modules = new Map<string, string[]>();
  for (const name of [...script.used].sort()) modules.set(imports[name], [...(modules.get(imports[name]) ?? []), name]);
  const own = [...modules]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([module, names]) => `from ${module} import ${names.join(', ')}`);
  const isNestml = script.nestml.size > 0;
  const backend = isNestml ? ['import pyNN.nest as sim'] : script.isNative ? ['import interneuron_pynn as sim'] : [];
  const numpy = /\bnp\./.test(text) ? ['import numpy as np'] : [];
  const standard = [
    ...(/\bjson\./.test(text) ? ['import json'] : []),
    ...(/\bPath\(/.test(text) ? ['from pathlib import Path'] : []),
    ...(/\bmkdtemp\(/.test(text) ? ['from tempfile import mkdtemp'] : []),
  ];
  return [
    ...standard,
    ...(standard.length === 0 || backend.length + numpy.length + own.length === 0 ? [] : ['']),
    ...backend,
    ...numpy,
    ...own,
  ];
}

/**
 * Returns the range of delays. If NEST has to find the shortest delay itself, it moves spike times, and it goes no
 * further than 10 ms.
 */
function delayLimits(script: Script, timestep: number): Readonly<Record<string, number>> {
  const { min_delay: least = 'auto', max_delay: most = 'auto' } = script.document.setup ?? {};
  const longest = Math.max(...(script.document.projections ?? []).map(longestDelay), 0);
  return {
    min_delay: least === 'auto' ? timestep : least,
    ...(most !== 'auto' ? { max_delay: most } : longest > 10 && longest < Infinity ? { max_delay: longest } : {}),
  };
}

/** Variables without names in PyNN's interface to NEST, which can neither be initialised nor recorded there. */
const unnamedVariables: Readonly<Record<string, readonly [names: string, scales: string]>> = {
  IF_curr_delta: ['"v": "V_m"', '"v": 1'],
  IF_cond_exp_gsfa_grr: [
    '"v": "V_m", "gsyn_exc": "g_ex", "gsyn_inh": "g_in", "g_r": "g_rr", "g_s": "g_sfa"',
    '"v": 1, "gsyn_exc": 0.001, "gsyn_inh": 0.001, "g_r": 1, "g_s": 1',
  ],
};

/** Returns lines that give PyNN's interface to NEST the names that it lacks. */
function namesForNest(script: Script): readonly string[] {
  const types = new Set((script.document.populations ?? []).map(({ cell }) => cell.type));
  const lines = Object.entries(unnamedVariables).flatMap(([type, [names, scales]]) =>
    types.has(type)
      ? [
          `    ${layout(dictionaryOf(`sim.${type}.variable_map = `, names), 4)}`,
          `    ${layout(dictionaryOf(`sim.${type}.scale_factors = `, scales), 4)}`,
        ]
      : [],
  );
  if (lines.length === 0) return [];
  return ['# PyNN has no names for what this cell records in NEST', 'if sim.__name__ == "pyNN.nest":', ...lines];
}

const dictionaryOf = (target: string, entries: string): Source => ({
  open: `${target}{`,
  items: entries.split(', '),
  close: '}',
});

/** Returns the longest delay that a projection can have, in ms; 0 if it is unknown. */
function longestDelay({ connector, synapse }: Projection): number {
  const delay: unknown = synapse?.params?.['delay'];
  if (typeof delay === 'number') return delay;
  if (Array.isArray(delay)) return (delay.flat() as readonly number[]).reduce((a, b) => Math.max(a, b), 0);
  if (isRandom(delay)) return limitAsNumber(delay.params['high'] ?? 0);
  const rows = connector.params?.['conn_list'];
  const names = connector.params?.['column_names'];
  const column = Array.isArray(names) ? names.filter((name) => name !== 'i' && name !== 'j').indexOf('delay') : 1;
  if (!Array.isArray(rows) || column < 0) return 0;
  return (rows as readonly (readonly number[])[]).reduce((longest, row) => Math.max(longest, row[column + 2] ?? 0), 0);
}
