/** What a Debian package consists of, as data. */

export interface DebianPackage {
  readonly name: string;
  /** Fields of `control` besides those that all packages share. */
  readonly control: Readonly<Record<string, string>>;
  readonly files: readonly PackagedFile[];
  /** Of `files`, those of the administrator, which an upgrade leaves as they are. Absolute paths. */
  readonly conffiles?: readonly string[];
  /** Absolute path of a folder with the scripts that dpkg runs. */
  readonly scripts?: string;
  /** Complaints of lintian that we live with, each with its reason above it. */
  readonly overrides?: readonly string[];
}

export interface PackagedFile {
  /** Relative to the root of the file system. */
  readonly path: string;
  readonly content: { readonly text: string } | { readonly copyOf: string } | { readonly linkTo: string };
  /** `gzip`: packed, as Debian has its documentation. `stripped`: without what only a debugger reads. */
  readonly as?: 'gzip' | 'program' | 'stripped';
}
