/**
 * Elements to components: types decided, children placed, prototypes merged in, parts that are written elsewhere moved
 * in.
 */

import type { Diagnostics, Place } from '../../../src/diagnostics/diagnostic.js';
import { nearest } from '../../../src/diagnostics/suggest.js';
import { ListedElement, type XmlElement } from '../../../src/xml/element.js';
import { nameOf } from './attributes.js';
import type { Component, ComponentType, ComponentTypes } from './definitions.js';
import * as messages from './messages.js';
import type { Tally } from './tally.js';

/** A kept element without a member in LEMS. */
export type KeptElement = XmlElement;

const noComponents: readonly ReadComponent[] = [];
const nothingKept: readonly KeptElement[] = [];

/** A component and the element that it was read from. */
export abstract class ReadComponent implements Component {
  abstract readonly type: ComponentType;
  abstract readonly role: string;
  abstract readonly parent: ReadComponent | null;
  /** Its source element. */
  abstract readonly element: XmlElement;
  abstract readonly children: readonly ReadComponent[];
  abstract readonly kept: readonly KeptElement[];
  /** Set if attributes differ from the element's own. */
  abstract readonly inherited: Readonly<Record<string, string>> | null;
  abstract readonly attributes: Readonly<Record<string, string>>;

  get id(): string {
    return this.element.attribute('id') ?? '';
  }

  get place(): Place {
    return this.element.place;
  }
}

/** A component that is in no long list. */
class SingleComponent extends ReadComponent {
  readonly type: ComponentType;
  readonly role: string;
  readonly parent: ReadComponent | null;
  readonly element: XmlElement;
  children: readonly ReadComponent[] = noComponents;
  kept: readonly KeptElement[] = nothingKept;
  inherited: Readonly<Record<string, string>> | null = null;
  #attributes: Readonly<Record<string, string>> | undefined;

  constructor({ type, role, parent }: Kind, element: XmlElement) {
    super();
    this.type = type;
    this.role = role;
    this.parent = parent;
    this.element = element;
  }

  get attributes(): Readonly<Record<string, string>> {
    return (this.#attributes ??= own(this.element.attributes, this.inherited, markersOf(this.type)));
  }
}

/** Common properties of components of a list. */
interface Kind {
  readonly type: ComponentType;
  readonly role: string;
  readonly parent: ReadComponent | null;
}

/** A component of a long list: there may be millions, so attributes are read from the text each time. */
class ListedComponent extends ReadComponent {
  readonly #kind: Kind;
  readonly element: ListedElement;

  constructor(kind: Kind, element: ListedElement) {
    super();
    this.#kind = kind;
    this.element = element;
  }

  /** Returns its kind if type, role and parent are the given ones. */
  kindIf({ type, role, parent }: Kind): Kind | undefined {
    const kind = this.#kind;
    return kind.type === type && kind.role === role && kind.parent === parent ? kind : undefined;
  }

  get type(): ComponentType {
    return this.#kind.type;
  }

  get role(): string {
    return this.#kind.role;
  }

  get parent(): ReadComponent | null {
    return this.#kind.parent;
  }

  get children(): readonly ReadComponent[] {
    return noComponents;
  }

  get kept(): readonly KeptElement[] {
    return nothingKept;
  }

  get inherited(): null {
    return null;
  }

