export { createSecretFiles } from './create-secret-files.ts';
