export { compareSides, readDrive, readFolder, type Side } from './sides.ts';
export { createVersionBook, type VersionBook } from './version-book.ts';
