export { createQuickXorHash, quickXorHash, type QuickXorHash } from './quickxor.ts';
