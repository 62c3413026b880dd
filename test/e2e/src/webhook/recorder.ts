/**
 * Takes requests and prints what came, byte by byte counted, one JSON line for each connection: `node recorder.ts PORT|SOCKET`. Answers 202
 * when the head is complete, and closes a moment after nothing more comes.
 */
import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';

const where = process.argv[2] ?? '';
const quietMs = 300;

createServer((socket) => {
  let text = '';
  let isAnswered = false;
  socket.setTimeout(quietMs, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
    if (isAnswered || !text.includes('\r\n\r\n')) return;
    isAnswered = true;
    socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n');
  });
  socket.on('close', () => {
    const end = text.indexOf('\r\n\r\n');
    process.stdout.write(
      `${JSON.stringify({ head: text.slice(0, end), bodyBytes: text.length - end - 4 })}\n`,
    );
  });
}).listen(/^\d+$/.test(where) ? { port: Number(where) } : { path: where }, () => {
  if (where.startsWith('/')) chmodSync(where, 0o666);
  process.stdout.write('listening\n');
});
