/** The inspector: a page on loopback, in a real browser. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openTab } from './browser.ts';
import { hasBrowser } from './chromium.ts';
import { startDaemon } from './daemon.ts';
import { startInspector } from './inspector.ts';
import { openProfile, type TestProfile } from './profile.ts';

/** How things are is said in one place. */
async function headingIsStatus(page: Page, profile: TestProfile): Promise<void> {
  await expect
    .poll(async () => {
      const [heading, status] = [page.getByRole('heading', { level: 1 }), profile.tidemark(['status'])];
      return [await heading.textContent(), (await status).stdout.split('\n', 1)[0]];
    })
    .toSatisfy(([heading, status]: readonly string[]) => heading !== '' && heading === status);
}

async function profileWithHistory(onFinished: typeof onTestFinished = onTestFinished): Promise<TestProfile> {
  const tree = [
    { path: '/Reports/Quarterly.docx', content: 'first quarter' },
    { path: '/Reports/old.txt', content: 'to go' },
  ];
  const profile = await openProfile({ tree }, onFinished);
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

  const orders = ['look', 'pause', 'resume', 'apply', 'changes'].map(
    (name) => `${origin}/api/${name}?undo=1&plan=x`,
  );
  const ordered = (given: Record<string, string>): Promise<readonly number[]> =>
    Promise.all(orders.map(async (url) => (await fetch(url, { method: 'POST', headers: given })).status));
  expect(new Set(await ordered({})), 'an order without a session').toEqual(new Set([401]));
  expect(new Set(await ordered({ ...headers, authorization: 'Bearer x' }))).toEqual(new Set([401]));
  for (const from of [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'same-site' }])
    expect(new Set(await ordered({ ...headers, ...from })), 'an order of another page').toEqual(
      new Set([403]),
    );
  expect((await fetch(orders.at(-1) ?? '', { headers })).status, 'a plan changes nothing').toBe(200);
});

it('listens on the port that was asked for, on loopback, and says so when that one is taken', async () => {
  const profile = await profileWithHistory();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const refused = await profile.tidemark(['inspect', '--port', String(port)]);
  expect([refused.exitCode, refused.stderr]).toEqual([
    expect.toSatisfy((code: number) => code !== 0),
    expect.stringMatching(new RegExp(`^ERROR: .*${port}.*`, 'm')),
  ]);
  server.close();
  await once(server, 'close');
  const address = await startInspector(profile, '--port', String(port));
  expect(new URL(address).host).toBe(`127.0.0.1:${port}`);
  expect((await fetch(new URL(address).origin)).status).toBe(200);
});

