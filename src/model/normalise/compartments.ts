import { ampere, ampereByArea, area, metre, volt } from '../../lang/dimension.js';
import { mapped } from '../collections.js';
import { sectionsOn } from '../compartment-tree.js';
import { parseUnit } from '../../lang/units.js';
import type {
  CompartmentsDocument,
  MechanismDocument,
  NeuronDocument,
  SectionDocument,
} from '../document.generated.js';
import { messages } from '../messages.js';
import type { Compartments, Ion, Mechanism, Section } from '../model.js';
import { child } from '../pointer.js';
import * as shapes from '../shape/cells.js';
import { dimensionAtPlace } from '../place-names.js';
import { isGap, oddSize } from '../plausible-shape.js';
import { findCycle } from '../../lang/graph.js';
import type { Context } from './context.js';
import { declareEquations, normaliseEquations } from './equations.js';
import { normaliseExpression } from './expressions.js';
import { normaliseQuantity } from './literals.js';
import { normaliseScheme } from './kinetic-scheme.js';
import { normaliseLocalEvents } from './local-events.js';
import { madeOf, readObject } from './members.js';
import { checkIds, namesFrom, neuronSpecials, siUnit, special, type Names, type Variable } from './names.js';
import { assignedValues, normaliseValue } from './values.js';

/**
 * Returns the variables that a cell with structure has without declaring them: its membrane potential and the variables
 * of ions.
 */
export function declareCompartments(document: NeuronDocument): ReadonlyMap<string, Variable> {
  const { compartments } = document;
  if (!compartments) return new Map();
  const own = new Set(Object.keys({ ...document.parameters, ...document.state, ...document.inputs }));
  const ions = Object.keys(compartments.ions ?? {});
  const ofIons = ions.flatMap((ion) => namesOfIon(ion).flatMap((name) => placeEntry(name, ions)));
  const all: [string, Variable][] = [['v', special(volt, 'real', 'state')], ...ofIons];
  return new Map(all.filter(([name]) => !own.has(name)));
}

const placeEntry = (name: string, ions: readonly string[]): readonly [string, Variable][] => {
  const variable = placeVariable(name, ions, true);
  return variable ? [[name, variable]] : [];
};

/** Returns the variables of a place that an ion has. */
const namesOfIon = (ion: string): readonly string[] => [`${ion}_i`, `${ion}_o`, `e_${ion}`, `i_${ion}`];

/** Normalises a cell's tree of sections and the mechanisms on them. */
export function normaliseCompartments(
  context: Context,
  document: CompartmentsDocument,
  scope: Names,
  pointer: string,
): Compartments {
  const sections = Object.keys(document.sections);
  const isSection = new Set(sections);
  const groups = document.groups ?? {};
  for (const key of ['sections', 'groups', 'ions', 'mechanisms'] as const)
    checkIds(context, document[key], `${pointer}/${key}`);
  for (const [name, members] of Object.entries(groups)) {
    if (members.length === 0) context.report(messages.emptyGroup(name), child(`${pointer}/groups`, name));
    for (const [index, member] of members.entries()) {
      if (!isSection.has(member))
        context.report(
          messages.unknownReference('section', member, sections),
          `${child(`${pointer}/groups`, name)}/${index}`,
        );
    }
  }
  checkTree(context, document, pointer);
  const slot = { what: 'the initial membrane potential', unit: siUnit(volt), type: 'real' } as const;
  const initial = normaliseValue(context, document.initial ?? 0, [scope], slot, `${pointer}/initial`);
  const sectionsRead = mapped(document.sections, (section, name) =>
    normaliseSection(context, section, child(`${pointer}/sections`, name)),
  );
  const whole = Object.values(sectionsRead).reduce((sum, section) => sum + lengthOf(section), 0);
  const [thick, widest] = Object.entries(sectionsRead).reduce<readonly [string, number]>(
    (found, [name, section]) => (widestOf(section) > found[1] ? [name, widestOf(section)] : found),
    ['', 0],
  );
  const odd = oddSize(whole, widest);
  if (odd === 'long') context.report(messages.hugeCell(whole), `${pointer}/sections`);
  else if (odd === 'thick') context.report(messages.thickCell(thick, widest), child(`${pointer}/sections`, thick));
  else if (odd === 'short') context.report(messages.tinyCell(whole), `${pointer}/sections`);
  warnOfGaps(context, sectionsRead, `${pointer}/sections`);
  const known = {
    sections: sectionsRead,
    ions: mapped(document.ions ?? {}, (ion, name) =>
      normaliseIon(context, ion, [...sections, ...Object.keys(groups)], child(`${pointer}/ions`, name)),
    ),
    mechanisms: mapped(document.mechanisms ?? {}, (mechanism, name) =>
      normaliseMechanism(
        context,
        mechanism,
        Object.keys(document.ions ?? {}),
        { sections: document.sections, groups },
        child(`${pointer}/mechanisms`, name),
      ),
    ),
    initial: initial ?? 0,
  };
  return readObject(shapes.compartments, document, { context, pointer, scopes: [scope] }, known);
}

