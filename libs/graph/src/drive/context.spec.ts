import { driveItemId } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { resolveEndpoints, type Cloud } from '../auth/clouds.ts';
import { createBudget } from '../http/budget.ts';
import { createGraphClient } from '../http/graph-client.ts';
import { createNetwork } from '../http/network.ts';
import { createSystemClock, createSystemRandom } from '../system.ts';
import { childPath, itemPath, type DriveContext } from './context.ts';
import { createFullDrive } from './full-drive.ts';
import { createDownloadUrls } from './download-urls.ts';
import { createManualClock } from '@tidemark/testkit';

function driveIn(cloud: Cloud): DriveContext {
  const clock = createSystemClock();
  const tokens = { accessToken: () => '', renew: async () => '' };
  const client = createGraphClient({
    network: createNetwork(),
    tokens,
    budget: createBudget({ clock }),
    clock,
    random: createSystemRandom(),
  });
  return {
    id: 'b!a',
    kind: 'business',
    rootId: driveItemId('R'),
    idPrefix: null,
    client,
    endpoints: resolveEndpoints({ cloud }),
    downloadUrls: createDownloadUrls(clock),
    selfTouched: new Set(),
    full: createFullDrive(),
    listed: { urls: 'asked' },
  };
}

describe('paths', () => {
  it('encode ids and names as one segment each', () => {
    const drive = driveIn('global');
    expect(itemPath(drive, driveItemId('A!1/..'))).toBe('/v1.0/drives/b!a/items/A!1%2F..');
    expect(childPath(drive, driveItemId('P'), "100% #1 + ä'/..", '/content')).toBe(
      "/v1.0/drives/b!a/items/P:/100%25%20%231%20%2B%20%C3%A4'%2F..:/content",
    );
    expect(childPath(drive, driveItemId('P'), 'a', '')).toBe('/v1.0/drives/b!a/items/P:/a');
  });

  it('take the function form in China, with doubled apostrophes', () => {
    expect(childPath(driveIn('CN'), driveItemId('P'), "it's", '/createUploadSession')).toBe(
      "/v1.0/drives/b!a/items/P/children('it''s')/createUploadSession",
    );
  });
});

describe('download addresses', () => {
  it('are few, young, and handed out once', async () => {
    const clock = createManualClock();
    const urls = createDownloadUrls(clock, { countMax: 2, ageMaxMs: 1_000 });
    for (const name of ['a', 'b', 'c']) urls.keep(driveItemId(name), `https://${name}`);
    expect(urls.size).toBe(2);
    expect(urls.take(driveItemId('a'))).toBeUndefined();
    expect(urls.take(driveItemId('b'))).toBe('https://b');
    expect(urls.take(driveItemId('b'))).toBeUndefined();
    await clock.advance(1_001);
    expect(urls.take(driveItemId('c'))).toBeUndefined();
  });
});
