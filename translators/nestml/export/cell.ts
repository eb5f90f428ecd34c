/** A type of cells as a model of NESTML. */

import type { StandardCell } from '../../../src/library/standard-type.js';
import { CellCode } from './cell-code.js';
import { indented, type CellOfNest } from './cell-of-nest.js';
import { parameterLines, standardOf, stateLines, unitsOf } from './declarations.js';
import { equationLines, functionBlocks } from './equations.js';
import { CellEvents, type Block } from './events.js';
import { portStatements, type Port } from './ports.js';
import { textOf } from './expressions.js';
import { Refractoriness } from './refractoriness.js';
import { updateLines } from './update.js';

/** A NESTML model, and its cell type in PyNN's terms. */
export interface NestmlCell {
  readonly text: string;
  readonly standard: StandardCell;
  /** Differences from the model, as sentences. */
  readonly approximations: readonly string[];
  /** Units of recordable variables, by name. */
  readonly units: Readonly<Record<string, string>>;
}

/**
 * Returns the NESTML model of a type.
 *
 * @throws NotInNestml  with the reason if there is no such model
 */
export function nestmlCell(cell: CellOfNest): NestmlCell {
  const code = new CellCode(cell);
  const refractoriness = new Refractoriness(code);
  const events = new CellEvents(code, refractoriness);
  const { name, ports, emits, fed } = cell;
  const equations = equationLines(code);
  const update = updateLines(code, refractoriness);
  const conditions = events.conditions();
  const receivers = ports.map((port) => receiver(port, refractoriness));
  // Declarations that other parts need come last, when they are known.
  const state = [...stateLines(code), ...code.ownState];
  const inputs = [
    ...ports.map((port) => `${port.name} <- spike`),
    ...(fed === undefined ? [] : [`${fed} pA <- continuous`]),
  ];
  const block = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', `${title}:`, ...lines.map(indented)];
  const lines = [
    ...block('state', state),
    ...block('equations', equations),
    // PyNN sets parameters only: it fails with a model that has internals.
    ...block('parameters', [...parameterLines(code), ...code.constants]),
    ...block('input', inputs),
    ...block('output', emits === undefined ? [] : ['spike']),
    ...block('update', update.length === 0 ? ['integrate_odes()'] : update),
    ...[...functionBlocks(code), ...receivers, ...conditions].flatMap(({ title, body }) => block(title, body)),
  ];
  if (lines.some((line) => line.includes('exprel('))) lines.push(...block(exprel.title, exprel.body));
  const text = [`model ${name}:`, ...lines.slice(1).map(indented), ''].join('\n');
  return { text, standard: standardOf(code), approximations: code.approximations, units: unitsOf(code) };
}

/** (e^x - 1)/x without a hole at 0. */
const exprel: Block = {
  title: 'function exprel(x real) real',
  body: ['if abs(x) < 1e-12:', indented('return 1.0'), 'return (exp(x) - 1)/x'],
};

function receiver(port: Port, { period }: Refractoriness): Block {
  const body = portStatements(port).flatMap(([variable, text]) =>
    period?.definition.writes === 'block' && period.definition.rate.includes(variable)
      ? [`if ${textOf(period.isOver)}:`, indented(text)]
      : [text],
  );
  return { title: `onReceive(${port.name})`, body };
}
