/**
 * Names that people leave out of scripts: names of objects that have no effect, and `_post` in the code of pathways.
 */

import { namesInText } from '../../../src/lang/lexer.js';
import { readEquationLines } from '../../../src/lang/parse.js';
import { mapped } from '../../../src/model/collections.js';
import type { BrianSpecification, Synapses } from '../specification.generated.js';
import { namedSections } from '../vocabulary.js';

type Code = NonNullable<Synapses['on_pre']>;

const texts = (code: Code | undefined): readonly string[] =>
  code === undefined ? [] : typeof code === 'string' ? [code] : Object.values(code);

/** Codes of all pathways. */
const pathwayTexts = ({ on_pre: before, on_post: after }: Synapses): readonly string[] => [
  ...texts(before),
  ...texts(after),
];

/** Variables that synapses declare. */
const ownVariables = ({ model = '' }: Synapses): ReadonlySet<string> =>
  new Set(readEquationLines(model).lines.map(({ name }) => name));

/** Names that have another meaning without `_post`. */
const otherwise = new Set('i j N t dt t_in_timesteps lastspike not_refractory'.split(' '));

/**
 * Shortens slices to `P[:3200]` and `P[3200:]`, and `ge_post += w` to `ge += w` in synapses. A name that is not a
 * variable of the synapse is a variable of its target cell.
 */
export function withShortNames(document: BrianSpecification): BrianSpecification {
  const variables = new Set([
    ...Object.keys(document.namespace ?? {}),
    ...namedSections.flatMap((section) => Object.keys(document[section] ?? {})),
  ]);
  const short = (specification: Synapses): Synapses => {
    const read = new Set(pathwayTexts(specification).flatMap((text) => namesInText(text).map(({ name }) => name)));
    const own = ownVariables(specification);
    const isKept = (name: string): boolean =>
      variables.has(name) || own.has(name) || Object.hasOwn(specification.namespace ?? {}, name);
    const isShort = (name: string): boolean => !isKept(name) && !otherwise.has(name) && !read.has(name);
    const line = (text: string): string =>
      text.replace(/(?<![\w.])([A-Za-z]\w*)_post\b/g, (whole, name: string) =>
        isShort(name) && !isKept(whole) ? name : whole,
      );
    const code = (given: Code | undefined): Code | undefined =>
      typeof given === 'object' ? mapped(given, line) : given === undefined ? undefined : line(given);
    const [before, after] = [code(specification.on_pre), code(specification.on_post)];
    return {
      ...withSlice(specification),
      ...(before === undefined ? {} : { on_pre: before }),
      ...(after === undefined ? {} : { on_post: after }),
    };
  };
  const sizes = new Map(
    Object.entries({ ...document.neuron_groups, ...document.poisson_groups, ...document.spike_generators }).map(
      ([name, { N }]) => [name, String(N)],
    ),
  );
  const slice = (text: string): string =>
    text.replace(
      /^(\w+)\[(\d+):(\d+)\]$/,
      (_, of: string, begin: string, end: string) =>
        `${of}[${begin === '0' ? '' : begin}:${end === sizes.get(of) ? '' : end}]`,
    );
  const withSlice = <T extends { readonly source: string; readonly target?: string }>(one: T): T => ({
    ...one,
    source: slice(one.source),
    ...(one.target === undefined ? {} : { target: slice(one.target) }),
  });
  const { synapses, spike_monitors, event_monitors, state_monitors, population_rate_monitors } = document;
  return {
    ...document,
    ...(synapses && { synapses: mapped(synapses, short) }),
    ...(spike_monitors && { spike_monitors: mapped(spike_monitors, withSlice) }),
    ...(event_monitors && { event_monitors: mapped(event_monitors, withSlice) }),
    ...(state_monitors && { state_monitors: mapped(state_monitors, withSlice) }),
    ...(population_rate_monitors && { population_rate_monitors: mapped(population_rate_monitors, withSlice) }),
  };
}

/**
 * Checks whether objects need their own names. Brian orders objects with the same slot and order by name, and not in
 * the order of the script.
 */
export function needsNames(document: BrianSpecification): boolean {
  const {
    synapses = {},
    poisson_inputs: inputs = {},
    neuron_groups: groups = {},
    spatial_neurons: cells = {},
  } = document;
  const all = Object.values(synapses);
  const owners = [...Object.values(groups), ...Object.values(cells)];
  const models = [...owners, ...all].map(({ model = '' }) => model);
  const runsCode =
    owners.some(({ events }) => events !== undefined) ||
    [...owners, ...Object.values(document.poisson_groups ?? {}), ...all].some(
      ({ run_regularly: operations }) => operations !== undefined,
    );
  const resets = owners.some(({ reset_when: when, reset_order: order }) => when !== undefined || order !== undefined);
  const isLinked = Object.values(groups).some(({ linked }) => linked !== undefined);
  const isAdvanced = all.some(({ model = '' }) => /\/dt\s*=(?!.*event-driven)/.test(model));
  const isSummed = models.some((model) => /\(.*\bsummed\b.*\)/.test(model));
  const several = all.length + Object.keys(inputs).length > 1;
  return runsCode || resets || isLinked || isAdvanced || isSummed || (several && !onlyAdd(all));
}

/**
 * Checks whether synapses only change their own variables and add to variables of cells that no synapse's code reads.
 */
function onlyAdd(all: readonly Synapses[]): boolean {
  const statements = all.flatMap((synapses) => {
    const own = ownVariables(synapses);
    const lines = pathwayTexts(synapses).flatMap((text) => text.replace(/#.*/g, '').split(/[;\n]/));
    return lines.flatMap((line) => {
      const [, name = '', operator = '', value = ''] = /^\s*(\w+)\s*([-+*/%]?=)(.*)$/.exec(line) ?? [];
      const read = (value.match(/[A-Za-z_]\w*/g) ?? []).filter((word) => !own.has(word));
      return line.trim() === '' ? [] : [{ name, operator, read, isOwn: own.has(name) }];
    });
  });
  const plain = (name: string): string => name.replace(/_(?:pre|post)$/, '');
  const readOfCells = new Set(statements.flatMap(({ read }) => read.map(plain)));
  return statements.every(
    ({ name, operator, isOwn }) =>
      isOwn || ((operator === '+=' || operator === '-=') && !name.endsWith('_pre') && !readOfCells.has(plain(name))),
  );
}
