/**
 * Of undici we use two classes. Its index loads all of it (caches, mocks, WebSocket, EventSource, SQLite), 1.2 MB, for
 * every start; the bundle takes the two from their own files. A version that moves them fails the build.
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
        "import Pool from 'undici/lib/dispatcher/pool.js';",
        "import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';",
        'export { EnvHttpProxyAgent, Pool };',
      ].join('\n');
    },
  };
}
