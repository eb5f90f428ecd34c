import { isSelection } from '../tagged.js';
import { unitText } from '../../lang/dimension.js';
import { tableSignature } from '../../lang/functions.js';
import type { OperationDocument, StimulusDocument, TableDocument } from '../document.generated.js';
import { messages } from '../messages.js';
import type { Clock, Id, Operation, Stimulus, Table } from '../model.js';
import { clock, operation, stimuli, table } from '../shape/drives.js';
import { normaliseArray } from './arrays.js';
import type { Context } from './context.js';
import { readUnit } from './expressions.js';
import { readObject } from './members.js';
import { anyName, namesFrom, namesOfKinds, pureUnit, sourceSpecials, type Names, type Variable } from './names.js';
import { normalisePlaces } from './places.js';
import { normaliseSelection, type Elements, type PopulationInfo, type Selection } from './selections.js';
import type { Unit } from '../../lang/units.js';

/** Returns the names that expressions for the elements of a selection may read, once for each type among them. */
export function selectionScopes(
  selection: Selection,
  ofProjection: (projection: Id) => readonly Names[],
): readonly Names[] {
  return selection.members.flatMap((member) =>
    member.kind === 'projection' ? ofProjection(member.id) : [elementScope(member.population)],
  );
}

/**
 * Returns the names that expressions for the elements of a population may read. For a population of a wrong type, any
 * name may be read.
 */
function elementScope({ neuron, unknown }: PopulationInfo): Names {
  return unknown === true ? anyName : (neuron?.scope ?? namesFrom(sourceSpecials));
}

/**
 * Returns the unit of the variable that something acts on, which all types of the selection must have; undefined after
 * a finding.
 */
function actedOn(
  context: Context,
  name: Id,
  kinds: readonly Variable['kind'][],
  selection: Selection,
  what: string,
  pointer: string,
): Unit | undefined {
  let unit: Unit | undefined;
  for (const member of selection.members) {
    if (member.kind === 'population' && member.population.unknown === true) return undefined;
    const own = member.kind === 'population' ? member.population.neuron?.own : undefined;
    const variable = own?.lookup(name);
    if (!variable || !kinds.includes(variable.kind)) {
      context.report(messages.unknownVariable(name, namesOfKinds(own, kinds), what), pointer);
      return undefined;
    }
    unit = variable.unit;
  }
  return unit;
}

/** Normalises a stimulus; undefined after a finding that leaves no part to check. */
export function normaliseStimulus(
  context: Context,
  document: StimulusDocument,
  elements: Elements,
  pointer: string,
): Stimulus | undefined {
  const selection = normaliseSelection(context, document.to, elements, `${pointer}/to`);
  if (!selection) return undefined;
  if (isSelection(selection.rule, 'synapses')) {
    context.report(messages.projectionNotHere('a stimulus'), `${pointer}/to`);
    return undefined;
  }
  const at = { context, pointer, scopes: selectionScopes(selection, () => []) };
  if (document.kind === 'poisson') {
    const kinds = ['state', 'input'] as const;
    const place = `${pointer}/variable`;
    const unit = actedOn(context, document.variable, kinds, selection, 'state variable or input', place) ?? null;
    const members = readObject(stimuli.poisson.reading.slots, document, { ...at, unit }, { to: selection.rule });
    return { kind: 'poisson', ...members };
  }
  const unit = actedOn(context, document.input, ['input'], selection, 'input', `${pointer}/input`) ?? null;
  const { from, ...members } = readObject(
    stimuli.current.reading.slots,
    document,
    { ...at, unit },
    { to: selection.rule },
  );
  if (document.from !== undefined && document.every === undefined)
    context.report(messages.onlyWith('from', 'every'), `${pointer}/from`);
  const placed = { selection, each: 'element', count: selection.count } as const;
  return {
    kind: 'current',
    ...members,
    ...(members.every === undefined || from === undefined ? {} : { from }),
    ...normalisePlaces(context, document, placed, pointer),
  };
}

/**
 * Returns the unit of the input that a current flows into, and the names that its value may read. Undefined for other
 * stimuli, or after a finding.
 */
export function currentTarget(
  context: Context,
  document: StimulusDocument | undefined,
  elements: Elements,
): { readonly unit: Unit; readonly scopes: readonly Names[] } | undefined {
  if (document?.kind !== 'current') return undefined;
  // Mistakes in the stimulus itself have been reported at its place.
  const silent: Context = { ...context, report: () => undefined, reportKey: () => undefined };
  const selection = normaliseSelection(silent, document.to, elements, '');
  const unit = selection && actedOn(silent, document.input, ['input'], selection, 'input', '');
  return selection && unit && { unit, scopes: selectionScopes(selection, () => []) };
}

/** Normalises statements that run regularly on a selection. */
export function normaliseOperation(
  context: Context,
  document: OperationDocument,
  elements: Elements,
  synapseNames: (projection: Id) => readonly Names[],
  pointer: string,
): Operation | undefined {
  const selection = normaliseSelection(context, document.on, elements, `${pointer}/on`);
  if (!selection) return undefined;
  const at = { context, pointer, scopes: selectionScopes(selection, synapseNames) };
  const members = readObject(operation, document, at, { on: selection.rule });
  const { every, times } = members;
  if (every !== undefined && times !== undefined) context.report(messages.twoSchedules(), `${pointer}/times`);
  return times === undefined ? members : { ...members, times: [...new Set(times)].toSorted((a, b) => a - b) };
}

/** Normalises a table; from here on expressions can call it. */
export function normaliseTable(
  context: Context,
  name: Id,
  document: TableDocument,
  pointer: string,
): Table | undefined {
  const unit = document.unit === undefined ? pureUnit : readUnit(context, document.unit, `${pointer}/unit`);
  const slot = unit && { what: `the values of ${name}`, unit, type: 'real' as const };
  const array = slot && normaliseArray(context, document.values, slot, `${pointer}/values`);
  if (!unit || !array) return undefined;
  const [rows = 0, second] = array.shape;
  let columns = second ?? null;
  if (document.columns !== undefined && document.columns !== null) {
    const length = rows * (second ?? 1);
    if (
      document.columns < 1 ||
      length % document.columns !== 0 ||
      (second !== undefined && second !== document.columns)
    ) {
      context.report(
        messages.wrongLength('the values of the table', document.columns, second ?? length),
        `${pointer}/columns`,
      );
    }
    columns = document.columns;
  }
  if (rows === 0) context.report(messages.emptyTable(), `${pointer}/values`);
  context.tables.set(name, tableSignature(name, unit.dimension, columns !== null));
  const known = { unit: unitText(unit.dimension), values: array.values, columns };
  return readObject(table.reading.slots, document, { context, pointer, scopes: [] }, known);
}

/** Normalises a clock. */
export function normaliseClock(
  context: Context,
  document: string | number | { readonly dt: string | number },
  pointer: string,
): Clock {
  const full = typeof document === 'object';
  const at = { context, pointer, scopes: [], isShort: !full };
  return readObject(clock.reading.slots, full ? document : { dt: document }, at);
}
