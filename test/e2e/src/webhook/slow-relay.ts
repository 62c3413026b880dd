/** Passes each connection on, after a while: `node slow-relay.ts PORT TO_PORT DELAY_MS`. */
import { connect, createServer } from 'node:net';

const [port, toPort, delayMs] = process.argv.slice(2).map(Number);
createServer((incoming) => {
  incoming.on('error', () => undefined);
  setTimeout(() => {
    const outgoing = connect(toPort ?? 0, '127.0.0.1');
    outgoing.on('error', () => incoming.destroy());
    incoming.pipe(outgoing).pipe(incoming);
  }, delayMs);
}).listen(port, '127.0.0.1', () => process.stdout.write('listening\n'));