  get attributes(): Readonly<Record<string, string>> {
    return this.element.attributesBut(markersOf(this.type));
  }
}

/** Attributes that describe the notation of a component, not its values. */
const markers: ReadonlySet<string> = new Set(['id', 'type', 'extends']);
const markersBesidesType: ReadonlySet<string> = new Set(['id', 'extends']);

/** A type may have a parameter called `type`. */
function markersOf(type: ComponentType): ReadonlySet<string> {
  return declares(type, 'type') ? markersBesidesType : markers;
}

function own(
  attributes: Readonly<Record<string, string>>,
  inherited: Readonly<Record<string, string>> | null,
  left: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const all = Object.create(null) as Record<string, string>;
  for (const name in inherited) all[name] = inherited[name] ?? '';
  for (const name in attributes) if (!left.has(name)) all[name] = attributes[name] ?? '';
  return all;
}

/** Checks whether a type has a member that is given by an attribute of that name. */
function declares(type: ComponentType, name: string): boolean {
  return (
    type.parameters.has(name) ||
    type.texts.has(name) ||
    type.references.has(name) ||
    type.links.has(name) ||
    type.paths.has(name) ||
    type.indexParameters.has(name)
  );
}

/** Elements that explain: they may appear anywhere and are kept as they are. */
const explanations: ReadonlySet<string> = new Set(['notes', 'annotation', 'About']);

interface ComponentContext {
  readonly types: ComponentTypes;
  /** Top-level elements by id, for prototypes and for parts that are written elsewhere. */
  readonly elementsById: ReadonlyMap<string, XmlElement>;
  readonly diagnostics: Diagnostics;
  readonly tally: Tally;
  /** Returns whether a type may hold several instances of a single child. */
  readonly mayRepeat: (type: ComponentType, role: string) => boolean;
  /** The heir of a type that an element without the attribute `type` has by its attributes or children. */
  readonly impliedType: (
    element: XmlElement,
    type: ComponentType,
  ) => { readonly type: string; readonly by: string } | undefined;
  /** Returns the finding for an unknown type, with a hint for its location. */
  readonly unknownType: (name: string) => ReturnType<typeof messages.unknownType>;
}

/**
 * Returns the component that a top-level element stands for; null after a finding.
 *
 * @diagnostic lems/unknown-type, lems/unknown-element, lems/child-not-allowed, lems/child-type, lems/second-child,
 *   lems/prototype-cycle, lems/dangling-reference, neuroml/implied-type
 */
export function readComponent(element: XmlElement, context: ComponentContext): ReadComponent | null {
  return read(element, null, context, []);
}

function read(
  element: XmlElement,
  parent: ReadComponent | null,
  context: ComponentContext,
  prototypes: readonly XmlElement[],
  { asChild, before }: { readonly asChild?: string | undefined; readonly before?: ListedComponent | undefined } = {},
): ReadComponent | null {
  const prototype = prototypeOf(element, context, prototypes);
  const type = typeOf(element, parent, prototype, context, asChild);
  if (!type) return null;
  const role = parent ? (asChild ?? roleOf(element, type, parent.type)) : '';
  if (role === null) {
    if (type.incomplete || parent?.type.incomplete) return null;
    const allowed = parent
      ? [...parent.type.child.values(), ...parent.type.children.values()].map((member) => member.type)
      : [];
    context.tally.add(`not allowed ${element.name}`, () => [
      messages.childNotAllowed(element.name, type.name, parent ? nameOf(parent.element) : '', allowed),
      element.place,
    ]);
    return null;
  }
  const wanted = parent?.type.child.get(role)?.type;
  if (wanted !== undefined && !isKind(type, wanted) && !type.incomplete)
    context.tally.add(`child type ${wanted} ${type.name}`, () => [
      messages.childType(element.name, nameOf(parent?.element ?? element), type.name, wanted),
      element.place,
    ]);
  const kind = { type, role, parent };
  if (element instanceof ListedElement) return new ListedComponent(before?.kindIf(kind) ?? kind, element);
  const component = new SingleComponent(kind, element);
  // A chain of prototypes is merged from its far end.
  const inner = prototype ? read(prototype, null, context, [...prototypes, element]) : null;
  if (inner) component.inherited = inner.attributes;
  readContent(component, inner, context, prototypes);
  return component;
}

/** Returns the element that `extends` names. */
function prototypeOf(
  element: XmlElement,
  { elementsById, diagnostics }: ComponentContext,
  chain: readonly XmlElement[],
): XmlElement | null {
  const id = element instanceof ListedElement ? undefined : element.attributes['extends'];
  if (id === undefined) return null;
  const prototype = elementsById.get(id);
  if (!prototype) {
    diagnostics.add(
      messages.danglingReference('extends', id, 'the same type', elementsById.keys(), 'error'),
      element.valuePlace('extends'),
    );
    return null;
  }
  if (prototype !== element && !chain.includes(prototype)) return prototype;
  diagnostics.add(messages.prototypeCycle(id), element.valuePlace('extends'));
  return null;
}

/**
 * Returns the type of an element, decided in this order: its attribute `type`; the type of the parent's single child of
 * that name; the type with the element's own name, or its heir that the content implies; the type of the parent's list
 * of that name; the prototype's type.
 */
function typeOf(
  element: XmlElement,
  parent: ReadComponent | null,
  prototype: XmlElement | null,
  context: ComponentContext,
  asChild: string | undefined,
): ComponentType | null {
  const { types, tally } = context;
  const declared = parent?.type.child.get(asChild ?? element.name) ?? undefined;
  // A part that is moved in has the type of its own name.
  const moved = asChild === undefined ? undefined : types.get(element.name);
  const byName =
    moved ??
    types.get(declared?.type ?? '') ??
    types.get(element.name) ??
    types.get(parent?.type.children.get(element.name)?.type ?? '');
  // Elements of long lists seldom have one, and reading it takes time.
  const written =
    element instanceof ListedElement && !element.shape.includes('type') ? undefined : element.attributes['type'];
  if (written !== undefined && !(byName && declares(byName, 'type'))) {
    const type = types.get(written);
    if (type) return type;
    tally.add(`unknown type ${written}`, () => [context.unknownType(written), element.valuePlace('type')]);
    return element.children.length > 0 ? likelyType(written, types) : null;
  }
  if (element.name === 'Component' && prototype) return typeOf(prototype, null, null, context, undefined);
  if (byName) return impliedType(element, byName, context) ?? byName;
  if (element.name === 'Component') {
    context.diagnostics.add(messages.missingAttribute('type', nameOf(element)), element.place);
    return null;
  }
  if (parent?.type.incomplete) return null;
  tally.add(`unknown element ${element.name}`, () => {
    const known = parent ? [...parent.type.child.keys(), ...fittingTypes(parent.type, types)] : [...types.keys()];
    const finding = parent
      ? messages.unknownChild(element.name, nameOf(parent.element), known)
      : context.unknownType(element.name);
    return [finding, element.place];
  });
  return null;
}

/** Returns the type that the content of an element implies, with a warning. */
function impliedType(element: XmlElement, byName: ComponentType, context: ComponentContext): ComponentType | undefined {
  if (element instanceof ListedElement) return undefined;
  const implied = context.impliedType(element, byName);
  const type = implied && context.types.get(implied.type);
  if (type)
    context.tally.add(`implied type ${implied.type}`, () => [
      messages.impliedType(nameOf(element), implied.type, implied.by),
      element.place,
    ]);
  return type;
}

/** Returns the likely type of a misspelt name, so that its contents are also checked, or null if none is near. */
function likelyType(written: string, types: ComponentTypes): ComponentType | null {
  const known = likelyTypes.get(types) ?? new Map<string, ComponentType | null>();
  likelyTypes.set(types, known);
  const found = known.get(written);
  if (found !== undefined) return found;
  const likely = types.get(nearest(written, types.keys(), 1)[0] ?? '') ?? null;
  known.set(written, likely);
  return likely;
}

/** Types that misspelt names stand for, looked for once. */
const likelyTypes = new WeakMap<ComponentTypes, Map<string, ComponentType | null>>();

/** Returns names of the types that a component may hold in its lists. */
function fittingTypes(type: ComponentType, types: ComponentTypes): string[] {
  const lists = [...type.children.values()].map((member) => member.type);
  return [...types.values()]
    .filter(({ lineage }) => lists.some((list) => lineage.includes(list)))
    .map(({ name }) => name);
}

const isKind = (type: ComponentType, name: string): boolean => name === 'Component' || type.lineage.includes(name);

/**
 * Returns the parent's name for a child: the single child of its name, else the list for its nearest ancestor, or null
 * when none fits.
 */
function roleOf(element: XmlElement, type: ComponentType, parent: ComponentType): string | null {
  const child = parent.child.get(element.name);
  if (child && isKind(type, child.type)) return child.name;
  // Published models have children of another type than the required one. Only their exposures matter.
  const asNamed = child?.name ?? null;
  const known = roles.get(parent)?.get(type);
  if (known !== undefined) return known ?? asNamed;
  let best: string | null = null;
  let nearest = Infinity;
  // Among lists of one type the last one counts, as in the reference interpreter.
  for (const list of parent.children.values()) {
    const distance = list.type === 'Component' ? type.lineage.length : type.lineage.indexOf(list.type);
    if (distance >= 0 && distance <= nearest) [best, nearest] = [list.name, distance];
  }
  best ??=
    [...parent.child.values()].find((single) => single.type !== 'Component' && isKind(type, single.type))?.name ?? null;
  const ofParent = roles.get(parent) ?? new Map<ComponentType, string | null>();
  roles.set(parent, ofParent.set(type, best));
  return best ?? asNamed;
}

/** Where children of a type stand in parents of a type, computed once. */
const roles = new WeakMap<ComponentType, Map<ComponentType, string | null>>();

function readContent(
  component: SingleComponent,
  prototype: ReadComponent | null,
  context: ComponentContext,
  chain: readonly XmlElement[],
): void {
  const { element, type } = component;
  const children: ReadComponent[] = [];
  const kept: KeptElement[] = [];
  for (const inner of element.children) {
    if (isExplanation(inner, type, context)) kept.push(inner);
    else {
      const last = children.at(-1);
      const before = last instanceof ListedComponent ? last : undefined;
      addChild(read(inner, component, context, [], { before }), children, context);
    }
  }
  moveIn(component, children, context, chain);
  // Children of the prototype, unless the component has its own in their place.
  for (const inner of prototype?.children ?? []) {
    const replaced = children.some(
      ({ role, id }) => role === inner.role && (type.child.has(role) || (id !== '' && id === inner.id)),
    );
    const asChild = type.child.has(inner.role) ? inner.role : undefined;
    if (!replaced) addChild(read(inner.element, component, context, [], { asChild }), children, context);
  }
  if (element.text.trim() !== '')
    context.diagnostics.add(messages.strayText(nameOf(element), element.text), element.place);
  if (children.length > 0) component.children = children;
  if (kept.length > 0) component.kept = kept;
}

function isExplanation({ name }: XmlElement, parent: ComponentType, { types }: ComponentContext): boolean {
  if (explanations.has(name)) return true;
  // Properties and hints to simulators are components if the parent has a list for them.
  if (name !== 'property' && name !== 'Meta') return false;
  const type = types.get(name);
  return !(type && [...parent.children.values()].some((list) => isKind(type, list.type)));
}

function addChild(
  child: ReadComponent | null,
  children: ReadComponent[],
  { diagnostics, mayRepeat }: ComponentContext,
): void {
  if (!child) return;
  const owner = child.parent?.type;
  const single = owner !== undefined && owner.child.has(child.role) && !mayRepeat(owner, child.role);
  if (single && children.some(({ role }) => role === child.role))
    diagnostics.add(messages.secondChild(child.role, nameOf(child.parent?.element ?? child.element)), child.place);
  else children.push(child);
}

/** `morphology="id"` instead of a child: the element of that id at top level becomes the child. */
function moveIn(
  component: ReadComponent,
  children: ReadComponent[],
  context: ComponentContext,
  chain: readonly XmlElement[],
): void {
  const { element, type } = component;
  for (const [attribute, id] of Object.entries(element.attributes)) {
    if (!type.child.has(attribute) || declares(type, attribute)) continue;
    const part = context.elementsById.get(id);
    if (!part) {
      const known = [...context.elementsById].filter(([, { name }]) => name === attribute).map(([other]) => other);
      context.diagnostics.add(
        messages.danglingReference(attribute, id, attribute, known, 'error'),
        element.valuePlace(attribute),
      );
    } else if (!chain.includes(part) && part !== element) {
      addChild(read(part, component, context, [...chain, element], { asChild: attribute }), children, context);
    }
  }
}
