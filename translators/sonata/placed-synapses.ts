/**
 * Models of synapses on cells with a shape: point processes of NEURON, with the parameters that BMTK sets.
 *
 * @source BMTK 1.2.0, bmtk/simulator/bionet/default_setters/synapse_models.py; NEURON 9.0, expsyn.mod and exp2syn.mod
 */

import type { SynapseDocument } from '../../src/model/document.generated.js';
import { mechanismFile } from './biophysical.js';
import type { Config } from './config.js';
import type { TypeRow } from './csv.js';
import * as messages from './messages.js';
import type { parameterReader } from './nodes.js';

/** A model of synapses by its point process. */
interface Model {
  readonly process: string;
  /** Parameters of the point process by their names in files of SONATA. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Values of other parameters. */
  readonly fixed?: Readonly<Record<string, number>>;
  /** Its equations; absent: they are in a file of NMODL. */
  readonly equations?: SynapseDocument;
}

/** NEURON's `ExpSyn`: a conductance that decays. */
const expSyn: SynapseDocument = {
  parameters: {
    tau: { unit: 'ms', value: 0.1 },
    e: { unit: 'mV', value: 0 },
    weight: { unit: 'uS', value: 0 },
  },
  state: { g: { unit: 'uS' } },
  derivatives: { g: '-g/tau' },
  pathways: { pre: { do: ['g += weight'] } },
  ports: { current: 'A' },
  contributes: { current: 'g*(e - post.v)' },
};

/** NEURON's `Exp2Syn`: a conductance that rises and decays, whose peak is the weight. */
const exp2Syn: SynapseDocument = {
  parameters: {
    tau1: { unit: 'ms', value: 0.1 },
    tau2: { unit: 'ms', value: 10 },
    e: { unit: 'mV', value: 0 },
    weight: { unit: 'uS', value: 0 },
  },
  state: { A: { unit: 'uS' }, B: { unit: 'uS' } },
  derived: {
    // NEURON keeps the rise apart from the decay, and above nothing.
    below: { unit: 'ms', value: '0.9999*tau2 if tau1/tau2 > 0.9999 else tau1' },
    rise: { unit: 'ms', value: '1e-9*tau2 if below/tau2 < 1e-9 else below' },
    peak: { unit: 'ms', value: 'rise*tau2/(tau2 - rise)*log(tau2/rise)' },
    factor: { unit: 1, value: '1/(exp(-peak/tau2) - exp(-peak/rise))' },
  },
  derivatives: { A: '-A/rise', B: '-B/tau2' },
  pathways: { pre: { do: ['A += weight*factor', 'B += weight*factor'] } },
  ports: { current: 'A' },
  contributes: { current: '(B - A)*(e - post.v)' },
};

const same = (...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, name]));

const erev = { erev: 'e' } as const;
const exp2: Model = { process: 'Exp2Syn', parameters: { ...erev, ...same('tau1', 'tau2') }, equations: exp2Syn };
const stp5 = same('tau_1', 'tau_r0', 'tau_FDR', 'a_FDR', 'a_D', 'a_i', 'a_f', 'pbtilde');

/** Models by the names in files of SONATA. */
const models: Readonly<Record<string, Model>> = {
  Exp2Syn: exp2,
  exp2syn: exp2,
  expsyn: { process: 'ExpSyn', parameters: { ...erev, tau1: 'tau' }, equations: expSyn },
  exp1syn: { process: 'exp1syn', parameters: { ...erev, tau_1: 'tau' } },
  exp1isyn: { process: 'exp1isyn', parameters: { ...erev, tau_1: 'tau' } },
  stp1syn: { process: 'stp1syn', parameters: erev, fixed: { p0: 0.5, tau_r: 200, tau_1: 5 } },
  stp2syn: { process: 'stp2syn', parameters: { ...erev, ...same('p0', 'tau_r0', 'tau_FDR', 'tau_1') } },
  stp3syn: {
    process: 'stp3syn',
    parameters: erev,
    fixed: { p0: 0.6, tau_r0: 200, tau_FDR: 2000, tau_D: 500, tau_1: 5 },
  },
  stp4syn: { process: 'stp4syn', parameters: erev, fixed: { p0: 0.6, tau_r: 200, tau_1: 5 } },
  stp5syn: { process: 'stp5syn', parameters: { ...erev, ...stp5 } },
  stp5isyn: { process: 'stp5isyn', parameters: { ...erev, ...stp5 } },
  tmgsyn: { process: 'tmgsyn', parameters: { ...erev, ...same('tau_1', 'tau_rec', 'tau_facil', 'U', 'u0') } },
};

/** Members of files of parameters that have no effect. */
const remarks: readonly string[] = ['level_of_detail', 'weight', 'delay'];

/** The synapses of a type of edges. */
export interface PlacedSynapse {
  /** Name of the point process. */
  readonly name: string;
  readonly type: SynapseDocument;
  /** In NEURON's units, by the names of the point process. */
  readonly values: Readonly<Record<string, number>>;
}

/** Returns the synapses of a type of edges onto cells with a shape, or undefined after a report. */
export function placedSynapseOf(
  config: Config,
  row: TypeRow,
  parameters: ReturnType<typeof parameterReader>,
): PlacedSynapse | undefined {
  const name = row.cells.get('model_template');
  if (name === undefined) return config.report(messages.missingInEdges(row.id, 'model_template'), row.place);
  const model = Object.hasOwn(models, name) ? models[name] : undefined;
  if (!model) return config.report(messages.unknownPlacedSynapse(name, Object.keys(models)), row.place);
  const { process, parameters: known, fixed, equations } = model;
  const file = row.cells.get('dynamics_params');
  if (file === undefined) return config.report(messages.missingInEdges(row.id, 'dynamics_params'), row.place);
  const found = parameters(file, row);
  if (!found) return undefined;
  const values: Record<string, number> = { ...fixed };
  let isWhole = true;
  for (const [written, own] of Object.entries(known)) {
    const value = found.value[written];
    if (typeof value === 'number' && Number.isFinite(value)) values[own] = value;
    else {
      isWhole = false;
      if (value === undefined) config.report(messages.missingInFit(written), found.placeOf(''));
      else config.report(messages.notANumber(written, value), found.placeOf(written));
    }
  }
  const unread = Object.keys(found.value).filter((key) => !Object.hasOwn(known, key) && !remarks.includes(key));
  if (unread.length > 0) config.report(messages.unreadAttributes(unread), found.placeOf(''));
  const nmodl = equations ? undefined : mechanismFile(config, process, row.place);
  if (!isWhole || (!equations && nmodl === undefined)) return undefined;
  return { name: process, type: equations ?? { nmodl: nmodl! }, values };
}
