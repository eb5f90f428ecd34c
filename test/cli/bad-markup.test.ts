/**
 * Every kind of bad NeuroML and LEMS: a finding with its place, or a result; never a crash, never a read outside the
 * allowed folders.
 */

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../support/command.js';
import { slow, triesAll } from '../support/effort.js';

const folder = temporaryFolder();

interface Outcome {
  readonly code: number;
  readonly findings: readonly string[];
}

/**
 * Writes files below a folder of its own, validates the first, and returns its findings: `severity code line:column`.
 */
async function validate(
  name: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  ...words: string[]
): Promise<Outcome> {
  const path = (file: string): string => folder.file(`${name.replace(/\W+/g, '-')}/${file}`);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), content);
  }
  const main = path(Object.keys(files)[0]!);
  const people = await runCommand(['validate', main, ...words.map((word) => word.replace('@', path('')))]);
  expect(people.stdout).not.toMatch(/internal error|^\s+at .*[(:]\d+|\[object |undefined|NaN/m);
  expect(Math.max(...people.stdout.split('\n').map((line) => line.length))).toBeLessThan(400);
  const programs = await runCommand(['validate', main, '--json', ...words.map((word) => word.replace('@', path('')))]);
  expect(programs.code).toBe(people.code);
  const [{ diagnostics }] = JSON.parse(programs.stdout).documents;
  type Found = { severity: string; code: string; place?: { line?: number; column?: number } };
  const findings = (diagnostics as Found[]).map(
    ({ severity, code, place }) => `${severity} ${code} ${place?.line ?? ''}:${place?.column ?? ''}`,
  );
  return { code: programs.code, findings };
}

const lems = (content: string): string => `<Lems>\n<Include file="Cells.xml"/>\n${content}\n</Lems>`;
const nml = (content: string): string =>
  `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d">\n${content}\n</neuroml>`;
const cell = '<iafCell id="a" C="1nF" thresh="0mV" reset="0mV" leakConductance="1nS" leakReversal="0mV"/>';

describe('texts', () => {
  it.each<[string, string | Uint8Array, readonly string[]]>([
    ['that are cut off', nml(`${cell}\n`).slice(0, -12), ['error xml/unclosed-element 1:1']],
    ['that are cut off in a tag', nml(cell).slice(0, 120), ['error xml/unfinished 2:1']],
    ['with tags that do not match', nml('<cell id="a"></cel>'), ['error xml/mismatched-tag 2:14']],
    ['with a document type', `<!DOCTYPE neuroml SYSTEM "x.dtd">\n${nml(cell)}`, ['error xml/document-type 1:1']],
    [
      'with a bomb of entities',
      '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY a ' +
        `"aaaaaaaaaa">${Array.from({ length: 20 }, (_, i) => `<!ENTITY a${i} "&a;&a;&a;&a;">`).join('')}]>\n<neuroml>&a19;</neuroml>`,
      ['error xml/document-type 2:1'],
    ],
    [
      'with a reference to a file',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><neuroml id="a">&x;</neuroml>',
      ['error xml/document-type 1:1'],
    ],
    ['in an unknown encoding', `<?xml version="1.0" encoding="UTF-7"?>${nml(cell)}`, ['error xml/unknown-encoding :']],
    ['that are deep', `<neuroml>${'<a>'.repeat(50_000)}`, ['error xml/too-deep 1:307']],
    [
      'of binary data',
      Uint8Array.from([60, 97, 62, 0, 1, 2, 255, 254]),
      ['error xml/binary 1:4', 'warning xml/not-utf-8 :'],
    ],
    ['of another kind', '<svg/>', ['error lems/unknown-root 1:1']],
    ['of NeuroML 1', '<neuroml xmlns="http://morphml.org/neuroml/schema"/>', ['error neuroml/version-1 1:1']],
  ])('%s', async (name, text, findings) => {
    const outcome = await validate(`texts ${name}`, { 'model.nml': text });
    expect(outcome.code).toBe(1);
    expect([...outcome.findings].sort()).toEqual([...findings].sort());
  });

  it.each<[string, Uint8Array, readonly string[]]>([
    ['Latin-1 in a comment', Buffer.from(nml(`<!-- Hübner -->${cell}`), 'latin1'), ['warning xml/not-utf-8 :']],
    [
      'Latin-1 that says so',
      Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${nml(`<!-- é -->${cell}`)}`, 'latin1'),
      [],
    ],
    ['UTF-16', Buffer.from(`\ufeff${nml(cell)}`, 'utf16le'), []],
    ['a byte order mark and CRLF', Buffer.from(`\ufeff${nml(cell)}`.replace(/\n/g, '\r\n')), []],
    ['comments of three dashes', Buffer.from(nml(`<!---  ${cell}  -->${cell}`)), []],
  ])('are read: %s', async (name, text, findings) => {
    expect(await validate(`read ${name}`, { 'model.nml': text })).toEqual({ code: 0, findings });
  });
});

describe('inclusions', () => {
  it('in a circle are read once, with a warning', async () => {
    const files = { 'a.nml': nml(`<include href="b.nml"/>${cell}`), 'b.nml': nml('<include href="a.nml"/>') };
    expect(await validate('circle', files)).toEqual({ code: 0, findings: ['warning lems/include-cycle 2:16'] });
  });

  it('of files outside the repository are refused, unless --allow-path permits them', async () => {
    const files = {
      'repository/models/a.nml': nml('<include href="../../else/b.nml"/>'),
      'else/b.nml': nml(cell),
      'repository/.git/HEAD': 'ref: x',
    };
    expect(await validate('outside', files)).toEqual({ code: 1, findings: ['error lems/include-outside 2:16'] });
    expect(await validate('outside', files, '--allow-path', '@else')).toEqual({ code: 0, findings: [] });
  });

  it.each([
    ['without version control', {}, 1],
    ['under Git', { 'of/download/.git/HEAD': 'ref: x' }, 0],
    ['under Mercurial', { 'of/download/.hg/requires': '' }, 0],
  ])('of folders above in a download %s', async (name, control, code) => {
    const files = {
      'of/download/cells/L23/a.nml': nml('<include href="../../channels/b.nml"/>'),
      'of/download/channels/b.nml': nml(cell),
      ...control,
    };
    const findings = code === 0 ? [] : ['error lems/include-outside 2:16'];
    expect(await validate(`download ${name}`, files)).toEqual({ code, findings });
  });

  it.each(['HOME', 'TMPDIR'] as const)(
    'end below the folder of %s, though it is under version control',
    async (variable) => {
      const files = {
        'shared/Downloads/a.nml': nml('<include href="../b.nml"/>'),
        'shared/b.nml': nml(cell),
        'shared/.git/HEAD': 'ref: x',
      };
      const before = process.env[variable];
      process.env[variable] = folder.file(`shared-${variable}/shared`);
      try {
        expect(await validate(`shared ${variable}`, files)).toEqual({
          code: 1,
          findings: ['error lems/include-outside 2:16'],
        });
      } finally {
        Object.assign(process.env, { [variable]: before ?? '' });
      }
    },
  );

  it('show no line of a file of another kind, nor read hidden ones', async () => {
    const secret = 'machine example.org login ada password hunter2\n';
    for (const [name, href] of [
      ['visible', 'netrc'],
      ['hidden', '.netrc'],
      ['in a hidden folder', '.ssh/config'],
      ['page', 'page.html'],
    ] as const) {
      const files = {
        'a.nml': nml(`<include href="${href}"/>`),
        [href]: href === 'page.html' ? `<html>${secret}` : secret,
      };
      const code = href.startsWith('.') ? 'lems/include-outside' : 'lems/include-other';
      expect(await validate(`secret ${name}`, files)).toEqual({ code: 1, findings: [`error ${code} 2:16`] });
      const said = await runCommand(['validate', folder.file(`secret-${name.replace(/\W+/g, '-')}/a.nml`)]);
      expect(said.stdout + said.stderr).not.toMatch(/hunter2|machine|ada/);
    }
  });

  it('through a link that leaves the repository are refused', async () => {
    const files = {
      'repository/models/a.nml': nml('<include href="link.nml"/>'),
      'else/b.nml': nml(cell),
      'repository/.git/HEAD': 'ref: x',
    };
    await validate('linked', files);
    symlinkSync(folder.file('linked/else/b.nml'), folder.file('linked/repository/models/link.nml'));
    expect(await validate('linked', files)).toEqual({ code: 1, findings: ['error lems/include-outside 2:16'] });
  });

  it('of a repository may come from anywhere in it', async () => {
    const files = {
      'r/deep/down/models/a.nml': nml('<include href="../../../b.nml"/>'),
      'r/b.nml': nml(cell),
      'r/.git/HEAD': 'ref: x',
    };
    expect(await validate('repository', files)).toEqual({ code: 0, findings: [] });
  });

  it.each([
    ['a folder', '<include href="sub"/>', 'error lems/include-not-found 2:16'],
    ['a file of a network', '<include href="http://example.org/a.nml"/>', 'error lems/include-network 2:16'],
    ['a system file', '<include href="/etc/passwd"/>', 'error lems/include-outside 2:16'],
    ['a name with a null byte', '<include href="a&#9;b.nml"/>', 'error lems/include-not-found 2:16'],
    ['a text that is no XML', '<include href="sub/prose.txt"/>', 'error lems/include-other 2:16'],
  ])('of %s', async (name, content, finding) => {
    const files = { 'model.nml': nml(content), 'sub/prose.txt': 'Dear reader' };
    expect(await validate(`include ${name}`, files)).toEqual({ code: 1, findings: [finding] });
  });

  it('permitted from a path that is no folder are an error of usage', async () => {
    writeFileSync(folder.file('plain.nml'), nml(cell));
    const { code, stdout } = await runCommand([
      'validate',
      folder.file('plain.nml'),
      '--allow-path',
      folder.file('nowhere'),
    ]);
    expect(code).toBe(2);
    expect(stdout).toContain('there is no such folder');
  });
});

describe('models', () => {
  it.each([
    ['an unknown type', nml('<iafCel id="a"/>'), 'error lems/unknown-type 2:1'],
    ['an unknown attribute', nml(cell.replace('C="1nF"', 'C="1nF" c="1"')), 'warning lems/unknown-attribute 2:25'],
    ['a unit of another dimension', nml(cell.replace('1nF', '1nS')), 'error lems/wrong-dimension 2:20'],
    ['a misspelt unit', nml(cell.replace('1nF', '1nf')), 'error lems/unknown-unit 2:21'],
    ['no unit', nml(cell.replace('1nF', '1')), 'error lems/wrong-dimension 2:20'],
    ['no value', nml(cell.replace('C="1nF"', '')), 'error lems/missing-parameter 2:1'],
    ['an id twice', nml(`${cell}\n${cell}`), 'error lems/duplicate-id 3:14'],
    [
      'a dangling reference',
      nml('<network id="n"><population id="p" component="b" size="1"/></network>'),
      'error lems/dangling-reference 2:47',
    ],
    [
      'units that do not agree in an equation',
      lems(
        '<ComponentType name="x" extends="baseCell"><Dynamics><StateVariable name="v" ' +
          'dimension="voltage"/>\n<TimeDerivative variable="v" value="v"/></Dynamics></ComponentType><x id="a"/>',
      ),
      'error lems/dimension-mismatch 4:37',
    ],
    [
      'segments in a circle',
      nml(
        '<morphology id="m"><segment id="0"><parent segment="0"/><distal x="0" y="0" z="0" ' +
          'diameter="1"/></segment></morphology>',
      ),
      'error neuroml/segment-loop 2:20',
    ],
    [
      'a negative diameter',
      nml(
        '<morphology id="m"><segment id="0"><proximal x="0" y="0" z="0" diameter="1"/><distal x="0" y="0" z="0" ' +
          'diameter="-1"/></segment></morphology>',
      ),
      'error neuroml/bad-number 2:114',
    ],
    [
      'a run of negative length',
      '<Lems>\n<Include file="Cells.xml"/><Include file="Networks.xml"/><Include ' +
        `file="Simulation.xml"/>\n${cell}<network id="n"><population id="p" component="a" ` +
        'size="1"/></network>\n<Simulation id="s" length="-1ms" step="0.1ms" target="n"/><Target ' +
        'component="s"/></Lems>',
      'error neuroml/bad-number 4:28',
    ],
  ])('with %s', async (name, text, finding) => {
    const outcome = await validate(`models ${name}`, { 'model.nml': text });
    expect(outcome.findings).toEqual([finding]);
    expect(outcome.code).toBe(finding.startsWith('error') ? 1 : 0);
  });

  it('that are right are reported as valid', async () => {
    writeFileSync(folder.file('good.nml'), nml(cell));
    const { code, stdout } = await runCommand(['validate', folder.file('good.nml')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/good\.nml: valid, neuroml, model [0-9a-f]{12}\n/);
  });
});

describe('networks without a simulation', () => {
  const pulse = '<pulseGenerator id="i" delay="0ms" duration="1ms" amplitude="1nA"/>';
  const synapse = '<expOneSynapse id="s" gbase="1nS" erev="0mV" tauDecay="1ms"/>';
  const population = '<population id="p" component="a" size="2"/>';
  const net = (content: string): string => `<network id="n">\n${content}\n</network>`;
  const connection = (more: string): string =>
    '<projection id="j" presynapticPopulation="p" postsynapticPopulation="p" synapse="s">\n<connection id="0" ' +
    `${more}/></projection>`;
  const both = (pre: string, post: string): string => `preCellId="${pre}" postCellId="${post}"`;
  it.each([
    ['is right', nml(`${synapse}${cell}${net(population + connection(both('../p[0]', '../p[1]')))}`), []],
    [
      'leads nowhere',
      nml(`${synapse}${cell}${net(population + connection(both('../q[0]', '../p[1]')))}`),
      ['error lems/unknown-path 4:1'],
    ],
    [
      'leads beyond the end',
      nml(`${synapse}${cell}${net(population + connection(both('../p[0]', '../p[2]')))}`),
      ['error lems/index-out-of-range 4:1'],
    ],
    [
      'drives a cell that takes no such current',
      nml(
        '<izhikevichCell id="a" v0="-70mV" thresh="30mV" a="0.02" b="0.2" c="-65" ' +
          `d="6"/>${pulse}${net(`${population}<explicitInput target="p[0]" input="i"/>`)}`,
      ),
      ['error lems/no-attachments 3:44'],
    ],
  ])('of which one %s', async (name, text, findings) => {
    expect(await validate(`network ${name}`, { 'model.nml': text })).toEqual({
      code: findings.length === 0 ? 0 : 1,
      findings,
    });
  });

  const rate = (value: string): string =>
    nml(`<ionChannelHH id="k"><gateHHrates id="n" instances="1"><forwardRate type="mine"/><reverseRate type="mine"/></gateHHrates></ionChannelHH>
<ComponentType name="mine" extends="baseVoltageDepRate"><Constant name="S" dimension="per_time" value="1 per_ms"/><Constant name="V" dimension="voltage" value="1 mV"/><Dynamics>
<DerivedVariable name="r" exposure="r" dimension="per_time" value="${value}"/></Dynamics></ComponentType>`);
  it.each([
    ['a rate', rate('S*exp(v/V)'), []],
    // The reference interpreter goes on with numbers in SI: published models rely on it.
    ['a rate of no unit', rate('exp(v/V)'), ['warning lems/dimension-mismatch 4:68']],
    [
      'a rate of a potential that has its unit',
      rate('S*exp(v)'),
      ['note run/step-chosen 2:1', 'warning lems/dimension-mismatch 4:74'],
    ],
    ['a rate of something else', rate('S*exp(w/V)'), ['error lems/unknown-name 4:74']],
  ])('channels by themselves: %s', async (name, text, findings) => {
    const code = findings.some((finding) => finding.startsWith('error')) ? 1 : 0;
    expect(await validate(`channel ${name}`, { 'model.nml': text })).toEqual({ code, findings });
  });

  it('do not run until an option gives the duration', async () => {
    writeFileSync(folder.file('untimed.nml'), nml(`${cell}${net(population)}`));
    const path = folder.file('untimed.nml');
    const { code, stderr } = await runCommand(['run', path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/run\/no-duration.*the duration of the run is not given/);
    expect(stderr).toContain("give --duration '100 ms', and --dt");
    expect((await runCommand(['run', path, '--dt', '0.05 ms'])).stderr).not.toContain('and --dt');
    expect(await runCommand(['run', path, '--duration', '1 ms', '--target', 'wasm'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('10 steps'),
    });
  });
});

it.skipIf(!triesAll)(
  slow('a network of a hundred thousand connections is validated, and the one that is wrong in it found'),
  async () => {
    const count = 100_000;
    const lines = Array.from(
      { length: count },
      (_, k) =>
        `<connectionWD id="${k}" preCellId="../p[${k % 97}]" postCellId="../p[${k % 89}]" weight="1" delay="1ms"/>`,
    );
    lines[70_000] = lines[70_000]!.replace('../p[', '../r[');
    const text = nml(
      `<expOneSynapse id="s" gbase="1nS" erev="0mV" tauDecay="1ms"/>${cell}<network id="n"><population id="p" ` +
        'component="a" size="100"/>\n<projection id="j" presynapticPopulation="p" postsynapticPopulation="p" ' +
        `synapse="s">\n${lines.join('\n')}\n</projection></network>`,
    );
    expect(await validate('many', { 'model.nml': text })).toEqual({
      code: 1,
      findings: ['error lems/unknown-path 70004:1'],
    });
    expect(await validate('many right', { 'model.nml': text.replace('../r[', '../p[') })).toEqual({
      code: 0,
      findings: [],
    });
  },
);

it('findings in included files show their lines', async () => {
  mkdirSync(folder.file('lines'), { recursive: true });
  writeFileSync(folder.file('lines/a.nml'), nml('<include href="b.nml"/>'));
  writeFileSync(folder.file('lines/b.nml'), nml(cell.replace('1nF', '1nS')));
  const { stdout } = await runCommand(['validate', folder.file('lines/a.nml')]);
  expect(stdout).toContain(`${folder.file('lines/b.nml')}:2:20`);
  expect(stdout).toContain('C="1nS"');
});
