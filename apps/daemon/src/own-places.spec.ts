import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@tidemark/contracts';
import { configLocations, loadSettings, parseCommandLine } from '@tidemark/settings';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { refuseUnfitRoot } from './own-places.ts';

let folder = '';
const at = (path: string): string => join(folder, path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'own-places-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const path of ['conf/node_modules', 'sync/inside', 'keys', 'other'])
    mkdirSync(at(path), { recursive: true });
});

interface Configured {
  readonly confdir?: string;
  readonly config?: string;
  readonly tidemarkConfig?: string;
}

/** Throws what a run with this configuration would begin with. */
function begin({ confdir = at('conf'), config = '', tidemarkConfig = '' }: Configured): void {
  const parsed = parseCommandLine(['--sync', '--confdir', confdir], 'onedrive');
  if (parsed.type === 'refused') throw new Error(parsed.lines.join('\n'));
  const { commandLine } = parsed;
  const locations = configLocations(commandLine, { HOME: folder });
  const loaded = loadSettings({
    commandLine,
    files: {
      config: { path: '', origin: 'user', text: `sync_dir = "${at('sync')}"\n${config}` },
      tidemarkConfig: { path: '', text: tidemarkConfig },
    },
    environment: { home: folder, version: 'v0' },
  });
  if (!loaded.ok) throw new Error(loaded.lines.join('\n'));
  refuseUnfitRoot({ settings: loaded.settings, locations });
}

it('a sync folder beside everything that is ours is fit', () => {
  expect(() => begin({ config: `enable_logging = "true"\nlog_dir = "${at('other')}"` })).not.toThrow();
});

it('the log may be beside the sync folder', () => {
  expect(() => begin({ config: `enable_logging = "true"\nlog_dir = "${folder}"` })).not.toThrow();
});

it.each<[string, Configured, string]>([
  ['the configuration', { confdir: 'sync/inside' }, 'it holds the configuration ("'],
  ['the configuration itself', { confdir: 'sync' }, 'it holds the configuration ("'],
  [
    'the log',
    { config: 'enable_logging = "true"\nlog_dir = "sync/log"' },
    "it holds the log ('log_dir') (\"",
  ],
  [
    'the log, which is written into it',
    { config: 'enable_logging = "true"\nlog_dir = "sync"' },
    "it holds the log ('log_dir') (\"",
  ],
  ['a key', { tidemarkConfig: 'relay_nkey_file = "sync/key"' }, "it holds the file of 'relay_nkey_file' (\""],
  ['a plugin', { tidemarkConfig: 'plugins = "sync/rules.js"' }, 'it holds the plugin '],
])('a sync folder that holds %s is not', (_, { confdir, ...texts }, said) => {
  const placed = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, text.replaceAll('"sync', `"${at('sync')}`)]),
  );
  const starting = (): void =>
    begin({ ...(confdir === undefined ? {} : { confdir: at(confdir) }), ...placed });
  expect(starting).toThrow(Failure);
  expect(starting).toThrow(`Cannot sync "${at('sync')}": ${said}`);
});

describe('a link hides nothing', () => {
  it.each(['refresh_token', 'config', 'tidemark.conf', 'sync_list', 'tidemark', 'node_modules/hooks'])(
    'conf/%s leads into the sync folder',
    (name) => {
      const target = at('sync/inside/there');
      mkdirSync(target);
      writeFileSync(join(target, 'package.json'), '{ "name": "hooks", "version": "1.0.0" }');
      symlinkSync(target, at(`conf/${name}`));
      expect(() => begin({ tidemarkConfig: name.includes('hooks') ? 'plugins = "hooks"' : '' })).toThrow(
        /it holds .* \(".*", as ".*\/sync\/inside\/there/,
      );
    },
  );

  it('the recycle bin is reached through one', () => {
    symlinkSync(at('sync/inside'), at('bin'));
    expect(() => begin({ config: `use_recycle_bin = "true"\nrecycle_bin_path = "${at('bin')}"` })).toThrow(
      `it holds the trash ('recycle_bin_path') ("${at('bin')}", as "${at('sync/inside')}")`,
    );
  });

  it('the sync folder is one, into the configuration', () => {
    rmSync(at('sync'), { recursive: true });
    mkdirSync(at('conf/files'));
    symlinkSync(at('conf/files'), at('sync'));
    expect(() => begin({})).toThrow(
      `it lies in the configuration ("${at('conf')}", as "${at('conf/files')}")`,
    );
  });
});
