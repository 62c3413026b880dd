/** What is published for authors of plugins: each project becomes a package that needs no other project of ours. */

export interface PublishedPackage {
  readonly name: string;
  /** The project, relative to the repository. */
  readonly project: string;
  /** Modules by the name under which they are imported: `.` or `./name`. Relative to the project. */
  readonly entries: Readonly<Record<string, string>>;
  /**
   * Projects of ours that this package does not bring along, by the name under which another published package has them: both must have
   * the same classes and the same types.
   */
  readonly peers?: Readonly<Record<string, string>>;
  /** A module that is run, by the name of its command. Relative to the project. */
  readonly command?: { readonly name: string; readonly file: string };
  readonly description: string;
}

export const published: readonly PublishedPackage[] = [
  {
    name: '@tidemark/plugin-sdk',
    project: 'libs/plugin-sdk',
    entries: {
      '.': 'src/index.ts',
      './unstable': 'src/unstable.ts',
      './internal': '../contracts/src/index.ts',
    },
    description: 'What a plugin of Tidemark, the two-way OneDrive and SharePoint client, is made of',
  },
  {
    name: '@tidemark/plugin-testkit',
    project: 'libs/plugin-testkit',
    entries: { '.': 'src/index.ts' },
    peers: {
      '@tidemark/plugin-sdk': '@tidemark/plugin-sdk',
      '@tidemark/contracts': '@tidemark/plugin-sdk/internal',
    },
    description: 'Runs a plugin of Tidemark in a test: simulated drive, folder, clock and bus',
  },
  {
    name: '@tidemark/create-plugin',
    project: 'libs/create-plugin',
    entries: { '.': 'src/index.ts' },
    command: { name: 'create-plugin', file: 'src/main.ts' },
    description:
      'npm create @tidemark/plugin NAME: a project with a plugin of Tidemark, its test and all it is built on',
  },
];

/** The file of an entry in its package, without an ending. */
export const fileOfEntry = (entry: string): string => (entry === '.' ? 'index' : entry.slice('./'.length));
