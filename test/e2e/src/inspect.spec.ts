/** The inspector: a page on loopback, in a real browser. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { hasBrowser, openTab } from './browser.ts';
import { openProfile, type TestProfile } from './profile.ts';

/** Resolves to the address that it prints. */
async function startInspector(profile: TestProfile, ...args: readonly string[]): Promise<string> {
  const { child, ended } = profile.start('tidemark', ['inspect', ...args]);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    expect((await ended).exitCode).toBe(0);
  });
  let text = '';
  for (;;) {
    const found = /http:\S+/.exec(text)?.[0];
    if (found !== undefined) return found;
    if (child.stdout === null) throw new Error('nothing to read');
    const [piece] = await Promise.race([once(child.stdout, 'data'), ended.then((end) => [end.text])]);
    text += String(piece);
    if (child.exitCode !== null) throw new Error(`it has ended: ${text}`);
  }
}

async function profileWithHistory(): Promise<TestProfile> {
  const profile = await openProfile({
    tree: [
      { path: '/Reports/Quarterly.docx', content: 'first quarter' },
      { path: '/Reports/old.txt', content: 'to go' },
    ],
  });
  await profile.sync();
  profile.drive.modify('/Reports/Quarterly.docx', 'changed online');
  await profile.write('Reports/Quarterly.docx', 'changed here');
  profile.drive.remove('/Reports/old.txt');
  await profile.sync();
  return profile;
}

it('answers only a page that it gave a session, under its own name', async () => {
  const profile = await profileWithHistory();
  const address = new URL(await startInspector(profile));
  const { origin } = address;
  const token = address.hash.replace('#token=', '');
  const page = await fetch(origin);
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'/);
  expect(await page.text(), 'the page holds nothing of the log').not.toContain('Quarterly');

  const overview = `${origin}/api/overview`;
  expect((await fetch(overview)).status).toBe(401);
  const session = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${origin}/api/session`, { method: 'POST', body, headers });
  expect((await session('wrong')).status).toBe(401);
  expect((await session(token, { origin: 'http://evil.example' })).status).toBe(403);
  const answer = await session(token);
  expect(answer.status).toBe(200);
  const given = (await answer.json()) as { readonly session: string };
  expect((await session(token)).status, 'a token is good once').toBe(401);

  const headers = { authorization: `Bearer ${given.session}` };
  expect((await fetch(overview, { headers })).status).toBe(200);
  expect((await fetch(overview, { headers: { ...headers, 'sec-fetch-site': 'cross-site' } })).status).toBe(
    403,
  );
  const rebound = get(overview, { headers: { ...headers, host: `evil.example:${address.port}` } });
  const [{ statusCode }] = (await once(rebound, 'response')) as [IncomingMessage];
  rebound.destroy();
  expect(statusCode, 'a name that was bound to this address').toBe(403);
});

// Needs Debian's chromium: without it there is no browser to open the page in.
it.skipIf(!hasBrowser)('shows how things are, and the timeline of the log', async () => {
  const profile = await profileWithHistory();
  const address = await startInspector(profile);
  const { page, complaints, barriers } = await openTab();
  await page.goto(address);
  await page.getByRole('heading', { name: 'Everything is in sync' }).waitFor();
  expect(new URL(page.url()).hash, 'the token is gone from the address').not.toContain('token');
  expect(await page.getByText('Reports/Quarterly.docx').count()).toBeGreaterThan(0);
  expect(await barriers()).toEqual([]);

  await page.getByRole('link', { name: 'Timeline' }).click();
  await page
    .getByRole('option', { name: /Stopped finished/ })
    .first()
    .waitFor();
  await page.getByRole('slider').focus();
  await page.keyboard.press('Home');
  await page.getByRole('heading', { name: '#1 Started' }).waitFor();
  expect(new URL(page.url()).hash).toBe('#/timeline?seq=1');
  await page.keyboard.press(']');
  await page.getByRole('heading', { name: '#2 Planned' }).waitFor();
  expect(await barriers()).toEqual([]);

  await page.reload();
  await page.getByRole('heading', { name: '#2 Planned' }).waitFor();
  expect(complaints).toEqual([]);
});
