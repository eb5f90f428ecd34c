/** A neuron type as a component type, with the list of attachments of its cells. */

import { dimensionless as pure, type Dimension } from '../../../src/lang/ast.js';
import { name as nameOf, quantity } from '../../../src/lang/build.js';
import { second } from '../../../src/lang/dimension.js';
import { oncePerObject } from '../../../src/diagnostics/memoise.js';
import { child } from '../../../src/model/pointer.js';
import type { Model, NeuronType } from '../../../src/model/typed.js';
import { attempting, builderOf, type Attempt } from './builder.js';
import { seesSource, usualEvent } from './synapses/effects.js';
import { populationOf } from '../../../src/model/selected.js';
import { CellEvents } from './cell-events.js';
import { channelsOf } from './channels.js';
import type { CellPlan, Channel, ExportContext } from './context.js';
import { countOf, lastSpike, type Usage } from './usage.js';
import { drawText, parameterOf } from './drawn-starts.js';
import { lemsDimension } from './text/dimensions.js';
import { writeEquations } from './common-equations.js';
import { declareNoise } from './noise-terms.js';
import { Refractoriness } from './refractoriness.js';
import { regimeElement } from './regime-element.js';
import type { TypeBuilder } from './type-builder.js';
import { element, type Element } from './text/xml-text.js';

interface BuiltCell {
  readonly plan: CellPlan;
  readonly elements: readonly Element[];
}

/** Returns the component types of a neuron type. */
export function cellType(id: string, type: NeuronType, usage: Usage, context: ExportContext): BuiltCell {
  const { ids } = context;
  const channels = channelsOf(type, usage);
  const [only] = channels;
  const plainCurrent = channels.length === 1 && only?.exposure === 'i';
  const attachment = plainCurrent ? 'baseSynapse' : ids.claim(`${id}_input`);
  const componentType = ids.claim(`${id}_cell`);
  const builder = builderOf(context);
  const cell = new CellWriter(id, type, usage, channels, builder, context);
  cell.write(plainCurrent ? 'basePointCurrent' : attachment);
  const hasPotential = type.state['v']?.unit === 'V' || type.derived['v']?.unit === 'V';
  const base = hasPotential ? 'baseCellMembPot' : 'baseSpikingCell';
  const inputs = plainCurrent
    ? []
    : [
        element(
          'ComponentType',
          {
            name: attachment,
            extends: hasContacts(id, context) ? 'baseGradedSynapse' : 'baseSynapse',
            description: `What acts on cells of ${id}.`,
          },
          channels
            .filter(({ exposure }) => exposure !== 'i')
            .map(({ exposure, dimension }) =>
              element('Exposure', { name: exposure, dimension: context.dimensions.nameOf(dimension) }),
            ),
        ),
      ];
  const built = builder.build(componentType, base, `The neuron type ${id}.`);
  const [firstPort = usualEvent, ...otherPorts] = portsOf(built);
  const plan: CellPlan = {
    type: id,
    componentType,
    attachment,
    channels,
    varying: usage.varying,
    visible: cell.visible,
    starts: cell.starts,
    ...(firstPort !== usualEvent || otherPorts.includes(usualEvent) ? { namesPort: true as const } : {}),
  };
  return { plan, elements: [...inputs, built] };
}

/** Checks whether synapses on cells of a type, or from them, see the cell at their other end. */
const hasContacts = (id: string, { model }: ExportContext): boolean => typesInContact(model).has(id);

const typesInContact = oncePerObject(
  ({ projections, populations, synapses }: Model): ReadonlySet<string | undefined> => {
    const near = Object.values(projections).filter(({ synapse }) => {
      const type = synapses[synapse];
      return type !== undefined && seesSource(type);
    });
    return new Set(
      near.flatMap(({ from, to }) => [from, to].map((end) => populations[populationOf(end.of) ?? '']?.type)),
    );
  },
);

/** Returns the ports on which the actions of a type emit, in their order. A regime has ports of its own. */
const portsOf = ({ tag, attributes, children }: Element): readonly string[] =>
  tag === 'Regime' ? [] : tag === 'EventOut' ? [attributes['port'] ?? ''] : children.flatMap(portsOf);

/** Writes one neuron type. */
class CellWriter {
  readonly visible = new Map<string, { readonly name: string; readonly dimension: Dimension }>();
  readonly starts = new Map<string, string>();
  readonly #pointer: string;
  readonly #refractoriness: Refractoriness;
  readonly #attempt: Attempt;

  constructor(
    id: string,
    private readonly type: NeuronType,
    private readonly usage: Usage,
    private readonly channels: readonly Channel[],
    private readonly builder: TypeBuilder,
    private readonly context: ExportContext,
  ) {
    this.#pointer = child('/neurons', id);
    this.#attempt = attempting(this.#pointer, context);
    this.#refractoriness = new Refractoriness(type, builder);
  }

