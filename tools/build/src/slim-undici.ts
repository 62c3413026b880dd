/**
 * Of undici we use a few classes. Its index loads all of it (caches, mocks, EventSource, SQLite), 1.2 MB, for every
 * start; the bundle takes them from their own files. A
 * version that moves them fails the build.
 */
import type { RolldownPlugin } from 'rolldown';

const slim = '\0slim-undici';

export function slimUndici(): RolldownPlugin {
  return {
    name: 'slim-undici',
    resolveId(source, importer) {
      if (source === 'undici') return { id: slim };
      // Seen from where the package is declared.
      return importer === slim
        ? this.resolve(source, new URL('../../../libs/graph/src/index.ts', import.meta.url).pathname)
        : null;
    },
    load(id) {
      if (id !== slim) return null;
      return [
        "import Agent from 'undici/lib/dispatcher/agent.js';",
        "import { WebSocket } from 'undici/lib/web/websocket/websocket.js';",
        "import Pool from 'undici/lib/dispatcher/pool.js';",
        "import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';",
        // Its index gives every dispatcher this method, with which a proxy opens its tunnels.
        "import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';",
        "import connect from 'undici/lib/api/api-connect.js';",
        'Dispatcher.prototype.connect = connect;',
        'export { Agent, EnvHttpProxyAgent, Pool, WebSocket };',
      ].join('\n');
    },
  };
}
