import { describe, expect, it } from 'vitest';
import { parseNginx } from './parse.ts';
import { blockFor, leadsTo, routeOf, rulerOf, serverBlocks, type ServerBlock } from './server-blocks.ts';

const blocksIn = (text: string): readonly ServerBlock[] =>
  serverBlocks(parseNginx(`http { ${text} }`, 'nginx.conf'));
const named = (name: string, listen: string, more = ''): string =>
  `server { listen ${listen}; server_name ${name}; ${more} }`;

describe('the block for a name', () => {
  const blocks = blocksIn(
    [
      named('other.org', '443 ssl'),
      named('*.example.org', '443 ssl', 'return 1;'),
      named('a.example.org', '443 ssl', 'return 2;'),
      named('.example.net', '443 ssl', 'return 3;'),
      named('a.example.org', '80', 'return 4;'),
      named('b.org', '[::]:443 ssl', 'return 5;'),
      named('c.org', '192.0.2.1:443 ssl', 'return 6;'),
    ].join('\n'),
  );
  const answerOf = (host: string, port = 443): string | undefined =>
    blockFor(blocks, host, port)?.directives.find(({ name }) => name === 'return')?.args[0];

  it.each([
    ['a.example.org', '2'],
    ['A.Example.Org', '2'],
    ['b.example.org', '1'],
    ['example.net', '3'],
    ['x.example.net', '3'],
    ['b.org', '5'],
    ['c.org', '6'],
    ['nobody.org', undefined],
  ])('%s', (host, expected) => {
    expect(answerOf(host)).toBe(expected);
  });

  it('depends on the port', () => {
    expect(answerOf('a.example.org', 80)).toBe('4');
    expect(answerOf('a.example.org', 8443)).toBeUndefined();
  });
});

describe('the block that rules TLS on an address', () => {
  const rulerFor = (text: string): readonly string[] | null => {
    const blocks = blocksIn(text);
    const ours = blockFor(blocks, 'ours.org', 443);
    const ruler = ours === null ? null : rulerOf(blocks, ours, 443);
    return ruler === null ? null : (ruler.tlsVersions?.versions ?? []);
  };

  it('is the one that says so, wherever it stands', () => {
    const other = named('_', '443 ssl default_server', 'ssl_protocols TLSv1;');
    expect(rulerFor(`${named('ours.org', '443 ssl')} ${other}`)).toEqual(['TLSv1']);
  });

  it('is the first one when none says so', () => {
    const other = named('first.org', '443 ssl', 'ssl_protocols TLSv1.1;');
    expect(rulerFor(`${other} ${named('ours.org', '443 ssl')}`)).toEqual(['TLSv1.1']);
    expect(rulerFor(`${named('ours.org', '443 ssl')} ${other}`)).toBeNull();
  });

  it('is nobody on another address or port', () => {
    const others = `${named('a.org', '192.0.2.1:443 ssl default_server')} ${named('b.org', '8443 ssl')}`;
    expect(rulerFor(`${others} ${named('ours.org', '443 ssl')}`)).toBeNull();
  });

  it('has what stands above it where it says nothing itself', () => {
    const text = `ssl_protocols TLSv1.2; ${named('a.org', '443 ssl')} ${named('ours.org', '443 ssl')}`;
    expect(rulerFor(text)).toEqual(['TLSv1.2']);
  });
});

describe('the way of a path', () => {
  const routeIn = (locations: string, path = '/webhooks/onedrive') => {
    const [block] = blocksIn(
      `allow 10.0.0.1; upstream up { server 127.0.0.1:8888; } server { ${locations} }`,
    );
    return block === undefined ? null : routeOf(block, path);
  };
  const to = (name: string): string => `{ proxy_pass http://${name}; }`;

  it.each([
    ['the longest beginning', `location / ${to('a')} location /webhooks ${to('b')}`, 'http://b'],
    [
      'the exact one',
      `location /webhooks/onedrive ${to('a')} location = /webhooks/onedrive ${to('b')}`,
      'http://b',
    ],
    ['a pattern before a beginning', `location /webhooks ${to('a')} location ~ ^/web ${to('b')}`, 'http://b'],
    [
      'a beginning that wants no patterns',
      `location ^~ /webhooks ${to('a')} location ~ ^/web ${to('b')}`,
      'http://a',
    ],
    ['an upstream with one server', `location / ${to('up')}`, 'http://127.0.0.1:8888'],
  ])('is %s', (_name, locations, target) => {
    expect(routeIn(locations)?.target).toBe(target);
  });

  it('is none where nothing fits, or nothing is passed on', () => {
    expect(routeIn(`location /other ${to('a')}`)).toBeNull();
    expect(routeIn('location / { return 404; }')?.target).toBeNull();
  });

  it('has the rules about addresses of the nearest block that has any', () => {
    expect(routeIn(`location / ${to('a')}`)?.access).toMatchObject([{ rule: 'allow', of: '10.0.0.1' }]);
    expect(routeIn(`location / { deny all; proxy_pass http://a; }`)?.access).toMatchObject([
      { rule: 'deny', of: 'all' },
    ]);
  });
});

it.each([
  ['http://127.0.0.1:8888', { host: '', port: 8888 }, true],
  ['http://127.0.0.1:8888/', { host: '0.0.0.0', port: 8888 }, true],
  ['http://localhost:8888', { host: '127.0.0.1', port: 8888 }, true],
  ['http://127.0.0.1:8889', { host: '', port: 8888 }, false],
  ['http://127.0.0.1', { host: '', port: 8888 }, false],
  ['http://127.0.0.1:8888', { host: '192.0.2.1', port: 8888 }, false],
  ['http://$backend', { host: '', port: 8888 }, null],
  ['http://unix:/run/a.sock:', { socketPath: '/run/a.sock' }, true],
  ['http://unix:/run/b.sock:/', { socketPath: '/run/a.sock' }, false],
  ['http://unix:/run/a.sock', { host: '', port: 8888 }, false],
  ['http://127.0.0.1:8888', { socketPath: '/run/a.sock' }, false],
])('%s leads to %j: %s', (target, listener, expected) => {
  expect(leadsTo(target, listener)).toBe(expected);
});
