import { describe, expect, it } from 'vitest';
import { configLocations } from './config-locations.ts';

describe('the config directory', () => {
  it.each([
    [{}, { HOME: '/home/ann' }, '/home/ann/.config/onedrive'],
    [{}, { HOME: '/home/ann', XDG_CONFIG_HOME: '/x' }, '/x/onedrive'],
    [{}, { HOME: '/home/ann', XDG_CONFIG_HOME: '' }, '/home/ann/.config/onedrive'],
    [{ confdir: '~/c/' }, { HOME: '/home/ann', XDG_CONFIG_HOME: '/x' }, '/home/ann/c'],
    [{ confdir: '/c' }, { HOME: '/home/ann' }, '/c'],
    [{}, {}, '/root/.config/onedrive'],
    [{}, { HOME: '', SHELL: '', USER: '' }, '/root/.config/onedrive'],
    [{}, { SHELL: '/bin/sh' }, '~/.config/onedrive'],
    [{}, { USER: 'ann' }, '~/.config/onedrive'],
  ])('%j with %j is %s', (commandLine, environment, directory) => {
    expect(configLocations(commandLine, environment).directory).toBe(directory);
  });

  it('holds the files of both programs', () => {
    expect(configLocations({ confdir: '/c' }, { HOME: '/h' })).toEqual({
      home: '/h',
      directory: '/c',
      config: '/c/config',
      syncList: '/c/sync_list',
      tidemarkConfig: '/c/tidemark.conf',
      refreshToken: '/c/refresh_token',
      state: '/c/tidemark',
    });
  });

  it('has a system-wide stand-in unless --confdir was given', () => {
    expect(configLocations({}, { HOME: '/h' }).system?.config).toBe('/etc/onedrive/config');
    expect(configLocations({ confdir: '/c' }, { HOME: '/h' }).system).toBeUndefined();
  });
});
