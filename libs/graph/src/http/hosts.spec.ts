import { describe, expect, it } from 'vitest';
import { resolveEndpoints } from '../auth/clouds.ts';
import { graphTarget, transferTarget } from './hosts.ts';

const global = resolveEndpoints();
const simulated = resolveEndpoints({
  graphEndpoint: 'https://127.0.0.1:8443/v1.0',
  loginEndpoint: 'https://localhost:8443',
});

describe('links that may be followed', () => {
  it.each([
    'https://contoso-my.sharepoint.com/personal/a/_layouts/15/download.aspx?UniqueId=1&tempauth=v1.a%2Fb+c',
    'https://public.dm.files.1drv.com/y4m',
    'https://abc.up.1drv.com/up/x',
    'https://my.microsoftpersonalcontent.com/personal/x',
    'https://graph.microsoft.com/v1.0/x',
  ])('%s keeps its path untouched', (url) => {
    const target = transferTarget(global, url);
    expect(`${target?.origin}${target?.path}`).toBe(url);
  });

  it.each([
    'http://contoso.sharepoint.com/x',
    'https://sharepoint.com.evil.example/x',
    'https://evilsharepoint.com/x',
    'https://127.0.0.1/x',
    'https://10.0.0.1/x',
    'https://[::1]/x',
    'https://localhost/x',
    'https://user@contoso.sharepoint.com/x',
    'https://contoso.sharepoint.com\\@evil.example/x',
    'https://evil.example\\.sharepoint.com/x',
    'https://contoso.sharepoint.com/x#y',
    'https://contoso.sharepoint.com/a b',
    'https://contoso.sharepoint.com/x\r\nHost: evil.example',
    'https://contoso.sharepoint.cn/x',
    'ftp://contoso.sharepoint.com/x',
    `https://contoso.sharepoint.com/${'x'.repeat(20_000)}`,
    '',
    'x',
  ])('%s leads nowhere', (url) => {
    expect(transferTarget(global, url)).toBeNull();
  });

  it('with the token go to Graph itself and nowhere else', () => {
    expect(graphTarget(global, 'https://graph.microsoft.com/v1.0/x?$a=b')?.path).toBe('/v1.0/x?$a=b');
    for (const url of [
      'https://contoso.sharepoint.com/x',
      'https://graph.microsoft.us/x',
      'https://graph.microsoft.com:444/x',
    ]) {
      expect(graphTarget(global, url)).toBeNull();
    }
  });

  it('stay on this machine for developer endpoints', () => {
    expect(transferTarget(simulated, 'https://127.0.0.1:9999/x')?.path).toBe('/x');
    expect(transferTarget(simulated, 'https://contoso.sharepoint.com/x')).toBeNull();
    expect(graphTarget(simulated, 'https://127.0.0.1:8443/v1.0/x')?.path).toBe('/v1.0/x');
    expect(graphTarget(simulated, 'https://127.0.0.1:9999/v1.0/x')).toBeNull();
  });
});

describe('developer endpoints', () => {
  it.each([
    'http://127.0.0.1:1',
    'https://example.com',
    'https://127.0.0.1.example.com',
    'https://10.0.0.1',
    'nonsense',
  ])('%s is refused', (graphEndpoint) => {
    expect(() => resolveEndpoints({ graphEndpoint })).toThrow(
      /graph_endpoint must be an https address on this machine/,
    );
  });
});

describe('clouds', () => {
  it.each([
    ['global', 'https://graph.microsoft.com', 'https://login.microsoftonline.com'],
    ['USL4', 'https://graph.microsoft.us', 'https://login.microsoftonline.us'],
    ['USL5', 'https://dod-graph.microsoft.us', 'https://login.microsoftonline.us'],
    ['DE', 'https://graph.microsoft.de', 'https://login.microsoftonline.de'],
    ['CN', 'https://microsoftgraph.chinacloudapi.cn', 'https://login.chinacloudapi.cn'],
  ] as const)('%s', (cloud, graph, login) => {
    expect(resolveEndpoints({ cloud })).toMatchObject({ cloud, graph, login, developer: false });
  });
});
