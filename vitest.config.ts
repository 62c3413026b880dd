import { defineConfig } from 'vitest/config';

/** `unit` runs beside the code, `checks` reads the repository, `e2e` drives the built binary and real servers, `pictures` writes pictures of it. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{apps,libs,plugins,tools}/*/src/**/*.spec.ts',
            'test/{properties,simulation,bench,fuzz,mutants,crash-points}/src/**/*.spec.ts',
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
          // Most of the time is waiting. Each file has folders, ports and namespaces of its own.
          maxWorkers: 3,
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