/** Returns the length of a section along its points. */
function lengthOf({ points, length = 0 }: Section): number {
  if (!points) return length;
  return points.reduce((sum, point, k) => sum + (k === 0 ? 0 : distance(points[k - 1] ?? point, point)), 0);
}

/** Returns the largest diameter of a section. */
const widestOf = ({ points, diameter = 0 }: Section): number =>
  points ? points.reduce((widest, [, , , width]) => Math.max(widest, width), 0) : diameter;

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.sqrt([0, 1, 2].reduce((sum, axis) => sum + square((a[axis] ?? 0) - (b[axis] ?? 0)), 0));

const square = (x: number): number => x * x;

/** Warns of sections with points that begin away from the place of their connection, once for all of a cell. */
function warnOfGaps(context: Context, sections: Readonly<Record<string, Section>>, pointer: string): void {
  const gaps: (readonly [section: string, parent: string, far: number])[] = [];
  for (const [name, { parent, points }] of Object.entries(sections)) {
    const above = parent && Object.hasOwn(sections, parent.section) ? sections[parent.section] : undefined;
    const [first] = points ?? [];
    if (!parent || !above?.points || !first) continue;
    const far = distance(first, pointAt(above.points, parent.fraction));
    const joint = { parentLength: lengthOf(above), parentDiameter: widestOf(above), diameter: first[3] };
    if (isGap({ far, ...joint })) gaps.push([name, parent.section, far]);
  }
  const [first, ...more] = gaps;
  if (first) context.report(messages.sectionGap(...first, more.length), `${child(pointer, first[0])}/points/0`);
}

/** Returns the place along points at a fraction of their length. */
function pointAt(points: NonNullable<Section['points']>, fraction: number): readonly number[] {
  let left = fraction * lengthOf({ points, divisions: 1 });
  for (const [k, to] of points.entries()) {
    const from = points[k - 1];
    const step = from ? distance(from, to) : 0;
    if (from && step > 0 && left <= step) return from.map((x, axis) => x + ((to[axis] ?? 0) - x) * (left / step));
    left -= step;
  }
  return points.at(-1) ?? [];
}

/** Checks that there is one root, and that every other section descends from it. */
function checkTree(context: Context, document: CompartmentsDocument, pointer: string): void {
  const parentOf = (name: string): string | undefined => {
    const parent = document.sections[name]?.parent;
    return typeof parent === 'string' ? parent : parent?.section;
  };
  const names = Object.keys(document.sections);
  const known = new Set(names);
  const roots = names.filter((name) => parentOf(name) === undefined);
  if (names.length === 0) context.report(messages.noSections(), `${pointer}/sections`);
  else if (roots.length !== 1) context.report(messages.sectionRoots(roots), `${pointer}/sections`);
  for (const name of names) {
    const at = `${child(`${pointer}/sections`, name)}/parent`;
    const parent = parentOf(name);
    if (parent !== undefined && !known.has(parent))
      context.report(messages.unknownReference('section', parent, names), at);
  }
  const loop = findCycle(names, (name) => [parentOf(name)].filter((parent) => parent !== undefined));
  if (loop) context.report(messages.sectionLoop(loop), `${child(`${pointer}/sections`, loop[0] ?? '')}/parent`);
}

