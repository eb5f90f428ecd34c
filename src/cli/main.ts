#!/usr/bin/env node
/** The program `interneuron`. */

import { loadPrograms } from './start.js';

const words = process.argv.slice(2);
process.exitCode = await loadPrograms(import.meta.url, words).interneuron(words);
