import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createPlainServer, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificatesIn } from '@tidemark/graph-simulator';
import { requestedHosts } from '@tidemark/plugin-host';
import { definePlugin, type HttpRequestOptions, type Plugin, z } from '@tidemark/plugin-sdk';
import { createWorld, runPlugin } from '@tidemark/plugin-testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRequest } from './create-request.ts';

/** Another address each time that it is asked for its text. */
function twoTexts(): string {
  const texts = ['https://hooks.example.com/first', 'https://evil.example.org/second'];
  return { toString: () => texts.shift() ?? '' } as unknown as string;
}

let folder: string;
let caFile: string;
let server: Server;
let base: string;
const received: { readonly line: string; readonly token: string | undefined; readonly body: string }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-request-'));
  const keys = await certificatesIn(folder);
  caFile = keys.caFile;
  server = createServer({ cert: keys.certificate, key: keys.privateKey }, (request, response) => {
    void bodyOf(request).then((body) => {
      const { method, url, headers } = request;
      received.push({ line: `${method} ${url}`, token: headers.authorization, body });
      if (url === '/moved') response.writeHead(302, { location: 'https://elsewhere.example.org/' }).end();
      else if (url === '/large') response.end('x'.repeat(1024 * 1024 + 1));
      // Never answered.
      else if (url !== '/silent') response.writeHead(201, { 'X-Kind': 'hook' }).end('taken');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of request) body += piece;
  return body;
}

const failureOf = async (sent: Promise<unknown>): Promise<string> => {
  const error: unknown = await sent.then(
    () => 'an answer',
    (failed: unknown) => failed,
  );
  return error instanceof Error && 'code' in error ? `${error.code}: ${error.message}` : String(error);
};

describe('a request of a plugin', () => {
  it('arrives as it was sent, without the login of the account, and any status is an answer', async () => {
    const request = createRequest({ caFile });
    const headers = { 'content-type': 'application/json' };
    const answer = await request(`${base}/hook?a=1`, { method: 'POST', headers, body: '{"text":"é"}' });
    expect(answer).toMatchObject({ status: 201, text: 'taken', headers: { 'x-kind': 'hook' } });
    expect(received.at(-1)).toEqual({ line: 'POST /hook?a=1', token: undefined, body: '{"text":"é"}' });
  });

  it('follows no redirect: it is an answer', async () => {
    expect(await createRequest({ caFile })(`${base}/moved`)).toMatchObject({
      status: 302,
      headers: { location: 'https://elsewhere.example.org/' },
    });
  });

  it('is refused where the certificate is not trusted, whatever the environment says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await failureOf(createRequest()(`${base}/hook`))).toMatch(
      /^tlsUntrusted: Cannot send a request to "127/,
    );
  });

  it.each<[() => string, HttpRequestOptions, RegExp]>([
    [() => 'http://198.51.100.7/', {}, /^accessDenied: .*only https is spoken, and http to this machine/],
    [() => 'ftp://localhost/', {}, /^accessDenied: .*only https is spoken/],
    [() => `${base}/large`, {}, /^invalidRequest: .*larger than 1048576 bytes/],
    [() => base, { body: 'x'.repeat(1024 * 1024 + 1) }, /^invalidRequest: .*body is larger than/],
    [() => base, { headers: { Host: 'other.example.org' } }, /^invalidRequest: .*"Host" is not for a plugin/],
    [() => base, { headers: { 'x-a': 'b\r\nhost: c' } }, /^invalidRequest: /],
    [() => 'https://127.0.0.1:1/', {}, /^offline: Cannot send a request to "127.0.0.1"/],
  ])('%s %j is refused', async (url, options, reason) => {
    expect(await failureOf(createRequest({ caFile })(url(), options))).toMatch(reason);
  });

  it('needs no TLS to this machine, and asks no proxy for the way there', async () => {
    const plain = createPlainServer((_request, response) => response.end('here'));
    await new Promise<void>((resolve) => void plain.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void plain.close());
    const { port } = plain.address() as AddressInfo;
    const nowhere = 'http://127.0.0.1:1';
    const request = createRequest({ proxy: { http: nowhere, https: nowhere } });
    expect(await request(`http://localhost:${port}/`)).toMatchObject({ status: 200, text: 'here' });
  });

  it('ends when it takes too long, and when it is not wanted any more', async () => {
    const silent = `${base}/silent`;
    expect(await failureOf(createRequest({ caFile, totalTimeoutMs: 50 })(silent))).toMatch(/^timedOut: /);
    const stopping = new AbortController();
    const sent = failureOf(createRequest({ caFile })(silent, { signal: stopping.signal }));
    stopping.abort();
    expect(await sent).toMatch(/^offline: .*stopped by the caller/);
  });

  it('reaches the hosts that the plugin declared and no others', async () => {
    const said: string[] = [];
    const plugin = definePlugin({
      name: 'caller',
      needs: { request: ['hooks.example.com', '*.example.net'] },
      setup: async ({ request }) => {
        for (const address of [
          ...['https://hooks.example.com/x', 'https://a.example.net/'],
          ...['https://example.com/', 'https://hooks.example.com.evil.org/', 'https://example.net/'],
          ...['https://hooks.example.com./', 'https://192.0.2.1/', 'https://a.example.net:8443/'],
          ...['https://me:secret@hooks.example.com/', 'nowhere', twoTexts()],
        ])
          said.push(await failureOf(request(address)));
      },
    });
    const world = createWorld();
    await using run = await runPlugin(plugin, world);
    expect(world.requests.map(({ url }) => url)).toEqual([
      'https://hooks.example.com/x',
      'https://a.example.net/',
      'https://a.example.net:8443/',
      'https://hooks.example.com/first',
    ]);
    const undeclared = (name: string): string =>
      `accessDenied: Cannot send a request to "${name}": the plugin did not declare this host name`;
    expect(said).toEqual([
      ...['an answer', 'an answer'],
      ...['example.com', 'hooks.example.com.evil.org', 'example.net'].map(undeclared),
      ...['hooks.example.com.', '192.0.2.1'].map(undeclared),
      'an answer',
      'accessDenied: Cannot send a request to "hooks.example.com": its address carries credentials',
      'accessDenied: Cannot send a request to "": its address is none',
      'an answer',
    ]);
    // It has failed without a word, but not unseen.
    expect(run.faults).toEqual(
      ['example.com', 'hooks.example.com.evil.org', 'example.net', 'hooks.example.com.', '192.0.2.1'].map(
        (name) => undeclared(name).replace('accessDenied: ', ''),
      ),
    );
  });

  it('takes host names as people write them, and refuses what is none', async () => {
    const asking = (...request: readonly string[]): Plugin => ({ name: 'caller', needs: { request } });
    expect(requestedHosts(asking('Hooks.Example.COM', '*.Bücher.example', '[::1]', '127.1'), {})).toEqual([
      ...['hooks.example.com', '*.xn--bcher-kva.example', '[::1]', '127.0.0.1'],
    ]);
    for (const none of [
      'https://hooks.example.com',
      'hooks.example.com:8443',
      'a/b',
      '*',
      '*.',
      'a.*.com',
      '',
    ])
      expect(() => requestedHosts(asking(none), {}), none).toThrow('which is no name of a host');
    const wrong: Plugin = { name: 'caller', needs: { connect: ['wss://x'] } };
    await expect(runPlugin(wrong, createWorld())).rejects.toThrow(
      'Cannot start plugin "caller": it declares "wss://x" in its needs, which is no name of a host. ' +
        'Write the name alone there, such as hooks.example.com or *.example.com',
    );
  });

  it('reaches the hosts that the user named in a setting that the plugin declared', async () => {
    const said: string[] = [];
    const plugin = definePlugin({
      name: 'caller',
      needs: { request: [{ setting: 'urls' }, { setting: 'more' }] },
      config: z.strictObject({ urls: z.array(z.string()), more: z.string().optional() }),
      setup: async ({ request, config }) => {
        for (const url of [...config.urls, 'https://other.example.com/'])
          said.push(await failureOf(request(url)));
      },
    });
    await using _run = await runPlugin(plugin, createWorld(), {
      urls: ['https://one.example.com/x?token=1', 'http://localhost:4318/'],
    });
    expect(said).toEqual([
      ...['an answer', 'an answer'],
      'accessDenied: Cannot send a request to "other.example.com": the plugin did not declare this host name',
    ]);
    await expect(runPlugin(plugin, createWorld(), { urls: [], more: 'example.com' })).rejects.toThrow(
      'Cannot start plugin "caller": its setting "more" names a host that it may send requests to, and holds no address. ' +
        'Write an address such as https://hooks.example.com/ there, in plugins/caller.json',
    );
  });
});
