/** The web browser of the graphical session that this process belongs to. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Browser {
  /**
   * Shows the address. Resolves when the program was started, rejects when it cannot be. No shell reads the address, but every
   * user of the machine can: it may hold no secret.
   *
   * @param fail told of a program that ends with another code than 0: it has shown nothing
   */
  open(url: string, fail: (why: string) => void): Promise<void>;
}

/** Null where no one looks at a screen of this machine, or no program is there to start one. */
export function findBrowser(environment: Environment = process.env): Browser | null {
  if (!hasScreen(environment)) return null;
  const program = [environment['BROWSER'] ?? '', 'xdg-open'].map((name) => find(name.trim(), environment));
  const path = program.find((one) => one !== null);
  return path === undefined ? null : { open: (url, fail) => start(path, url, environment, fail) };
}

/** Through ssh the screen is that of another machine, where nothing can come back to this one. */
export const hasScreen = (environment: Environment): boolean =>
  (isSet(environment['DISPLAY']) || isSet(environment['WAYLAND_DISPLAY'])) &&
  !isSet(environment['SSH_CONNECTION']);

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/** `BROWSER` may hold more than the name of one program: then `xdg-open` reads it. */
function find(name: string, { PATH = '' }: Environment): string | null {
  if (name === '') return null;
  if (name.includes('/')) return isAbsolute(name) && isProgram(name) ? name : null;
  const folders = PATH.split(delimiter).filter(isAbsolute);
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function start(
  program: string,
  url: string,
  environment: Environment,
  fail: (why: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    // A browser lives on, and prints into the terminal that it was started from.
    const child = spawn(program, [url], {
      ...{ detached: true, stdio: 'ignore', shell: false },
      env: Object.fromEntries(Object.entries(environment).filter(([name]) => !isOurs.test(name))),
    });
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
    child.once('exit', (code) => {
      if (code !== null && code !== 0) fail(`${program} ended with ${code}`);
    });
  });
}

/** What our own launcher sets for Node would be read by a browser's parts that are Node as well. */
const isOurs = /^(?:TIDEMARK_|NODE_)/;
