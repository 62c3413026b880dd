export { downloader as default } from './downloader.ts';
