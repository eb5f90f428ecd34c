import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../src/diagnostics/diagnostic.js';
import { setConstants } from '../../src/pipeline/apply-settings.js';

const positions = { place: (pointer: string) => ({ document: 'x.yaml', pointer }) };
const document = { namespace: { tau: '10 ms', w: '1 mV' }, run: '1 s' };

describe('setConstants', () => {
  it('replaces constants, and records the origin of the new ones', () => {
    const diagnostics = new Diagnostics();
    const settled = setConstants(document, 'namespace', positions, { w: '2 mV', 'cells.v': '0 mV' }, diagnostics);
    expect(diagnostics.list).toEqual([]);
    expect(settled.document).toEqual({ namespace: { tau: '10 ms', w: '2 mV' }, run: '1 s' });
    expect(settled.rest).toEqual({ 'cells.v': '0 mV' });
    expect(settled.positions.place('/namespace/w').document).toBe('--set w=2 mV');
    expect(settled.positions.place('/namespace/tau').document).toBe('x.yaml');
    expect(document.namespace.w).toBe('1 mV');
  });

  it.each(['u', 'run', 'toString', '__proto__'])('refuses %s, which is no constant', (name) => {
    const diagnostics = new Diagnostics();
    setConstants(document, 'namespace', positions, { [name]: '1' }, diagnostics);
    expect(diagnostics.list.map(({ code, place }) => [code, place?.document])).toEqual([
      ['set/unknown-name', `--set ${name}=1`],
    ]);
  });
});
