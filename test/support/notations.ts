/** Runs before each test file: registers the notations. */

import { registerNotations } from '../../src/notations.js';

registerNotations();
