/**
 * Currents that stimuli inject: which elements each reaches, and the value that it has at a time. Both ways of stepping
 * add them to inputs, each in its own place.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Stimulus } from '../../model/typed.js';
import { Block } from '../code/block.js';
import type { CodeScope } from '../code/code-scope.js';
import type { Context } from '../context/context.js';
import { drawsAt, drawStep } from '../code/draws.js';
import { ElementScope } from '../scopes/element-scope.js';
import { step } from '../code/step-time.js';
import { compileReal, to } from '../code/expressions.js';
import { folded } from '../../ir/fold.js';
import { orderOf, type Group } from '../context/groups.js';
import { runsOnLanes } from '../code/lanes.js';
import type { Piece } from '../scopes/selections.js';
import { pieceDomain, piecesOf, selectionStreams, withoutRepeats } from '../scopes/selections.js';
import type { Expression } from '../../lang/ast.js';
import { inStep, type PlacedEntry } from '../context/place.js';
import { wholeSteps } from '../code/whole-steps.js';

/** A stimulus that adds to an input in each step. */
export type Current = Extract<Stimulus, { kind: 'current' }>;

/** Returns the currents that are ever on, by name, in the order of their addition. */
export const currentsOf = ({ model }: Context): readonly (readonly [name: string, current: Current])[] =>
  Object.keys(model.stimuli)
    .sort()
    .flatMap((name) => {
      const stimulus = model.stimuli[name];
      return stimulus?.kind === 'current' ? [[name, stimulus] as const] : [];
    });

/** The pieces of populations that a current reaches, each element once; none after a finding. */
export const piecesReached = (
  name: string,
  { to: reached }: Current,
  groups: readonly Group[],
  context: Context,
): readonly Piece[] => (piecesOf(reached, groups, `the current ${name}`, context) ?? []).map(withoutRepeats);

/** Currents are added to their input at the start of a step's integration. @random stream `stimulus/<id>` */
export function lowerCurrents(groups: readonly Group[], context: Context): readonly PlacedEntry[] {
  return currentsOf(context).flatMap(([name, current]) => {
    context.diagnostics.at(`/stimuli/${name}`);
    switchOf(name, context);
    return piecesReached(name, current, groups, context).flatMap((piece) => {
      const kernel = injection(name, current, piece, context);
      const place = { slot: context.profile.defaults.integrate, order: orderOf(piece.group, context) };
      return kernel === null ? [] : [inStep(kernel, { ...place, phase: 'inject' })];
    });
  });
}

/** A kernel that adds a current to its input; null for one that never flows. */
function injection(name: string, current: Current, piece: Piece, context: Context): string | null {
  if (!everFlows(name, current, context)) return null;
  const block = new Block();
  const { domain, address } = pieceDomain(piece, name, block, context);
  const { group } = piece;
  const at = { population: piece.member.name, element: address.local, tick: step };
  const value = currentValue(name, current, at, new ElementScope(context, group, address, block, null));
  const scope = new ElementScope(context, group, address, block, null);
  const before = to(context.real, scope.readTarget(current.input));
  const flows = flowsNow(name, context);
  const sum =
    group.type.inputs[current.input]?.reduce === 'product' ? code`${before} * ${value}` : code`${before} + ${value}`;
  scope.write(current.input, flows ? code`select(${flows}, ${sum}, ${before})` : sum);
  scope.storeAll();
  return context.builder.map(
    `${name}.inject`,
    `the current ${name} into ${piece.member.name}`,
    domain,
    runsOnLanes(block.statements),
    block,
  );
}

/** The time and element of a current's value. */
interface CurrentMoment {
  readonly population: string;
  /** u32 index of the element in its population. */
  readonly element: Ir;
  /** i32 whole steps at the time of the value, which count its draws. */
  readonly tick: Ir;
  /** Whether that time differs from the time of the scope. */
  readonly shifted?: boolean;
}

/**
 * Returns the value of a current for one element at a time. It depends only on the time, which counts its draws.
 * `scope`: scope of the element, with temporarily replaced draws and names. @random stream `stimulus/<id>`; for the
 * second and later target populations with `/<population>` added, unless it is shared; counter (element, 0, tick, site)
 */
