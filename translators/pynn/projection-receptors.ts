/** The receptor that the synapses of a projection act on, and a check of the sign of its weights. */

import type { Receptor } from '../../src/library/standard-type.js';
import { child } from '../../src/model/pointer.js';
import type { Target } from './selections.js';
import { type Setting, own } from './context.js';
import * as messages from './messages.js';
import type { Projection, Synapse } from './specification.generated.js';
import type { Connections } from './connectors.js';
import { lastWeight, isChecked, wrongWeight } from './weights.js';

type Receptors = Readonly<Record<string, Receptor>>;
interface Chosen {
  readonly name: string;
  readonly receptor: Receptor;
  readonly pointer: string;
}

/** Returns the receptors that all cells of a target have. */
export function commonReceptors(target: Target, pointer: string, setting: Setting): Receptors | undefined {
  const [first, ...others] = target.portions.map(({ population }) => population.cell?.receptors ?? {});
  const names = Object.keys(first ?? {}).filter((name) => others.every((receptors) => Object.hasOwn(receptors, name)));
  if (names.length === 0) return void setting.report(messages.noReceptors(target.label), pointer);
  const mixed = names.find((name) =>
    others.some(
      (receptors) =>
        receptors[name]?.kind !== first?.[name]?.kind || receptors[name]?.variable !== first?.[name]?.variable,
    ),
  );
  if (mixed !== undefined) return void setting.report(messages.mixedReceptors(target.label), pointer);
  return Object.fromEntries(
    names
      .map((name) => [name, first?.[name]] as const)
      .filter((entry): entry is readonly [string, Receptor] => entry[1] !== undefined),
  );
}

/** Returns the receptor that the projection names; without a name the sign of the weight decides, as in PyNN. */
export function chooseReceptor(
  projection: Projection,
  synapse: Synapse,
  connections: Connections,
  receptors: Receptors,
  pointer: string,
  setting: Setting,
): Chosen | undefined {
  const names = Object.keys(receptors);
  const at = child(pointer, 'receptor_type');
  const pick = (name: string | undefined, place: string): Chosen | undefined => {
    const receptor = name === undefined ? undefined : own(receptors, name);
    return name === undefined || receptor === undefined ? undefined : { name, receptor, pointer: place };
  };
  const { receptor_type: written } = projection;
  if (written !== undefined && written !== null && written !== 'default') {
    return pick(written, at) ?? void setting.report(messages.unknownReference('receptor', written, names), at);
  }
  if (names.length === 1) return pick(names[0], pointer);
  const weight = lastWeight(own(synapse.params ?? {}, 'weight') ?? 0, connections);
  if (weight === undefined) return void setting.report(messages.receptorNeeded(names), pointer);
  return pick(weight >= 0 ? names[0] : names[1], pointer);
}

const excitatory: ReadonlySet<string> = new Set(['excitatory', 'AMPA', 'NMDA']);
const inhibitory: ReadonlySet<string> = new Set(['inhibitory', 'GABA', 'GABAA', 'GABAB']);

/** Checks known weights by PyNN's rules on signs; PyNN does not check listed connections. */
export function checkSigns(
  synapse: Synapse,
  connections: Connections,
  { name, receptor }: Chosen,
  projection: Projection,
  pointer: string,
  setting: Setting,
): void {
  if (!isChecked(projection.connector, connections)) return;
  const negative = receptor.kind !== 'conductance' && inhibitory.has(name);
  if (receptor.kind !== 'conductance' && !negative && !excitatory.has(name)) return;
  const wrong = wrongWeight(own(synapse.params ?? {}, 'weight') ?? 0, negative ? 'negative' : 'positive');
  if (wrong !== undefined)
    setting.report(
      messages.wrongSign(receptor.kind, name, negative ? '0 or less' : '0 or more', wrong),
      `${pointer}/synapse/params/weight`,
    );
}
