/**
 * The folder for a machine with a GPU runs by itself: here on a look-alike of a device, from a folder without access to
 * the project's.
 */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../runtime/targets/c/compiler.js';
import { buildLookAlike, canLookAlike } from '../support/cuda-driver/libraries.js';
import { slow, triesAll } from '../support/effort.js';

const folder = mkdtempSync(join(tmpdir(), 'interneuron-gpu-pack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasTools = canLookAlike && (await runProgram(['xz', '--version'])).status === 0;

interface Report {
  readonly available: boolean;
  readonly passed: boolean;
  readonly parts: readonly { readonly part: string; readonly end: string }[];
  readonly agreement: readonly { readonly precision: string; readonly equal: boolean }[];
  readonly fixtures: readonly {
    readonly name: string;
    readonly precision: string;
    readonly against: string;
    readonly equal: boolean;
  }[];
  readonly microcircuit: readonly {
    readonly neurons: number;
    readonly synapses: number;
    readonly fingerprint: string;
    readonly launches: { readonly each: readonly number[]; readonly step: number };
  }[];
}

describe.skipIf(!hasTools || !triesAll)(
  slow(`a packed folder${hasTools ? '' : ' (skipped: there is no g++ or no xz)'}`),
  () => {
    test('checks fixtures and times the microcircuit', async () => {
      // Compressing the real one takes minutes.
      const node = join(folder, 'node');
      writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
      chmodSync(node, 0o755);
      const packed = join(folder, 'gpu');
      const { status, stdout, stderr } = await runProgram(
        [process.execPath, 'scripts/gpu/pack.js', packed, '--node', node],
        { cwd: process.cwd() },
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/gpu: \d+\.\d MiB/);
      expect(readdirSync(packed).sort()).toEqual(['app.tar.xz', 'node.xz', 'run.sh']);

      const machine = await buildLookAlike();
      try {
        const report = join(folder, 'report.json');
        let tool = '';
        const run = (...words: string[]): ReturnType<typeof runProgram> =>
          runProgram(
            [
              'env',
              `INTERNEURON_CUDA_LIBRARY=${machine.cuda}`,
              `INTERNEURON_NVRTC_LIBRARY=${machine.nvrtc}`,
              `OUT=${join(folder, 'out')}`,
              `PATH=${tool}${process.env['PATH'] ?? ''}`,
              'sh',
              join(packed, 'run.sh'),
              ...words,
              '--json',
              report,
            ],
            { cwd: folder },
          );
        const checked = await run('test', '--only', 'single-lif');
        expect(checked).toMatchObject({ status: 0, stderr: '' });
        expect(checked.stdout).toContain('2 of 2 fingerprints are equal');
        const { fixtures } = JSON.parse(readFileSync(report, 'utf8')) as Report;
        expect(fixtures).toMatchObject(
          ['float64', 'float32'].map((precision) => ({
            name: 'single-lif',
            precision,
            against: 'golden',
            equal: true,
          })),
        );
        const timed = await run(
          'bench',
          '--scale',
          '0.005',
          '--seconds',
          '0.005',
          '--drive',
          'poisson',
          '--precision',
          'float64',
        );
        expect(timed).toMatchObject({ status: 0, stderr: '' });
        const { microcircuit, parts, passed } = JSON.parse(readFileSync(report, 'utf8')) as Report;
        expect({ parts: parts.map(({ part, end }) => `${part}: ${end}`), passed }).toEqual({
          parts: ['probe: done', 'microcircuit poisson float64: done'],
          passed: true,
        });
        expect(microcircuit).toHaveLength(1);
        // Delivery, everything that happens to an element, the list of spikes.
        expect(microcircuit[0]?.launches.each).toHaveLength(3);
        expect(readFileSync(join(folder, 'out', 'report.md'), 'utf8')).toContain('Everything passed.');
        // Sizes of the populations (Potjans & Diesmann 2014), scaled one by one.
        const sizes = [20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948].map((size) => Math.round(0.005 * size));
        expect(microcircuit[0]?.neurons).toBe(sizes.reduce((sum, size) => sum + size, 0));
        expect(microcircuit[0]?.synapses).toBeGreaterThan(0);
        expect((await run('test', '--target', 'nonsense')).status).toBe(2);

        // The compiler here takes the process with it at one of the fixtures; later fixtures are checked all the same.
        const tools = join(folder, 'tools');
        mkdirSync(tools);
        writeFileSync(
          join(tools, 'g++'),
          `#!/bin/sh\nfor word; do case "$word" in */host.cpp) grep -q 'Hodgkin' "\${word%host.cpp}network.cu" ` +
            '&& kill -9 $PPID;; esac; done\nPATH=$(echo "$PATH" | cut -d: -f2-) exec g++ "$@"\n',
        );
        chmodSync(join(tools, 'g++'), 0o755);
        tool = `${tools}:`;
        const broken = await run('test', '--only', 'single-');
        expect(broken.status).toBe(1);
        expect(broken.stdout).toContain('NOT everything passed.');
        const { fixtures: checkedAll } = JSON.parse(readFileSync(report, 'utf8')) as Report;
        expect(
          Object.fromEntries(checkedAll.map(({ name, precision, equal }) => [`${name} ${precision}`, equal])),
        ).toEqual({
          'single-hh float64': false,
          'single-hh float32': false,
          'single-lif float64': true,
          'single-lif float32': true,
        });
      } finally {
        machine.dispose();
      }
    });
  },
);
