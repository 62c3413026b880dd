import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take long begin first, so that no worker is alone with one of them at the end. The others: the larger, the earlier. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => long.some((name) => moduleId.endsWith(name));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Each took 40 s and more on two processors, or 15 s of the unit project. */
const long = [
  ...['webhook/doctor-webhook', 'webhook/document', 'starvation', 'crash', 'plugins', 'options/transfers'],
  ...['inspect', 'monitor', 'monitor-trouble', 'symbolic-links', 'memory', 'faults', 'undo-killed'],
  ...['log-lines/log-lines', 'shared-folders', 'scope'],
]
  .map((name) => `test/e2e/src/${name}.spec.ts`)
  .concat('conformance/plugin-hosting.spec.ts', 'large-numbers.spec.ts', 'event-log/src/damage.spec.ts')
  .concat('properties/src/laws.spec.ts', 'simulate.spec.ts', 'event-log/src/crash.spec.ts');

/**
 * Here each file gets a process with modules of its own: their specs replace modules of Node, to watch what reaches the disk, or what they test
 * keeps something for as long as the process lives.
 */
const apart = [
  'libs/{disk,event-log,plugin-host}/src/**/*.spec.ts',
  'apps/daemon/src/plugins/**/*.spec.ts',
  'apps/daemon/src/starvation-guard.spec.ts',
  // A regular expression meets ten million letters: how V8 carries it out depends on what the process did before.
  'libs/settings/src/config-file.spec.ts',
  // Its heap is as large as those of all others.
  'libs/engine/src/loop/large-numbers.spec.ts',
  'test/crash-points/src/**/*.spec.ts',
];
const notUnit = ['tools/checks/**', '**/node_modules/**'];

const unit = {
  setupFiles: ['tools/checks/src/run/property-seed.ts'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Servers, processes and disks are waited for.
  maxWorkers: 3,
  // A busy disk takes its time to flush.
  expect: { poll: { timeout: 30_000 } },
};

/**
 * `unit` and `unit-apart` run beside the code (`unit*` is both), `checks` reads the repository, `e2e` drives the built binary and
 * real servers, `pictures` writes pictures of it.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...unit,
          name: 'unit',
          include: [
            '{apps,libs,plugins,tools}/*/src/**/*.spec.ts',
            'test/{properties,simulation,bench,filters,fuzz,mutants}/src/**/*.spec.ts',
          ],
          exclude: [...notUnit, ...apart],
          // Loading the modules again for each of 350 files took a fifth of the time of all of them.
          isolate: false,
        },
      },
      {
        test: {
          ...unit,
          name: 'unit-apart',
          include: apart,
          exclude: notUnit,
        },
      },
      { test: { name: 'checks', include: ['tools/checks/src/**/*.spec.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/src/**/*.spec.ts'],
          globalSetup: 'test/e2e/src/for-all-files.ts',
          testTimeout: 300_000,
          expect: { poll: { timeout: 30_000 } },
          hookTimeout: 120_000,
          // Nearly half of the time is waiting. Each file has folders, ports and namespaces of its own.
          maxWorkers: 4,
        },
      },
      // Takes the pictures of the docs anew: `npm run pictures`.
      {
        test: {
          name: 'pictures',
          include: ['test/e2e/src/**/*.pictures.ts'],
          globalSetup: 'test/e2e/src/for-all-files.ts',
          testTimeout: 300_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
