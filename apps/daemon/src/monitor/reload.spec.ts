import type { Settings } from '@tidemark/settings';
import { expect, test } from 'vitest';
import type { Profile } from '../profile.ts';
import { isSame, keepsSubscription, refusalOf } from './reload.ts';

const profile = (settings: Partial<Settings>, syncListText: string | null = null): Profile =>
  ({ settings: { sync_dir: '/s', drive_id: '', skip_file: ['~*'], ...settings }, syncListText }) as Profile;

test('what says which account, drive and folder cannot change while running; the rest can', () => {
  expect(refusalOf(profile({}), profile({ skip_file: ['*.tmp'], threads: 2 }))).toBeNull();
  expect(refusalOf(profile({}), profile({ sync_dir: '/other', drive_id: 'x' }))).toEqual([
    expect.stringContaining('Cannot change \'sync_dir\' while running. Restart Tidemark to use "/other"'),
    expect.stringContaining("Cannot change 'drive_id' while running"),
  ]);
});

test('equal values in other objects are no change, another sync_list is one', () => {
  expect(isSame(profile({ skip_file: ['a'] }), profile({ skip_file: ['a'] }))).toBe(true);
  expect(isSame(profile({ skip_file: ['a'] }), profile({ skip_file: ['b'] }))).toBe(false);
  expect(isSame(profile({}, 'Documents/'), profile({}, null))).toBe(false);
});

test('a subscription stays as long as its address does', () => {
  const at = (url: string, more: Partial<Settings> = {}): Profile =>
    profile({ webhook_enabled: true, webhook_public_url: url, upload_only: false, ...more });
  expect(keepsSubscription(at('https://a'), at('https://a'))).toBe(true);
  expect(keepsSubscription(at('https://a'), at('https://b'))).toBe(false);
  expect(keepsSubscription(at('https://a'), at('https://a', { webhook_enabled: false }))).toBe(false);
  expect(keepsSubscription(at('https://a'), at('https://a', { upload_only: true }))).toBe(false);
  expect(keepsSubscription(at('https://a', { webhook_enabled: false }), at('https://a'))).toBe(true);
});
