import { describe, expect, it } from 'vitest';
import { resolveEndpoints } from '../auth/clouds.ts';
import { nextPage } from './next-page.ts';

const endpoints = resolveEndpoints();

describe('where a listing goes on', () => {
  it('keeps path and query of the link as they are', () => {
    const link = 'https://graph.microsoft.com/v1.0/sites?$skiptoken=a%2Fb';
    expect(nextPage(endpoints, link, 'list')).toBe('/v1.0/sites?$skiptoken=a%2Fb');
  });

  it.each([undefined, null, ''])('ends where the answer has %j', (link) => {
    expect(nextPage(endpoints, link, 'list')).toBeNull();
  });

  it.each(['https://elsewhere.example/v1.0/sites', 'not a link', 7])('goes nowhere for %j', (link) => {
    expect(() => nextPage(endpoints, link, 'list')).toThrow('list: the page links to another host');
  });
});
