export { createSecretFiles, matchesDigest } from './create-secret-files.ts';
