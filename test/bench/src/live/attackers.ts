/** Those who only want to harm: slow senders, endless bodies, tokens that would be dangerous to repeat. */
import { connect, type Socket } from 'node:net';

export type Attack = { readonly stop: () => void; readonly megabytesSent: () => number };

const head = 'POST /webhooks/onedrive HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
const hostile = ['%0d%0aset-cookie:a', '<script>alert(1)</script>', 'a'.repeat(4000), '%ff%fe'];

/** A hundred slow connections and eight that send 100 MiB each, again and again, until it is stopped. */
export function attack(port: number): Attack {
  const sockets = new Set<Socket>();
  let isOver = false;
  let bytes = 0;
  const open = (begin: (socket: Socket) => void, again: number): void => {
    if (isOver) return;
    const socket = connect(port, '127.0.0.1');
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
    socket.on('connect', () => begin(socket));
    socket.on('close', () => {
      sockets.delete(socket);
      setTimeout(() => open(begin, again), again);
    });
  };
  const slow = (socket: Socket): void => void socket.write(head);
  const piece = Buffer.alloc(1 << 20, 0x20);
  const huge = (socket: Socket): void => {
    let left = 100;
    const pump = (): void => {
      while (left > 0 && !socket.destroyed) {
        left -= 1;
        bytes += piece.length;
        if (!socket.write(piece)) return;
      }
    };
    socket.on('drain', pump);
    socket.write(`${head}content-length: ${100 << 20}\r\n\r\n`);
    pump();
  };
  let turn = 0;
  const token = (socket: Socket): void => {
    turn += 1;
    socket.write(
      `POST /?validationToken=${hostile[turn % hostile.length]} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`,
    );
  };
  for (let count = 0; count < 100; count += 1) open(slow, 100);
  for (let count = 0; count < 8; count += 1) open(huge, 100);
  for (let count = 0; count < 4; count += 1) open(token, 50);
  const drip = setInterval(() => {
    for (const socket of sockets) if (socket.writable && socket.bytesWritten < 4096) socket.write('a');
  }, 500);
  return {
    megabytesSent: () => bytes / 2 ** 20,
    stop: () => {
      isOver = true;
      clearInterval(drip);
      for (const socket of sockets) socket.destroy();
    },
  };
}
