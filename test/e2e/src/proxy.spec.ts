/** Networks in which everything goes through a proxy. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openProfile } from './profile.ts';

/** Lets through whatever is asked of it, and notes for which host. */
async function startProxy(): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', ({ url = '' }, socket, head) => {
    asked.push(url);
    const { hostname, port } = new URL(`https://${url}`);
    const far = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.write(head);
      far.pipe(socket).pipe(far);
    });
    for (const end of [far, socket]) end.on('error', () => (far.destroy(), socket.destroy()));
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void proxy.close());
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
}

it('https_proxy takes every request, no_proxy takes hosts out, and an empty one is none', async () => {
  const proxy = await startProxy();
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  const own = [profile.simulator.graphUrl, profile.simulator.loginUrl].map((url) => new URL(url).host);
  const askedWith = async (environment: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    proxy.asked.length = 0;
    const { exitCode, text } = await profile.onedrive(['--sync'], { environment });
    expect(exitCode, text).toBe(0);
    return [...new Set(proxy.asked)].toSorted();
  };
  const all = [...new Set(own)].toSorted();
  expect(await askedWith({ https_proxy: proxy.url })).toEqual(all);
  expect(await askedWith({ HTTPS_PROXY: proxy.url })).toEqual(all);
  expect(await askedWith({ https_proxy: proxy.url, no_proxy: '127.0.0.1' })).toEqual([]);
  expect(await askedWith({ https_proxy: proxy.url, NO_PROXY: '*' })).toEqual([]);
  expect(await askedWith({ https_proxy: '', HTTPS_PROXY: '' })).toEqual([]);
  expect(await askedWith({ http_proxy: proxy.url })).toEqual([]);
});
