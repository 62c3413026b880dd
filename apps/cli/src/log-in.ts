/** Logging in: by a pasted address, by a browser on this machine, by device code, or through files. */
import { existsSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Login } from '@tidemark/graph';
import type { CommandContext } from './context.ts';

/** Throws Failure. The refresh token is on disk when it resolves. */
export async function logIn(context: CommandContext, login: Login): Promise<void> {
  // Addresses and codes open the account until they are used.
  const { commandLine, profile, console: output } = context;
  const { settings } = profile;
  const how = commandLine.login;
  if (how.type === 'device' || settings.use_device_auth) {
    await login.byDeviceCode((code) => {
      output.line('Please authorise this application by visiting the following URL:');
      output.line('');
      output.line(code.verificationUrl);
      output.line('');
      output.line(`Enter the following code when prompted: ${code.userCode}`);
      output.line('');
      output.line(`This code expires in ${Math.round(code.expiresInMs / 60_000)} minutes`);
    });
    output.line('Access token acquired!');
    return;
  }
  if (how.type === 'response') return login.byPastedUrl(async () => how.url);
  if (how.type === 'files') {
    await login.byPastedUrl(async (url) => {
      writeFileSync(how.urlFile, url, { mode: 0o600 });
      output.line(
        'Client requires authentication before proceeding. Waiting for --auth-files elements to be available.',
      );
      const response = await appearance(how.responseFile);
      rmSync(how.urlFile, { force: true });
      rmSync(how.responseFile, { force: true });
      return response;
    });
    return;
  }
  await login.byPastedUrl(async (url) => {
    output.line('Please authorise this application by visiting the following URL:');
    output.line('');
    output.line(url);
    output.line('');
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return (await terminal.question('Paste redirect URI here: ')).trim();
    } finally {
      terminal.close();
    }
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
