/** Sessions with arrays that a procedure writes for readers (`shown` of the manifest). */

import { showSynapses } from '../../src/ir/names.js';
import type { Program } from '../../src/ir/program.js';
import type { Session } from './target.js';

/** Returns a session that writes these arrays before they are read. */
export function showing(session: Session, { manifest }: Program): Session {
  if (!manifest.shown) return session;
  const shown = new Set(manifest.shown);
  let written: Promise<void> | undefined;
  const changing = <T>(act: Promise<T>): Promise<T> => {
    written = undefined;
    return act;
  };
  return {
    get step() {
      return session.step;
    },
    get memory() {
      return session.memory;
    },
    ...(session.paced === undefined ? {} : { paced: session.paced }),
    initialise: (progress) => changing(session.initialise(progress)),
    run: (steps) => changing(session.run(steps)),
    call: (procedure) => changing(session.call(procedure)),
    write: (buffer, data, offset) => changing(session.write(buffer, data, offset)),
    restore: (snapshot) => changing(session.restore(snapshot)),
    read: async (buffer, offset, length) => {
      if (shown.has(buffer)) await (written ??= session.call(showSynapses));
      return session.read(buffer, offset, length);
    },
    length: (buffer) => session.length(buffer),
    snapshot: () => session.snapshot(),
    dispose: () => session.dispose(),
  };
}
