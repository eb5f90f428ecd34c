/**
 * Attributes of defining elements: the ones read, the merely descriptive ones, and the reference interpreter's
 * extensions that this reader lacks. Attributes of components are in `check-components.ts`.
 *
 * Source: schema of LEMS 0.7.6, and the attributes read by the reference interpreter.
 */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { XmlElement } from '../xml/element.js';
import { nameOf } from './attributes.js';
import * as messages from './messages.js';

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');

/** By element: attributes that are read. All may have a name and a description. */
const read: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    Dimension: 'm l t i k n j',
    Unit: 'symbol dimension power scale offset',
    Constant: 'symbol value dimension',
    Target: 'component reportFile timesFile',
    ComponentType: 'extends standalone',
    Parameter: 'dimension',
    IndexParameter: '',
    DerivedParameter: 'dimension value select',
    Property: 'dimension defaultValue',
    Fixed: 'parameter value',
    Exposure: 'dimension',
    Requirement: 'dimension',
    ComponentRequirement: '',
    InstanceRequirement: 'type',
    Child: 'type',
    Children: 'type min max',
    ComponentReference: 'type local required defaultComponent',
    Link: 'type',
    Path: '',
    Text: '',
    Attachments: 'type',
    EventPort: 'direction',
    Dynamics: 'simultaneous',
    Super: '',
    StateVariable: 'dimension exposure',
    DerivedVariable: 'dimension exposure value select reduce required',
    ConditionalDerivedVariable: 'dimension exposure',
    Case: 'condition value',
    TimeDerivative: 'variable value',
    OnStart: '',
    OnEntry: '',
    OnEvent: 'port',
    OnCondition: 'test',
    StateAssignment: 'variable value',
    EventOut: 'port',
    Regime: 'initial',
    Transition: 'regime',
    // The last two describe the tabulation of rates and have no effect.
    KineticScheme: 'nodes edges stateVariable edgeSource edgeTarget forwardRate reverseRate dependency step',
    Structure: '',
    ChildInstance: 'component',
    MultiInstantiate: 'number component',
    ForEach: 'instances as',
    With: 'instance list index as',
    EventConnection: 'from to sourcePort targetPort receiver receiverContainer delay',
    Tunnel: 'endA endB componentA componentB',
    Assign: 'property value',
    Simulation: '',
    Run: 'component variable increment total',
    // Its place of display concerns only programs that draw.
    Record: 'quantity scale timeScale color destination',
    EventRecord: 'quantity eventPort',
    DataDisplay: 'title dataRegion',
    DataWriter: 'path fileName',
    EventWriter: 'path fileName format',
  }).map(([element, text]) => [element, words(text)]),
);

/** Attributes of the reference interpreter that would change a model. */
const unsupported: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    ChildInstance: 'componentType',
    MultiInstantiate: 'componentType indexVariable',
    Assign: 'exposeAs',
    Tunnel: 'expose as',
    Parameter: 'exposure',
    ForEach: 'index',
  }).map(([element, text]) => [element, words(text)]),
);

/** Attributes with a value of true or false. */
const flags: ReadonlySet<string> = new Set([
  'Dynamics simultaneous',
  'Regime initial',
  'ComponentReference local',
  'DerivedVariable required',
]);

/** Checks whether elements of a name define something in LEMS. */
export function isDefinition(element: string): boolean {
  return read.has(element);
}

/**
 * Checks the attributes of an element that defines. @diagnostic lems/unknown-attribute, lems/unsupported-attribute,
 * lems/bad-value
 */
export function checkDefinition(element: XmlElement, diagnostics: Diagnostics): void {
  const own = read.get(element.name);
  if (!own) return;
  for (const attribute in element.attributes) {
    if (attribute === 'name' || attribute === 'description' || attribute === 'id') continue;
    if (unsupported.get(element.name)?.includes(attribute))
      diagnostics.add(messages.unsupportedAttribute(attribute, nameOf(element)), element.attributePlace(attribute));
    else if (!own.includes(attribute))
      diagnostics.add(
        messages.unknownTypeAttribute(attribute, nameOf(element), own),
        element.attributePlace(attribute),
      );
    else if (
      flags.has(`${element.name} ${attribute}`) &&
      !/^\s*(?:true|false)\s*$/i.test(element.attributes[attribute] ?? '')
    )
      diagnostics.add(
        messages.badChoice(attribute, element.attributes[attribute] ?? '', ['true', 'false']),
        element.valuePlace(attribute),
      );
  }
}
