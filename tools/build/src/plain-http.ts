/**
 * An ES import of `node:http` makes Node read every export of the module, also `WebSocket` and its kin, which loads Node's
 * own copy of undici: 75 ms of each start, for classes that nobody here takes from there. Taken as a plain object, the module
 * costs what it costs.
 */
import http from 'node:http';
import type { RolldownPlugin } from 'rolldown';

const plain = '\0plain-http';

export function plainHttp(): RolldownPlugin {
  return {
    name: 'plain-http',
    resolveId(source, _importer, { kind }) {
      if (!/^(node:)?http$/.test(source)) return null;
      return kind === 'require-call' ? { id: 'node:http', external: true } : { id: plain };
    },
    load(id) {
      if (id !== plain) return null;
      return [
        "const http = process.getBuiltinModule('node:http');",
        'export default http;',
        `export const { ${exportedNames().join(', ')} } = http;`,
      ].join('\n');
    },
  };
}

/** What is there from the start. An import of anything else fails the build. */
function exportedNames(): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(http))
    .filter(([name, descriptor]) => 'value' in descriptor && /^[A-Za-z]\w*$/.test(name))
    .map(([name]) => name);
}
