import { describe, expect, it } from 'vitest';
import { lems, reading } from './support/reading.js';

const type = (name: string): string => `<ComponentType name="${name}"/>`;
const doc = (content: string): string => `<Lems>\n${content}\n</Lems>`;
const nml = (content: string): string =>
  `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d">\n${content}\n</neuroml>`;

/** Names of the types that a model of several files has. */
function types(
  files: Readonly<Record<string, string>>,
  main = '/repo/a/model.xml',
  folders: readonly string[] = [],
): { names: string[]; marks: readonly string[] } {
  const { model, marks } = reading({ files, main, folders });
  return { names: [...(model?.types.keys() ?? [])], marks };
}

describe('inclusion', () => {
  it('puts the content of a file in the place of its inclusion', () => {
    const { model, marks } = reading({
      main: '/repo/model.xml',
      files: {
        '/repo/model.xml': doc(`${type('a')}<a id="1"/><Include file="parts/b.xml"/><a id="3"/>`),
        '/repo/parts/b.xml': doc('<a id="2"/>'),
      },
    });
    expect(marks).toEqual([]);
    expect(model!.components.map(({ id, place }) => [id, place.document])).toEqual([
      ['1', '/repo/model.xml'],
      ['2', '/repo/parts/b.xml'],
      ['3', '/repo/model.xml'],
    ]);
  });

  it('looks in the folder of the including file, then of the main file, then in allowed folders', () => {
    const files = {
      '/repo/a/model.xml': doc('<Include file="../lib/one.xml"/>'),
      '/repo/lib/one.xml': doc(
        `${type('one')}<include href="two.xml"/><include href="three.xml"></include><Include file="four.xml"/>`,
      ),
      '/repo/lib/two.xml': doc(type('besideIncluding')),
      '/repo/a/two.xml': doc(type('wrong')),
      '/repo/a/three.xml': doc(type('besideMain')),
      '/else/four.xml': doc(type('allowed')),
    };
    expect(types(files, '/repo/a/model.xml', ['/else'])).toEqual({
      names: ['one', 'besideIncluding', 'besideMain', 'allowed'],
      marks: [],
    });
  });

  it('takes names that begin with a slash from the folder of the model on', () => {
    const files = {
      '/repo/a/model.xml': doc('<Include file="/parts/one.xml"/>'),
      '/repo/a/parts/one.xml': doc(type('one')),
    };
    expect(types(files)).toEqual({ names: ['one'], marks: [] });
  });

  it('looks in the folders of earlier inclusions, last', () => {
    const files = {
      '/repo/a/model.xml': doc('<Include file="../lib/one.xml"/><Include file="two.xml"/>'),
      '/repo/lib/one.xml': doc(type('one')),
      '/repo/lib/two.xml': doc(type('two')),
    };
    expect(types(files)).toEqual({ names: ['one', 'two'], marks: [] });
  });

  it('reads a file once, by whatever name', () => {
    const files = {
      '/repo/a/model.xml': doc('<Include file="x.xml"/><Include file="./x.xml"/><Include file="../a/x.xml"/>'),
      '/repo/a/x.xml': doc(type('x')),
    };
    expect(types(files)).toEqual({ names: ['x'], marks: [] });
  });

  it('reads two files of one name, with a warning', () => {
    const files = {
      '/repo/a/model.xml': doc('<Include file="x.xml"/><Include file="../b/y.xml"/>'),
      '/repo/a/x.xml': doc(type('x')),
      '/repo/b/y.xml': doc('<Include file="x.xml"/>'),
      '/repo/b/x.xml': doc(type('other')),
    };
    expect(types(files)).toEqual({ names: ['x', 'other'], marks: ['warning lems/include-same-name «x.xml»'] });
  });

  it('tells circles', () => {
    const files = {
      '/repo/a/model.xml': doc('<Include file="x.xml"/>'),
      '/repo/a/x.xml': doc(`${type('x')}<Include file="y.xml"/>`),
      '/repo/a/y.xml': doc(`${type('y')}<Include file="x.xml"/><Include file="model.xml"/>`),
    };
    expect(types(files)).toEqual({
      names: ['x', 'y'],
      marks: ['warning lems/include-cycle «x.xml»', 'warning lems/include-cycle «model.xml»'],
    });
  });

  it('mixes LEMS and NeuroML: types in NeuroML, components in LEMS', () => {
    const { model, marks } = reading({
      main: '/repo/model.xml',
      files: {
        '/repo/model.xml': doc('<Include file="cell.nml"/><mine id="m" C="2nF"/>'),
        '/repo/cell.nml': nml(
          '<ComponentType name="mine" extends="baseCell"><Parameter name="C" dimension="capacitance"/></ComponentType>',
        ),
      },
    });
    expect(marks).toEqual([]);
    expect(model!.components[0]!.type.lineage).toEqual(['mine', 'baseCell', 'baseStandalone']);
  });

  it('keeps the groups of a morphology as they are', () => {
    const { marks } = reading(
      nml(`<morphology id="m"><segment id="0"><proximal x="0" y="0" z="0" diameter="1"/><distal x="1" y="0" z="0" diameter="1"/></segment>
<segmentGroup id="a"><member segment="0"/></segmentGroup><segmentGroup id="b"><include segmentGroup="a"/></segmentGroup></morphology>`),
    );
    expect(marks).toEqual([]);
  });

  it.each([
    ['a file that is not there', '<Include file="nowhere.xml"/>', 'error lems/include-not-found «nowhere.xml»'],
    ['a file outside', '<Include file="../../etc/secret.xml"/>', 'error lems/include-outside «../../etc/secret.xml»'],
    [
      'a file outside, from its root',
      '<Include file="/etc/secret.xml"/>',
      'error lems/include-outside «/etc/secret.xml»',
    ],
    [
      'a file of a network',
      '<Include file="https://example.org/x.xml"/>',
      'error lems/include-network «https://example.org/x.xml»',
    ],
    ['a file by its address', '<Include url="x.xml"/>', 'error lems/include-network «x.xml»'],
    ['no file', '<Include/>', 'error lems/include-without-file «<Include»'],
    ['a file that is not well-formed', '<Include file="bad.xml"/>', 'error xml/unclosed-element «<b»'],
    ['a file of another kind', '<Include file="other.xml"/>', 'error lems/include-other «other.xml»'],
  ])('%s', (_, content, mark) => {
    const files = {
      '/repo/a/model.xml': doc(content),
      '/etc/secret.xml': doc(type('secret')),
      '/repo/a/bad.xml': '<Lems><b></Lems>',
      '/repo/a/other.xml': '<html/>',
    };
    expect(types(files)).toEqual({ names: [], marks: [mark] });
  });
});

