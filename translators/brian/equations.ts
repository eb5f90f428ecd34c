import { dimensionless, type Dimension, type ValueType } from '../../src/lang/ast.js';
import { dimensionText } from '../../src/lang/dimension.js';
import type { EquationLine } from '../../src/lang/parse.js';
import { LangError } from '../../src/lang/lang-error.js';
import { equalRationals, one } from '../../src/lang/rational.js';
import { parseUnit } from '../../src/lang/units.js';
import { callsIn, namesIn } from '../../src/lang/walk.js';
import { readEquations, type Reporter } from './context.js';
import * as messages from './messages.js';
import type { Variable } from './terms.js';
import { brianUnits } from './units.js';
import {
  brianConstants,
  brianFunctions,
  equationFlags,
  groupSpecials,
  pythonKeywords,
  randomFunctions,
  refractoryNames,
  spatialNames,
  synapseSpecials,
} from './vocabulary.js';

/** Whose equations: each allows flags and names of its own. */
type Owner = 'neuron' | 'spatial' | 'synapse';

/**
 * Returns the variables that a block of equations defines, by name, in the order of the text.
 *
 * @param text    equations in Brian's syntax, standing at `pointer`
 * @param owner   the object that has the equations
 */
export function readModel(text: string, pointer: string, owner: Owner, to: Reporter): ReadonlyMap<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const line of readEquations(text, pointer, to)) {
    if (line.broken && variables.has(line.name)) continue;
    const flags = readFlags(line, pointer, owner, to);
    if (!line.broken) checkName(line, pointer, owner, flags, to);
    const { type, dimension, unknown } = readType(line, pointer, to);
    checkRandomness(line, pointer, flags, to);
    variables.set(line.name, {
      kind: line.kind,
      name: line.name,
      type,
      dimension,
      flags,
      pointer,
      nameSpan: line.nameSpan,
      span: line.span,
      ...(line.broken || unknown ? { unknown: true } : {}),
      ...(line.expression === undefined ? {} : { expression: line.expression }),
    });
  }
  return variables;
}

function readFlags(line: EquationLine, pointer: string, owner: Owner, to: Reporter): ReadonlySet<string> {
  const allowed: readonly string[] = equationFlags[owner][line.kind];
  for (const flag of line.flags) {
    if (flag === 'linked' && owner === 'synapse')
      to.report(messages.unsupported('linked variables'), pointer, line.span);
    else if (flag === 'point current' && owner !== 'spatial') to.report(messages.pointCurrent(), pointer, line.span);
    else if (!allowed.includes(flag)) to.report(messages.unknownFlag(flag, allowed), pointer, line.span);
  }
  const flags = new Set(line.flags);
  if (flags.has('event-driven') && flags.has('clock-driven'))
    to.report(messages.conflictingFlags('event-driven', 'clock-driven'), pointer, line.span);
  if (flags.has('summed') && flags.size > 1) {
    to.report(
      messages.conflictingFlags('summed', line.flags.find((flag) => flag !== 'summed') ?? ''),
      pointer,
      line.span,
    );
  }
  return flags;
}

/** Returns the reason why a name cannot be a variable in Brian, or undefined. */
export function reservedWord(name: string, owner: Owner): string | undefined {
  if (brianUnits.has(name)) return 'a unit';
  if (brianFunctions.includes(name)) return 'a function';
  if (brianConstants.includes(name)) return 'a constant of Brian';
  if (pythonKeywords.has(name)) return 'a word of Python';
  if (groupSpecials.includes(name) || name === 'xi' || name.startsWith('xi_')) return "a name of Brian's own";
  if (owner !== 'synapse' && refractoryNames.includes(name)) return 'part of the refractory mechanism';
  if (owner === 'spatial' && spatialNames.includes(name)) return "a name of Brian's own in a SpatialNeuron";
  // A plain parameter `lastupdate` is how Brian's users write their own event-driven updates.
  if (owner === 'synapse' && synapseSpecials.includes(name) && name !== 'lastupdate') return "a name of Brian's own";
  if (name.startsWith('_')) return "kept for Brian's own use, beginning with _";
  return undefined;
}

function checkName(line: EquationLine, pointer: string, owner: Owner, flags: ReadonlySet<string>, to: Reporter): void {
  const reason = reservedWord(line.name, owner);
  if (reason !== undefined) to.report(messages.reservedName(line.name, reason), pointer, line.nameSpan);
  const suffixed = /_(pre|post)$/.test(line.name);
  if (flags.has('summed')) {
    if (!suffixed) to.report(messages.summedName(line.name), pointer, line.nameSpan);
  } else if (suffixed) {
    to.report(
      messages.reservedName(line.name, 'the name of a variable at an end of a synapse, by its ending'),
      pointer,
      line.nameSpan,
    );
  }
}

interface ReadType {
  readonly type: ValueType;
  readonly dimension: Dimension;
  /** Set after a mistake. */
  readonly unknown?: true;
}

function readType(line: EquationLine, pointer: string, to: Reporter): ReadType {
  if (line.unit === 'integer' || line.unit === 'boolean') {
    if (line.kind === 'differential')
      to.report(
        messages.wrongValue('a unit: what a differential equation integrates is a real number', line.unit),
        pointer,
        line.unitSpan,
      );
    return { type: line.unit, dimension: dimensionless };
  }
  try {
    const { dimension, scale } = parseUnit(line.unit);
    if (!equalRationals(scale, one)) to.report(messages.scaledUnit(line.unit), pointer, line.unitSpan);
    else for (const name of line.unit.match(/[A-Za-z]\w*/g) ?? []) checkUnitName(name, line, pointer, to);
    return { type: 'real', dimension };
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    for (const { finding, span } of error.all) {
      to.report(finding, pointer, { start: line.unitSpan.start + span.start, end: line.unitSpan.start + span.end });
    }
    return { type: 'real', dimension: dimensionless, unknown: true };
  }
}

/** Symbols that are not units to Brian, though they could be read: `V`, `S`. */
function checkUnitName(name: string, line: EquationLine, pointer: string, to: Reporter): void {
  if (brianUnits.has(name)) return;
  const dimension = parseUnit(name).dimension;
  to.report(
    {
      ...messages.scaledUnit(name),
      message: `Brian has no unit ${name}`,
      hint: `its dimension is written ${dimensionText(dimension)}: volt, amp, siemens, farad, second, …`,
    },
    pointer,
    line.unitSpan,
  );
}

/** Checks that a value computed at each reading does not differ between readings. */
function checkRandomness(line: EquationLine, pointer: string, flags: ReadonlySet<string>, to: Reporter): void {
  if (line.kind !== 'subexpression' || line.expression === undefined) return;
  const draws = callsIn(line.expression).some((call) => randomFunctions.has(call.function));
  if (draws && !flags.has('constant over dt')) to.report(messages.randomInSubexpression(line.name), pointer, line.span);
  const noise = [...namesIn(line.expression)].some(isNoise);
  if (noise && flags.has('constant over dt'))
    to.report(messages.reservedName('xi', 'white noise, which has no value that could be held'), pointer, line.span);
}

/** Checks whether a name is Brian's white noise: `xi`, `xi_a`. */
export function isNoise(name: string): boolean {
  return name === 'xi' || name.startsWith('xi_');
}
