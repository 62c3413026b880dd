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

/** `unit` runs beside the code, `checks` reads the repository, `e2e` drives the built binary and real servers, `pictures` writes pictures of it. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{apps,libs,plugins,tools}/*/src/**/*.spec.ts',
            'test/{properties,simulation,bench,filters,fuzz,mutants,crash-points}/src/**/*.spec.ts',
          ],
          exclude: ['tools/checks/**', '**/node_modules/**'],
          setupFiles: ['tools/checks/src/run/property-seed.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          // A busy disk takes its time to flush.
          expect: { poll: { timeout: 30_000 } },
        },
      },
      { test: { name: 'checks', include: ['tools/checks/src/**/*.spec.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/src/**/*.spec.ts'],
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
          testTimeout: 300_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
