export { uploader as default } from './uploader.ts';