function normaliseSection(context: Context, section: SectionDocument, pointer: string): Section {
  const shaped = section.points !== undefined || section.length !== undefined || section.diameter !== undefined;
  const lumped = section.capacitance !== undefined;
  if (shaped === lumped) context.report(messages.sectionForm(shaped), pointer);
  if (section.points === undefined && (section.length === undefined) !== (section.diameter === undefined))
    context.report(messages.bothKeys(['length', 'diameter']), pointer);
  const divisions = section.divisions ?? 1;
  if (divisions < 1) context.report(messages.notPositive('the number of divisions', divisions), `${pointer}/divisions`);
  const parent =
    section.parent === undefined
      ? undefined
      : typeof section.parent === 'string'
        ? { section: section.parent, fraction: 1 }
        : { section: section.parent.section, fraction: section.parent.fraction ?? 1 };
  if (parent && !(parent.fraction >= 0 && parent.fraction <= 1))
    context.report(messages.outOfRange('the fraction', 0, 1, parent.fraction), `${pointer}/parent/fraction`);
  const points = section.points?.map((point, row) => {
    if (point.length !== 4)
      context.report(messages.wrongLength('a point (x, y, z, diameter)', 4, point.length), `${pointer}/points/${row}`);
    const [x = 0, y = 0, z = 0, diameter = 0] = point.map(
      (item, column) =>
        normaliseQuantity(context, item, siUnit(metre), 'a point', `${pointer}/points/${row}/${column}`) ?? 0,
    );
    return [x, y, z, diameter] as const;
  });
  if (points && section.points?.every((point) => point.length === 4)) {
    for (const [row, [, , , diameter]] of points.entries())
      if (diameter < 0) context.report(messages.pointDiameter(diameter), `${pointer}/points/${row}/3`);
    if (!(lengthOf({ points, divisions }) > 0))
      context.report(messages.sectionPoints(points.length), `${pointer}/points`);
  }
  const what = 'the initial membrane potential of the section';
  const initial =
    section.initial === undefined
      ? undefined
      : normaliseQuantity(context, section.initial, siUnit(volt), what, `${pointer}/initial`);
  return readObject(shapes.section, section, { context, pointer, scopes: [] }, { parent, points, initial });
}

function normaliseIon(
  context: Context,
  ion: NonNullable<CompartmentsDocument['ions']>[string],
  places: readonly string[],
  pointer: string,
): Ion {
  const reversal = ({ reversal: written }: Pick<typeof ion, 'reversal'>, at: string): Ion['reversal'] =>
    written === undefined || written === 'nernst'
      ? written
      : normaliseQuantity(context, written, siUnit(volt), 'the reversal potential', `${at}/reversal`);
  const at = madeOf(ion.at, `${pointer}/at`, (given, here, place) => {
    if (!places.includes(place)) context.reportKey(messages.unknownReference('section', place, places), here);
    const known = { reversal: reversal(given, here) };
    return readObject(shapes.ionHere, given, { context, pointer: here, scopes: [] }, known);
  });
  const known = { reversal: reversal(ion, pointer), at: Object.keys(at).length === 0 ? undefined : at };
  return readObject(shapes.ion, ion, { context, pointer, scopes: [] }, known);
}

/** Returns the variable of a place that a mechanism may read or write under a name; undefined for other names. */
function placeVariable(name: string, ions: readonly string[], density: boolean): Variable | undefined {
  const dimension = dimensionAtPlace(name, ions, density);
  return dimension && special(dimension);
}

function placeNames(ions: readonly string[]): string[] {
  return ['v', 'area', 'distance', 'diameter', 'length', 'temperature', ...ions.flatMap(namesOfIon)];
}

function normaliseMechanism(
  context: Context,
  document: MechanismDocument,
  ions: readonly string[],
  tree: Tree,
  pointer: string,
): Mechanism {
  const places = [...Object.keys(tree.sections), ...Object.keys(tree.groups)];
  if (document.nmodl !== undefined) context.report(messages.tableNotRead(document.nmodl), pointer);
  const on = typeof document.on === 'string' ? [document.on] : document.on;
  if (on?.length === 0) context.report(messages.onNothing(), `${pointer}/on`);
  else if (on?.every((name) => Object.hasOwn(tree.groups, name) && tree.groups[name]?.length === 0))
    context.report(messages.onEmptyGroups(on), `${pointer}/on`);
  for (const [index, name] of (on ?? []).entries()) {
    if (!places.includes(name))
      context.report(
        messages.unknownReference('section', name, places),
        typeof document.on === 'string' ? `${pointer}/on` : `${pointer}/on/${index}`,
      );
  }
  const density = document.density ?? true;
  const read = new Map<string, Variable>();
  for (const [index, name] of (document.reads ?? []).entries()) {
    const variable = placeVariable(name, ions, density);
    if (variable) read.set(name, variable);
    else
      context.report(
        messages.unknownVariable(name, placeNames(ions), 'variable of a section'),
        `${pointer}/reads/${index}`,
      );
  }
  const around = namesFrom(read, neuronSpecials);
  const declared = declareEquations(context, document, pointer, read, () => namesFrom(neuronSpecials));
  const scope = namesFrom(declared.names, around);
  const writes = madeOf(document.writes, `${pointer}/writes`, (written, at, name) => {
    const variable =
      name === 'i'
        ? special(density ? ampereByArea : ampere)
        : /^e_|^(?:v|area|distance|diameter|length|temperature)$/.test(name)
          ? undefined
          : placeVariable(name, ions, density);
    if (!variable) {
      const known = ['i', ...ions.flatMap((ion) => [`i_${ion}`, `${ion}_i`, `${ion}_o`])];
      context.reportKey(messages.unknownVariable(name, known, 'variable that a mechanism writes'), at);
      return undefined;
    }
    const slot = { what: `the value of ${name}`, unit: variable.unit, type: 'real' } as const;
    return normaliseExpression(context, written, [scope], slot, at) ?? '0';
  });
  const known = {
    ...normaliseEquations(context, document, declared, [scope], [scope], pointer),
    on,
    writes,
    ...normaliseScheme(context, document, declared.names, [scope], pointer),
    ...normaliseLocalEvents(context, document.events, [scope], false, `${pointer}/events`),
    ...normaliseValues(context, document.values, declared.names, on, tree, `${pointer}/values`),
  };
  return readObject(shapes.mechanism, document, { context, pointer, scopes: [scope] }, known);
}

