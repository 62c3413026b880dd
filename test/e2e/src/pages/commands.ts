/** The commands that stand in blocks of the pages, and the tests that run them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../../../', import.meta.url));

export interface PageCommand {
  /** Path in the repository. */
  readonly page: string;
  /** What stands behind `sh` at its block. */
  readonly kind: string;
  /** As it would be typed, without `sudo`, pipes and redirections: a program of ours, one that talks to it, or npm, and its words. */
  readonly command: string;
}

/** Decision records and the changelog tell of what once was. */
export const pages = (): readonly string[] =>
  execFileSync('git', ['ls-files', '*.md'], { cwd: repository, encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((path) => !path.includes('/adr/') && path !== 'CHANGELOG.md');

export const textOf = (path: string): string => readFileSync(join(repository, path), 'utf8');

/** In order. */
export const commandsOf = (page: string, text = textOf(page)): readonly PageCommand[] =>
  [...text.matchAll(/^( *)```\w* *(.*)\n([\s\S]*?)^\1```$/gm)].flatMap(([, , kind = '', block = '']) =>
    block.split('\n').flatMap((line) => commandsIn(line).map((command) => ({ page, kind, command }))),
  );

function commandsIn(line: string): readonly string[] {
  return line
    .replace(/^\s*\$ /, '')
    .replace(/(?:^| +)#.*$/, '')
    .split(/&&|[|;]/)
    .flatMap((part) => {
      const [, command] =
        /^\s*(?:[A-Z_]+=\S+ )*(?:sudo (?:-u \S+ )?)?((?:tidemark|onedrive|npm|npx|curl|python3) .*)$/.exec(
          part,
        ) ?? [];
      return command === undefined ? [] : [command.replace(/ *>.*$/, '').trim()];
    });
}

/** Specs that follow a page and run each command of ours in it, but for blocks marked `install` and `by-hand`. */
export const followed: ReadonlyMap<string, string> = new Map([
  ['apps/cli/docs/five-minutes.md', 'install.spec.ts'],
  ['libs/doctor/docs/webhook-in-ten-minutes.md', 'pages/in-front.spec.ts'],
  ['apps/relay/docs/relay-in-fifteen-minutes.md', 'pages/in-front.spec.ts'],
  ['README.md', 'pages/commands.spec.ts'],
  ['apps/cli/README.md', 'pages/commands.spec.ts'],
  ['apps/cli/docs/conflicts.md', 'pages/commands.spec.ts'],
  ['apps/cli/docs/inspect.md', 'pages/commands.spec.ts'],
]);

/** Pages whose commands run in their folders. */
export const isIncident = (page: string): boolean => /^test\/incidents\/[a-z-]+\/README\.md$/.test(page);

export const isFollowed = ({ page, kind, command }: PageCommand): boolean =>
  (followed.has(page) || isIncident(page)) &&
  !/^(?:install|by-hand)$/.test(kind) &&
  !command.startsWith('npm ');

/** Commands that a spec runs where no reader is: with other names in place of the page's, and every literal word of the command. */
export const shownBy: ReadonlyMap<string, string> = new Map([
  ['npm pack', 'install.spec.ts'],
  ['npm install --global ./tidemark-0.1.0.tgz', 'install.spec.ts'],
  ['tidemark --version', 'install.spec.ts'],
  ['tidemark auth --application-id 11111111-2222-3333-4444-555555555555 --device', 'first-login.spec.ts'],
  ['tidemark migrate', 'fidelity/migrate.spec.ts'],
  ['tidemark undo --run last', 'undo.spec.ts'],
  ['tidemark plugin key uploader', 'plugin-keys.spec.ts'],
  ['tidemark plugin key downloader', 'plugin-keys.spec.ts'],
  [
    'curl --unix-socket ~/.config/onedrive/tidemark/drives/own/control.sock http://localhost/v1/status',
    'install.spec.ts',
  ],
  ['python3 follow.py ~/.config/onedrive/tidemark/drives/own/control.sock', 'machine-interface.spec.ts'],
  ['tidemark doctor', 'doctor.spec.ts'],
  ['tidemark doctor webhook --live', 'webhook/doctor-webhook.spec.ts'],
  ['tidemark doctor webhook --nginx --allow-list ~/graph-senders.txt', 'webhook/nginx-forms.spec.ts'],
  ['tidemark doctor webhook --nginx --hardened', 'webhook/nginx-forms.spec.ts'],
  ['tidemark plugin new my-plugin', 'plugin-loop.spec.ts'],
  ['npm run dev', 'plugin-loop.spec.ts'],
  ['npm run check', 'plugin-loop.spec.ts'],
  [
    "tidemark plugin run ~/plugins/notifier.ts --bus nats://127.0.0.1:4222 --drive 'b!x9…'",
    'plugins.spec.ts',
  ],
]);

/** Commands that no test runs, each with the reason. */
export const unrun: readonly { readonly command: RegExp; readonly reason: string }[] = [
  {
    command: /^onedrive --sync --resync$/,
    reason: 'it is the other client’s, from 2.5 on; fidelity/migrate.spec.ts runs what Debian’s 2.4 calls it',
  },
  { command: /^npm (?:ci|install|test)$/, reason: 'it is what runs the tests' },
  {
    command: /^npm run /,
    reason:
      'it is for those who work on the repository, takes minutes or asks for programs; the checks refuse scripts, switches and folders that are not there',
  },
];

/** What has to stand in the spec of a command, as quoted text. */
export const literalsOf = (command: string): readonly string[] =>
  command
    .split(' ')
    .slice(1)
    .filter((word) => /^(?:--)?[a-z][a-z-]*$/.test(word));