// Needs Debian's chromium: without it there is no browser to open the page in.
describe.skipIf(!hasBrowser)('in a browser', () => {
  const endings: (() => unknown)[] = [];
  let profile: TestProfile;
  beforeAll(async () => {
    profile = await profileWithHistory((ending) => void endings.push(() => ending({} as never)));
  });
  afterAll(async () => {
    for (const end of endings.toReversed()) await end();
  });

  it('tells the owner how things are, what was done, and how to take it back', async () => {
    const address = await startInspector(profile);
    const { page, complaints, barriers } = await openTab();
    await page.goto(address);
    await page
      .getByRole('heading', { name: /^Not running. As of the last run: in sync: .*; 1 conflict$/ })
      .waitFor();
    await headingIsStatus(page, profile);
    expect(new URL(page.url()).hash, 'the token is gone from the address').not.toContain('token');
    const conflicts = page.getByRole('region', { name: 'Conflicts' });
    expect(await conflicts.textContent()).toMatch(/Reports\/Quarterly\.docx.*Saved online.*Saved on disk/);
    const deletion = page.getByRole('listitem').filter({ hasText: 'Delete "Reports/old.txt" on disk' });
    expect(await deletion.textContent()).toMatch(
      /It was deleted on the drive.*Done, and the trash has it as .*tidemark undo --seq \d+/,
    );
    expect(await page.getByRole('region', { name: 'Room' }).textContent()).toMatch(
      /Trash\d+ bytes of 21\.5 GB/,
    );
    expect(await barriers()).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('leads the maintainer from a path to the events that caused what became of it', async () => {
    const address = await startInspector(profile);
    const { page, complaints, barriers } = await openTab({ scheme: 'dark' });
    await page.goto(address);
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('quarterly.docx');
    await page.getByRole('button', { name: 'Reports/Quarterly.docx' }).click();
    const details = page.getByRole('tabpanel');
    await details.getByText('Now in sync: the same on both sides').waitFor();
    expect(await details.textContent()).toMatch(
      /both sides changed: the version of the drive keeps the name/,
    );
    expect(await barriers()).toEqual([]);

    await details.getByRole('button', { name: 'Only its events' }).click();
    await page.getByRole('button', { name: /Show all events again/ }).waitFor();
    await page
      .getByRole('option', { name: /CommandSucceeded download "Reports/ })
      .last()
      .click();
    const chosen = (): string => /seq=(\d+)/.exec(page.url())?.[1] ?? '';
    const outcome = chosen();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(chosen).not.toBe(outcome);
    await page.keyboard.press('ArrowRight');
    await expect.poll(chosen).toBe(outcome);
    await page.keyboard.press('c');
    await details.getByRole('img', { name: /Causes and effects of event/ }).waitFor();
    expect(await details.textContent()).toMatch(/LocalSeen.*RemoteSeen|RemoteSeen.*LocalSeen/);
    expect(await barriers()).toEqual([]);
    // From the listing on to the same download.
    await details
      .getByRole('button', { name: /RemoteSeen$/ })
      .last()
      .click();
    await page.getByRole('heading', { name: /and what it led to$/ }).waitFor();
    await details.getByRole('button', { name: `#${outcome} CommandSucceeded` }).click();
    await expect.poll(chosen).toBe(outcome);

    await page.keyboard.press('d');
    await details.getByText(/known differently/).waitFor();
    expect(await barriers()).toEqual([]);
    await page.getByRole('tab', { name: 'Charts' }).click();
    await details.getByRole('img', { name: /Chart: Looking at the drive/ }).waitFor();
    expect(await barriers()).toEqual([]);

    await details.focus();
    await page.keyboard.press('Home');
    await page.getByRole('tab', { name: 'Event' }).click();
    await page.getByRole('heading', { name: '#1 Started' }).waitFor();
    expect(new URL(page.url()).hash).toMatch(/^#\/timeline\?seq=1&item=\d+&only=item/);
    await page.reload();
    await page.getByRole('heading', { name: '#1 Started' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows what would have been, beside what was', async () => {
    const log = await profile.tidemark(['log', '--type', 'RemoteSeen', '--json']);
    const seqs = log.stdout.match(/"seq":\d+/g)?.map((text) => Number(text.slice(6))) ?? [];
    const address = await startInspector(profile);
    const { page, complaints, barriers } = await openTab();
    await page.goto(address);
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.getByRole('searchbox').fill(`#${seqs.at(-1)}`);
    await page.getByRole('button', { name: 'Go to event' }).click();
    await page.getByRole('tab', { name: 'What if' }).click();
    await page.getByRole('button', { name: 'Fold the log again' }).click();
    await page.getByRole('heading', { name: /had not come, \d+ decisions? would differ/ }).waitFor();
    expect(await page.getByRole('table').textContent()).toMatch(/delete "Reports\/old\.txt" on disk/);
    expect(await barriers()).toEqual([]);

    await page.getByText('With other settings').click();
    const upload = page.getByLabel('Direction');
    expect(await upload.locator('option').first().textContent()).toBe('as it was: both directions');
    await page.getByLabel('Event #').selectOption('came as it did');
    await page.getByLabel('skip_file').fill('*.txt');
    await page.getByRole('button', { name: 'Fold the log again' }).click();
    await page.getByRole('heading', { name: /^With these settings, \d+ decisions? would differ$/ }).waitFor();
    expect(await page.getByRole('table').textContent()).toMatch(
      /download "Reports\/old\.txt".*nothing for "Reports\/old\.txt": .*skip_file/,
    );
    expect(await barriers()).toEqual([]);
    await page.getByLabel('skip_file').fill('');
    await page.getByLabel('sync_list, its lines').fill('/Elsewhere');
    await page.getByRole('button', { name: 'Fold the log again' }).click();
    await page
      .getByText(/nothing for "Reports\/old\.txt": .*sync_list/)
      .first()
      .waitFor();
    await page.getByLabel('sync_list, its lines').fill('');
    await page.getByLabel('Direction').selectOption('upload only');
    await page.getByRole('button', { name: 'Fold the log again' }).click();
    await page
      .getByRole('table')
      .getByText(/Reports/)
      .first()
      .waitFor();
    await page.getByLabel('Any others, a line each').fill('nonsense=1');
    await page.getByRole('button', { name: 'Fold the log again' }).click();
    await page.getByText('There is no option "nonsense"').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows the author of a plugin what it did and how long that took, on a phone as well', async () => {
    const address = await startInspector(profile);
    const { page, complaints, barriers } = await openTab({ width: 390, height: 844 });
    await page.goto(address);
    const isWide = (): Promise<boolean> =>
      page.evaluate(
        '[document.documentElement, document.querySelector("main")].some((box) => box.scrollWidth > box.clientWidth)',
      );
    await page.getByRole('heading', { name: /; 1 conflict$/ }).waitFor();
    expect([await isWide(), await barriers()]).toEqual([false, []]);
    await page.getByRole('link', { name: 'Plugins' }).click();
    const plugin = page.getByRole('region', { name: 'Plugin downloader' });
    await plugin.getByText('DownloadFile').waitFor();
    expect(await plugin.textContent()).toMatch(/median.*95 % within/);
    expect([await isWide(), await barriers()]).toEqual([false, []]);
    await plugin.getByRole('link', { name: /events/ }).click();
    await page.getByRole('listbox', { name: 'Events, only plugin:downloader' }).waitFor();
    expect([await isWide(), await barriers()]).toEqual([false, []]);
    await page.getByRole('tab', { name: 'What if' }).click();
    await page.getByText('With other settings').click();
    await page.getByLabel('skip_dir').waitFor();
    expect([await isWide(), await barriers()]).toEqual([false, []]);
    await page.getByRole('tab', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Make the bundle' }).click();
    await page.getByRole('link', { name: 'Save README.md' }).waitFor();
    expect([await isWide(), await barriers()]).toEqual([false, []]);
    expect(complaints).toEqual([]);
  });

  it('follows a monitor that runs, and gives it an order after it has asked once more', async () => {
    const live = await profileWithHistory();
    const daemon = await startDaemon(live);
    const address = await startInspector(live);
    const { page, complaints } = await openTab();
    await page.goto(address);
    await live.write('Reports/new here.txt', 'new');
    await page.getByText('Upload "Reports/new here.txt" as a new file').waitFor();
    await headingIsStatus(page, live);

    await page.getByRole('button', { name: 'Pause for an hour' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect((await daemon.status()).state, 'nothing was ordered').not.toBe('paused');
    await page.getByRole('button', { name: 'Pause for an hour' }).click();
    await dialog.getByRole('button', { name: 'Pause for an hour' }).click();
    await page.getByRole('heading', { name: /^Paused until / }).waitFor();
    await headingIsStatus(page, live);
    expect((await daemon.status()).state).toBe('paused');
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    expect(complaints).toEqual([]);
    await daemon.stop();
  });

  it('saves an incident test that replays on a machine that knows nothing else of it', async () => {
    const address = await startInspector(profile);
    const { page, complaints, barriers } = await openTab();
    await page.goto(address);
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.getByRole('option').first().waitFor();
    await page.getByRole('tab', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Make the bundle' }).click();
    await page.getByText(/^Names are pseudonyms/).waitFor();
    expect(await barriers()).toEqual([]);
    const other = await openProfile({ tree: [] });
    const saved = async (name: string): Promise<string> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: `Save ${name}` }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(name);
      const path = other.at(`../${name}`);
      await download.saveAs(path);
      return path;
    };
    const [file, story] = [await saved('incident.gz'), await saved('README.md')];
    expect(await readFile(story, 'utf8')).toMatch(/tidemark replay incident\.gz --to \d+/);
    const replayed = await other.tidemark(['replay', file]);
    expect(replayed.exitCode, replayed.text).toBe(0);
    expect(replayed.stdout).toMatch(/ 0 divergences/);
    expect((await other.tidemark(['log', file])).stdout).not.toMatch(/Quarterly/);
    expect(complaints).toEqual([]);
  });

  it('takes back what a run did, once it has shown the plan and was told to', async () => {
    const live = await profileWithHistory();
    const daemon = await startDaemon(live);
    const address = await startInspector(live);
    const { page, complaints, barriers } = await openTab();
    await page.goto(address);
    const undo = page.getByRole('button', { name: 'Undo: delete "Reports/old.txt" on disk' });
    await undo.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^Make /).waitFor();
    expect(await dialog.textContent()).toMatch(
      /To undo event \d+, .*put back "Reports\/old\.txt", from the trash/,
    );
    expect(await barriers()).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(existsSync(live.at('Reports/old.txt')), 'nothing was agreed to').toBe(false);

    await undo.press('Enter');
    await dialog.getByRole('button', { name: 'Yes, do it' }).click();
    const outcome = page.getByRole('status', { name: 'What came of it' });
    await outcome.getByText('changes made; the monitor brings them to the other side').waitFor();
    expect(await live.read('Reports/old.txt')).toBe('to go');
    await expect.poll(() => live.drive.stat('/Reports/old.txt')).toBeDefined();
    expect(await barriers()).toEqual([]);
    await outcome.getByRole('button', { name: 'Close' }).click();

    await undo.click();
    await dialog
      .getByText(/^Nothing to undo: |stays? as/)
      .first()
      .waitFor();
    expect(await dialog.getByRole('button').allTextContents(), 'nothing to agree to').toEqual(['Close']);
    await page.keyboard.press('Escape');
    const other = page.getByRole('button', { name: /^Undo: download "Reports\/Quarterly/ }).first();
    await other.click();
    await dialog.getByText(/^Make |^Undo what can/).waitFor();
    await daemon.stop();
    await dialog.getByRole('button', { name: 'Yes, do it' }).click();
    await expect.poll(() => outcome.textContent()).toMatch(/^The monitor ended before all of it was /);
    await page.getByText('No monitor runs that could change anything from here').waitFor();
    await page
      .getByText(/^tidemark undo --seq \d+$/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
  });

  it('settles a conflict, once it has shown the plan and was told to, and says why when it cannot', async () => {
    const live = await profileWithHistory();
    const daemon = await startDaemon(live);
    const address = await startInspector(live);
    const { page, complaints, barriers } = await openTab({ width: 390, height: 844, scheme: 'dark' });
    await page.goto(address);
    const keep = page.getByRole('button', { name: "Keep this computer's: Reports/Quarterly.docx" });
    await keep.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Make this change?').waitFor();
    expect(await barriers()).toEqual([]);
    // The plan that is shown is of a file that is saved once more.
    const copy =
      Object.keys(await live.local())
        .find((path) => path.includes('safeBackup'))
        ?.slice(1) ?? '';
    await live.write(copy, 'saved once more');
    await page.getByText(`Upload "${copy}"`).first().waitFor();
    await dialog.getByRole('button', { name: 'Yes, do it' }).click();
    const outcome = page.getByRole('status', { name: 'What came of it' });
    await outcome.getByText('Nothing was changed: the plan is another one by now').waitFor();
    expect(await live.read('Reports/Quarterly.docx')).toBe('changed online');
    expect(await barriers()).toEqual([]);

    await keep.click();
    await dialog.getByRole('button', { name: 'Yes, do it' }).click();
    await outcome.getByText('1 of 1 changes made').waitFor();
    expect(await live.read('Reports/Quarterly.docx')).toBe('saved once more');
    await page.getByRole('region', { name: 'Conflicts' }).waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
    await daemon.stop();
  });

  it('shows an incident bundle on a machine that knows nothing else of it', async () => {
    const file = profile.at('../incident.gz');
    const made = await profile.tidemark(['incident', 'create', '--output', file]);
    expect(made.exitCode, made.text).toBe(0);
    const other = await openProfile({ tree: [] });
    const address = await startInspector(other, file);
    const { page, complaints, barriers } = await openTab();
    await page.goto(address);
    const about = page.getByRole('region', { name: 'What this bundle is' });
    await about.getByText(/^Events 1 to /).waitFor();
    expect(await page.locator('body').textContent()).not.toMatch(/Quarterly/);
    expect(await barriers()).toEqual([]);
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page
      .getByRole('option', { name: /Stopped finished/ })
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
    expect(other.simulator.counters().total, 'no drive is asked').toBe(0);
  });
});
