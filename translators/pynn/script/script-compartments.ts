/** Cells with compartments as lines of a script. */

import { ionChannels } from '../../../src/library/pynn/index.js';
import { usualCapacitance, usualResistivity } from '../../../src/library/pynn/multi-compartment.js';
import { call, dictionary, layout, list, prefixed, quoted, type Source } from '../../shared/python.js';
import type { Cell, Distribution, Label, Location, Locations } from '../specification.generated.js';
import type { Script } from './script.js';

/** Returns the classes of the cells with compartments of a document, and a cell of each. */
export function compartmentLines(script: Script): readonly string[] {
  const made = (script.document.populations ?? []).flatMap(({ cell, label }) =>
    cell.sections === undefined || script.types.has(keyOf(cell)) ? [] : [definition(script, cell, label)],
  );
  if (made.length === 0) return [];
  return [`\n${made.map(({ type }) => type).join('\n\n\n')}\n\n`, ...made.map(({ cell }) => cell)];
}

const keyOf = (cell: Cell): string => JSON.stringify(cell);

/** Returns the variable of a cell with compartments; undefined for other cells. */
export const compartmentCell = (script: Script, cell: Cell): string | undefined => script.types.get(keyOf(cell));

/** Returns the class of a `MultiCompartmentNeuron` with its channels and receptors, and a cell of it. */
function definition(script: Script, cell: Cell, label: string): { readonly type: string; readonly cell: string } {
  const { ion_channels: channels = {}, receptors = {}, ionic_species: species = {}, sections = {} } = cell;
  const { groups = {}, cm = usualCapacitance, Ra = usualResistivity } = cell;
  const stem = label.replace(/\W+/g, '_');
  const capital = stem.replace(/^./, (first) => first.toUpperCase());
  const className = script.names.take(capital === stem ? `${stem}Neuron` : capital);
  const name = script.names.take(`${stem}_cell`);
  script.types.set(keyOf(cell), name);
  const at = { script, groups };
  const ions = new Map(Object.entries(species));
  const channelSources = Object.entries(channels).map(([key, { type, params = {} }]) => {
    const { ion, conductanceDensity, reversal } = ionChannels[type] ?? { conductanceDensity: 0, reversal: 0 };
    const own = ion === undefined ? undefined : ions.get(ion);
    const e = params['e_rev'] ?? own?.reversal_potential ?? reversal;
    // PyNN's channels of an ion take its potential.
    if (ion !== undefined) {
      if (own?.reversal_potential !== undefined && JSON.stringify(e) !== JSON.stringify(own.reversal_potential))
        script.missing(
          `two reversal potentials of ${ion} in ${label}; the JSON form has them, scripts have one for an ion`,
        );
      ions.set(ion, { ...own, reversal_potential: e });
    }
    if (Object.hasOwn(partners, type)) reportPartner(at, cell, type);
    const values = {
      conductance_density: distributionSource(at, params['conductance_density'] ?? conductanceDensity),
      ...(ion === undefined ? { e_rev: distributionSource(at, e) } : {}),
    };
    return prefixed(`${key}=`, dictionary(values));
  });
  const receptorSources = Object.entries(receptors).map(([key, { params = {}, locations = 'soma' }]) => {
    const numbers = Object.entries(params).map(([one, value]) => [one, float(Number(value))] as const);
    return prefixed(`${key}=`, dictionary({ locations: placesSource(locations), ...Object.fromEntries(numbers) }));
  });
  const ionSources = [...ions].map(
    ([ion, { reversal_potential: e = 0, internal_concentration: inside, external_concentration: outside }]) => {
      const concentrations = Object.entries({ internal_concentration: inside, external_concentration: outside });
      return [
        ion,
        call(script.use('IonicSpecies'), [
          quoted(ion),
          prefixed('reversal_potential=', distributionSource(at, e)),
          ...concentrations.flatMap(([key, value]) => (typeof value === 'number' ? [`${key}=${float(value)}`] : [])),
        ]),
      ] as const;
    },
  );
  const classOf = (types: Readonly<Record<string, { readonly type: string }>>): Source =>
    dictionary(Object.fromEntries(Object.entries(types).map(([key, { type }]) => [key, `sim.${type}`])));
  const made = call(className, [
    prefixed('morphology=', shapeSource(script, sections, label)),
    prefixed('cm=', distributionSource(at, typeof cm === 'number' ? { uniform: cm } : cm)),
    `Ra=${float(Ra)}`,
    prefixed('ionic_species=', dictionary(Object.fromEntries(ionSources))),
    ...channelSources,
    ...receptorSources,
  ]);
  const body = [
    layout(prefixed('ion_channels = ', classOf(channels)), 4),
    layout(prefixed('post_synaptic_entities = ', classOf(receptors)), 4),
  ];
  const type = [`class ${className}(sim.MultiCompartmentNeuron):`, ...body.map((line) => `    ${line}`)].join('\n');
  return { type, cell: layout(prefixed(`${name} = `, made)) };
}

/** PyNN's channels of sodium and potassium are one mechanism of NEURON, `hh`. */
const partners: Readonly<Record<string, string>> = { NaChannel: 'KdrChannel', KdrChannel: 'NaChannel' };

