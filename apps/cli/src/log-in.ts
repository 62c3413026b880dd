/** Logging in: by a pasted address, by a browser on this machine, by device code, or through files. */
import { existsSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import type { Login } from '@tidemark/graph';
import { ask, isTerminal } from './ask.ts';
import { type Browser, findBrowser } from './browser/find-browser.ts';
import { logInByBrowser } from './browser/log-in-by-browser.ts';
import type { CommandContext } from './context.ts';
import { asksForJson } from './for-programs.ts';

export type Way = 'device' | 'paste' | 'browser' | 'files' | 'response';

/** The way that the command line and the settings ask for. */
export function wayOf({ commandLine, profile }: CommandContext): Way {
  const { type } = commandLine.login;
  if (type === 'device' || profile.settings.use_device_auth) return 'device';
  return type === 'interactive' ? 'paste' : type;
}

export interface LoginForm {
  readonly way: Way;
  /** While a code waits for its user a line says so every few seconds, for scripts that read along. */
  readonly saysPending?: boolean;
  /** Shown above the code for another device. */
  readonly picture?: (url: string) => readonly string[];
}

type Say = (line: string) => void;

/** What a login says to people. Addresses and codes open the account until they are used: they go past the log file. */
export const sayTo =
  ({ commandLine, console }: CommandContext): Say =>
  (line) => {
    if (asksForJson(commandLine)) console.errorLine(line);
    else console.line(line);
  };

/** Throws Failure. The refresh token is on disk when it resolves. */
export function logIn(context: CommandContext, login: Login, form?: LoginForm): Promise<void> {
  if (form === undefined && context.profile.settings.use_intune_sso && wayOf(context) === 'paste')
    return Promise.reject(new Failure(noBroker));
  return logInBy(context, login, form ?? { way: usualWay(context), saysPending: true });
}

/** People at a screen get a browser as well, as with the peer. */
function usualWay(context: CommandContext): Way {
  const way = wayOf(context);
  const isAtScreen = isTerminal() && !asksForJson(context.commandLine) && findBrowser() !== null;
  return way === 'paste' && isAtScreen ? 'browser' : way;
}

async function logInBy(context: CommandContext, login: Login, form: LoginForm): Promise<void> {
  const { commandLine } = context;
  const { way } = form;
  const say = sayTo(context);
  const how = commandLine.login;
  if (way === 'device') return byDeviceCode(login, say, form);
  if (way === 'browser') return byBrowser(context, login, findBrowser());
  if (how.type === 'response') return login.byPastedUrl(async () => how.url);
  if (how.type === 'files')
    return login.byPastedUrl(async (url) => {
      writeFileSync(how.urlFile, url, { mode: 0o600 });
      say(
        'Client requires authentication before proceeding. Waiting for --auth-files elements to be available.',
      );
      const response = await appearance(how.responseFile);
      rmSync(how.urlFile, { force: true });
      rmSync(how.responseFile, { force: true });
      return response;
    });
  return login.byPastedUrl((url) => askForAddress(context, url));
}

/** `signal`: the answer is not wanted any more. Throws Failure `loginRequired` where none comes. */
async function askForAddress(context: CommandContext, url: string, signal?: AbortSignal): Promise<string> {
  const say = sayTo(context);
  say('Please authorise this application by visiting the following URL:');
  say('');
  say(url);
  say('');
  const pasted = await ask('Paste redirect URI here: ', context.commandLine, signal);
  if (pasted !== null && pasted !== '') return pasted;
  if (signal?.aborted !== true) say('An empty or invalid response uri was entered');
  throw new Failure(nothingPasted);
}

const noBroker = {
  code: 'loginRequired',
  detail:
    'Cannot log in: use_intune_sso asks for the Microsoft Identity Broker, and Tidemark does not speak with it. Put use_device_auth = "true" in its place, or log in once with tidemark auth',
} as const;

const nothingPasted = {
  code: 'loginRequired',
  detail:
    'Cannot log in: no address was pasted before the input ended. Without a terminal use --auth-files, or a code on another device: tidemark auth --device',
} as const;

async function byDeviceCode(
  login: Login,
  say: Say,
  { picture, saysPending = false }: LoginForm,
): Promise<void> {
  let end = (): void => {};
  const asked = login.byDeviceCode((code) => {
    say('Please authorise this application by visiting the following URL:');
    say('');
    for (const line of picture?.(code.verificationUrl) ?? []) say(line);
    say(escaped(code.verificationUrl));
    say('');
    say(`Enter the following code when prompted: ${escaped(code.userCode)}`);
    say('');
    const expiresAt = new Date(Date.now() + code.expiresInMs).toISOString().replace(/\.\d+Z$/, 'Z');
    say(`This code expires at: ${expiresAt} (in ${Math.round(code.expiresInMs / 60_000)} minutes)`);
    if (saysPending) end = sayPending(code.expiresInMs, say);
  });
  await asked.finally(() => end());
  say('Access token acquired!');
}

/** @returns what ends it. */
function sayPending(expiresInMs: number, say: Say): () => void {
  const startedAt = performance.now();
  const tell = (): void => {
    const seconds = Math.max(0, Math.round((expiresInMs - (performance.now() - startedAt)) / 1000));
    const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60].map((one) =>
      String(one).padStart(2, '0'),
    );
    say(`[${minutes}m ${rest}s remaining] Still pending authorisation ...`);
  };
  tell();
  const timer = setInterval(tell, pendingEveryMs);
  return () => clearInterval(timer);
}

const pendingEveryMs = 5_000;

/** `browser` null: a person opens the address. */
function byBrowser(context: CommandContext, login: Login, browser: Browser | null): Promise<void> {
  const say = sayTo(context);
  if (browser !== null)
    return logInByBrowser(login, { browser, say, ask: (url, signal) => askForAddress(context, url, signal) });
  return login.byLoopback((url) => {
    say('Open this address in a browser on this machine; it is waited for, 5 minutes at most:');
    say('');
    say(url);
    say('');
  });
}

/** Resolves with the file's text once it is there and not empty. */
function appearance(path: string): Promise<string> {
  const read = (): string => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');
  return new Promise((resolve, reject) => {
    const watcher = watch(dirname(path), () => settle());
    const settle = (): void => {
      try {
        const text = read();
        if (text === '') return;
        watcher.close();
        resolve(text);
      } catch (error) {
        watcher.close();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    settle();
  });
}
