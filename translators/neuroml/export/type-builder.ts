/** A component type in the making: its members, and the names that expressions in it have. */

import { second } from '../../../src/lang/dimension.js';
import type { Dimension, Expression, Statement } from '../../../src/lang/ast.js';
import { dimensionless } from '../../../src/lang/ast.js';
import { binary, name as nameOf, number, quantity } from '../../../src/lang/build.js';
import { inferType } from '../../../src/lang/check.js';
import { scopeOf, type Inferred } from '../../../src/lang/inferred.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { mapExpression, mapStatement } from '../../../src/lang/walk.js';
import { tidy } from '../../../src/library/recognise/numbers.js';
import { type Dimensions, isPure } from './text/dimensions.js';
import { ExpressionText } from './text/expression-text.js';
import { sequentialStatements } from './text/sequential-statements.js';
import { amountOf, quantityText } from './text/quantity-text.js';
import { NotExpressible } from '../../../src/library/not-expressible.js';
import { alwaysKnown, reserved, type Place, type TableLookup, type Words } from './text/words.js';
import { element, type Element } from './text/xml-text.js';
import { freeName, UniqueNames } from '../../../src/model/free-name.js';

interface DerivedEntry {
  readonly name: string;
  readonly element: Element;
  readonly conditional: boolean;
}

/** The base type of attachments with a dimensionless current. Unlike `baseSynapse`, it lacks the port of inputs. */
export const dimensionlessAttachment = 'basePointCurrentDL';

/** Collects the parts of one component type. */
export class TypeBuilder implements Words {
  readonly #symbols = new Map<string, Inferred>();
  readonly #names = new Map<string, string>();
  readonly #taken = new Set(reserved);
  readonly #constants = new Map<string, Element>();
  readonly #derived: DerivedEntry[] = [];
  readonly #choices = new Map<string, string>();
  readonly #stale = new Set<string>();
  /** Names of parts of statements, each with its state variables in LEMS by their dimension. */
  readonly #parts = new Map<string, Map<string, string>>();
  readonly #expressions = new ExpressionText(this);
  /** `Parameter` elements. */
  readonly parameters: Element[] = [];
  /** `Property` elements: values that differ between instances of one component. */
  readonly properties: Element[] = [];
  /** `Requirement` elements. */
  readonly requirements: Element[] = [];
  /** `Exposure` elements. */
  readonly exposures: Element[] = [];
  /** `EventPort` elements. */
  readonly ports: Element[] = [];
  /** `Attachments` elements. */
  readonly attachments: Element[] = [];
  /** Other members. */
  readonly parts: Element[] = [];
  /** `StateVariable` elements. */
  readonly states: Element[] = [];
  /** `DerivedVariable` elements over paths, which come before all others. */
  readonly selected: Element[] = [];
  /** `TimeDerivative` elements. */
  readonly rates: Element[] = [];
  /** Actions of `OnStart`. */
  readonly starts: Element[] = [];
  /** `OnCondition` elements, in the order of their tests. */
  readonly conditions: Element[] = [];
  /** `OnEvent` elements. */
  readonly handlers: Element[] = [];
  /** `Regime` elements. */
  readonly regimes: Element[] = [];
  /** Expressions for names of the model without a variable in LEMS. */
  readonly aliases = new Map<string, Expression>();

  constructor(
    readonly dimensions: Dimensions,
    /** Time step in s. */
    readonly dt: number,
    readonly tables: TableLookup = () => undefined,
  ) {}

  // --- Names --------------------------------------------------------------------------------------------------------

  /** Returns a name of the model's that this type has; the name that it has here. */
  declare(name: string, dimension: Dimension, wanted = name): string {
    const lems = this.free(wanted.replace(/\W/g, '_'));
    this.#names.set(name, lems);
    this.#symbols.set(name, { type: 'real', dimension });
    return lems;
  }

  /** Gives a name to a member that the core type has. */
  inherited(name: string, dimension: Dimension, lems: string): void {
    this.#taken.add(lems);
    this.#names.set(name, lems);
    this.#symbols.set(name, { type: 'real', dimension });
  }

