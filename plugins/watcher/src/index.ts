export { watcher as default } from './watcher.ts';
