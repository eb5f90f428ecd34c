/** Repeats a command when its files change. */

import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { isFolder } from './model-files.js';
import type { Terminal } from './terminal.js';

/** Editors write a file in several steps: all changes within this time are one. */
const quiet_ms = 150;

/**
 * Performs an action after each change in the folders of some files, until Ctrl-C. Changes while it is performed are
 * one more.
 */
export function whenChanged(files: readonly string[], terminal: Terminal, action: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let last: Promise<void> = Promise.resolve();
    const folders = new Set(files.map((path) => (isFolder(path) ? path : dirname(path))));
    const watchers: FSWatcher[] = [];
    const stop = (): void => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      stopListening();
    };
    const changed = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        last = last.then(action).catch((error: unknown) => {
          stop();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      }, quiet_ms);
    };
    const stopListening = terminal.onInterrupt(() => {
      stop();
      void last.then(resolve);
    });
    for (const folder of folders) watchers.push(watch(folder, changed));
  });
}
