export type { BuildOptions } from './build-into.ts';
export { buildInto, commandNames } from './build-into.ts';
export type { DebianPackage, PackagedFile } from './debian/debian-package.ts';
export { debianPackages, sharedFields } from './debian/packages.ts';
export { writeDebianPackage } from './debian/write-package.ts';
