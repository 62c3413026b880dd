import { definePlugin, type DesktopNotification, z } from '@tidemark/plugin-sdk';
import { createWorld, runPlugin } from '@tidemark/plugin-testkit';
import { expect, it } from 'vitest';
import { showing } from './desktop.ts';

it('a notification is text of bounded length, in which nothing turns the line around', async () => {
  const shown: DesktopNotification[] = [];
  const show = showing({ monotonic: () => 0 }, async (one) => void shown.push(one));
  await show({ title: `a\u202Eb\nc\u0007${'x'.repeat(200)}`, text: `line\nline\u2066${'y'.repeat(2_000)}` });
  expect(shown).toEqual([
    { title: `a?b c?${'x'.repeat(93)}…`, text: `line\nline?${'y'.repeat(989)}…`, isUrgent: false },
  ]);
});

it('a plugin may show twenty in a minute', async () => {
  let now = 0;
  let shown = 0;
  const show = showing({ monotonic: () => now }, async () => void (shown += 1));
  for (let count = 0; count < 20; count += 1) await show({ title: 'a', text: 'b' });
  await expect(show({ title: 'a', text: 'b' })).rejects.toMatchObject({ code: 'throttled' });
  now = 60_000;
  await show({ title: 'a', text: 'b' });
  expect(shown).toBe(21);
});

it('a plugin has desktop and files only where it declared them, the folder by a setting', async () => {
  const contexts: object[] = [];
  const setup = (context: object): void => void contexts.push(context);
  const world = createWorld();
  await using _plain = await runPlugin(definePlugin({ name: 'plain', setup }), world);
  const keeper = definePlugin({
    ...{ name: 'keeper', setup, config: z.strictObject({ folder: z.string() }) },
    needs: { desktop: true, files: { setting: 'folder' } },
  });
  await using _keeper = await runPlugin(keeper, world, { folder: '/kept' });
  expect(contexts.map((context) => ['showOnDesktop' in context, 'files' in context])).toEqual([
    [false, false],
    [true, true],
  ]);
  await expect(runPlugin(keeper, world, { folder: '' })).rejects.toThrow(
    'Cannot start plugin "keeper": its setting "folder" names the folder that it keeps files in, and holds none. ' +
      'Write the path of a folder there, in plugins/keeper.json',
  );
});