export function currentValue(
  name: string,
  current: Current,
  { population, element, tick, shifted = false }: CurrentMoment,
  scope: CodeScope,
): Ir {
  const { context, block } = scope;
  const held = current.every !== undefined;
  const at = held ? block.name('since', heldSince(name, current, tick, context)) : tick;
  const overrides =
    shifted || held
      ? new Map<string, Ir>([
          ['t', code`f64(${at}) * ${context.dt}`],
          ['t_in_timesteps', at],
        ])
      : null;
  const stream = `stimulus/${name}`;
  // Values held for several steps do not share draws between neighbouring steps.
  const draws = drawsAt(
    {
      keys: `${name}.keys`,
      ...(current.shared
        ? { streams: [stream], element: ir.u32(0) }
        : { ...selectionStreams(stream, current.to, population), element }),
      step: drawStep(at, context),
      perStep: !held,
    },
    context,
  );
  return scope.replacing(draws, overrides, () => {
    const compiled = (e: Expression): Ir => to(context.real, compileReal(e, scope));
    // Values set by phases are in the program from the start; a number selects the value in force.
    let value = compiled(current.value);
    laterValues(name, context).forEach(([, text], k) => {
      value = code`select(${versionOf(name, context)}[0u] == ${k + 1}u, ${compiled(text)}, ${value})`;
    });
    return block.name('current', value);
  });
}

/** Returns the step in which a value held for several steps was computed. */
function heldSince(name: string, { every = 0, from = 0 }: Current, now: Ir, context: Context): Ir {
  const steps = wholeSteps(`the interval of ${name}`, every, context) ?? 1;
  const first = Math.round(from / context.dt) % steps;
  const into = code`(${now} + ${steps - first}i) % ${steps}i`;
  const since = folded`${now} - ${into}`;
  return code`select(${since} < 0i, 0i, ${since})`;
}

// --- Changes by phases ---------------------------------------------------------------------------------------------

/** Returns the values that phases assign to a current, with the phase. */
export const laterValues = (
  name: string,
  { model }: Context,
): readonly (readonly [phase: number, value: Expression])[] =>
  model.experiment.protocol.flatMap((phase, k) => {
    const text = phase.kind === 'currents' ? phase.currents[name] : undefined;
    return text === undefined ? [] : [[k, text] as const];
  });

/** Returns the buffer with the index of a current's value in force. */
function versionOf(name: string, { builder }: Context): Buffer {
  const comment = `which of the values that phases give the current ${name} has; 0: its own`;
  return builder.commonBuffer(`${name}.version`, 'u32', 1, comment);
}

/** Adds a kernel that replaces the value of a current in a phase. */
export function changeCurrent(name: string, phase: number, context: Context): string {
  const version = laterValues(name, context).findIndex(([k]) => k === phase) + 1;
  return context.builder.sequential(`phase${phase}.${name}`, `the current ${name} has another value`, [
    ir.store(versionOf(name, context), ir.u32(0), ir.u32(version)),
  ]);
}

const isSwitched = (name: string, { model }: Context): boolean =>
  model.experiment.protocol.some(
    (phase) => (phase.kind === 'attach' && phase.attach === name) || (phase.kind === 'detach' && phase.detach === name),
  );

/** Whether a current flows at any time of the run. */
export const everFlows = (name: string, { attached }: Current, context: Context): boolean =>
  attached || isSwitched(name, context);

/** Returns the buffer with the on/off state of a current that phases switch; null for a current that is always on. */
export function switchOf(name: string, context: Context): Buffer | null {
  if (!isSwitched(name, context)) return null;
  const { builder, model } = context;
  const stimulus = model.stimuli[name];
  const initial = Uint32Array.of(stimulus?.kind === 'current' && !stimulus.attached ? 0 : 1);
  const comment = `whether the current ${name} flows`;
  return builder.commonBuffer(`${name}.attached`, 'u32', 1, comment, { initial });
}

/** Whether a current is on now; null for a current that is always on. */
export function flowsNow(name: string, context: Context): Ir | null {
  const flows = switchOf(name, context);
  return flows && code`${flows}[0u] != 0u`;
}
