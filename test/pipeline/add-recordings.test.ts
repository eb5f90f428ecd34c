import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/diagnostics/diagnostic.js';
import { addRecordings, parseRecordingRequest } from '../../src/pipeline/add-recordings.js';

describe('parseRecordingRequest', () => {
  it.each([
    ['exc:v', { of: 'exc', variables: ['v'] }],
    ['exc:v@1ms', { of: 'exc', variables: ['v'], every: '1ms' }],
    ['exc:v,ge@0.5 ms', { of: 'exc', variables: ['v', 'ge'], every: '0.5 ms' }],
    ['exc[0:10]:v', { of: 'exc[0:10]', variables: ['v'] }],
    ['exc[0:10:2]:v@1ms', { of: 'exc[0:10:2]', variables: ['v'], every: '1ms' }],
    ['exc:spikes', { of: 'exc', events: 'spike' }],
    ['exc[3]:spikes', { of: 'exc[3]', events: 'spike' }],
    ['exc:rate', { of: 'exc', rate: true }],
  ])('%s', (text, request) => {
    expect(parseRecordingRequest(text)).toEqual(request);
  });

  it.each(['', 'exc', 'exc:', ':v', 'exc:v@', 'exc v', 'exc:spikes@1ms', 'exc:v w'])('%j is refused', (text) => {
    expect(() => parseRecordingRequest(text)).toThrow(UsageError);
  });
});

describe('addRecordings', () => {
  const positions = { place: (pointer: string) => ({ document: 'model.yaml', pointer }) };

  it('adds to the recordings of the document, with the origin of each', () => {
    const added = addRecordings({ record: [{ of: 'inh', events: 'spike' }] }, positions, ['exc:v', 'exc:spikes']);
    expect(added.document).toEqual({
      record: [
        { of: 'inh', events: 'spike' },
        { of: 'exc', variables: ['v'] },
        { of: 'exc', events: 'spike' },
      ],
    });
    expect(
      ['/record/0', '/record/1/variables/0', '/record/2', '/name'].map(
        (pointer) => added.positions.place(pointer).document,
      ),
    ).toEqual(['model.yaml', '--record exc:v', '--record exc:spikes', 'model.yaml']);
  });

  it('returns the document unchanged without requests', () => {
    const document = { name: 'x' };
    expect(addRecordings(document, positions, [])).toEqual({ document, positions });
  });

  it('uses the key that the document has', () => {
    const { document } = addRecordings({ recordings: [] }, positions, ['exc:v']);
    expect(document).toEqual({ recordings: [{ of: 'exc', variables: ['v'] }] });
  });
});