  /** Returns an unused name. */
  free(wanted: string): string {
    const name = freeName(wanted, (one) => this.#taken.has(one));
    this.#taken.add(name);
    return name;
  }

  /** Reserves a name, so that no later declaration gets it. */
  reserve(name: string): void {
    this.#taken.add(name);
  }

  /** Checks whether the type declares a name of the model. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Returns LEMS's name for a name of the model; unchanged if the type does not declare it. */
  nameOf(name: string): string {
    return this.#names.get(name) ?? name;
  }

  /** Returns LEMS's name for a name of the model, or undefined if the type does not declare it. */
  ownName(name: string): string | undefined {
    return this.#names.get(name);
  }

  /** Returns the dimension of a variable, by its name in LEMS; dimensionless if it is not known. */
  dimensionOf(name: string): Dimension {
    return this.#symbols.get(name)?.dimension ?? dimensionless;
  }

  // --- Members ------------------------------------------------------------------------------------------------------

  /**
   * Declares a parameter.
   * @returns its name in LEMS
   */
  parameter(name: string, dimension: Dimension): string {
    const lems = this.declare(name, dimension);
    this.parameters.push(element('Parameter', { name: lems, dimension: this.dimensions.nameOf(dimension) }));
    return lems;
  }

  /**
   * Declares a variable that enclosing components must expose. Repeated declarations share one requirement.
   *
   * @returns its name in LEMS
   */
  requirement(name: string, dimension: Dimension, wanted = name): string {
    const own = this.ownName(name);
    if (own !== undefined) return own;
    const lems = this.declare(name, dimension, wanted);
    this.requirements.push(element('Requirement', { name: lems, dimension: this.dimensions.nameOf(dimension) }));
    return lems;
  }

  /**
   * Declares a state variable, exposed or not.
   * @returns its name in LEMS
   */
  state(name: string, dimension: Dimension, exposed = true, wanted = name): string {
    const lems = this.declare(name, dimension, wanted);
    const attributes = { name: lems, dimension: this.dimensions.nameOf(dimension) };
    if (exposed) this.exposures.push(element('Exposure', attributes));
    this.states.push(element('StateVariable', exposed ? { ...attributes, exposure: lems } : attributes));
    return lems;
  }

  /**
   * Declares a state variable that is an inherited exposure: the reference interpreter shows state variables under
   * their own names.
   * @returns its name in LEMS
   */
  shown(name: string, dimension: Dimension, exposure: string): string {
    const lems = this.declare(name, dimension, exposure);
    if (lems !== exposure) throw new NotExpressible(`another variable called ${exposure}`);
    this.states.push(element('StateVariable', { name: lems, dimension: this.dimensions.nameOf(dimension), exposure }));
    return lems;
  }

  /**
   * Declares a variable that is taken from a path.
   * @returns its name in LEMS
   */
  select(name: string, dimension: Dimension, path: string, reduce: string): string {
    const lems = this.declare(name, dimension);
    this.selected.push(
      element('DerivedVariable', { name: lems, dimension: this.dimensions.nameOf(dimension), select: path, reduce }),
    );
    return lems;
  }

  /** Returns a variable of the instance at the other end of a tunnel. */
  peer(name: string, dimension: Dimension, wanted: string): string {
    const lems = this.declare(name, dimension, `peer_${wanted}`);
    this.selected.push(
      element('DerivedVariable', {
        name: lems,
        dimension: this.dimensions.nameOf(dimension),
        select: `peer/${wanted}`,
      }),
    );
    return lems;
  }

  /** A variable computed in each step; declared before. */
  derive(lems: string, dimension: Dimension, value: Expression, exposure?: string): void {
    const cases = this.#cases(value, dimension);
    const attributes = {
      name: lems,
      dimension: this.dimensions.nameOf(dimension),
      ...(exposure === undefined ? {} : { exposure }),
    };
    // LEMS computes variables by cases after all other derived variables. Every variable that reads them must also be
    // by cases.
    const texts = cases.map(({ condition, value: text }) => `${condition ?? ''} ${text}`).join(' ');
    const byCases = cases.length > 1 || (texts.match(/[A-Za-z_]\w*/g) ?? []).some((word) => this.#stale.has(word));
    const [only] = cases;
    if (!byCases && only) {
      this.#derived.push({
        name: lems,
        element: element('DerivedVariable', { ...attributes, value: this.#valueText(value, dimension) }),
        conditional: false,
      });
      return;
    }
    this.#stale.add(lems);
    const inner = cases.map(({ condition, value: text }) =>
      element('Case', condition === undefined ? { value: text } : { condition, value: text }),
    );
    this.#derived.push({
      name: lems,
      element: element('ConditionalDerivedVariable', attributes, inner),
      conditional: true,
    });
  }

