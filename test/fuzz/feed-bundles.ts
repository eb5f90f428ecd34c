/** Changed bundles, as archives and as folders: commands that open them end with an exit code of their own. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { strFromU8, unzipSync, zipSync } from 'fflate';
import { checksumsName, digest } from '../../src/bundle/checksums.js';
import { runCommandLine } from '../../src/cli/cli.js';
import { runBiosimulators } from '../../src/cli/biosimulators.js';
import type { Outcome } from './feed.js';
import { problemOf, runIn } from './feed-command.js';
import { markupOf, mutateMarkup, textOf } from './mutate-markup.js';
import { mutateBytes } from './mutate-hdf5.js';
import { mutateText } from './mutate-text.js';
import { mutateTree } from './mutate-tree.js';
import { names } from './nasty.js';
import { randomOf, type Random } from './random.js';
import { jsonOf, treeOf } from './tree.js';

const model = JSON.stringify({
  format: 'interneuron/pynn',
  version: 1,
  setup: { timestep: 0.1 },
  title: 'A pair',
  authors: [{ name: 'Ada Lovelace' }],
  licence: 'CC-BY-4.0',
  populations: [{ label: 'p', size: 2, cell: { type: 'IF_cond_exp', params: { i_offset: 3 } } }],
  recordings: [{ target: 'p', variables: ['spikes', 'v'], sampling_interval: 0.5 }],
  phases: [{ run: 3 }],
});

/** An experiment on the model in LEMS, as other programs write it. */
const experiment = `<sedML xmlns="http://sed-ml.org/sed-ml/level1/version4" level="1" version="4">
  <listOfModels><model id="m" language="urn:sedml:language:lems" source="model.xml"/></listOfModels>
  <listOfSimulations>
    <uniformTimeCourse id="s" initialTime="0" outputStartTime="0.001" outputEndTime="0.003" numberOfSteps="20">
      <algorithm kisaoID="KISAO:0000030"/>
    </uniformTimeCourse>
  </listOfSimulations>
  <listOfTasks><task id="t" modelReference="m" simulationReference="s"/></listOfTasks>
  <listOfDataGenerators><dataGenerator id="v">
    <listOfVariables><variable id="x" target="p[0]/v" taskReference="t"/></listOfVariables>
    <math xmlns="http://www.w3.org/1998/Math/MathML"><ci>x</ci></math>
  </dataGenerator></listOfDataGenerators>
  <listOfOutputs><report id="r"><listOfDataSets><dataSet id="d" label="v" dataReference="v"/></listOfDataSets></report></listOfOutputs>
</sedML>`;

const manifest = `<omexManifest xmlns="http://identifiers.org/combine.specifications/omex-manifest">
  <content location="." format="http://identifiers.org/combine.specifications/omex"/>
  <content location="run.sedml" format="http://identifiers.org/combine.specifications/sed-ml" master="true"/>
  <content location="model.xml" format="http://purl.org/NET/mediatypes/application/lems+xml"/>
</omexManifest>`;

type Members = Record<string, Uint8Array>;

/** Returns the input of a feeder that draws its changes itself: the seed of its draws. */
export const drawnLater = (random: Random): Uint8Array => Buffer.from(String(random.below(2 ** 31)));

let seeds: Promise<readonly Members[]> | undefined;

/** Packs a model with its results, and writes an archive as other programs do. */
async function makeSeeds(folder: string): Promise<readonly Members[]> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'm.json'), model);
  for (const line of [
    'run m.json --target reference -o r.nwb -o s.json',
    'pack m.json r.nwb s.json --to lems --to pynn-json -o m.omex',
    'convert m.json --to lems -o m.xml',
  ]) {
    const { code, stderr } = await runIn(folder, { words: line.split(' '), environment: {} });
    if (code !== 0) throw new Error(stderr);
  }
  const foreign = {
    'manifest.xml': manifest,
    'run.sedml': experiment,
    'model.xml': readFileSync(join(folder, 'm.xml')),
  };
  return [
    unzipSync(readFileSync(join(folder, 'm.omex'))),
    Object.fromEntries(Object.entries(foreign).map(([name, content]) => [name, Buffer.from(content)])),
  ];
}

