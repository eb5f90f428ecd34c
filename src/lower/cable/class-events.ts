/** Events of a class of compartments: events of the cell that are detected there, and conditions of its mechanisms. */

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
 * Returns a condition of a mechanism as a silent event.
 *
 * @param code rewrites an expression of the mechanism in the names of the class, with other names of temporaries
 * @param ownName returns the name of a mechanism's variable in the class; undefined for other names
 * @param temporary returns a name that is unused in the class
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

/** Events detected at another compartment of the cell, with the parameters that they require. */
interface ReceivedEvents {
  readonly events: Readonly<Record<string, EventDefinition>>;
  /** Parameters linked to the variables that the conditions read. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** The source of each parameter, in the model's names at the spike-detection site. */
  readonly linked: ReadonlyMap<string, string>;
}

/**
 * Returns events of the cell for classes that only receive them: they have no actions there.
 *
 * @param free returns an unused name close to a preferred one
 */
export function detectedElsewhere(
  events: Readonly<Record<string, EventDefinition>>,
  compartments: Compartments,
  free: (wanted: string) => string,
): ReceivedEvents {
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
  const receivedEvents = Object.entries(events).map(
    ([name, event]) => [name, { ...eventAt(event, there), do: [] }] as const,
  );
  return {
    events: Object.fromEntries(receivedEvents),
    parameters,
    linked: new Map([...names].map(([variable, name]) => [name, variable])),
  };
}

/** Returns the unit of a place's variable that conditions of the cell read; undefined for names of the cell itself. */
function unitAtPlace(name: string, { ions }: Compartments): string | undefined {
  if (name === 'v') return 'V';
  const [, kind, carried = ''] = /^(i|e)_(\w+)$/.exec(name) ?? [];
  if (kind !== undefined && Object.hasOwn(ions, carried)) return kind === 'e' ? 'V' : 'A*m**-2';
  const [, held = ''] = /^(\w+)_[io]$/.exec(name) ?? [];
  return Object.hasOwn(ions, held) ? 'mol*m**-3' : undefined;
}
