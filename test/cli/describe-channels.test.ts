import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';

const folder = temporaryFolder();

/** The channels of Hodgkin and Huxley (1952) without the cell. */
function channelFile(): string {
  const path = folder.file('hh.channel.nml');
  writeFileSync(path, readFileSync('fixtures/neuroml/soma.cell.nml', 'utf8').replace(/<cell[^]*<\/cell>/, ''));
  return path;
}

interface Table {
  readonly title: string;
  readonly parts: readonly { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }[];
}

async function tablesOf(path: string): Promise<ReadonlyMap<string, Table['parts'][number]>> {
  const { code, stdout } = await runCommand(['describe', path, '--json']);
  expect(code).toBe(0);
  const { sections } = JSON.parse(stdout) as { sections: readonly Table[] };
  return new Map(sections.flatMap(({ title, parts }) => (parts[0] ? [[title, parts[0]]] : [])));
}

/** Rates per ms at a potential in mV. @source Hodgkin and Huxley (1952), with the resting potential at -65 mV */
const rates: Readonly<Record<string, (v: number) => readonly [alpha: number, beta: number]>> = {
  'na m': (v) => [v === -40 ? 1 : (0.1 * (v + 40)) / (1 - Math.exp(-(v + 40) / 10)), 4 * Math.exp(-(v + 65) / 18)],
  'na h': (v) => [0.07 * Math.exp(-(v + 65) / 20), 1 / (1 + Math.exp(-(v + 35) / 10))],
  'k n': (v) => [(0.01 * (v + 55)) / (1 - Math.exp(-(v + 55) / 10)), 0.125 * Math.exp(-(v + 65) / 80)],
};

it('describes files of channels by their gates, steady states and time constants', async () => {
  const tables = await tablesOf(channelFile());
  expect(tables.get('Gates')?.rows.map(([channel, gate, instances]) => [channel, gate, instances])).toEqual([
    ['na', 'm', '3'],
    ['na', 'h', '1'],
    ['k', 'n', '4'],
  ]);
  expect(tables.get('Gates')?.rows[0]?.[4]).toBe('4per_ms * exp((v - (-65mV))/(-18mV))');
  const steady = tables.get('Steady states of gates at 6.3 degC');
  const constants = tables.get('Time constants of gates in ms at 6.3 degC');
  expect(steady?.columns).toEqual(['v / mV', 'na m', 'na h', 'k n']);
  expect(steady?.rows).toHaveLength(16);
  for (const [k, row] of (steady?.rows ?? []).entries())
    for (const [column, name] of ['na m', 'na h', 'k n'].entries()) {
      const [alpha = 0, beta = 0] = rates[name]?.(Number(row[0])) ?? [];
      const digits = (value: number): string => String(Number(value.toPrecision(4)));
      expect([row[column + 1], constants?.rows[k]?.[column + 1]]).toEqual([
        digits(alpha / (alpha + beta)),
        digits(1 / (alpha + beta)),
      ]);
    }
});

it('shows how far kinetic schemes are open, and their slowest time constants', async () => {
  const path = folder.file('ks.channel.nml');
  const gate = (states: string, transitions: string): string =>
    `<gateKS id="n" instances="1">${states}${transitions}</gateKS>`;
  const steps = (from: string, to: string, forth: number, back: number): string =>
    `<forwardTransition id="${from}${to}" from="${from}" to="${to}">` +
    `<rate type="HHExpLinearRate" rate="${0.1 * forth}per_ms" midpoint="-55mV" scale="10mV"/></forwardTransition>` +
    `<reverseTransition id="${to}${from}" from="${from}" to="${to}">` +
    `<rate type="HHExpRate" rate="${0.125 * back}per_ms" midpoint="-65mV" scale="-80mV"/></reverseTransition>`;
  const channel = (id: string, inner: string): string =>
    `<ionChannelKS id="${id}" conductance="10pS" species="k">${inner}</ionChannelKS>`;
  const [c, d, o] = ['<closedState id="c"/>', '<closedState id="d"/>', '<openState id="o"/>'];
  writeFileSync(
    path,
    '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="ks">' +
      // The rates of n: for one gate, and for two independent gates with zero, one or two of them open.
      channel('two', gate(c + o, steps('c', 'o', 1, 1))) +
      channel('row', gate(c + d + o, steps('c', 'd', 2, 1) + steps('d', 'o', 1, 2))) +
      '</neuroml>',
  );
  const tables = await tablesOf(path);
  const steady = tables.get('Steady states of gates at 6.3 degC');
  const constants = tables.get('Time constants of gates in ms at 6.3 degC (of kinetic schemes, the slowest)');
  expect(steady?.columns).toEqual(['v / mV', 'two n', 'row n']);
  expect(steady?.rows).toHaveLength(16);
  for (const [k, [v, ...open]] of (steady?.rows ?? []).entries()) {
    const [alpha = 0, beta = 0] = rates['k n']?.(Number(v) === -55 ? -55 + 1e-9 : Number(v)) ?? [];
    const digits = (value: number): string => String(Number(value.toPrecision(4)));
    expect(open).toEqual([digits(alpha / (alpha + beta)), digits((alpha / (alpha + beta)) ** 2)]);
    expect(constants?.rows[k]?.slice(1)).toEqual([digits(1 / (alpha + beta)), digits(1 / (alpha + beta))]);
  }
});

