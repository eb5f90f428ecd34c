#!/usr/bin/env node
/** The program `interneuron`. */

import { mkdirSync, statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

// From Node 22.8 on, compiled code is kept between runs, in the user's folder for caches. Node's own choice, a folder
// for temporary files, is one that others can write to.
const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: (folder: string) => unknown };
if (enableCompileCache) {
  const { INTERNEURON_CACHE: own, XDG_CACHE_HOME: usual } = process.env;
  const folder = join(
    own ? resolve(own) : join(usual?.startsWith('/') ? usual : join(homedir(), '.cache'), 'interneuron'),
    'node',
  );
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    if (process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)) enableCompileCache(folder);
  } catch {
    // Without a cache, the program starts later.
  }
}

// Modules imported before this call are recompiled at every start.
await import('./process.js');
