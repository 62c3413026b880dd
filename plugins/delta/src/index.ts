export { delta as default } from './delta.ts';
