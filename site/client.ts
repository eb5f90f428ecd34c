/** The worker, as the page calls it. */

import { inflated } from './link.js';
import type { BeginMessage, Calls, FromWorker, LiveMessage, Module, Part, ToWorker } from './messages.js';
import { addressOfModules } from './parts.js';
import type { Diagnostic } from '../src/diagnostics/diagnostic.js';

/** The result of a call; without an answer, findings say why. */
export interface Reply<T> {
  readonly answer?: T;
  readonly findings: readonly Diagnostic[];
  readonly failed: boolean;
}

/** Calls of the worker. */
export interface Client {
  call<Name extends keyof Calls>(
    name: Name,
    ...given: Parameters<Calls[Name]>
  ): Promise<Reply<Awaited<ReturnType<Calls[Name]>>>>;
}

/** Returns a part of the program that this page holds; undefined if it is a file beside it. */
async function heldPart(part: 'worker' | 'trees' | Part): Promise<readonly Module[] | undefined> {
  const held = document.getElementById(`part-${part}`)?.textContent;
  return held === undefined || held === null ? undefined : modulesIn(await inflated(held.trim()));
}

/** Returns the modules of a part: a line of JSON with their names and lengths comes before their texts. */
function modulesIn(text: string): readonly Module[] {
  let end = text.indexOf('\n') + 1;
  const contents = JSON.parse(text.slice(0, end)) as readonly (number | readonly [name: string, length: number])[];
  return contents.map((one, k) => {
    const [name, length] = typeof one === 'number' ? [`${k}.js`, one] : one;
    return [name, text.slice(end, (end += length))];
  });
}

/** Checks whether the page can write HDF5: it has the library, or a site that has it. */
export const hasHdf5 = (): boolean =>
  document.getElementById('part-hdf5') !== null || document.getElementById('part-worker') === null;

/** Returns the address of a file beside the page. */
const beside = (part: 'worker' | Part): string => new URL(`${part}.js`, import.meta.url || document.baseURI).href;

/**
 * A worker that takes the modules of the library as its first message, and keeps later ones until it serves them. What
 * is thrown while they load is thrown again outside the promise, where the page hears of it.
 */
const loader = `
self.onmessage = ({ data }) => {
  const early = [];
  self.onmessage = (event) => early.push(event);
  import((${addressOfModules.toString()})(data)).then(
    ({ serveWorker }) => {
      serveWorker();
      for (const event of early) self.onmessage(event);
    },
    (reason) => setTimeout(() => { throw reason; }),
  );
};`;

/** Starts the worker. @param live  receives what a run records */
export async function startClient(live: (message: BeginMessage | LiveMessage) => void): Promise<Client> {
  const modules = await heldPart('worker');
  const worker =
    modules === undefined
      ? new Worker(beside('worker'), { type: 'module' })
      : new Worker(addressOfModules([['loader.js', loader]]));
  if (modules !== undefined) worker.postMessage(modules);
  const waiting = new Map<number, (reply: Reply<unknown>) => void>();
  let last = 0;
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    switch (data.kind) {
      case 'answer':
        waiting.get(data.id)?.(data);
        waiting.delete(data.id);
        return;
      case 'part':
        void heldPart(data.part).then((held) =>
          worker.postMessage({
            kind: 'part',
            part: data.part,
            modules: held ?? (hasHdf5() ? beside(data.part) : ''),
          } satisfies ToWorker),
        );
        return;
      case 'begin':
      case 'live':
        live(data);
    }
  };
  worker.onerror = ({ message }) => {
    const findings = [{ code: 'page/internal', severity: 'error' as const, message }];
    for (const answer of waiting.values()) answer({ findings, failed: true });
    waiting.clear();
  };
  const client: Client = {
    call: (name, ...[given]) =>
      new Promise((resolve) => {
        last += 1;
        waiting.set(last, (reply) => resolve(reply as Awaited<ReturnType<Client['call']>> as never));
        worker.postMessage({ id: last, call: name, given });
      }),
  };
  const [trees] = (await heldPart('trees')) ?? [];
  if (trees) void client.call('hold', trees[1]);
  return client;
}