/** Sections, and groups of them. */
interface Tree {
  readonly sections: CompartmentsDocument['sections'];
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

/** Names that expressions of values by place may read. */
const placeScope = namesFrom(
  new Map([
    ...['distance', 'diameter', 'length', 'x', 'y', 'z'].map((name) => [name, special(metre)] as const),
    ['area', special(area)],
  ]),
);

/** Normalises values of parameters and state by section or group. */
function normaliseValues(
  context: Context,
  written: MechanismDocument['values'],
  names: Names,
  on: readonly string[] | undefined,
  { sections, groups }: Tree,
  pointer: string,
): Pick<Mechanism, 'values'> {
  if (!written || Object.keys(written).length === 0) return {};
  const places = [...Object.keys(sections), ...Object.keys(groups)];
  const sectionsOf = (place: string): readonly string[] => groups[place] ?? [place];
  const covered = new Set((on ?? Object.keys(sections)).flatMap(sectionsOf));
  const values = mapped(written, (given, place) => {
    const at = child(pointer, place);
    if (!places.includes(place)) {
      context.reportKey(messages.unknownReference('section', place, places), at);
      return {};
    }
    if (on && !sectionsOf(place).some((section) => covered.has(section)))
      context.reportKey(messages.valuesElsewhere(place, on), at);
    const count = sectionsOf(place).reduce((sum, section) => sum + (sections[section]?.divisions ?? 1), 0);
    return assignedValues(context, given, { names }, [placeScope], () => ({ count }), at);
  });
  return { values };
}

/**
 * Returns the variables of a cell with structure that recordings may name besides its own: `v`, concentrations,
 * `mechanism.variable`.
 */
export function compartmentVariables(compartments: Compartments): readonly string[] {
  const ions = Object.keys(compartments.ions).flatMap(namesOfIon);
  const own = Object.entries(compartments.mechanisms).flatMap(([name, { parameters, state, derived }]) =>
    [parameters, state, derived].flatMap((map) => Object.keys(map).map((variable) => `${name}.${variable}`)),
  );
  return ['v', ...ions, ...own];
}

/** Returns the parameters and state variables of mechanisms, as phases name them: `mechanism.variable`. */
export const mechanismNames = ({ mechanisms }: Compartments): readonly string[] =>
  Object.entries(mechanisms).flatMap(([mechanism, { parameters, state }]) =>
    [...Object.keys(parameters), ...Object.keys(state)].map((variable) => `${mechanism}.${variable}`),
  );

/**
 * Returns the number of compartments of one cell with the mechanism in `mechanism.variable`, or of all for `v`; 1 for
 * other names.
 */
export function compartmentsWith(compartments: Compartments, name: string): number {
  const { mechanisms, sections } = compartments;
  const [owner = '', variable] = name.split('.');
  const mechanism = variable === undefined || !Object.hasOwn(mechanisms, owner) ? undefined : mechanisms[owner];
  if (!mechanism && name !== 'v') return 1;
  return sectionsOn(mechanism?.on, compartments).reduce(
    (total, section) => total + (sections[section]?.divisions ?? 1),
    0,
  );
}

/** Returns a parameter or state variable of a mechanism by its name `mechanism.variable`. */
export function mechanismVariable({ mechanisms }: Compartments, name: string): Variable | undefined {
  const [owner = '', variable = ''] = name.split('.');
  const { parameters = {}, state = {} } = Object.hasOwn(mechanisms, owner) ? (mechanisms[owner] ?? {}) : {};
  const kind = Object.hasOwn(parameters, variable) ? 'parameter' : 'state';
  const found = kind === 'parameter' ? parameters[variable] : Object.hasOwn(state, variable) ? state[variable] : null;
  return found ? special(parseUnit(found.unit).dimension, found.type, kind) : undefined;
}
