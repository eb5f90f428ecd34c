import { registerNotations } from '../../src/notations.js';

registerNotations();
