import { definePlugin, sdkVersion } from '@tidemark/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { assertFitsSdk } from './fits-sdk.ts';
import { createHost } from './host.ts';
import { createSpecWorld } from './spec-world.ts';

describe('a plugin and the SDK of the host', () => {
  it.each([undefined, '^1.0.0', '1.x', '>=1.1 <3', '1.2.3'])('fit together: %s', (sdk) => {
    expect(() => assertFitsSdk({ name: 'one', sdk }, '1.2.3')).not.toThrow();
  });

  it.each([
    [
      '^2.0.0',
      'Cannot start plugin "one": it fits @tidemark/plugin-sdk ^2.0.0, and this Tidemark has 1.2.3. Update Tidemark, or install an older version of the plugin',
    ],
    [
      '^0.9.0',
      'Cannot start plugin "one": it fits @tidemark/plugin-sdk ^0.9.0, and this Tidemark has 1.2.3. Install a version of the plugin that fits 1.2.3',
    ],
    [
      'newest',
      `Cannot start plugin "one": its "sdk" is "newest", which is no range of versions. Write the versions of @tidemark/plugin-sdk that it fits, such as sdk: '^1.2.3'`,
    ],
  ])('do not fit: %s', (sdk, sentence) => {
    expect(() => assertFitsSdk({ name: 'one', sdk }, '1.2.3')).toThrow(sentence);
  });

  it('are compared before a run begins', () => {
    const { options } = createSpecWorld();
    const fitting = definePlugin({ name: 'fitting', sdk: `^${sdkVersion}` });
    const strange = definePlugin({ name: 'strange', sdk: '^99.0.0' });
    expect(() => createHost({ ...options, plugins: [{ plugin: fitting }] })).not.toThrow();
    expect(() => createHost({ ...options, plugins: [{ plugin: strange }] })).toThrow(
      'it fits @tidemark/plugin-sdk ^99.0.0',
    );
  });
});