it('describes point neurons by their parameters as the document has them', async () => {
  const tables = await tablesOf('fixtures/neuroml/point-cells.xml');
  const rows = tables.get('Point neurons')?.rows ?? [];
  expect(rows).toHaveLength(11);
  expect(rows).toContainEqual([
    'izh2007',
    'izhikevich2007Cell',
    'v0 = -60mV, k = 0.7nS_per_mV, vr = -60mV, vt = -40mV, vpeak = 35mV, a = 0.03per_ms, b = -2nS, c = -50mV, ' +
      'd = 100pA, C = 100pF',
  ]);
  const { stdout } = await runCommand(['describe', 'fixtures/neuroml/point-cells.xml']);
  expect(stdout).not.toMatch(/^ +leakConductance +10 nS/m);
});

it('describes a cell by densities, and inputs apart from cells, without names that no document has', async () => {
  const cell = await tablesOf('fixtures/neuroml/soma.cell.nml');
  expect(cell.get('Channel densities')?.columns).toEqual([
    'cell',
    'channel',
    'density',
    'amount',
    'reversal',
    'ion',
    'segment group',
  ]);
  expect(cell.get('Channel densities')?.rows).toContainEqual([
    'soma',
    'na',
    'naAll',
    '120.0 mS_per_cm2',
    '50.0 mV',
    'na',
    'all',
  ]);
  const network = await tablesOf('fixtures/neuroml/network.xml');
  expect(network.get('Populations')?.rows.map(([name]) => name)).toEqual(['exc', 'inh']);
  expect(network.get('Inputs')?.rows).toEqual([['strong', 'exc', 'pulseGenerator', '3']]);
  const { stdout } = await runCommand(['describe', 'fixtures/neuroml/network.xml']);
  expect(stdout).not.toMatch(/biophysicalProperties|membraneProperties|_q\b/);
});

it('lists factors for the temperature', async () => {
  const gates = (await tablesOf('fixtures/neuroml/channels.xml')).get('Gates');
  expect(gates?.rows[0]?.[gates.columns.indexOf('Q10')]).toBe('q10ExpTemp: q10Factor = 2, experimentalTemp = 6.3 degC');
});

it('draws the curves of gates', async () => {
  const output = folder.file('curves.svg');
  const { code } = await runCommand(['plot', channelFile(), '-o', output]);
  expect(code).toBe(0);
  const svg = readFileSync(output, 'utf8');
  for (const text of ['na m', 'k n', 'steady state', 'time constant (ms)', 'membrane potential (mV)'])
    expect(svg).toContain(text);
  const gates = ['--kind', 'gates', '-o', folder.file('none.svg')];
  const refused = await runCommand(['plot', 'fixtures/neuroml/synapses.xml', ...gates]);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain('has no channels with gates');
});

it('shows the gates of a mechanism of NEURON at its temperature', async () => {
  const tables = await tablesOf('test/translators/nmodl/files/sodium.mod');
  const steady = tables.get('Steady states of gates at 6.3 degC');
  const constants = tables.get('Time constants of gates in ms at 6.3 degC');
  expect(steady?.columns).toEqual(['v / mV', 'sodium m', 'sodium h']);
  // The file's own numbers: the rates above shifted by -4 mV, and Q10 = 2.7 from 21 degC.
  const speed = 2.7 ** ((6.3 - 21) / 10);
  for (const [k, row] of (steady?.rows ?? []).entries())
    for (const [column, name] of ['na m', 'na h'].entries()) {
      const [alpha = 0, beta = 0] = rates[name]?.(Number(row[0]) - 4) ?? [];
      const digits = (value: number): string => String(Number(value.toPrecision(4)));
      expect([row[column + 1], constants?.rows[k]?.[column + 1]]).toEqual([
        digits(alpha / (alpha + beta)),
        digits(1 / (alpha + beta) / speed),
      ]);
    }
});

