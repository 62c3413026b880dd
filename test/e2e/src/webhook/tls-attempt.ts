/**
 * One TLS handshake with exactly one version, from wherever this is run: `node tls-attempt.ts HOST ADDRESS PORT VERSION`. Prints the
 * version that was agreed on, or the code of the error. OpenSSL refuses old versions by itself above security level 0.
 */
import { connect, type SecureVersion } from 'node:tls';

const [servername = '', host = '', port = '', version = ''] = process.argv.slice(2);
const socket = connect({
  ...{ host, port: Number(port), servername, rejectUnauthorized: false },
  minVersion: version as SecureVersion,
  maxVersion: version as SecureVersion,
  ciphers: 'DEFAULT@SECLEVEL=0',
});
socket.once('secureConnect', () => {
  process.stdout.write(`accepted ${socket.getProtocol()}\n`);
  socket.destroy();
});
socket.once('error', (error: NodeJS.ErrnoException) => {
  process.stdout.write(`${error.code ?? error.message}\n`);
});
