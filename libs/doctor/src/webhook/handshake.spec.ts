import { once } from 'node:events';
import { createServer, type Server as TcpServer } from 'node:net';
import { createServer as createTlsServer, type SecureVersion, type Server } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { tlsVersions } from './handshake.ts';

let server: Server | TcpServer;

afterEach(() => server.close());

async function placeOf(waitMs = 5_000) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { address: '127.0.0.1', port, servername: 'x.example.org', waitMs };
}

describe('versions of TLS', () => {
  it.each<SecureVersion>(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'])(
    'that a server refuses are told from those that were not tried: from %s on',
    async (minVersion) => {
      // Without a certificate no handshake ends well, but a version that is not taken ends before that.
      server = createTlsServer({ minVersion, ciphers: 'DEFAULT@SECLEVEL=0' });
      server.on('tlsClientError', () => undefined);
      const found = await tlsVersions(await placeOf());
      expect(Object.values(found).map(({ type }) => type)).toEqual(
        Array.from({ length: 4 }, () => 'refused'),
      );
      const codes = Object.values(found).map((attempt) => ('code' in attempt ? attempt.code : ''));
      const below = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'].indexOf(minVersion);
      for (const code of codes.slice(0, below)) expect(code).toMatch(/PROTOCOL_VERSION/);
      for (const code of codes.slice(below)) expect(code).not.toMatch(/PROTOCOL_VERSION/);
    },
  );

  it('are not tried on a server that says nothing, or that is not there', async () => {
    server = createServer(() => undefined);
    const place = await placeOf(100);
    const silent = await tlsVersions(place);
    expect(Object.values(silent).map(({ type }) => type)).toEqual(
      Array.from({ length: 4 }, () => 'couldNotTry'),
    );
    server.close();
    const gone = await tlsVersions({ ...place, port: 1 });
    expect(Object.values(gone).map(({ type }) => type)).toEqual(
      Array.from({ length: 4 }, () => 'couldNotTry'),
    );
  });
});
