/** A server of static files for tests in a browser. */

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';

/** Serves a folder as a site that is isolated from others, which allows threads. */
export function serve(root: string): Promise<Server> {
  const types: Readonly<Record<string, string>> = {
    html: 'text/html',
    js: 'text/javascript',
    css: 'text/css',
    svg: 'image/svg+xml',
  };
  const server = createServer((request, response) => {
    const name = (request.url ?? '').replace(/^\/|[?#].*$/g, '') || 'index.html';
    response.writeHead(200, {
      'content-type': types[name.replace(/^.*\./, '')] ?? 'text/plain',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(readFileSync(join(root, name)));
  });
  return new Promise((started) => server.listen(0, '127.0.0.1', () => started(server)));
}