/** Reports sections where NEURON has the partner of a channel, too. */
function reportPartner(
  { script, groups }: Within,
  { ion_channels: channels = {}, sections = {} }: Cell,
  type: string,
): void {
  const partner = partners[type] ?? '';
  const on = (wanted: string): readonly string[] =>
    Object.values(channels).flatMap(({ type: one, params = {} }) => {
      const { conductance_density: density } = params;
      if (one !== wanted) return [];
      if (typeof density !== 'object') return Object.keys(sections);
      const { on: labels, by_section: numbers } = density;
      return numbers === undefined ? sectionsOf(labels, groups) : Object.keys(numbers);
    });
  const alone = on(type).filter((section) => !on(partner).includes(section));
  if (alone.length > 0)
    script.convention(
      'pynn/backend',
      `${partner} is on ${alone.join(', ')} under NEURON, too, with its usual density: there it is one mechanism with ${type}`,
    );
}

/** Returns a number as Python's float, which PyNN asks for. */
const float = (value: number): string => `${value}`.replace(/^-?\d+$/, '$&.0');

/** Where labels of sections are looked up: scripts have no groups. */
interface Within {
  readonly script: Script;
  readonly groups: NonNullable<Cell['groups']>;
}

/** Returns the sections of labels, which are sections or groups. */
const sectionsOf = (on: Label = [], groups: Within['groups']): readonly string[] =>
  [on].flat().flatMap((label) => groups[label] ?? [label]);

/** Returns a value of sections as one number, or as numbers on sections. */
function distributionSource(at: Within, value: Distribution): Source {
  if (typeof value === 'number') return float(value);
  const { uniform, on, by_section: numbers = {} } = value;
  if (uniform !== undefined) return uniformSource(on === undefined ? ['all'] : sectionsOf(on, at.groups), uniform);
  const sections = Object.keys(numbers);
  const parts = [...new Set(Object.values(numbers))].map((one) =>
    uniformSource(
      sections.filter((name) => numbers[name] === one),
      one,
    ),
  );
  if (parts.length === 1) return parts[0] ?? '0.0';
  at.script.use('any as any_of');
  return call('any_of', parts);
}

const uniformSource = (names: readonly string[], value: number): Source => {
  const selector = names.length === 1 ? quoted(names[0] ?? '') : call('sim.morphology.with_label', names.map(quoted));
  return call('sim.morphology.uniform', [selector, float(value)]);
};

/** Returns the places of a receptor: middles of sections, and others. */
function placesSource(locations: Locations): Source {
  const all: readonly Location[] = Array.isArray(locations)
    ? (locations as readonly Location[])
    : [locations as Location];
  const middles = all.flatMap((one) => (typeof one === 'string' ? [quoted(one)] : []));
  const parts = [
    ...(middles.length === 0 ? [] : [call('sim.morphology.LabelledLocations', middles)]),
    ...all.flatMap((one) => (typeof one === 'string' ? [] : [placeSource(one)])),
  ];
  return parts.length === 1 ? (parts[0] ?? '') : list(parts);
}

/** Returns a place as a location of PyNN. */
export const placeSource = (place: Location): Source =>
  typeof place === 'string'
    ? quoted(place)
    : call('sim.morphology.at_distances', [quoted(place.section), `[${float(place.fraction ?? 0.5)}]`]);

/** Returns the shape of a cell, which a function of the script makes of a list of sections. */
function shapeSource(script: Script, sections: NonNullable<Cell['sections']>, label: string): Source {
  for (const used of ['Morphology', 'NeuroMLMorphology', 'Point3DWithDiam', 'Segment'] as const) script.use(used);
  if (!script.definitions.includes(morphologyOf)) script.definitions.push(morphologyOf);
  const rows = parentsFirst(sections).map(([name, { parent, points, divisions }]) => {
    if (points.length > 2)
      script.missing(
        `${points.length} points of section ${name} of ${label}; the JSON form has them, scripts have the two ends`,
      );
    if (divisions !== undefined)
      script.different(
        'pynn/divisions',
        `section ${name} of ${label} is cut into ${divisions} compartments here, and by a rule of its own in PyNN`,
      );
    const ends = [points[0], points.at(-1)].map((point) => `(${point?.join(', ')})`);
    return `(${[quoted(name), parent === undefined ? 'None' : quoted(parent), ...ends].join(', ')})`;
  });
  return call('morphology_of', [list(rows)]);
}

type Entry = readonly [string, NonNullable<Cell['sections']>[string]];

/** Returns sections after their parents. */
function parentsFirst(sections: NonNullable<Cell['sections']>): readonly Entry[] {
  const done = new Map<string, Entry>();
  const add = (name: string): void => {
    const section = sections[name];
    if (section === undefined || done.has(name)) return;
    if (section.parent !== undefined) add(section.parent);
    done.set(name, [name, section]);
  };
  for (const name of Object.keys(sections)) add(name);
  return [...done.values()];
}

const morphologyOf = `def morphology_of(sections):
    """The shape of a cell, from name, parent and ends (x, y, z, diameter) of sections."""
    segments = {}
    for name, parent, *ends in sections:
        points = [Point3DWithDiam(x=x, y=y, z=z, diameter=d) for x, y, z, d in ends]
        segments[name] = Segment(
            id=len(segments),
            name=name,
            parent=segments.get(parent),
            proximal=points[0],
            distal=points[1],
        )
    return NeuroMLMorphology(Morphology(segments=list(segments.values())))`;
