/** Runs the commands of a page of the docs as a reader does, one block after the other. */
import { spawn } from 'node:child_process';
import { collect, type Ended } from '../run-binary.ts';
import { consent } from '../sign-in.ts';

export interface Block {
  /** What stands behind `sh`: `install` for how the program comes here, `by-hand` for what needs what no test has; others say where or when it is typed. */
  readonly kind: string;
  readonly commands: string;
}

/** The blocks of shell commands, in their order. */
export const blocksOf = (page: string): readonly Block[] =>
  [...page.matchAll(/^```sh *(.*)\n([\s\S]*?)^```$/gm)].map(([, kind = '', commands = '']) => ({
    kind,
    commands,
  }));

export interface Reader {
  /** The words that start a shell where the reader is: `sh`, or `chroot FOLDER sh`. */
  readonly shell: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** The certificate by which the page for logging in is known; without it nobody logs in. */
  readonly caFile?: string;
  /** What the reader pastes into what the commands ask for. */
  readonly pasted?: string;
}

/** The reader opens the address for logging in, consents, and pastes what the browser shows then. */
export function runBlock({ commands }: Block, reader: Reader): Promise<Ended> {
  const [program, ...words] = reader.shell;
  const child = spawn(program, [...words, '-e', '-c', commands], {
    cwd: reader.folder,
    env: { ...reader.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { caFile } = reader;
  if (caFile === undefined) child.stdin.end(reader.pasted ?? '');
  let shown = '';
  child.stdout.on('data', (piece: Buffer) => {
    shown += piece.toString();
    const url = /(https:\/\/\S+\/authorize\?\S+)\s/.exec(shown)?.[1];
    if (url === undefined || caFile === undefined) return;
    shown = '';
    consent(url, caFile).then(
      (pasted) => child.stdin.write(`${pasted}\n`),
      (error: unknown) => child.stdin.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  });
  child.stdin.on('error', () => child.kill());
  return collect(child, commands, 300_000);
}
