/** Parts of the program that are loaded on demand, in the worker: the page has them or knows where they are. */

import type { Module, PartMessage, ToWorker } from './messages.js';

/** Returns the address of a text of JavaScript. */
export const addressOfText = (text: string): string =>
  URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));

let hasPage = false;

/** Takes parts from the page whose worker this is; otherwise they are modules of the package. */
export function takePartsFromPage(): void {
  hasPage = true;
}

/** Whether parts come from a page. */
export const isOfPage = (): boolean => hasPage;

/** Asks the page for a part. @returns its address */
export function addressOf(part: PartMessage['part']): Promise<string> {
  return new Promise((resolve) => {
    const listen = ({ data }: MessageEvent<ToWorker>): void => {
      if (!('modules' in data) || data.part !== part) return;
      self.removeEventListener('message', listen);
      resolve(typeof data.modules === 'string' ? data.modules : addressOfLibrary(data.modules));
    };
    self.addEventListener('message', listen);
    self.postMessage({ kind: 'part', part } satisfies PartMessage);
  });
}

/** Returns the address of a module whose default export is a library. */
function addressOfLibrary(modules: readonly Module[]): string {
  const known: (readonly [name: string, address: string])[] = [];
  for (const [name, text] of modules) {
    const linked = known.reduce((now, [other, address]) => now.replaceAll(`'./${other}'`, `'${address}'`), text);
    known.push([name, addressOfText(linked)]);
  }
  return known.at(-1)?.[1] ?? '';
}
