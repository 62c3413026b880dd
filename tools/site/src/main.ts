/** `npm run site`: the pages of the repository as a site, in `release/site`. */
import { fileURLToPath } from 'node:url';
import { buildSite } from './build-site.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const { pages } = await buildSite(repository, `${repository}release/site`);
process.stdout.write(`release/site: ${pages} pages\n`);
