import { describe, expect, it } from 'vitest';
import { runCommand } from '../support/command.js';

describe('page', () => {
  it.each([
    ['- -o x.html', /a page holds a file, not the standard input/],
    ['fixtures/readme/first-steps.yaml -o x.svg', /a page is an \.html file, not x\.svg/],
    ['fixtures/readme/none.yaml -o x.html', /there is no file fixtures\/readme\/none\.yaml/],
  ])('refuses %s', async (line, text) => {
    const { code, stderr } = await runCommand(['page', ...line.split(' ')]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(text)]);
  });

  it.each([
    [['--task-check', 'rate(cells) = 5 Hz'], /--task-check has no task/],
    [['--task-check', 'rates(cells) = 5 Hz'], /no condition on spikes/],
    [['--task-check', 'rate(cells) = 5 mV'], /another dimension/],
    [['--task-check', 'rate(cells) between 4 and 5'], /no condition on spikes/],
    [['--task-check', 'rate(cell) = 5 Hz'], /records no spikes of cell/],
  ])('refuses %j', async (words, text) => {
    const task = text.source.includes('no task') ? [] : ['--task', 'Find it.'];
    const line = ['page', 'fixtures/readme/first-steps.yaml', '-o', 'x.html', ...task, ...words];
    const { code, stderr } = await runCommand(line);
    expect([code, stderr]).toEqual([2, expect.stringMatching(text)]);
  });

  it('asks for the duration of a network without one', async () => {
    const { code, stderr } = await runCommand(['page', 'fixtures/neuroml/cells.net.nml', '-o', 'x.html']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/run\/no-duration[^]*--duration '100 ms'/)]);
  });

  it('reports mistakes of the model', async () => {
    const { code, stderr } = await runCommand(['page', 'fixtures/readme/two-slips.yaml', '-o', 'x.html']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/dimension/)]);
  });
});
