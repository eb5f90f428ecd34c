#!/usr/bin/env node
/** The program `interneuron-biosimulators`. */

import { runBiosimulators } from './biosimulators.js';
import { processTerminal } from './terminal.js';

process.exitCode = await runBiosimulators(process.argv.slice(2), processTerminal());