  /** A zero by itself is a pure number in LEMS. */
  #valueText(value: Expression, dimension: Dimension): string {
    const text = this.text(value, 'derived');
    return text === '0' && !isPure(dimension) ? `0 * ${this.one(dimension)}` : text;
  }

  /** Returns the cases of a value. The reference interpreter takes the dimension of all from the first one. */
  #cases(value: Expression, dimension: Dimension): readonly { readonly condition?: string; readonly value: string }[] {
    if (value.kind !== 'conditional') return [{ value: this.text(value, 'derived') }];
    const { condition, whenTrue, whenFalse } = value;
    return [
      { condition: this.condition(condition, 'derived'), value: this.#valueText(whenTrue, dimension) },
      ...this.#cases(whenFalse, dimensionless),
    ];
  }

  /** Returns a derived variable with the value of an expression; each expression is one variable. */
  asVariable(value: Expression, dimension: Dimension, wanted: string): string {
    const key = JSON.stringify(value, (field, inner: unknown) => (field === 'span' ? undefined : inner));
    const known = this.#choices.get(key);
    if (known !== undefined) return known;
    const name = this.free(wanted);
    this.#choices.set(key, name);
    this.derive(name, dimension, value);
    return name;
  }

  /** Returns a differential equation. */
  rate(name: string, value: Expression): Element {
    return element('TimeDerivative', { variable: this.nameOf(name), value: this.text(value, 'derived') });
  }

  /** Returns an assignment to a state variable. */
  assign(lems: string, value: string): Element {
    return element('StateAssignment', { variable: lems, value });
  }

  /** Returns a statement on a variable of this type. */
  assignment(statement: Statement): Element {
    if (statement.kind === 'send') throw new NotExpressible('values sent with their own delay');
    const { target, operator, value } = statement;
    // A value that only the statements after it read is a variable like others in LEMS.
    if (this.#parts.has(target)) this.#declarePart(target, this.infer(value));
    else if (!this.#names.has(target) && operator === '=' && !target.includes('.'))
      this.state(target, this.infer(value), false);
    if (!this.#names.has(target)) throw new NotExpressible(`an assignment to ${target}`);
    const result = operator === '=' ? value : binary(operatorOf(operator), nameOf(target), value);
    return this.assign(this.nameOf(target), this.text(result, 'statement'));
  }

  /**
   * Declares the state variable of a part of a statement. It is not read after the statement, so that other statements
   * may reuse it.
   */
  #declarePart(name: string, dimension: Dimension): void {
    const known = this.#parts.get(name)?.get(String(dimension));
    if (known === undefined) {
      this.#parts.get(name)?.set(String(dimension), this.state(name, dimension, false));
      return;
    }
    this.#names.set(name, known);
    this.#symbols.set(name, { type: 'real', dimension });
  }

  // --- Constants ----------------------------------------------------------------------------------------------------

  /** A constant of half a step. */
  get halfStep(): string {
    return this.constant('HALF_STEP', second, this.dt / 2);
  }

  /** Returns a constant that is one of the SI unit of a dimension. */
  one(dimension: Dimension): string {
    const symbol = this.dimensions.unitOf(dimension);
    return this.constant(symbol, dimension, 1);
  }

  /** Returns a value in SI as a count of a unit that it is well read in, and the constant that is one of the unit. */
  amount(value: number, dimension: Dimension): { readonly count: number; readonly name: string } {
    const { number, symbol } = amountOf(value, dimension, this.dimensions, 'product');
    const power = this.dimensions.unitsOf(dimension).find(([known]) => known === symbol)?.[1] ?? 0;
    return { count: number, name: this.constant(symbol, dimension, Number(`1e${power}`)) };
  }

  /** Returns a constant with a value in SI, under a name like the wanted one. */
  constant(wanted: string, dimension: Dimension, value: number): string {
    const known = this.#constants.get(wanted);
    if (known) return known.attributes['name'] ?? wanted;
    const name = this.free(wanted);
    const made = {
      name,
      dimension: this.dimensions.nameOf(dimension),
      value: quantityText(value, dimension, this.dimensions, true),
    };
    this.#constants.set(wanted, element('Constant', made));
    return name;
  }

  // --- Expressions --------------------------------------------------------------------------------------------------

  /**
   * Returns an expression of the model with its constants folded.
   *
   * @param isElsewhere whether the surroundings of this type have a name, which is then not a unit
   */
  folded(e: Expression, isElsewhere: (name: string) => boolean = () => false): Expression {
    return foldConstants(e, undefined, (name) => this.#isOwn(name) || isElsewhere(name));
  }

  /** Checks whether a name means something in this type, and so no unit and no constant. */
  #isOwn(name: string): boolean {
    return this.#names.has(name) || this.aliases.has(name);
  }

  /** Returns statements of the model with their constants folded, and with nested choices as statements before them. */
  statements(code: readonly Statement[]): readonly Statement[] {
    const parts = new UniqueNames();
    const partName = (wanted: string): string => {
      const name = parts.take(wanted);
      if (!this.#parts.has(name)) this.#parts.set(name, new Map());
      return name;
    };
    return code.flatMap((statement) =>
      sequentialStatements(
        mapStatement(statement, (e) => this.folded(e)),
        partName,
      ),
    );
  }

  /** Dimension of an expression of the model. */
  infer(written: Expression): Dimension {
    const e = mapExpression(written, (part) => {
      const table = part.kind === 'call' ? this.tables(part.function) : undefined;
      const alias = part.kind === 'name' ? this.aliases.get(part.name) : undefined;
      return table ? quantity(1, table.dimension) : (alias ?? part);
    });
    const scope = scopeOf(new Map([...this.#symbols, ...alwaysKnown]));
    return inferType(e, scope, () => undefined)?.dimension ?? dimensionless;
  }

  /** @throws NotExpressible */
  text(e: Expression, place: Place): string {
    return this.#expressions.text(e, place);
  }

  /** @throws NotExpressible */
  condition(e: Expression, place: Place, negated = false): string {
    return this.#expressions.condition(e, place, negated);
  }

  /**
   * Returns an expression in which every value is its number in a coherent system of units.
   *
   * @param unitOf the unit of a dimension, in SI
   */
  bare(e: Expression, unitOf: (dimension: Dimension) => number = () => 1): Expression {
    return mapExpression(e, (part) => {
      if (part.kind === 'quantity') {
        const unit = unitOf(part.dimension);
        return number(unit === 1 ? part.value : tidy(part.value / unit));
      }
      const dimension = part.kind === 'name' ? this.#symbols.get(part.name)?.dimension : undefined;
      return dimension && !isPure(dimension) ? binary('/', part, quantity(unitOf(dimension), dimension)) : part;
    });
  }

  // --- The whole ----------------------------------------------------------------------------------------------------

  /** Returns the type as an element. */
  build(name: string, base: string, description: string): Element {
    const { states, selected, rates, starts, conditions, handlers, regimes } = this;
    const derived = [
      ...this.#derived.filter((entry) => !entry.conditional),
      ...this.#derived.filter((entry) => entry.conditional),
    ];
    const dynamics = [
      ...states,
      ...selected,
      ...derived.map((entry) => entry.element),
      ...rates,
      ...(starts.length > 0 ? [element('OnStart', {}, starts)] : []),
      ...conditions,
      ...handlers,
      ...regimes,
    ];
    return element('ComponentType', { name, extends: base, description }, [
      ...this.properties,
      ...this.parameters,
      ...this.#constants.values(),
      ...this.requirements,
      ...this.exposures,
      ...this.ports,
      ...(base === dimensionlessAttachment ? [element('EventPort', { name: 'in', direction: 'in' })] : []),
      ...this.attachments,
      ...this.parts,
      ...(dynamics.length > 0 ? [element('Dynamics', {}, dynamics)] : []),
    ]);
  }
}

export function operatorOf(operator: string): '+' | '-' | '*' | '/' | '%' {
  switch (operator) {
    case '+=':
      return '+';
    case '-=':
      return '-';
    case '*=':
      return '*';
    case '/=':
      return '/';
    default:
      return '%';
  }
}
