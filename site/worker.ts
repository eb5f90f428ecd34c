/** The worker of a site. */

import { serveWorker } from './serve.js';

serveWorker();
