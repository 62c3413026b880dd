import { definePlugin } from '@tidemark/plugin-sdk';
import { expect, it } from 'vitest';
import { unshownFileActions } from './unshown-file-actions.ts';

const silent = { plugin: definePlugin({ name: 'silent' }) };
const showing = { plugin: definePlugin({ name: 'showing', needs: { desktop: true } }) };
const warned = (given: object, ...here: { readonly plugin: ReturnType<typeof definePlugin> }[]): boolean =>
  unshownFileActions({ here }, {
    ...{ notify_file_actions: true, disable_notifications: false, remote_plugins: [], ...given },
  } as never) !== null;

it('says that no plugin shows what was done where that is wanted, and nothing where one does or may', () => {
  expect(warned({}, silent)).toBe(true);
  expect(warned({}, silent, showing)).toBe(false);
  expect(warned({ remote_plugins: ['desktop'] }, silent)).toBe(false);
  expect(warned({ notify_file_actions: false }, silent)).toBe(false);
  expect(warned({ disable_notifications: true }, silent)).toBe(false);
});
