/**
 * No code that builds or runs a model contains the name of a type, a variable or an attribute of NeuroML (except
 * `cell`, its morphology and its membrane): all of the core types and a model, with every such name another one, give
 * the same events and the same traces.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simulate, type SimulateOptions } from '../../support/simulate.js';
import '../../../translators/neuroml/road.js';

const core = 'translators/neuroml/core';
const withoutFrame = (text: string): string =>
  text
    .replace(/<\?xml[^>]*\?>/, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<\/?Lems[^>]*>/g, '')
    .replace(/<Include [^>]*\/>/g, '');
const coreTypes = readdirSync(core)
  .filter((name) => name.endsWith('.xml'))
  .map((name) => withoutFrame(readFileSync(`${core}/${name}`, 'utf8')))
  .join('\n');
const model = (name: string): string =>
  `<Lems>${coreTypes}${withoutFrame(readFileSync(`fixtures/neuroml/${name}.xml`, 'utf8'))}</Lems>`;

/** Elements of the language, with names and attributes that stay. */
const language = new Set(
  (
    'Lems Dimension Unit Constant ComponentType Component Target Parameter DerivedParameter IndexParameter ' +
    'Property Fixed Exposure Requirement ComponentRequirement ' +
    'InstanceRequirement Child Children ComponentReference Link Path Text Attachments EventPort Dynamics ' +
    'StateVariable DerivedVariable ' +
    'ConditionalDerivedVariable Case TimeDerivative OnStart OnEvent OnCondition StateAssignment EventOut Regime ' +
    'Transition OnEntry KineticScheme Structure ' +
    'ChildInstance MultiInstantiate ForEach With EventConnection Tunnel Assign Run Record EventRecord ' +
    'DataDisplay DataWriter EventWriter'
  ).split(' '),
);
/** Elements that declare names. */
const declaring =
  /<(?:ComponentType|Parameter|DerivedParameter|IndexParameter|Property|Constant|Exposure|Requirement|ComponentRequirement|InstanceRequirement|Child|Children|ComponentReference|Link|Path|Text|Attachments|EventPort|StateVariable|DerivedVariable|ConditionalDerivedVariable|Regime|KineticScheme|Tunnel)\s[^>]*?\bname="(\w+)"/g;
/** Names with a meaning in the language itself, and names that only describe. */
const kept = new Set([
  't',
  'this',
  'parent',
  'index',
  'id',
  'type',
  'Component',
  'Simulation',
  'notes',
  'annotation',
  'property',
  'Meta',
]);
const untouched = new Set([
  'dimension',
  'description',
  'direction',
  'reduce',
  'required',
  'initial',
  'local',
  'symbol',
]);

const wasm: SimulateOptions = { engines: [{ target: 'wasm', threads: 1 }] };

/**
 * A document with every declared name another one, wherever it stands: as an element, an attribute, in an expression,
 * in a path.
 */
function renamed(text: string): string {
  const names = new Set([...text.matchAll(declaring)].map(([, name]) => name ?? '').filter((name) => !kept.has(name)));
  const rename = (name: string): string => (names.has(name) ? `zz_${name}` : name);
  const words = (value: string): string =>
    value.replace(/(?<![\w.])[A-Za-z_]\w*/g, (word, at: number) =>
      value[at + word.length] === '(' ? word : rename(word),
    );
  return text.replace(
    /<(\/?)([\w:]+)((?:\s+[\w:]+="[^"]*")*)\s*(\/?)>/g,
    (whole: string, close: string, element: string, attributes: string, end: string) => {
      if (element === 'Dimension' || element === 'Unit') return whole;
      // A Simulation within a type is a section of the language, with attributes it is a component.
      const isLanguage = language.has(element) || (element === 'Simulation' && attributes.trim() === '');
      const changed = attributes.replace(/([\w:]+)="([^"]*)"/g, (written: string, attribute: string, value: string) => {
        const name = isLanguage ? attribute : rename(attribute);
        if (untouched.has(attribute)) return written;
        // Quantities stay: units and variables share names.
        const quantity = /^\s*[-+]?[\d.]/.test(value) && (!isLanguage || element === 'Constant' || element === 'Fixed');
        return `${name}="${quantity ? value : words(value)}"`;
      });
      return `<${close}${isLanguage ? element : rename(element)}${changed}${end}>`;
    },
  );
}

describe('a model with every name of a type, a variable and an attribute another one', () => {
  it.each(['point-cells', 'synapses', 'inputs', 'pynn-cells', 'kinetic-scheme'])('%s', async (name) => {
    const text = model(name);
    const other = renamed(text);
    for (const word of ['iafCell', 'expTwoSynapse', 'population', 'tauDecay', 'spikeArray'])
      expect(other.replace(/description="[^"]*"/g, '')).not.toMatch(new RegExp(`(?<!\\w)${word}(?!\\w)`));
    const [plain, strange] = [await simulate(text, wasm), await simulate(other, wasm)];
    // Lists are ordered by names, which differ.
    const sorted = (lists: ReadonlyMap<string, unknown>): readonly string[] =>
      [...lists.values()].map((list) => JSON.stringify(list)).sort();
    expect(sorted(strange.events)).toEqual(sorted(plain.events));
    expect(sorted(strange.samples)).toEqual(sorted(plain.samples));
    expect(plain.samples.size + plain.events.size).toBeGreaterThan(0);
  });
});
