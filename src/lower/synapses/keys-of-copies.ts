/**
 * Keys of random numbers of the synapses of one pair, in a table by the index of the synapse. In large projections a
 * look-up costs less than a call of the generator for each synapse.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { Block, item } from '../code/block.js';
import { keyAt, philox } from '../code/draws.js';
import type { Context } from '../context/context.js';
import type { ProjectionPlan } from '../plan/projection.js';
import { expectedSynapses } from './expected.js';

/** Length of the table: the indices of synapses of a pair have 16 bits. */
const mostCopies = 65536;
/** From this number of synapses on, the table is worth its calls of the generator. */
const fewest = 16 * mostCopies;

/** The tables of a kernel that draws while the network is built. Each stream of the kernel has one. */
export class KeysOfCopies {
  readonly #plan: ProjectionPlan;
  readonly #context: Context;
  readonly #tables = new Map<string, readonly [Buffer, Buffer]>();

  constructor(plan: ProjectionPlan, context: Context) {
    this.#plan = plan;
    this.#context = context;
  }

  /** Returns the two key values of a synapse by its index in its pair; null if they have no table. */
  of(keys: Buffer, copy: Ir): readonly [Ir, Ir] | null {
    if (expectedSynapses(this.#plan, this.#context) < fewest) return null;
    const tables = this.#tables.get(keys.name) ?? this.#table(keys);
    this.#tables.set(keys.name, tables);
    return [ir.load(tables[0], copy), ir.load(tables[1], copy)];
  }

  /** Adds a kernel that fills a table. Projections have the same tables in turn. */
  #table(keys: Buffer): readonly [Buffer, Buffer] {
    const { builder } = this.#context;
    const ordinal = this.#tables.size;
    const word = (name: string): Buffer =>
      builder.commonBuffer(
        `keys_of_copies.${name}${ordinal}`,
        'u32',
        mostCopies,
        'keys of the synapses of a pair, while the synapses of one projection are drawn',
      );
    const tables = [word('low'), word('high')] as const;
    const block = new Block();
    const key = keyAt(keys, ir.u32(0));
    const words = philox([item, ir.u32(0), ir.u32(0), ir.u32(0)], key, block);
    tables.forEach((table, k) => {
      block.write`${table}[index] = select(index == 0u, ${key[k] as Ir}, ${words[k] as Ir})`;
    });
    const comment = `keys of the synapses of a pair by ${keys.name}`;
    const domain = { kind: 'count', count: mostCopies } as const;
    builder.initially(builder.map(`${keys.name}.of_copies`, comment, domain, true, block));
    return tables;
  }
}
