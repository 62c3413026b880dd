/** Takes the pictures in apps/inspector/docs anew: `npm run pictures`. Look at each of them before it is committed. */
import { spawnSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openTab } from './browser.ts';
import { startDaemon } from './daemon.ts';
import { startInspector } from './inspector.ts';
import { openProfile, type TestProfile } from './profile.ts';

const folder = join(import.meta.dirname, '../../../apps/inspector/docs/pictures');
const wide = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

const take = async (page: Page, name: string): Promise<void> => {
  // What was shown on the way there is gone: the pointer, and the frame of the focus.
  await page.mouse.move(0, 0);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  // A third of the size, where Debian's pngquant is installed.
  spawnSync('pngquant', ['--force', '--ext', '.png', '--strip', path]);
};

const scrollUp = (page: Page): Promise<unknown> =>
  page.evaluate("document.getElementById('details').scrollTo(0, 0)");

const numbered = <One>(count: number, make: (number: string) => One): One[] =>
  Array.from({ length: count }, (_, index) => make(String(index + 1).padStart(2, '0')));

const file = (path: string, content = path) => ({ path, content });

/** A client that has synced a while: a conflict, deletions, and many photos that are gone from the disk at once. */
async function openClient(): Promise<TestProfile> {
  const profile = await openProfile({
    tree: [
      file('/Documents/plan.txt', 'Monday: sails\n'),
      ...numbered(60, (number) => file(`/Documents/Letters/letter ${number}.odt`)),
      ...numbered(40, (number) => file(`/Projects/Boat/drawing ${number}.svg`)),
      ...['2021', '2022', '2023'].flatMap((year) =>
        numbered(74, (number) => file(`/Photos/${year}/IMG_${number}.jpg`)),
      ),
      file('/Shared/from afar.md'),
    ],
  });
  await profile.sync();
  profile.drive.modify('/Documents/plan.txt', 'Monday: sails, Tuesday: ropes\n');
  await profile.write('Documents/plan.txt', 'Monday: sails, Tuesday: anchor\n');
  profile.drive.remove('/Documents/Letters/letter 07.odt');
  profile.drive.remove('/Documents/Letters/letter 08.odt');
  await profile.write('Notes/made here.md', 'made here');
  await profile.sync();
  return profile;
}

it('takes a picture of each view', async () => {
  const profile = await openClient();
  const daemon = await startDaemon(profile);
  await profile.write('Projects/Boat/todo.txt', 'paint');
  profile.drive.modify('/Shared/from afar.md', 'changed from afar');
  expect((await daemon.ask('POST', '/v1/look')).status).toBe(202);
  await expect.poll(() => profile.drive.stat('/Projects/Boat/todo.txt')).toBeDefined();
  await expect.poll(() => profile.read('Shared/from afar.md')).toBe('changed from afar');
  await daemon.atRest();
  await rm(profile.at('Photos'), { recursive: true });
  await mkdir(folder, { recursive: true });

  const { page } = await openTab(wide);
  await page.goto(await startInspector(profile));
  await page.getByRole('heading', { name: /held for your confirmation/ }).waitFor();
  await take(page, 'now');
  await page
    .getByRole('button', { name: /^Undo: delete/ })
    .first()
    .click();
  await page
    .getByRole('dialog')
    .getByText(/^Make /)
    .waitFor();
  await take(page, 'undo');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('link', { name: 'Timeline' }).click();
  await page.getByRole('searchbox').fill('plan.txt');
  await page.getByRole('button', { name: 'Documents/plan.txt' }).click();
  await page.getByText(/^Now /).waitFor();
  const story = page.getByRole('tabpanel').getByRole('list').last();
  await story.getByText(/^Decided to .* beside it/).waitFor();
  await story
    .getByRole('listitem')
    .filter({ hasText: /^#\d+Done/ })
    .last()
    .getByRole('button')
    .click();
  await scrollUp(page);
  await take(page, 'item');
  await page.getByRole('tab', { name: 'Event' }).click();
  await page.getByRole('heading', { name: 'CommandSucceeded' }).waitFor();
  await take(page, 'timeline');
  await page.getByRole('tab', { name: 'Causes' }).click();
  await page.getByRole('img', { name: /Causes and effects/ }).waitFor();
  await take(page, 'causes');
  await page.getByRole('tab', { name: 'Charts' }).click();
  await page
    .getByRole('img', { name: /Chart: / })
    .first()
    .waitFor();
  await take(page, 'charts');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('tab', { name: 'Diff' }).click();
  await page.getByText(/known differently/).waitFor();
  await take(page, 'diff');
  await page.emulateMedia({ colorScheme: 'light' });

  await page.getByRole('tab', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Make the bundle' }).click();
  await page.getByRole('link', { name: 'Save README.md' }).waitFor();
  await take(page, 'save');
  // The listing that showed both the change of the plan and the letters that are gone.
  await page.getByRole('tab', { name: 'Causes' }).click();
  await page
    .getByRole('tabpanel')
    .getByRole('button', { name: /RemoteSeen$/ })
    .last()
    .click();
  await page.getByRole('tab', { name: 'What if' }).click();
  await page.getByRole('button', { name: 'Fold the log again' }).click();
  await page.getByRole('table').waitFor();
  await take(page, 'what-if');
  await page.getByLabel('Event #').selectOption('came as it did');
  await page.getByText('With other settings').click();
  await page.getByLabel('Direction').selectOption('upload only');
  await page.getByRole('button', { name: 'Fold the log again' }).click();
  await page.getByRole('heading', { name: /^With these settings/ }).waitFor();
  await page.evaluate("document.querySelector('.settings').scrollIntoView()");
  await take(page, 'settings');

  await page.getByRole('link', { name: 'Plugins' }).click();
  await page.getByRole('region', { name: 'Plugin downloader' }).waitFor();
  await take(page, 'plugins');

  const small = await openTab(phone);
  await small.page.goto(await startInspector(profile));
  await small.page.getByRole('heading', { name: /held for your confirmation/ }).waitFor();
  await take(small.page, 'phone-now');
  await small.page.getByRole('link', { name: 'Timeline' }).click();
  await small.page.getByRole('option').first().waitFor();
  await take(small.page, 'phone-timeline');

  await page.getByRole('link', { name: 'Now' }).click();
  await page
    .getByRole('button', { name: /^Undo: delete/ })
    .first()
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Yes, do it' }).click();
  await page.getByText(/changes made; the monitor/).waitFor();
  await take(page, 'undone');
  await daemon.stop();
});