// --- same ------------------------------------------------------------------------------------------------------------
const written = (name: string, text: string): string => {
  writeFileSync(folder.file(name), text);
  return folder.file(name);
};

/** The sodium channel of Hodgkin and Huxley (1952) in NMODL. @param slower  divides the time constants */
const mod = ({ power = 'm*m*m*h', beta = '4', slower = '' } = {}): string => `NEURON {
    SUFFIX na
    USEION na READ ena WRITE ina
    RANGE gbar
}
UNITS { (mV) = (millivolt) (mA) = (milliamp) (S) = (siemens) }
PARAMETER { gbar = 0.12 (S/cm2) }
STATE { m h }
ASSIGNED { v (mV) ena (mV) ina (mA/cm2) celsius (degC) q minf mtau (ms) hinf htau (ms) }
BREAKPOINT {
    SOLVE states METHOD cnexp
    ina = gbar*${power}*(v - ena)
}
INITIAL { rates(v) m = minf h = hinf }
DERIVATIVE states { rates(v) m' = (minf - m)/mtau h' = (hinf - h)/htau }
PROCEDURE rates(v (mV)) {
    LOCAL a, b
    q = 1${slower}
    a = 0.1*(v + 40)/(1 - exp(-(v + 40)/10))
    b = ${beta}*exp(-(v + 65)/18)
    mtau = 1/(a + b)/q
    minf = a/(a + b)
    a = 0.07*exp(-(v + 65)/20)
    b = 1/(1 + exp(-(v + 35)/10))
    htau = 1/(a + b)/q
    hinf = a/(a + b)
}
`;

/** The same channel in NeuroML, of the fixture of a cell. */
const sodium = (change: (text: string) => string = (text) => text): string => {
  const [whole = ''] =
    /<ionChannelHH id="na"[^]*?<\/ionChannelHH>/.exec(readFileSync('fixtures/neuroml/soma.cell.nml', 'utf8')) ?? [];
  return `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="channels">${change(whole)}</neuroml>`;
};

const compare = async (first: string, second: string): Promise<readonly [number, string]> => {
  const sides = [first, second].map((text, k) =>
    written(`${k}${text.startsWith('<') ? '.channel.nml' : '.mod'}`, text),
  );
  const { code, stdout } = await runCommand(['same', ...sides]);
  return [code, stdout.split('\n')[0] ?? ''];
};

it('is the same channel in both notations, whichever comes first', async () => {
  const same = expect.stringMatching(/^the same channel: steady states and time constants of [mh], [mh], /);
  expect(await compare(mod(), sodium())).toEqual([0, same]);
  expect(await compare(sodium(), mod())).toEqual([0, same]);
});

it.each([
  ['another rate', mod({ beta: '4.02' }), sodium(), /^another channel: steady state of m at -3\d\.7 mV is /],
  [
    'a time constant that depends on the temperature',
    mod({ slower: '*3^((celsius - 6.3)/10)' }),
    sodium(),
    /^another channel: time constant of m at /,
  ],
  [
    'another power of a gate',
    mod({ power: 'm*m*h' }),
    sodium(),
    /^another channel: open share with m 0.31, h 0.93 is 0\.089\d* and 0\.0276/,
  ],
  [
    'a conductance that depends on the temperature',
    sodium(),
    sodium((text) =>
      text.replace(/(<ionChannelHH [^>]*>)/, '$1<q10ConductanceScaling q10Factor="2" experimentalTemp="20 degC"/>'),
    ),
    // 2^((32 - 6.3)/10)
    /^another channel: conductance relative to that at the first temperature is 1 and 5\.938/,
  ],
  [
    'two documents of NeuroML',
    sodium(),
    sodium((text) => text.replace('instances="3"', 'instances="2"')),
    /^another channel: open share/,
  ],
])('is another channel for %s, with both values', async (_, first, second, headline) => {
  expect(await compare(first, second)).toEqual([1, expect.stringMatching(headline)]);
});

it('states of channels without gates that none was compared', async () => {
  const leak = (conductance: string): string =>
    `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="l"><ionChannelHH id="l" conductance="${conductance}"/></neuroml>`;
  expect(await compare(leak('10pS'), leak('12pS'))).toEqual([
    0,
    expect.stringContaining('the same channel: no gates,'),
  ]);
});
