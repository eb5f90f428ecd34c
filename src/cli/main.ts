#!/usr/bin/env node
/** The program `interneuron`. */

import * as nodeModule from 'node:module';

// From Node 22.8 on, compiled code is kept between runs in a folder for temporary files, if that is possible.
const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: () => unknown };
enableCompileCache?.();

// Modules imported before this call are recompiled at every start.
await import('./process.js');
