import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Profile } from '@tidemark/daemon';
import { expect, it, onTestFinished } from 'vitest';
import { keepSettings } from './keep-settings.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'keep-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const profileAt = (config: string, configText: string | null): Profile =>
  ({ files: { config, syncList: '' }, configText }) as Profile;

it('makes a config for its owner alone where there is none', () => {
  const config = join(folder(), 'config');
  expect(keepSettings(profileAt(config, null), { application_id: 'a', azure_tenant_id: 'b' })).toBeNull();
  expect(readFileSync(config, 'utf8')).toBe('application_id = "a"\nazure_tenant_id = "b"\n');
  expect(statSync(config).mode & 0o777).toBe(0o600);
});

it('keeps comments, the mode and a link', () => {
  const at = folder();
  const [real, config] = [join(at, 'dotfiles config'), join(at, 'config')];
  const text = '# mine\nthreads = "4"\n';
  writeFileSync(real, text);
  chmodSync(real, 0o640);
  symlinkSync(real, config);
  expect(keepSettings(profileAt(config, text), { application_id: 'a' })).toBeNull();
  expect(readFileSync(real, 'utf8')).toBe(`${text}application_id = "a"\n`);
  expect(statSync(real).mode & 0o777).toBe(0o640);
  expect(lstatSync(config).isSymbolicLink()).toBe(true);
  expect(readdirSync(at).sort()).toEqual(['config', 'dotfiles config']);
});

it('says what to write by hand where it cannot', () => {
  const config = join(folder(), 'missing folder', 'config');
  expect(keepSettings(profileAt(config, null), { application_id: 'a' })).toEqual([
    expect.stringContaining('missing folder/config": ENOENT'),
    'Write into it yourself: application_id = "a"',
  ]);
});
