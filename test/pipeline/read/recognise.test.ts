import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { recognise } from '../../../src/pipeline/read/recognise.js';

const positions = { place: (pointer: string) => ({ document: 'x.yaml', pointer, line: 1 }) };

describe('recognise', () => {
  it.each([
    [{ interneuron: 1 }, 'canonical', []],
    [{ format: 'interneuron/brian' }, 'brian', []],
    [{ format: 'interneuron/pynn' }, 'pynn', []],
    [{ format: 'interneuron/brain' }, null, ['recognise/unread-format']],
    [{ format: 'toString' }, null, ['recognise/unread-format']],
    [{ format: 7 }, null, ['recognise/unread-format']],
    [{ format: { toString: '1 um' } }, null, ['recognise/unread-format']],
    [{ format: 'interneuron/run', interneuron: 1 }, null, ['recognise/is-result']],
    [{ populations: {} }, null, ['recognise/unknown-format']],
    [['a list'], null, ['recognise/not-a-model']],
    ['text', null, ['recognise/not-a-model']],
    [null, null, ['recognise/not-a-model']],
  ])('%j is %j', (document, notation, codes) => {
    const diagnostics = new Diagnostics();
    expect(recognise(document, positions, diagnostics)).toBe(notation);
    expect(diagnostics.list.map(({ code }) => code)).toEqual(codes);
  });

  it('suggests the format that was meant', () => {
    const diagnostics = new Diagnostics();
    recognise({ format: 'interneuron/brain' }, positions, diagnostics);
    expect(diagnostics.list[0]).toMatchObject({
      place: { pointer: '/format' },
      hint: 'did you mean interneuron/brian?',
    });
  });
});
