/** A server that takes one version of TLS and nothing else: `node tls-control-server.ts ADDRESS PORT VERSION CERTIFICATE KEY`. */
import { readFileSync } from 'node:fs';
import { createServer, type SecureVersion } from 'node:tls';

const [host = '', port = '', version = '', certificate = '', key = ''] = process.argv.slice(2);
const server = createServer(
  {
    minVersion: version as SecureVersion,
    maxVersion: version as SecureVersion,
    ciphers: 'DEFAULT@SECLEVEL=0',
    cert: readFileSync(certificate),
    key: readFileSync(key),
  },
  (socket) => socket.end(),
);
server.listen(Number(port), host, () => process.stdout.write('listening\n'));
