/** The neuron type of compartments with the same mechanisms: all of their equations in one set. */

import { ampere, ampereByArea, area, concentration } from '../../lang/dimension.js';
import type { Expression } from '../../lang/ast.js';
import { name as nameOf, product, quantity, quotient } from '../../lang/build.js';
import { namesIn, substitute } from '../../lang/walk.js';
import { arrayOf } from '../../model/arrays.js';
import { formulaOf } from '../../model/typed.js';
import type {
  DerivedVariable,
  EventDefinition,
  Mechanism,
  Parameter,
  StateVariable,
  Derivative,
  Value,
} from '../../model/typed.js';
import { UniqueNames } from '../../model/free-name.js';
import { inlineDerived } from '../context/equations.js';
import { numberOf } from '../context/groups.js';
import { BadMechanism, checkNoise, giveTemperature, missing, notRun } from './mechanism-errors.js';
import { eventAt, detectedElsewhere, localEventAt } from './class-events.js';
import { numberAt, type Instance } from './mechanisms.js';
import { schemesOf } from '../integration/kinetic-scheme.js';
import type { ClassParts, ClassType } from './class-parts.js';
import { derivedOf, kelvins, levelOn, plus } from './ion-values.js';
import { reversalPotential } from './reversal-potential.js';
import type { Compartment } from '../../model/compartment-tree.js';

/** Builds the type of a class. @throws BadMechanism for a mechanism that reads a variable missing at its place */
export function classType(parts: ClassParts): ClassType {
  return new Maker(parts).make();
}

class Maker {
  readonly #taken: UniqueNames;
  readonly #parameters: Record<string, Parameter>;
  readonly #state: Record<string, StateVariable> = {};
  readonly #derived: Record<string, DerivedVariable> = {};
  readonly #derivatives: Record<string, Derivative> = {};
  readonly #values = new Map<string, readonly Value[]>();
  readonly #variables: Map<string, string>[];
  /** The first place of each separate map of variables. */
  readonly #kinds: number[] = [];
  readonly #instances: readonly Instance[];
  /** Names in the class of variables at places, made when they are first read. */
  readonly #ofPlace = new Map<string, Expression>();
  /** Derived variables at the beginning of the step, by their names now. */
  readonly #held = new Map<string, Expression>();
  /** Own names of each mechanism as the class has them. */
  readonly #own: ReadonlyMap<string, Expression>[] = [];
  readonly #eventNames: UniqueNames;
  readonly #noise: string[] = [];

