/** Parts of the program that are loaded on demand, in the worker: the page has them or knows where they are. */

import type { Module, PartMessage, ToWorker } from './messages.js';

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
      resolve(typeof data.modules === 'string' ? data.modules : addressOfModules(data.modules));
    };
    self.addEventListener('message', listen);
    self.postMessage({ kind: 'part', part } satisfies PartMessage);
  });
}

/**
 * Returns the address of the last of some modules, each of which may import those before it. The worker begins with
 * this function as text, so it uses no other.
 */
export function addressOfModules(modules: readonly Module[]): string {
  const known = new Map<string, string>();
  let address = '';
  for (const [name, text] of modules) {
    const linked = text.replaceAll(
      /(["'])(?:\.{1,2}\/)+(?:\w+\/)?([\w.-]+\.js)\1/g,
      (written, quote: string, file: string) => (known.has(file) ? `${quote}${known.get(file)}${quote}` : written),
    );
    address = URL.createObjectURL(new Blob([linked], { type: 'text/javascript' }));
    known.set(name, address);
  }
  return address;
}
