/** `interneuron same` for two ion channels, such as a `.mod` file and a `.channel.nml`, without a network. */

import { printable } from '../../diagnostics/display.js';
import { channelFunctions, mechanismFunctions, type ChannelFunctions } from '../../present/describe/gate-curves.js';
import {
  compareChannels,
  compareScales,
  clamped,
  type ChannelComparison,
} from '../../present/describe/compare-channels.js';
import { channelsIn } from '../../present/describe/membrane.js';
import { neuromlParts } from '../../present/describe/neuroml-parts.js';
import { typedValid } from '../../model/typed-model.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson, validSide } from '../failure.js';

/** Temperatures in K at which channels are compared: those of squid axons and of slices. */
const temperatures = [279.45, 305.15] as const;

/** Returns the channels of a document at a temperature in K. */
type Channels = (temperature: number) => readonly ChannelFunctions[];

/** Compares two channels; undefined if none of the sides is a document of channels by themselves. */
export async function sameChannels(
  context: CommandContext,
  paths: readonly [string, string],
): Promise<number | undefined> {
  const documents = paths.map((path) => documentOf(context, path));
  if (documents.every((found) => found === undefined)) return undefined;
  const sides = [
    documents[0] ?? (await mechanismsOf(context, paths[0])),
    documents[1] ?? (await mechanismsOf(context, paths[1])),
  ] as const;
  const found = temperatures.map((temperature) => compareFirst(sides[0](temperature), sides[1](temperature)));
  const celsius = (k: number): string => `${Number((temperatures[k]! - 273.15).toFixed(2))} degC`;
  const comparisons = found.map(({ comparison }) => comparison);
  const differences = comparisons.map(
    (comparison) => comparison.difference ?? compareScales(comparisons[0]!, comparison),
  );
  const failing = differences.findIndex((difference) => difference !== undefined);
  const difference = differences[failing];
  const undecided = comparisons.find(({ reason }) => reason !== undefined);
  const verdict = difference ? 'another channel' : undecided ? 'no limit' : 'the same channel';
  const short = (value: number): string => String(Number(value.toPrecision(6)));
  const gates = [...comparisons[0]!.pairs].map(([one, other]) => (one === other ? one : `${one} (${other})`));
  const compared = [
    ...(gates.length > 0
      ? [`steady states and time constants of ${gates.join(', ')}`, 'the open share']
      : ['no gates']),
    'how the conductance depends on the potential and the temperature',
  ];
  const lines = difference
    ? [
        `another channel: ${difference.quantity} is ${difference.values.map((value) => `${short(value)}${difference.unit}`).join(' and ')}`,
        `  at ${celsius(failing)}`,
      ]
    : undecided
      ? [`no limit: ${undecided.reason ?? ''}`]
      : [
          `the same channel: ${compared.join(', ')}`,
          `  at ${clamped.length} potentials, ${temperatures.map((_, k) => celsius(k)).join(' and ')}, within ${Math.max(...comparisons.map(({ rounding }) => rounding)).toPrecision(1)}`,
          '  not compared: the density, the conductance of one channel and the reversal potential, which cells state',
        ];
  if (context.json)
    printJson(context.terminal, {
      channels: found[0]!.names,
      verdict,
      temperatures,
      ...(difference ? { difference } : {}),
      ...(undecided ? { reason: undecided.reason } : {}),
    });
  context.say(lines.map(printable).join('\n'));
  return difference ? exitCodes.wrong : undecided ? exitCodes.uncertain : exitCodes.done;
}

/** Compares the only channel of both sides, or the first two of one name. */
function compareFirst(
  first: readonly ChannelFunctions[],
  second: readonly ChannelFunctions[],
): { readonly names: readonly string[]; readonly comparison: ChannelComparison } {
  const own = first.find(({ name }) => second.some((one) => one.name === name)) ?? first[0];
  const other = second.find(({ name }) => name === own?.name) ?? second[0];
  const isOpen = !own || !other || (own.name !== other.name && first.length + second.length > 2);
  const reason = !own || !other ? 'one of them has no channel with gates' : 'several channels, and no two of one name';
  const comparison = isOpen ? { pairs: new Map<string, string>(), rounding: 0, reason } : compareChannels(own, other);
  return { names: [own?.name ?? '', other?.name ?? ''], comparison };
}

/** Returns the channels of a document of NeuroML without cells; undefined for others. */
function documentOf(context: CommandContext, path: string): Channels | undefined {
  const parts = neuromlParts(context.readModel(path), context.options.values('allow-path'));
  if (parts?.lems.target !== null) return undefined;
  const { lems } = parts;
  const channels = channelsIn(lems);
  const isAlone = channels.length > 0 && !lems.components.some(({ type }) => /cell|network/i.test(type.name));
  return isAlone
    ? (temperature) => channels.flatMap((channel) => channelFunctions(channel, lems, temperature) ?? [])
    : undefined;
}

/** Returns the mechanisms of the cells of a model, such as the cell that a `.mod` file is on. */
async function mechanismsOf(context: CommandContext, path: string): Promise<Channels> {
  const { valid } = await validSide(() => context.model(path));
  const { model, data } = typedValid(valid);
  return (temperature) =>
    Object.values(model.neurons).flatMap(({ compartments }) =>
      compartments ? mechanismFunctions(compartments, data, temperature) : [],
    );
}
