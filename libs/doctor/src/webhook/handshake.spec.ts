import { once } from 'node:events';
import { createServer, type Server as TcpServer } from 'node:net';
import { createServer as createTlsServer, type SecureVersion, type Server } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { certificateOf, tlsVersions } from './handshake.ts';
import { reachOf } from './places.ts';
import { postLocally } from './post.ts';

let server: Server | TcpServer;

afterEach(() => server.close());

async function placeOf(waitMs = 5_000, signal = new AbortController().signal) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    address: '127.0.0.1',
    port,
    servername: 'x.example.org',
    waitMs,
    signal,
  };
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

it('nothing goes on once nobody waits for the result', async () => {
  const leaving = new AbortController();
  server = createServer(() => undefined);
  const place = await placeOf(600_000, leaving.signal);
  const letter = { target: '/', json: null, waitMs: 600_000, signal: leaving.signal };
  const under = [
    tlsVersions(place),
    certificateOf(place),
    postLocally({ host: '127.0.0.1', port: place.port }, letter),
  ];
  await once(server, 'connection');
  leaving.abort();
  const [versions, certificate, posted] = await Promise.all(under);
  expect(versions).toMatchObject({ 'TLSv1.3': { type: 'refused', code: 'ABORT_ERR' } });
  expect([certificate, posted]).toEqual([null, { type: 'failed', code: 'ABORT_ERR' }]);
  expect(await reachOf(place)).toBe('closed');
});
