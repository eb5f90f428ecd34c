import { describe, expect, it } from 'vitest';
import { ListedElement } from '../../../src/xml/element.js';
import { reading } from './support/reading.js';

describe('a network of many connections', () => {
  const count = 200_000;
  const connections = Array.from(
    { length: count },
    (_, index) =>
      `<connectionWD id="${index}" preCellId="../p/${index % 100}/iaf" postCellId="../p/${index % 99}/iaf" ` +
      `weight="${index / 8}" delay="${(index % 7) + 0.5}ms"/>`,
  );
  const text = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="d">
<expOneSynapse id="s" gbase="1nS" erev="0mV" tauDecay="1ms"/><iafCell id="iaf" C="1nF" thresh="0mV" reset="0mV" leakConductance="1nS" leakReversal="0mV"/>
<network id="n"><population id="p" component="iaf" size="100"/>
<projection id="j" presynapticPopulation="p" postsynapticPopulation="p" synapse="s">
${connections.join('\n')}
</projection></network></neuroml>`;

  it('is read compactly, each connection with its attributes and place', () => {
    const { model, marks } = reading(text);
    expect(marks).toEqual([]);
    const read = model!.byId.get('n')!.children[1]!.children;
    expect(read).toHaveLength(count);
    for (const index of [0, 1, 77_777, count - 1]) {
      const connection = read[index]!;
      expect(connection).toMatchObject({ id: String(index), role: 'connectionsWD' });
      expect({ ...connection.attributes }).toEqual({
        preCellId: `../p/${index % 100}/iaf`,
        postCellId: `../p/${index % 99}/iaf`,
        weight: String(index / 8),
        delay: `${(index % 7) + 0.5}ms`,
      });
      expect(connection.place).toMatchObject({ line: index + 5, column: 1 });
    }
    // Their text is a part of the document: no text is held twice.
    expect((read[5] as unknown as { element: unknown }).element).toBeInstanceOf(ListedElement);
  });

  it('has one wrong connection among the many found, with its line', () => {
    const { findings } = reading(
      text.replace('id="123456" preCellId="../p/56/iaf"', 'id="123456" preCell="../p/56/iaf"'),
    );
    expect(findings).toEqual(['warning lems/unknown-attribute 123461:27', 'error neuroml/missing-attribute 123461:1']);
  });
});
