/** `npm run build`: bundles the command and writes its launchers into `dist/`. */
import { buildInto } from './build-into.ts';
import { fileURLToPath } from 'node:url';
import { published } from './packages/published.ts';
import { shellTexts } from './shell-texts.ts';
import { unitTexts } from './unit-texts.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const started = performance.now();
const { files, totalBytes } = await buildInto(`${repository}dist`, {
  entry: `${repository}apps/cli/src/main.ts`,
  page: `${repository}apps/inspector/page`,
  simulator: `${repository}tools/graph-simulator/src/main.ts`,
  texts: new Map([...(await shellTexts(repository)), ...(await unitTexts(repository))]),
  packages: { repository, published },
  // On the same file system as `dist`, and ignored by every tool.
  stagingFolder: `${repository}node_modules/.tidemark-build`,
});
const seconds = ((performance.now() - started) / 1_000).toFixed(1);
process.stdout.write(`dist: ${files} files, ${(totalBytes / 1e6).toFixed(1)} MB, ${seconds} s\n`);
