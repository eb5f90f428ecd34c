/** `Structure`, the construction of instances, and `Simulation`, the run and its recordings. */

import type { XmlElement } from '../xml/element.js';
import { optional, required } from './attributes.js';
import type { AssignDefinition, SimulationDefinition, StructureDefinition } from './definitions.js';
import { readExpression } from './expressions.js';
import * as messages from './messages.js';
import { readMembers, type TypeContext } from './read-dynamics.js';

/** Elements of the reference interpreter beyond the supported ones. No core type uses them. */
const unsupported = [
  'CoInstantiate',
  'Gather',
  'GatherPairs',
  'PairsEventConnection',
  'PairFilter',
  'Choose',
  'When',
  'Otherwise',
  'Apply',
  'Include',
];

/** Returns only the defined values, so that absent attributes are absent keys. */
function present<T extends Record<string, string | undefined>>(values: T): { readonly [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: string;
  };
}

/**
 * Returns elements of a `Structure` or a `ForEach`, in order. @diagnostic lems/unknown-element,
 * lems/unsupported-element, lems/missing-attribute
 */
export function readStructure(owner: XmlElement, context: TypeContext): StructureDefinition[] {
  const { diagnostics } = context;
  const found: StructureDefinition[] = [];
  const need = (element: XmlElement, ...attributes: string[]): string[] | null => {
    const values = attributes.map((attribute) => required(element, attribute, diagnostics));
    return values.every((value) => value !== null) ? values : null;
  };
  readMembers(
    owner,
    {
      ChildInstance: (element) => {
        const [component] = need(element, 'component') ?? [];
        // Values of parts belong to their component, so assignments are not allowed here.
        readMembers(element, {}, context, ['Assign']);
        if (component !== undefined) found.push({ kind: 'childInstance', component, place: element.place });
      },
      MultiInstantiate: (element) => {
        const [component] = need(element, 'component') ?? [];
        // Without a number there is one instance.
        const number = optional(element, 'number') ?? '1';
        if (component !== undefined)
          found.push({
            kind: 'multiInstantiate',
            number,
            component,
            assigns: readAssigns(element, context),
            place: element.place,
          });
      },
      With: (element) => {
        const [as] = need(element, 'as') ?? [];
        const { instance, list, index } = present({
          instance: optional(element, 'instance'),
          list: optional(element, 'list'),
          index: optional(element, 'index'),
        });
        readMembers(element, {}, context);
        if (instance === undefined && (list === undefined || index === undefined)) need(element, 'instance');
        else if (as !== undefined)
          found.push({ kind: 'with', ...present({ instance, list, index }), as, place: element.place });
      },
      ForEach: (element) => {
        const [instances, as] = need(element, 'instances', 'as') ?? [];
        const body = readStructure(element, context);
        if (instances !== undefined && as !== undefined)
          found.push({ kind: 'forEach', instances, as, body, place: element.place });
      },
      EventConnection: (element) => {
        const [from, to] = need(element, 'from', 'to') ?? [];
        if (from === undefined || to === undefined) return;
        found.push({
          kind: 'eventConnection',
          from,
          to,
          ...present({
            sourcePort: optional(element, 'sourcePort'),
            targetPort: optional(element, 'targetPort'),
            receiver: optional(element, 'receiver'),
            receiverContainer: optional(element, 'receiverContainer'),
            delay: optional(element, 'delay'),
          }),
          assigns: readAssigns(element, context),
          place: element.place,
        });
      },
      Tunnel: (element) => {
        const [name, endA, endB, componentA, componentB] =
          need(element, 'name', 'endA', 'endB', 'componentA', 'componentB') ?? [];
        if (
          name === undefined ||
          endA === undefined ||
          endB === undefined ||
          componentA === undefined ||
          componentB === undefined
        )
          return;
        found.push({
          kind: 'tunnel',
          name,
          endA,
          endB,
          componentA,
          componentB,
          assigns: readAssigns(element, context),
          place: element.place,
        });
      },
    },
    context,
    unsupported,
  );
  return found;
}

function readAssigns(owner: XmlElement, context: TypeContext): AssignDefinition[] {
  const assigns: AssignDefinition[] = [];
  readMembers(
    owner,
    {
      Assign: (element) => {
        const property = required(element, 'property', context.diagnostics);
        const value = readExpression(element, 'value', context.diagnostics);
        if (property !== null && value) assigns.push({ property, value, place: element.place });
      },
    },
    context,
  );
  return assigns;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };

/** Reads a `Simulation` section. */
export function readSimulation(owner: XmlElement, context: TypeContext): SimulationDefinition {
  const { diagnostics } = context;
  const section: Mutable<SimulationDefinition> = {
    runs: [],
    records: [],
    eventRecords: [],
    dataDisplays: [],
    dataWriters: [],
    eventWriters: [],
  };
  readMembers(
    owner,
    {
      Run: (element) => {
        const [component, variable, increment, total] = ['component', 'variable', 'increment', 'total'].map((name) =>
          required(element, name, diagnostics),
        );
        if (!component || !variable || !increment || !total) return;
        if (variable === 't') section.runs.push({ component, variable, increment, total });
        else diagnostics.add(messages.badChoice('variable', variable, ['t']), element.valuePlace('variable'));
      },
      Record: (element) => {
        const quantity = required(element, 'quantity', diagnostics);
        const more = present({
          scale: optional(element, 'scale'),
          timeScale: optional(element, 'timeScale'),
          color: optional(element, 'color'),
        });
        if (quantity !== null) section.records.push({ quantity, ...more });
      },
      EventRecord: (element) => {
        const quantity = required(element, 'quantity', diagnostics);
        const eventPort = required(element, 'eventPort', diagnostics);
        if (quantity !== null && eventPort !== null) section.eventRecords.push({ quantity, eventPort });
      },
      DataDisplay: (element) => {
        const title = required(element, 'title', diagnostics);
        if (title !== null) section.dataDisplays.push({ title });
      },
      DataWriter: (element) => {
        const fileName = required(element, 'fileName', diagnostics);
        if (fileName !== null) section.dataWriters.push({ fileName, ...present({ path: optional(element, 'path') }) });
      },
      EventWriter: (element) => {
        const fileName = required(element, 'fileName', diagnostics);
        const format = required(element, 'format', diagnostics);
        if (fileName !== null && format !== null)
          section.eventWriters.push({ fileName, format, ...present({ path: optional(element, 'path') }) });
      },
    },
    context,
  );
  return section;
}
