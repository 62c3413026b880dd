/** What only holds on the machine it was written on. */
import { complainAboutLines, type Complaint, repositoryRoot, type Rule } from '../repository.ts';

const machinePath = new RegExp(`(?:^|[\\s'"\`(=])(/(?:${['work', 'Users'].join('|')})/[\\w.-]+)`);
const registry = /\b(?:registry\.[\w-]+\.[\w.-]+|[\w.-]*(?:artifactory|jfrog|verdaccio)[\w.-]*\.\w+)\b/;

export const noMachineTraces: Rule = (files) =>
  files.flatMap((file) => [
    ...(file.text.includes(repositoryRoot) ? [`${file.path}:1: the path of this very repository`] : []),
    ...complainAboutLines(file, machinePath, ([, path]) => `a path of one machine: ${path}`),
    ...complainAboutLines(file, registry, ([host]) => `a registry's host: ${host}`),
  ]);

/** The lock file names packages, versions and hashes; where they come from is the user's setting. */
export const lockFileWithoutHosts: Rule = (files) => {
  const complaints: Complaint[] = [];
  for (const file of files) {
    if (file.path === 'package-lock.json')
      complaints.push(
        ...complainAboutLines(file, /"resolved": "\w+:\/\//, () => 'the lock file names a host'),
      );
    if (file.path === '.npmrc')
      complaints.push(...complainAboutLines(file, /registry/, () => 'the registry is the user’s setting'));
  }
  return complaints;
};