  constructor(private readonly parts: ClassParts) {
    this.#taken = new UniqueNames([
      ...Object.keys(parts.parameters),
      ...Object.keys(parts.inputs),
      ...['t', 'dt', 'i', 'j', 'N', 'x', 'y', 'z', 'lastspike', 'not_refractory', 't_in_timesteps'],
    ]);
    this.#eventNames = new UniqueNames([...Object.keys(parts.events), ...Object.keys(parts.received)]);
    this.#parameters = { ...parts.parameters };
    // Places with the same mechanism names share one map of names.
    const shared = new Map<string, Map<string, string>>();
    this.#variables = parts.places.map(({ instances }, place) => {
      const key = instances.map(({ name, absent }) => (absent ? '' : name)).join(' ');
      const known = shared.get(key);
      if (known) return known;
      const variablesOfPlace = new Map<string, string>();
      shared.set(key, variablesOfPlace);
      this.#kinds.push(place);
      return variablesOfPlace;
    });
    this.#instances = parts.places[0]?.instances ?? [];
  }

  make(): ClassType {
    const { compartments, places, inputs } = this.parts;
    const voltage = this.#taken.take('v');
    this.#show('v', voltage);
    this.#ofPlace.set('v', nameOf(voltage));
    const initials = places.map(
      ({ compartment }): Value => compartments.sections[compartment.section]?.initial ?? compartments.initial,
    );
    this.#state[voltage] = { unit: 'V', type: 'real', initial: 0, shared: false };
    this.#spread(voltage, initials);
    const rise = this.parts.watched ? this.#taken.take('rise') : undefined;
    if (rise !== undefined) this.#state[rise] = { unit: 'V', type: 'real', initial: 0, shared: false };
    const capacitance = this.#number('capacitance', 'F', ({ capacitance: value }) => value);
    // Names precede code, since mechanisms read variables written by others.
    this.#instances.forEach((_, slot) => this.#declare(slot));
    this.#instances.forEach((_, slot) => this.#equations(slot));
    for (const ion of Object.keys(compartments.ions)) this.#showIon(ion);
    const conductance = this.#taken.take('conductance');
    const current = this.#taken.take('membrane_current');
    let total = this.#currents(() => true, true);
    for (const [name, { unit }] of Object.entries(inputs)) if (unit === 'A') total = plus(total, nameOf(name));
    if (this.parts.conductance) total = plus(total, product(nameOf(conductance), nameOf(voltage)));
    this.#derived[current] = derivedOf('A', total ?? quantity(0, ampere));
    const receivedEvents = detectedElsewhere(this.parts.received, compartments, (wanted) => this.#taken.take(wanted));
    Object.assign(this.#parameters, receivedEvents.parameters);
    const placeExpressions = new Map(
      [...this.#ofPlace].filter(([name]) => !Object.hasOwn(this.parts.parameters, name)),
    );
    return {
      type: {
        parameters: this.#parameters,
        state: this.#state,
        derived: this.#derived,
        derivatives: this.#derivatives,
        noise: this.#noise,
        method: this.parts.method,
        inputs: {
          ...inputs,
          ...(this.parts.conductance ? { [conductance]: { unit: 'S', reduce: 'sum' } } : {}),
        },
        events: {
          ...Object.fromEntries(
            Object.entries(this.parts.events).map(([name, event]) => [
              name,
              eventAt(event, (e) => this.#atPlace(e, placeExpressions)),
            ]),
          ),
          ...receivedEvents.events,
          ...Object.fromEntries(this.#instances.flatMap((_, slot) => this.#conditions(slot))),
        },
        regimes: {},
      },
      values: this.#values,
      variables: this.#variables,
      names: {
        voltage,
        capacitance: nameOf(capacitance.name),
        current: nameOf(current),
        schemes: this.#instances.flatMap(({ mechanism }, slot) =>
          schemesOf(
            mechanism,
            (name) => this.#ownName(slot, name) ?? name,
            (e) => this.#code(slot, e),
          ),
        ),
        pools: this.#instances.flatMap(({ mechanism: { writes, derivatives } }, slot) =>
          Object.keys(writes).some((name) => !/^i($|_)/.test(name))
            ? Object.keys(derivatives).flatMap((name) => this.#ownName(slot, name) ?? [])
            : [],
        ),
        ...(rise === undefined ? {} : { rise }),
      },
      conductance,
      linked: receivedEvents.linked,
    };
  }

  /** An expression of the cell at its place. */
  #atPlace(e: Expression, own: ReadonlyMap<string, Expression>): Expression {
    const replaced = new Map(own);
    for (const used of namesIn(e)) {
      const [known] = this.#kinds.flatMap((k) => this.#variables[k]?.get(used) ?? []);
      const classVariable = known ?? (this.parts.compartments.ions ? this.#ionName(used) : undefined);
      if (classVariable !== undefined) replaced.set(used, nameOf(classVariable));
    }
    return substitute(e, replaced);
  }

  #ionName(used: string): string | undefined {
    const e = this.#readIon(used, '');
    return e?.kind === 'name' ? e.name : undefined;
  }

  /** A parameter with a number at each compartment. */
  #number(wanted: string, unit: string, valueOf: (at: Compartment) => number): { readonly name: string } {
    const name = this.#taken.take(wanted);
    this.#parameters[name] = { unit, type: 'real', value: 0, shared: false };
    const values = this.parts.places.map(({ compartment }) => valueOf(compartment));
    this.#spread(name, values);
    return { name };
  }

  /** Returns a parameter with a value for each place of the class. */
  #bySection(wanted: string, unit: string, values: readonly number[]): Expression {
    const bySection = new Map(this.parts.places.map(({ compartment }, k) => [compartment.section, values[k] ?? 0]));
    return nameOf(this.#number(wanted, unit, ({ section }) => bySection.get(section) ?? 0).name);
  }

  /** Assigns a parameter or state at each compartment. If all values are equal, the type has one value. */
  #spread(name: string, values: readonly Value[]): void {
    const numbers = values.map(numberOf);
    const [first] = numbers;
    const equal = numbers.every((value) => value !== null && Object.is(value, first));
    const same = equal || values.every((value) => value === values[0]);
    const value = equal && typeof first === 'number' ? first : (values[0] ?? 0);
    const parameter = this.#parameters[name];
    const state = this.#state[name];
    if (parameter) this.#parameters[name] = { ...parameter, value: same ? value : 0 };
    else if (state) this.#state[name] = { ...state, initial: same ? value : 0 };
    if (!same) this.#values.set(name, values);
  }

  #declare(slot: number): void {
    const instance = this.#instances[slot];
    if (!instance) return;
    const { mechanism, shape } = instance;
    const expressions = new Map<string, Expression>();
    const names = [mechanism.parameters, mechanism.state, mechanism.derived].flatMap((map) => Object.keys(map));
    for (const name of names) {
      const uniqueName = this.#taken.take(`${shape.name}_${name}`);
      expressions.set(name, nameOf(uniqueName));
      for (const k of this.#kinds) {
        const there = this.parts.places[k]?.instances[slot];
        if (there && !there.absent) this.#variables[k]?.set(`${there.name}.${name}`, uniqueName);
      }
    }
    for (const xi of mechanism.noise) {
      const uniqueName = this.#taken.take(`${shape.name}_${xi}`);
      expressions.set(xi, nameOf(uniqueName));
      this.#noise.push(uniqueName);
    }
    this.#own[slot] = expressions;
  }

  #equations(slot: number): void {
    const instance = this.#instances[slot];
    if (!instance) return;
    const { mechanism, name: id } = instance;
    checkNoise(id, mechanism);
    const classNameOf = (name: string): string => this.#ownName(slot, name) ?? name;
    for (const [name, parameter] of Object.entries(mechanism.parameters)) {
      this.#parameters[classNameOf(name)] = { ...parameter, value: 0 };
      this.#spread(
        classNameOf(name),
        this.#valuesOf(slot, name, (own) => own.parameters[name]?.value ?? parameter.value),
      );
    }
    for (const [name, variable] of Object.entries(mechanism.state)) {
      this.#state[classNameOf(name)] = { ...variable, initial: this.#value(slot, variable.initial) };
      if (this.parts.places.some(({ instances }) => instances[slot]?.given.has(name)))
        this.#spread(
          classNameOf(name),
          this.#valuesOf(slot, name, (own) => own.state[name]?.initial ?? variable.initial),
        );
    }
    for (const [name, variable] of Object.entries(mechanism.derived))
      this.#derived[classNameOf(name)] = { ...variable, value: this.#code(slot, variable.value) };
    for (const [name, derivative] of Object.entries(mechanism.derivatives))
      this.#derivatives[classNameOf(name)] = { ...derivative, rate: this.#rate(slot, derivative.rate) };
  }

  /** A rate of change. In NEURON's steps, it reads currents and potentials of ions from before the cable's step. */
  #rate(slot: number, rate: Expression): Expression {
    const { mechanism } = this.#instances[slot] ?? {};
    if (!mechanism || this.parts.method !== 'cable-then-gates') return this.#code(slot, rate);
    const derived = new Map(
      Object.entries(mechanism.derived).map(([name, { value, held }]) => [name, { expression: value, held }]),
    );
    const written = inlineDerived(rate, derived);
    const changing = [...namesIn(written)].filter((name) => this.#changesWithCable(name));
    if (changing.length === 0) return this.#code(slot, rate);
    const held = changing.flatMap((name) => {
      const read = this.#read(name, slot);
      return read?.kind === 'name' ? [[read.name, this.#heldOf(read.name)] as const] : [];
    });
    return substitute(this.#code(slot, written), new Map(held));
  }

  /** Whether a name is the current of an ion, or its Nernst potential by a concentration that a mechanism writes. */
  #changesWithCable(name: string): boolean {
    const [, kind = '', ion = ''] = /^(i|e)_(\w+)$/.exec(name) ?? [];
    const { ions } = this.parts.compartments;
    if (!Object.hasOwn(ions, ion)) return false;
    return (
      kind === 'i' ||
      (typeof ions[ion]?.reversal === 'string' &&
        this.#instances.some(({ mechanism: { writes } }) => `${ion}_i` in writes || `${ion}_o` in writes))
    );
  }

  /** The value of a derived variable at the beginning of the step. */
  #heldOf(name: string): Expression {
    const known = this.#held.get(name);
    if (known) return known;
    const held = this.#taken.take(`${name}_before`);
    this.#derived[held] = { ...(this.#derived[name] as DerivedVariable), value: nameOf(name), held: true };
    this.#held.set(name, nameOf(held));
    return nameOf(held);
  }

  #ownName(slot: number, name: string): string | undefined {
    const nameExpression = this.#own[slot]?.get(name);
    return nameExpression?.kind === 'name' ? nameExpression.name : undefined;
  }

  /** Conditions of a mechanism as events of the class. */
  #conditions(slot: number): readonly (readonly [string, EventDefinition])[] {
    const { mechanism, shape } = this.#instances[slot] ?? {};
    return Object.entries(mechanism?.events ?? {}).map(([name, event]) => [
      this.#eventNames.take(`${shape?.name ?? ''}_${name}`),
      localEventAt(
        event,
        (e, temporaries) => this.#code(slot, substitute(e, temporaries)),
        (own) => this.#ownName(slot, own),
        (wanted) => this.#taken.take(wanted),
      ),
    ]);
  }

  /**
   * Returns the values of a mechanism's parameter or state at each place: numbers, or one expression for all.
   *
   * @param otherwise default value
   */
  #valuesOf(slot: number, name: string, otherwise: (mechanism: Mechanism) => Value): readonly Value[] {
    const { places } = this.parts;
    const isGiven = places.some(({ instances }) => instances[slot]?.given.has(name));
    const values = places.map(({ compartment, instances }): Value => {
      const instance = instances[slot];
      if (!instance) return 0;
      const given = instance.given.get(name);
      const value = given?.value ?? otherwise(instance.mechanism);
      if (!isGiven || typeof value === 'number') return value;
      if (value.kind === 'array' && given)
        return arrayOf(value.array, this.parts.data)[given.first + compartment.division] ?? 0;
      return (value.kind === 'expression' ? numberAt(value.expression, compartment) : null) ?? value;
    });
    const [first = 0] = values;
    if (values.every((value) => numberOf(value) !== null)) return values;
    if (isGiven && values.some((value) => value !== first))
      throw notRun(this.#instances[slot]?.name ?? '', `${name}, which is drawn on some sections and not on others,`);
    const common = this.#value(slot, first);
    return values.map(() => common);
  }

  #value(slot: number, value: Value): Value {
    const formula = formulaOf(value);
    return formula ? { kind: 'expression', expression: this.#code(slot, formula) } : value;
  }

  /** Code of a mechanism in the names of the class. */
  #code(slot: number, e: Expression): Expression {
    const expressions = this.#own[slot] ?? new Map<string, Expression>();
    const replaced = new Map(expressions);
    for (const used of namesIn(e)) {
      if (expressions.has(used)) continue;
      const replacement = this.#read(used, slot);
      if (replacement) replaced.set(used, replacement);
    }
    return substitute(e, replaced);
  }

  /** Resolves a name that a mechanism reads from its place. Returns undefined for names with one meaning everywhere. */
  #read(used: string, slot: number): Expression | undefined {
    const instance = this.#instances[slot];
    const known = this.#ofPlace.get(used);
    if (known) return known;
    const keep = (e: Expression): Expression => {
      this.#ofPlace.set(used, e);
      return e;
    };
    switch (used) {
      case 'area':
        return keep(nameOf(this.#number('area', 'm**2', (at) => this.#areaOf(at, instance?.name ?? '')).name));
      case 'distance':
        return keep(nameOf(this.#number('distance', 'm', ({ distance }) => distance).name));
      case 'diameter':
        return keep(nameOf(this.#number('diameter', 'm', ({ diameter }) => diameter).name));
      case 'length':
        return keep(nameOf(this.#number('length', 'm', ({ length }) => length).name));
      case 'lastspike':
      case 'not_refractory':
        if (this.parts.events['spike']) return undefined;
        throw notRun(instance?.name ?? '', `a mechanism that reads ${used} where the cell does not fire,`);
      case 'temperature': {
        const { temperature } = this.parts.compartments;
        if (temperature === undefined)
          throw missing(instance?.name ?? '', `the temperature, which ${instance?.name ?? ''} reads,`, giveTemperature);
        return keep(kelvins(temperature));
      }
      default:
        return this.#readIon(used, instance?.name ?? '', instance?.mechanism.density);
    }
  }

  #areaOf({ area, section }: Compartment, mechanism: string): number {
    if (area === null)
      throw missing(
        mechanism,
        `the area of ${section}, by which the currents of ${mechanism} count,`,
        'the section has a capacitance and no shape: use density: false, with currents of the whole compartment',
      );
    return area;
  }

  /** A concentration, potential or current of an ion. */
  #readIon(used: string, reader: string, density = true): Expression | undefined {
    const { ions } = this.parts.compartments;
    const [, kind = '', carried = ''] = /^(i|e)_(\w+)$/.exec(used) ?? [];
    const [, held = '', side = ''] = /^(\w+)_([io])$/.exec(used) ?? [];
    const key = kind === 'i' && !density ? `${used} in all` : used;
    const known = this.#ofPlace.get(key);
    if (known) return known;
    const keep = (unit: string, e: Expression): Expression => {
      const name = this.#taken.take(used);
      this.#derived[name] = derivedOf(unit, e);
      const read = nameOf(name);
      this.#ofPlace.set(key, read);
      return read;
    };
    if (kind === 'i' && Object.hasOwn(ions, carried)) {
      const total = this.#currents((name) => name === used, !density);
      return keep(density ? 'A*m**-2' : 'A', total ?? quantity(0, density ? ampereByArea : ampere));
    }
    if (kind === 'e' && Object.hasOwn(ions, carried)) {
      const e = reversalPotential(
        { ion: carried, reader, parts: this.parts },
        {
          concentration: (end) => this.#readIon(`${carried}_${end}`, reader),
          bySection: (wanted, unit, values) => this.#bySection(`${used}_${wanted}`, unit, values),
        },
      );
      return e && keep('V', e);
    }
    if (side !== '' && Object.hasOwn(ions, held)) {
      const writers = this.#instances.flatMap(({ mechanism }, slot) => {
        const e = mechanism.writes[used];
        return e ? [[slot, e] as const] : [];
      });
      if (writers.length > 1)
        throw notRun(
          this.#instances[writers[1]?.[0] ?? 0]?.name ?? '',
          `a concentration that two mechanisms write (${used})`,
        );
      const [writer] = writers;
      if (writer) {
        // The name is declared before the code is read, because code that writes a concentration may read it.
        const name = this.#taken.take(used);
        this.#ofPlace.set(key, nameOf(name));
        this.#derived[name] = derivedOf('mol*m**-3', this.#code(...writer));
        return nameOf(name);
      }
      const levels = this.parts.places.map(({ compartment }) =>
        levelOn(this.parts.compartments, held, side === 'i' ? 'inside' : 'outside', compartment.section),
      );
      const [level] = levels;
      if (level === undefined || levels.includes(undefined))
        throw missing(
          reader,
          `the concentration ${used}, which nothing sets,`,
          `give the ion ${held} ${side === 'i' ? 'inside' : 'outside'}, or let a mechanism write ${used}`,
        );
      if (levels.every((other) => other === level)) return keep('mol*m**-3', quantity(level, concentration));
      const read = this.#bySection(
        used,
        'mol*m**-3',
        levels.map((value) => value ?? level),
      );
      this.#ofPlace.set(key, read);
      return read;
    }
    return undefined;
  }

  /** The sum of currents of some names: of the whole compartment, or by area. */
  #currents(wanted: (name: string) => boolean, whole: boolean): Expression | null {
    let byArea: Expression | null = null;
    let points: Expression | null = null;
    this.#instances.forEach(({ mechanism }, slot) => {
      for (const [name, e] of Object.entries(mechanism.writes)) {
        if (!/^i($|_)/.test(name) || !wanted(name)) continue;
        const currentExpression = this.#code(slot, e);
        if (mechanism.density) {
          this.#read('area', slot);
          byArea = plus(byArea, currentExpression);
        } else {
          points = plus(points, currentExpression);
          if (!whole) this.#read('area', slot);
        }
      }
    });
    const surface = this.#ofPlace.get('area') ?? quantity(1, area);
    if (whole) return plus(points, byArea && product(byArea, surface));
    return plus(byArea, points && quotient(points, surface));
  }

  /** Lets recordings find a variable of the place. */
  #show(variable: string, name: string): void {
    for (const map of new Set(this.#variables)) map.set(variable, name);
  }

  #showIon(ion: string): void {
    for (const variable of [`${ion}_i`, `${ion}_o`, `i_${ion}`, `e_${ion}`]) {
      try {
        const e = this.#readIon(variable, '');
        if (e?.kind === 'name') this.#show(variable, e.name);
      } catch (error) {
        // An unset variable is missing only if some code reads it.
        if (!(error instanceof BadMechanism)) throw error;
      }
    }
  }
}
