import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { isOurs, ownerOf } from './loopback-user.ts';

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, remote: string, state: string, user: number): string =>
  `   7: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${user}        0 1234 1 00 20 4 30 10 -1\n`;
const ends = { from: { address: '127.0.0.1', port: 0xcafe }, to: { address: '127.0.0.1', port: 0x1f90 } };

it('finds the owner of the other end, in the order of bytes of the machine', () => {
  const table = `${head}${row('0100007F:1F90', '0100007F:CAFE', '01', 7)}${row('0100007F:CAFE', '0100007F:1F90', '01', 1000)}`;
  expect(ownerOf(table, ends, 'LE')).toBe(1000);
  expect(ownerOf(`${head}${row('7F000001:CAFE', '7F000001:1F90', '01', 1001)}`, ends, 'BE')).toBe(1001);
});

it('finds what a socket of both families holds, and ::1', () => {
  const mapped = '0000000000000000FFFF00000100007F';
  expect(ownerOf(`${head}${row(`${mapped}:CAFE`, `${mapped}:1F90`, '01', 1002)}`, ends, 'LE')).toBe(1002);
  const six = { from: { address: '::1', port: 0xcafe }, to: { address: '::1', port: 0x1f90 } };
  const one = '00000000000000000000000001000000';
  expect(ownerOf(`${head}${row(`${one}:CAFE`, `${one}:1F90`, '01', 1003)}`, six, 'LE')).toBe(1003);
});

it.each([
  ['has been closed, which the kernel lists under root', row('0100007F:CAFE', '0100007F:1F90', '05', 0)],
  ['has another port', row('0100007F:CAFF', '0100007F:1F90', '01', 1000)],
  ['is a line that cannot be read', '   7: 0100007F:CAFE 0100007F:1F90 01\n'],
])('knows nobody when the connection %s', (_what, line) => {
  expect(ownerOf(head + line, ends, 'LE')).toBeNull();
});

it('knows a connection of this process for ours, while it is open', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const socket = await accepted;
  expect(isOurs(socket)).toBe(true);
  socket.destroy();
  expect(isOurs(socket)).toBe(false);
  client.destroy();
  server.close();
});