/** Changes a file as its format allows. */
function mutateMember(name: string, bytes: Uint8Array, random: Random): Uint8Array {
  if (random.once(6)) return mutateText(strFromU8(bytes, true), random);
  if (/\.nwb$/.test(name)) return mutateBytes(bytes, random);
  // Numbers of models are not changed: models that run for hours are no fault. Other inputs of the fuzzer are models.
  const isModel = /^(?:model|source|notations)\b/.test(name);
  if (/\.json$/.test(name) && !isModel) {
    const tree = treeOf(JSON.parse(strFromU8(bytes)));
    return Buffer.from(jsonOf(mutateTree(tree, [tree], random)));
  }
  if (/\.(?:xml|rdf|sedml)$/.test(name) && !isModel) {
    const tree = markupOf(strFromU8(bytes));
    return Buffer.from(textOf(mutateMarkup(tree, [tree], random)));
  }
  return mutateText(strFromU8(bytes, true), random);
}

/** Changes one to three files or their names; in half of the bundles the checksums fit again. */
function mutateMembers(members: Members, random: Random): void {
  for (let changes = random.pick([1, 1, 2, 3]); changes > 0; changes -= 1) {
    const [name, bytes] = random.pick(Object.entries(members));
    const other = random.pick([...names, ...Object.keys(members), `results/${random.pick(names)}.nwb`]);
    switch (random.below(8)) {
      case 0:
        Reflect.deleteProperty(members, name);
        break;
      case 1:
        Reflect.deleteProperty(members, name);
        if (other !== '__proto__') members[other] = bytes;
        break;
      case 2:
        members[name] = random.pick(Object.values(members));
        break;
      default:
        members[name] = mutateMember(name, bytes, random);
    }
  }
  const sums = members[checksumsName];
  if (sums && random.once(2))
    members[checksumsName] = Buffer.from(
      strFromU8(sums, true).replace(/^[0-9a-f]{64} {2}(.*)$/gm, (line, name: string) =>
        name in members ? `${digest(members[name]!)}  ${name}` : line,
      ),
    );
}

/** Changes bytes of the directory at the end of an archive, or any. */
function mutateArchive(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.once(3)) return mutateBytes(bytes, random);
  const changed = Uint8Array.from(bytes);
  const directory = Buffer.from(bytes).indexOf('PK\x01\x02');
  for (let changes = random.pick([1, 1, 2, 4]); changes > 0; changes -= 1)
    changed[directory + random.below(bytes.length - directory)] = random.pick([0, 1, 8, 47, 127, 128, 255]);
  return changed;
}

const commands = [
  ['validate', 'b.omex'],
  ['describe', 'b.omex'],
  ['inspect', 'b.omex'],
  ['verify', 'b.omex'],
  ['run', 'b.omex', '-o', 'out.json'],
] as const;

/** After so many ms a command is stopped as by Ctrl-C: changed experiments may state any time. */
const stopAfter = 2000;

/** @throws Error for a command that ends with an exit code that the help text does not list */
export async function feedBundle(folder: string, input: Uint8Array, ordinal: number): Promise<Outcome> {
  const random = randomOf(Number(Buffer.from(input).toString()));
  const members = { ...random.pick(await (seeds ??= makeSeeds(join(folder, 'seeds')))) };
  const isChangedArchive = random.once(4);
  if (!isChangedArchive) mutateMembers(members, random);
  const packed = zipSync(members, { level: 1 });
  const own = mkdtempSync(join(folder, 'bundle-'));
  try {
    writeFileSync(join(own, 'b.omex'), isChangedArchive ? mutateArchive(packed, random) : packed);
    let outcome: Outcome = 'refused';
    const run = async (words: readonly string[], program = runCommandLine): Promise<void> => {
      const { code, stdout, stderr } = await runIn(own, { words, environment: {} }, { program, stopAfter });
      const problem = problemOf(code, stdout, stderr, []);
      if (problem !== undefined) throw new Error(`${words.join(' ')}: ${problem}\n${stderr.slice(-2000)}`);
      if (code === 0) outcome = 'accepted';
    };
    for (const words of commands) await run(words);
    if (ordinal % 4 === 0) await run(['-i', 'b.omex', '-o', 'reports'], runBiosimulators);
    // A folder may hold files that an archive cannot, and lacks the metadata of an archive.
    if (ordinal % 8 === 1) {
      for (const [name, bytes] of Object.entries(members)) {
        if (!/^[\w./-]+$/.test(name) || name.includes('..') || /^\/|\/$|\/\//.test(name)) continue;
        const path = join(own, 'folder', name);
        try {
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, bytes);
        } catch {
          // Another member has the name of its folder.
        }
      }
      await run(['certify', 'folder', '-o', 'certificate']);
    }
    return outcome;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
