import { expect, it } from 'vitest';
import { proxyFrom } from './proxy-from.ts';

it.each([
  [{}, null],
  [{ https_proxy: 'http://one:3128' }, { https: 'http://one:3128' }],
  [{ HTTPS_PROXY: 'http://one:3128' }, { https: 'http://one:3128' }],
  [{ https_proxy: 'http://one', HTTPS_PROXY: 'http://two' }, { https: 'http://one' }],
  [{ https_proxy: '', HTTPS_PROXY: 'http://two' }, { https: 'http://two' }],
  [{ all_proxy: 'socks5://three:1080' }, { https: 'socks5://three:1080' }],
  [
    { https_proxy: 'one:3128', no_proxy: 'a,b' },
    { https: 'http://one:3128', except: 'a,b' },
  ],
  [
    { https_proxy: 'http://one', NO_PROXY: '*' },
    { https: 'http://one', except: '*' },
  ],
  // For what is asked without TLS, which nothing here is.
  [{ http_proxy: 'http://one' }, null],
  [{ no_proxy: '*' }, null],
])('of %j is %j', (environment, proxy) => {
  expect(proxyFrom(environment)).toEqual(proxy);
});

it('refuses what is no address, and does not show it', () => {
  expect(() => proxyFrom({ https_proxy: 'http://me:secret@ no' })).toThrow(
    /^Cannot use the proxy of https_proxy: it is no address$/,
  );
});
