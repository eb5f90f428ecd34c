#!/usr/bin/env node
/** The program `interneuron`. */

import * as nodeModule from 'node:module';

// From Node 22.8 on, compiled code is kept between runs in a folder for temporary files; where that cannot be, nothing
// happens.
const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: () => unknown };
enableCompileCache?.();

// What is imported before is recompiled each time.
await import('./process.js');
