export { buildSite } from './build-site.ts';
export { contents } from './contents.ts';
