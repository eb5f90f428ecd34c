/** Events of a class of compartments: those of the cell that are detected there, and conditions of its mechanisms. */

import type { Expression, Statement } from '../../lang/ast.js';
import { assignment, name as nameOf } from '../../lang/build.js';
import { mapStatement, namesIn, substitute } from '../../lang/walk.js';
import type { Compartments, EventDefinition, LocalEvent, Parameter, Refractory } from '../../model/typed.js';

/** Expressions as the class has them. */
type Rename = (e: Expression) => Expression;

/** An event of the cell at its place, which has become the place of the class. */
export function eventAt({ section: _, fraction: __, ...event }: EventDefinition, code: Rename): EventDefinition {
  const { when, do: actions, refractory, multiplicity } = event;
  return {
    ...event,
    when: code(when),
    do: actions.map((statement) => mapStatement(statement, code)),
    ...(refractory ? { refractory: refractoryAt(refractory, code) } : {}),
    ...(multiplicity === undefined ? {} : { multiplicity: code(multiplicity) }),
  };
}

function refractoryAt(refractory: Refractory, code: Rename): Refractory {
  const { for: duration, while: condition } = refractory;
  return {
    ...refractory,
    ...(duration === undefined ? {} : { for: code(duration) }),
    ...(condition === undefined ? {} : { while: code(condition) }),
  };
}

/**
 * A condition of a mechanism as an event that nobody else sees.
 *
 * @param code  an expression of the mechanism in the names of the class, where temporaries have others
 * @param ownName  what the class calls a variable of the mechanism; undefined for others
 * @param temporary  a name that nothing in the class has
 */
export function localEventAt(
  { when, edge, do: actions, order }: LocalEvent,
  code: (e: Expression, temporaries: ReadonlyMap<string, Expression>) => Expression,
  ownName: (name: string) => string | undefined,
  temporary: (wanted: string) => string,
): EventDefinition {
  const temporaries = new Map<string, Expression>();
  const statements = actions.map((statement): Statement => {
    if (statement.kind === 'send') return statement;
    const value = code(statement.value, temporaries);
    const known = ownName(statement.target) ?? spelt(temporaries.get(statement.target));
    const target = known ?? temporary(statement.target);
    if (known === undefined) temporaries.set(statement.target, nameOf(target));
    return assignment(target, statement.operator, value, statement.span, statement.targetSpan);
  });
  return { when: code(when, temporaries), edge, do: statements, order, emits: null };
}

const spelt = (e: Expression | undefined): string | undefined => (e?.kind === 'name' ? e.name : undefined);

/** Events that are detected elsewhere on the cell, and what they need. */
interface Heard {
  readonly events: Readonly<Record<string, EventDefinition>>;
  /** Parameters that are linked to what the conditions read. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** What each of them is linked to, in the model's names at the place where the cell fires. */
  readonly linked: ReadonlyMap<string, string>;
}

/**
 * Events where others than those that detect them hear of them: they do nothing there.
 *
 * @param free  a name that nothing has, for one that is wanted
 */
export function heardElsewhere(
  events: Readonly<Record<string, EventDefinition>>,
  compartments: Compartments,
  free: (wanted: string) => string,
): Heard {
  const names = new Map<string, string>();
  const parameters: Record<string, Parameter> = {};
  const link = (variable: string, unit: string): string => {
    const name = names.get(variable) ?? free(`${variable}_where_it_fires`);
    names.set(variable, name);
    parameters[name] = { unit, type: 'real', value: 0, shared: false };
    return name;
  };
  const there = (e: Expression): Expression =>
    substitute(
      e,
      new Map(
        [...namesIn(e)].flatMap((used) => {
          const unit = unitAtPlace(used, compartments);
          return unit === undefined ? [] : [[used, nameOf(link(used, unit))] as const];
        }),
      ),
    );
  const made = Object.entries(events).map(([name, event]) => [name, { ...eventAt(event, there), do: [] }] as const);
  return {
    events: Object.fromEntries(made),
    parameters,
    linked: new Map([...names].map(([variable, name]) => [name, variable])),
  };
}

/** Unit of what a place has under a name that conditions of the cell read; undefined for what is the cell's own. */
function unitAtPlace(name: string, { ions }: Compartments): string | undefined {
  if (name === 'v') return 'V';
  const [, kind, carried = ''] = /^(i|e)_(\w+)$/.exec(name) ?? [];
  if (kind !== undefined && Object.hasOwn(ions, carried)) return kind === 'e' ? 'V' : 'A*m**-2';
  const [, held = ''] = /^(\w+)_[io]$/.exec(name) ?? [];
  return Object.hasOwn(ions, held) ? 'mol*m**-3' : undefined;
}