  write(attachments: string): void {
    const { type, builder, context, usage, channels } = this;
    this.#declare();
    this.#attach(attachments);
    this.#declareStarts();
    this.#refractoriness.declare();
    declareNoise(type, builder, context.dt);
    writeEquations(type, builder, this.#attempt, (name, rate) => this.#refractoriness.gated(name, rate));
    const events = new CellEvents({
      type,
      usage,
      channels,
      builder,
      refractoriness: this.#refractoriness,
      attempt: this.#attempt,
      wrote: (operation) => this.context.report.wrote(child('/operations', operation)),
    });
    events.write();
    for (const [name, regime] of Object.entries(type.regimes))
      this.#attempt(`regimes/${name}`, () => {
        builder.regimes.push(regimeElement(name, regime, builder, (event) => events.port(event)));
      });
  }

  #declare(): void {
    const { type, builder, usage } = this;
    this.#declareParameters();
    const flags = [...usage.operations.keys()].filter((name) => !usage.forAll.has(name));
    for (const name of [...usage.places, ...flags]) {
      if (name === 'lastspike') continue;
      const wanted = name === 'i' ? 'element_number' : name === 'N' ? 'element_count' : name;
      if (usage.varying.has(name)) builder.requirement(name, pure, wanted);
      else
        builder.parameters.push(element('Parameter', { name: builder.declare(name, pure, wanted), dimension: 'none' }));
      this.#see(name);
    }
    if (usage.places.has('lastspike')) {
      builder.state(lastSpike, second, false);
      builder.aliases.set('lastspike', nameOf(lastSpike));
      builder.starts.push(
        builder.assign(builder.nameOf(lastSpike), builder.text(quantity(-10_000, second), 'statement')),
      );
    }
    for (const name of usage.counted) {
      builder.state(countOf(name), pure);
      this.#see(countOf(name));
    }
    for (const [name, { unit }] of Object.entries(type.state)) {
      if (usage.sums.has(name)) continue;
      builder.state(name, lemsDimension(unit));
      this.#see(name);
    }
    // The base type has an exposure of this name already; saying so once more is harmless, and not all readers inherit
    // it.
    for (const [name, { unit }] of Object.entries(type.derived)) {
      builder.declare(name, lemsDimension(unit));
      this.#see(name);
    }
  }

  #declareParameters(): void {
    const { type, builder, usage } = this;
    for (const [name, { unit }] of Object.entries(type.parameters)) {
      const dimension = lemsDimension(unit);
      if (usage.sums.has(name)) continue;
      if (usage.written.has(name)) builder.state(name, dimension);
      else if (usage.varying.has(name)) builder.requirement(name, dimension);
      else builder.parameter(name, dimension);
      this.#see(name);
    }
  }

  /** Adds the list of attachments, and the sums over it. */
  #attach(attachments: string): void {
    const { type, builder } = this;
    for (const { variable, kind, dimension, exposure } of this.channels) {
      const name = kind === 'sum' ? variable : `jump of ${variable}`;
      builder.select(name, dimension, `synapses[*]/${exposure}`, 'add');
      if (kind === 'sum') this.#see(variable);
    }
    const admitted = this.channels.length > 0 ? attachments : 'basePointCurrent';
    builder.attachments.push(element('Attachments', { name: 'synapses', type: admitted }));
    for (const [name, input] of Object.entries(type.inputs))
      if (input.reduce === 'product')
        this.context.report.missing(child(child(this.#pointer, 'inputs'), name), 'inputs that are multiplied');
  }

  #declareStarts(): void {
    const { builder, usage } = this;
    for (const name of usage.started) {
      if (usage.sums.has(name)) continue;
      const dimension = builder.dimensionOf(name);
      const drawn = usage.drawn.get(name);
      if (drawn) {
        const [first, second] = drawn.keys.map((key) => this.#startParameter(name, key, parameterOf(key, name)));
        const text = drawText(drawn, [first ?? '', second ?? '']);
        builder.starts.push(builder.assign(builder.nameOf(name), text));
        continue;
      }
      const start = usage.varying.has(name)
        ? builder.requirement(`start of ${name}`, dimension, `${name}_start`)
        : this.#startParameter(name, `start of ${name}`, `${name}_start`);
      this.starts.set(name, start);
      builder.starts.push(builder.assign(builder.nameOf(name), start));
    }
  }

  /** Declares a parameter for the first value of a variable. A key of a drawn one is in the values of populations. */
  #startParameter(name: string, key: string, wanted: string): string {
    const { builder } = this;
    const dimension = builder.dimensionOf(name);
    const lems = builder.declare(key, dimension, wanted);
    builder.parameters.push(element('Parameter', { name: lems, dimension: this.context.dimensions.nameOf(dimension) }));
    if (this.usage.drawn.has(name)) this.starts.set(key, lems);
    return lems;
  }

  #see(name: string): void {
    this.visible.set(name, { name: this.builder.nameOf(name), dimension: this.builder.dimensionOf(name) });
  }
}
