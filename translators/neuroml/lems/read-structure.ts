/** `Structure`, the construction of instances, and `Simulation`, the run and its recordings. */

import type { XmlElement } from '../../../src/xml/element.js';
import { required } from './attributes.js';
import type { AssignDefinition, SimulationDefinition, StructureDefinition } from './definitions.js';
import { elements, readMembers, taking, type TypeContext } from './vocabulary.js';

/** Elements of the reference interpreter beyond the supported ones. No core type uses them. */
const unsupported = [
  ...['CoInstantiate', 'Gather', 'GatherPairs', 'PairsEventConnection', 'PairFilter'],
  ...['Choose', 'When', 'Otherwise', 'Apply', 'Include'],
];

/**
 * Returns elements of a `Structure` or a `ForEach`, in order. @diagnostic lems/unknown-element,
 * lems/unsupported-element, lems/missing-attribute
 */
export function readStructure(owner: XmlElement, context: TypeContext): StructureDefinition[] {
  const found: StructureDefinition[] = [];
  readMembers(
    owner,
    {
      ChildInstance: taking(elements.ChildInstance, context, (made, element) => {
        // Values of parts belong to their component, so assignments are not allowed here.
        readMembers(element, {}, context, ['Assign']);
        found.push({ kind: 'childInstance', ...made });
      }),
      MultiInstantiate: taking(elements.MultiInstantiate, context, ({ componentType, ...made }, element) => {
        const assigns = readAssigns(element, context);
        const component = componentType ?? made.component ?? required(element, 'component', context.diagnostics);
        if (component !== null)
          found.push({ kind: 'multiInstantiate', ...made, component, byType: componentType !== undefined, assigns });
      }),
      With: taking(elements.With, context, (made, element) => {
        readMembers(element, {}, context);
        if (made.instance === undefined && (made.list === undefined || made.index === undefined))
          required(element, 'instance', context.diagnostics);
        else found.push({ kind: 'with', ...made });
      }),
      ForEach: taking(elements.ForEach, context, (made, element) =>
        found.push({ kind: 'forEach', ...made, body: readStructure(element, context) }),
      ),
      EventConnection: taking(elements.EventConnection, context, (made, element) =>
        found.push({ kind: 'eventConnection', ...made, assigns: readAssigns(element, context) }),
      ),
      Tunnel: taking(elements.Tunnel, context, (made, element) =>
        found.push({ kind: 'tunnel', ...made, assigns: readAssigns(element, context) }),
      ),
    },
    context,
    unsupported,
  );
  return found;
}

function readAssigns(owner: XmlElement, context: TypeContext): AssignDefinition[] {
  const assigns: AssignDefinition[] = [];
  readMembers(owner, { Assign: taking(elements.Assign, context, (made) => assigns.push(made)) }, context);
  return assigns;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };

/** Reads a `Simulation` section. */
export function readSimulation(owner: XmlElement, context: TypeContext): SimulationDefinition {
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
      Run: taking(elements.Run, context, ({ variable, ...made }, element) => {
        if (variable !== undefined) section.runs.push({ variable, ...made });
        else required(element, 'variable', context.diagnostics);
      }),
      Record: taking(elements.Record, context, (made) => section.records.push(made)),
      EventRecord: taking(elements.EventRecord, context, (made) => section.eventRecords.push(made)),
      DataDisplay: taking(elements.DataDisplay, context, (made) => section.dataDisplays.push(made)),
      DataWriter: taking(elements.DataWriter, context, (made) => section.dataWriters.push(made)),
      EventWriter: taking(elements.EventWriter, context, (made) => section.eventWriters.push(made)),
    },
    context,
  );
  return section;
}
