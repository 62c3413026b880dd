/** Our three packages: the command, the same under the name `onedrive`, and what a relay's host needs besides. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { completions, documentation, manualPage, unit } from './contents.ts';
import type { DebianPackage, PackagedFile } from './debian-package.ts';

export interface Sources {
  /** Absolute path. */
  readonly repository: string;
  readonly version: string;
  /** Name and address of who builds, as in `control`. */
  readonly builder: string;
  /** Of the last change. */
  readonly at: Date;
  /** As Debian names the processor, and as Node does. */
  readonly arch: { readonly debian: 'amd64' | 'arm64'; readonly node: 'arm64' | 'x64' };
}

export async function debianPackages(sources: Sources): Promise<readonly DebianPackage[]> {
  return Promise.all([command(sources), asOnedrive(sources), relay(sources)]);
}

const noBug = (name: string): readonly string[] => [
  '# It is no part of Debian, where a report would have asked for it.',
  `${name}: initial-upload-closes-no-bugs *`,
];

/** The fields that all of them share. */
export const sharedFields = ({
  version,
  builder,
}: Pick<Sources, 'builder' | 'version'>): Readonly<Record<string, string>> => ({
  Source: 'tidemark',
  Version: version,
  Section: 'net',
  Priority: 'optional',
  Maintainer: builder,
});

/** Of `dist/`, what goes elsewhere in a file system; of `packages`, the tarballs alone go along. */
const placedElsewhere = /^(?:completions|man|packages|systemd|licences\.txt)$/;

async function command(sources: Sources): Promise<DebianPackage> {
  const { repository, arch } = sources;
  const dist = join(repository, 'dist');
  const ours = join(repository, 'tools/build/debian');
  const entries = (await readdir(dist)).filter((name) => !placedElsewhere.test(name));
  const tarballs = (await readdir(join(dist, 'packages'))).filter((name) => name.endsWith('.tgz'));
  const inPlace = [...entries, ...tarballs.map((name) => `packages/${name}`)].filter(
    (name) => !name.startsWith('classic-level-') || name === `classic-level-${arch.node}.node`,
  );
  const node = join(repository, `node_modules/node-linux-${arch.node}`);
  return {
    name: 'tidemark',
    control: {
      Architecture: arch.debian,
      // As dpkg-shlibdeps reads them from Node.
      Depends:
        'ca-certificates, libatomic1 (>= 4.8), libc6 (>= 2.28), libgcc-s1 (>= 4.2), libstdc++6 (>= 11)',
      Recommends: 'systemd',
      Suggests: 'nats-server, nginx, xdg-utils',
      Description: `two-way sync of a folder with OneDrive or SharePoint
 Keeps a folder and a OneDrive or SharePoint drive the same, never loses a
 version that anybody saved, and can always say why it did what it did.
 .
 It runs once or as a daemon, with the configuration, switches and login of the
 onedrive client. It brings its own Node.js.`,
    },
    files: [
      ...inPlace.map((name): PackagedFile => ({
        path: `usr/lib/tidemark/dist/${name}`,
        content: { copyOf: join(dist, name) },
        ...(/^(?:onedrive|tidemark)$/.test(name) && { as: 'program' }),
      })),
      {
        path: 'usr/lib/tidemark/node_modules/.bin/node',
        content: { copyOf: join(node, 'bin/node') },
        as: 'stripped',
      },
      { path: 'usr/bin/tidemark', content: { linkTo: '../lib/tidemark/dist/tidemark' } },
      await unit(dist, 'system', 'tidemark@.service'),
      await unit(dist, 'user', 'tidemark.service'),
      await unit(dist, 'user', 'tidemark-plugin@.service'),
      manualPage('tidemark', dist),
      ...completions(dist),
      { path: 'etc/logrotate.d/tidemark', content: { copyOf: join(ours, 'tidemark/logrotate') } },
      ...documentation('tidemark', sources),
      { path: 'usr/share/doc/tidemark/README.md', content: { copyOf: join(repository, 'README.md') } },
      {
        path: 'usr/share/doc/tidemark/node-licence.gz',
        content: { copyOf: join(node, 'LICENSE') },
        as: 'gzip',
      },
      {
        path: 'usr/share/doc/tidemark/licences.txt.gz',
        content: { copyOf: join(dist, 'licences.txt') },
        as: 'gzip',
      },
    ],
    conffiles: ['/etc/logrotate.d/tidemark'],
    scripts: join(ours, 'tidemark'),
    overrides: [
      '# Tidemark is released with the one Node.js that it was tested with, as that project builds it: it brings libraries of its own and',
      '# is no position-independent program. Debian 12 has Node.js 18, which does not run Tidemark.',
      `tidemark: embedded-library *`,
      `tidemark: hardening-no-pie [usr/lib/tidemark/node_modules/.bin/node]`,
      ...noBug('tidemark'),
    ],
  };
}

/** For those who replace the other client: what they start, enable and complete keeps its name. */
async function asOnedrive(sources: Sources): Promise<DebianPackage> {
  const { repository, version } = sources;
  const dist = join(repository, 'dist');
  return {
    name: 'tidemark-as-onedrive',
    control: {
      Architecture: 'all',
      Depends: `tidemark (>= ${version})`,
      Provides: 'onedrive',
      Conflicts: 'onedrive',
      Replaces: 'onedrive',
      Description: `command and units of the onedrive client, by Tidemark
 Takes the place of the onedrive client: its command, its manual page and its
 systemd units are Tidemark's. What a user enabled stays enabled.
 .
 Without this package Tidemark and the onedrive client can be installed side by
 side.`,
    },
    files: [
      { path: 'usr/bin/onedrive', content: { linkTo: '../lib/tidemark/dist/onedrive' } },
      await unit(dist, 'system', 'tidemark@.service', 'onedrive@.service'),
      await unit(dist, 'user', 'tidemark.service', 'onedrive.service'),
      manualPage('onedrive', dist),
      { path: 'usr/share/bash-completion/completions/onedrive', content: { linkTo: 'tidemark' } },
      { path: 'usr/share/fish/vendor_completions.d/onedrive.fish', content: { linkTo: 'tidemark.fish' } },
      ...documentation('tidemark-as-onedrive', sources),
    ],
    overrides: noBug('tidemark-as-onedrive'),
  };
}

async function relay(sources: Sources): Promise<DebianPackage> {
  const { repository, version } = sources;
  const ours = join(repository, 'tools/build/debian/tidemark-relay');
  const settings = ['config', 'tidemark.conf'];
  return {
    name: 'tidemark-relay',
    control: {
      Architecture: 'all',
      Depends: `adduser, tidemark (>= ${version})`,
      Recommends: 'nats-server, nginx',
      Description: `takes in notifications for Tidemark on other machines
 One public host receives what OneDrive and SharePoint tell of changes, for any
 number of clients that nobody can connect to. It holds nobody's login.`,
    },
    files: [
      await unit(join(repository, 'dist'), 'system', 'tidemark-relay.service'),
      ...settings.map((name): PackagedFile => ({
        path: `etc/tidemark-relay/${name}`,
        content: { copyOf: join(ours, name) },
      })),
      ...documentation('tidemark-relay', sources),
    ],
    conffiles: settings.map((name) => `/etc/tidemark-relay/${name}`),
    scripts: ours,
    overrides: noBug('tidemark-relay'),
  };
}