describe('what to do about an inclusion', () => {
  it.each([
    ['parts/chanels.xml', 'parts/channels.xml'],
    ['Cels.xml', 'Cells.xml'],
  ])('that names %s', (written, meant) => {
    const { diagnostics } = reading({
      main: '/repo/model.xml',
      files: { '/repo/model.xml': doc(`<Include file="${written}"/>`), '/repo/parts/channels.xml': doc(type('a')) },
    });
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ code: 'lems/include-not-found', hint: expect.stringContaining(meant) }),
    );
  });

  it('warns of an attribute that the schema of NeuroML does not have there', () => {
    const files = { '/repo/model.nml': nml('<include file="b.nml"/>').toString(), '/repo/b.nml': nml('').toString() };
    expect(reading({ main: '/repo/model.nml', files }).marks).toContain('warning neuroml/include-by-file «file»');
  });
});

describe('core types', () => {
  it('are there by the names of their files', () => {
    const { names, marks } = types({
      '/repo/a/model.xml': doc('<Include file="Cells.xml"/><Include file="Simulation.xml"/>'),
    });
    expect(marks).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['iafCell', 'ionChannelHH', 'expTwoSynapse', 'Simulation']));
    expect(names).not.toContain('network');
  });

  it('are all there in NeuroML documents', () => {
    const { names } = types({ '/repo/a/model.nml': nml('') }, '/repo/a/model.nml');
    expect(names).toEqual(
      expect.arrayContaining(['iafCell', 'network', 'IF_cond_exp', 'Simulation', 'pulseGenerator']),
    );
  });

  it('are named, with their file, if a LEMS document lacks them', () => {
    const { diagnostics } = reading(lems('<network id="n"/>'));
    expect(diagnostics).toMatchObject([
      { code: 'lems/unknown-type', hint: 'it is a NeuroML core type: add <Include file="Networks.xml"/>' },
    ]);
  });

  it('give way to a local file of the same name, with a warning', () => {
    const files = {
      '/repo/a/model.xml': doc('<Include file="Cells.xml"/>'),
      '/repo/a/Cells.xml': doc(type('iafCell')),
    };
    expect(types(files)).toEqual({ names: ['iafCell'], marks: ['warning neuroml/shadows-core-types «Cells.xml»'] });
  });

  it("give way to a local copy's dimensions and units too, and to its types without further warnings", () => {
    const files = {
      '/repo/a/model.nml': nml('<include href="NeuroMLCoreDimensions.xml"/><include href="Cells.xml"/>'),
      '/repo/a/NeuroMLCoreDimensions.xml': doc(
        '<Dimension name="resistivity" m="2" l="2" t="-3" i="-2"/><Unit symbol="ohm_m" dimension="resistivity" ' +
          'power="1"/>',
      ),
      '/repo/a/Cells.xml': doc(type('iafCell')),
    };
    const { model, marks } = reading({ files, main: '/repo/a/model.nml' });
    expect(marks).toEqual([
      'warning neuroml/shadows-core-types «NeuroMLCoreDimensions.xml»',
      'warning neuroml/shadows-core-types «Cells.xml»',
    ]);
    expect(model!.units.get('ohm_m')).toMatchObject({ power: 1, dimension: [2, 2, -3, -2, 0, 0, 0] });
    expect(model!.types.get('iafCell')!.parameters.size).toBe(0);
  });

  it('give way to types of the same name, with a warning', () => {
    const { model, marks } = reading(nml('<ComponentType name="iafCell"/><iafCell id="a"/>'));
    expect(marks).toEqual(['warning neuroml/replaces-core-type «iafCell»']);
    expect(model!.byId.get('a')!.type.parameters.size).toBe(0);
  });

  it('have no mistakes, used or not', () => {
    const all = reading(doc('<Include file="NeuroML2CoreTypes.xml"/>'));
    expect(all.marks).toEqual([]);
    // As the user's own they are checked even without a use.
    const instances = [...all.model!.types.keys()].filter((name) => name !== 'Component');
    const heirs = instances.map((name) => `<ComponentType name="own_${name}" extends="${name}"/>`).join('\n');
    expect(reading(doc(`<Include file="NeuroML2CoreTypes.xml"/>\n${heirs}`)).marks).toEqual([]);
  });
});

