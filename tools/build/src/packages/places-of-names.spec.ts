import { expect, it } from 'vitest';
import { withPlaces } from './places-of-names.ts';

const index = [
  `/** What is here. */`,
  `export { disk, type Disk } from './disk.ts';`,
  `export type { Clock } from './time/clock.ts';`,
].join('\n');
const surroundings = {
  textOf: async (module: string) => (module === 'libs/every/src/index' ? `export * from './all.ts';` : index),
  peers: { '@tidemark/sdk': '@tidemark/plugin-sdk' },
};
const placed = (text: string) => withPlaces(text, 'libs/kit/src/deep/world', surroundings);

it.each([
  [`import type { A } from '../a.ts';`, `import type { A } from '../a.js';`, ['libs/kit/src/a']],
  [
    `import { type Disk, disk } from '@tidemark/testkit';`,
    `import { type Disk, disk } from '../../testkit/disk.js';`,
    ['libs/testkit/src/disk'],
  ],
  [
    `export type { Disk, Clock as Time } from '@tidemark/testkit';`,
    `export type { Disk } from '../../testkit/disk.js';\nexport type { Clock as Time } from '../../testkit/time/clock.js';`,
    ['libs/testkit/src/disk', 'libs/testkit/src/time/clock'],
  ],
  [
    `import type { Any } from '@tidemark/every';`,
    `import type { Any } from '../../every/index.js';`,
    ['libs/every/src/index'],
  ],
  [
    `declare const one: import('@tidemark/every').Any;`,
    `declare const one: import('../../every/index.js').Any;`,
    ['libs/every/src/index'],
  ],
  [`import { z } from '@tidemark/sdk';`, `import { z } from '@tidemark/plugin-sdk';`, []],
  [`import { of } from 'rxjs';`, `import { of } from 'rxjs';`, []],
])('%s', async (text, expected, named) => {
  expect(await placed(text)).toEqual({ text: expected, named: new Set(named) });
});

it('a name that an index does not have is an error, and not a hole in the package', async () => {
  await expect(placed(`import { Moon } from '@tidemark/testkit';`)).rejects.toThrow(
    'libs/testkit/src/index has no Moon, which libs/kit/src/deep/world imports',
  );
});
