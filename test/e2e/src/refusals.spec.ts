import { expect, it } from 'vitest';
import { startDaemon, webhookSettings } from './daemon.ts';
import { openProfile } from './profile.ts';

it('a daemon counts what its listener refuses, by reason', async () => {
  const config = await webhookSettings();
  const daemon = await startDaemon(await openProfile({ config }));
  const { channel } = (await daemon.status()).daemon ?? {};
  expect(channel).toMatchObject({ refused: 0 });
  const { webhook_public_url: url = '' } = config;
  expect((await fetch(url)).status).toBe(405);
  expect((await fetch(`${url}?validationToken=unasked`, { method: 'POST' })).status).toBe(404);
  const tooLarge = await fetch(url, { method: 'POST', body: 'x'.repeat(300_000) }).catch(() => null);
  expect([413, undefined]).toContain(tooLarge?.status);
  const counted = async (): Promise<readonly string[]> => {
    const { body } = await daemon.ask('GET', '/v1/metrics');
    return body.match(/^tidemark_webhook_refused_total.*$/gm) ?? [];
  };
  // Told at once the first time, then every ten seconds.
  await expect
    .poll(counted, { timeout: 60_000 })
    .toEqual([
      'tidemark_webhook_refused_total{reason="method"} 1',
      'tidemark_webhook_refused_total{reason="validation"} 1',
      'tidemark_webhook_refused_total{reason="tooLarge"} 1',
    ]);
  expect((await daemon.status()).daemon?.channel).toMatchObject({ refused: 3 });
});