describe('the notation of a document', () => {
  it.each([
    ['NeuroML 1', '<neuroml xmlns="http://morphml.org/neuroml/schema"/>', 'error neuroml/version-1 «<neuroml»'],
    ['ChannelML', '<channelml xmlns="http://morphml.org/channelml/schema"/>', 'error neuroml/version-1 «<channelml»'],
    ['another root', '<lems/>', 'error lems/unknown-root «<lems»'],
    [
      'another namespace: a warning',
      '<neuroml id="d" xmlns="http://example.org"/>',
      'warning neuroml/unknown-namespace «<neuroml»',
    ],
    ['NeuroML 2 with a prefix', '<nml:neuroml id="d" xmlns:nml="http://www.neuroml.org/schema/neuroml2"/>', undefined],
    ['NeuroML 2 without a namespace', '<neuroml id="d"/>', undefined],
    ['LEMS with a namespace', '<Lems xmlns="http://www.neuroml.org/lems/0.7.6"/>', undefined],
  ])('%s', (_, text, mark) => {
    expect(reading(text).marks).toEqual(mark === undefined ? [] : [mark]);
  });
});

describe('the schema', () => {
  const cell = '<iafTauCell id="c" leakReversal="-50mV" thresh="-55mV" reset="-70mV" tau="30ms"/>';
  const source = '<spikeGenerator id="s" period="10ms"/>';

  it('holds for included files, too', () => {
    const { marks } = reading({
      main: '/repo/net.nml',
      files: {
        '/repo/net.nml': nml(
          '<include href="c.nml"/><network id="n"><population id="p" component="c" size="1"/></network>',
        ),
        '/repo/c.nml': nml(`${source}\n${cell}`).replace(' id="d"', ' kind="cell"'),
      },
    });
    expect(marks).toEqual([
      'warning neuroml/missing-id «<neuroml»',
      'warning neuroml/unexpected-attribute «kind»',
      'warning neuroml/element-order «<iafTauCell»',
    ]);
  });
});
