/** Options that ask for what is so in any case: what they ask for, without them. */
import { writeFile } from 'node:fs/promises';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { certificatesIn } from '@tidemark/graph-simulator';
import { expect, it } from 'vitest';
import { asLines, openProfile } from '../profile.ts';
import { transfers } from '../requests.ts';

it.each([{}, { create_new_file_version: 'true' }])(
  'a document that SharePoint changes as it stores it is not downloaded (%j)',
  async (config) => {
    const profile = await openProfile({ flavour: 'business', config });
    profile.simulator.addLie({ lie: 'otherBytesStored', paths: ['/letter.docx'] });
    await profile.write('letter.docx', 'as it was written');
    const { counters, stdout } = await profile.sync();
    expect(counters.byKind).toMatchObject({ contentDownload: 0 });
    expect(stdout.match(/^Uploading/gm)).toHaveLength(1);
    expect(stdout).toMatch(
      /^WARNING: Microsoft OneDrive changed this file as it stored it; .*: letter\.docx$/m,
    );
    const again = await profile.sync();
    expect(transfers(again.counters)).toBe(0);
    expect(await profile.read('letter.docx')).toBe('as it was written');
  },
);

it('force_http_11: a server that offers HTTP/2 is spoken to in HTTP/1.1', async () => {
  const profile = await openProfile();
  const versions = new Set<string>();
  const { certificate, privateKey } = await certificatesIn(dirname(profile.simulator.caFile));
  const server = createSecureServer(
    {
      allowHTTP1: true,
      cert: certificate,
      key: privateKey,
    },
    ({ httpVersion }, response) => {
      versions.add(httpVersion);
      response.statusCode = 404;
      response.end();
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { loginUrl, caFile } = profile.simulator;
  await writeFile(
    join(profile.configFolder, 'tidemark.conf'),
    asLines({ graph_endpoint: `${origin}/v1.0`, login_endpoint: loginUrl, ca_file: caFile }),
  );
  await profile.onedrive(['--sync']);
  server.close();
  expect([...versions]).toEqual(['1.1']);
});

it('no server but those of the account is asked, for a newer version either', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  const { stderr, requests } = await profile.sync('--debug-https');
  const asked = [...stderr.matchAll(/^DEBUG: HTTPS request \d+: > [A-Z]+ (https:\/\/[^/]+)/gm)].map(
    ([, origin]) => origin,
  );
  expect(asked).toHaveLength(requests.length);
  const { graphUrl, loginUrl } = profile.simulator;
  const own = [graphUrl, loginUrl].map((url) => new URL(url).origin);
  expect(asked.filter((origin) => !own.includes(origin ?? ''))).toEqual([]);
});
