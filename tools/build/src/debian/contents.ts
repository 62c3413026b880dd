/** What several packages contain, each in the place where Debian has it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shells } from '@tidemark/settings';
import { completionFile } from '../shell-texts.ts';
import type { PackagedFile } from './debian-package.ts';

/** The notes above the first section are for those who copy a unit by hand. @param as its name in the package */
export async function unit(
  dist: string,
  manager: 'system' | 'user',
  name: string,
  as = name,
): Promise<PackagedFile> {
  const text = await readFile(join(dist, 'systemd', manager, name), 'utf8');
  const folder = manager === 'system' ? 'lib/systemd/system' : 'usr/lib/systemd/user';
  return { path: `${folder}/${as}`, content: { text: text.slice(text.indexOf('[Unit]')) } };
}

export const manualPage = (name: string, dist: string): PackagedFile => ({
  path: `usr/share/man/man1/${name}.1.gz`,
  content: { copyOf: join(dist, 'man', `${name}.1`) },
  as: 'gzip',
});

/** Each of them completes both names of the command. */
export function completions(dist: string): readonly PackagedFile[] {
  const places = {
    bash: 'usr/share/bash-completion/completions/tidemark',
    fish: 'usr/share/fish/vendor_completions.d/tidemark.fish',
    zsh: 'usr/share/zsh/vendor-completions/_tidemark',
  };
  return shells.map((shell) => ({
    path: places[shell],
    content: { copyOf: join(dist, 'completions', completionFile[shell]) },
  }));
}

export function documentation(
  name: string,
  {
    repository,
    builder,
    version,
    at,
  }: {
    /** Absolute path. */
    readonly repository: string;
    readonly version: string;
    /** Name and address of who builds, as in `control`. */
    readonly builder: string;
    readonly at: Date;
  },
): readonly PackagedFile[] {
  const folder = `usr/share/doc/${name}`;
  const entry = [
    `tidemark (${version}) unstable; urgency=medium`,
    '',
    '  * What changed is in changelog.gz.',
    '',
    ` -- ${builder}  ${at.toUTCString().replace('GMT', '+0000')}`,
    '',
  ];
  return [
    { path: `${folder}/changelog.Debian.gz`, content: { text: entry.join('\n') }, as: 'gzip' },
    {
      path: `${folder}/changelog.gz`,
      content: { copyOf: join(repository, 'CHANGELOG.md') },
      as: 'gzip',
    },
    { path: `${folder}/copyright`, content: { copyOf: join(repository, 'tools/build/debian/copyright') } },
  ];
}
