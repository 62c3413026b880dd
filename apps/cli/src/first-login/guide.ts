/** `tidemark auth`: from no registration to a login that works, one step after the other; without a terminal, the same as text. */
import { existsSync } from 'node:fs';
import type { Account, Profile } from '@tidemark/daemon';
import { endpointsOf } from '@tidemark/daemon';
import { peerApplicationId, registrationSteps } from '@tidemark/graph';
import { escaped } from '@tidemark/disk';
import type { Action } from '@tidemark/settings';
import { ask, isTerminal } from '../ask.ts';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { hasScreen } from '../browser/find-browser.ts';
import { asksForJson } from '../for-programs.ts';
import { loadProfile } from '../load-profile.ts';
import { isUnicode } from '../locale.ts';
import { logIn, sayTo, type Way, wayOf } from '../log-in.ts';
import { accountOf } from '../open.ts';
import { readApplicationId, type ReadId, readTenant } from './application-id.ts';
import { judgeGranted } from './granted.ts';
import { keepSettings } from './keep-settings.ts';

type LoginAction = Action & { readonly type: 'auth'; readonly step: 'login' };

/** Resolves to the exit code. Throws Failure. */
export async function guideLogin(given: CommandContext, action: LoginAction): Promise<number> {
  const isJson = asksForJson(given.commandLine);
  const isAsked = isTerminal() && !isJson;
  const prepared = await withApplication(given, action, { isAsked });
  if (typeof prepared === 'number') return prepared;
  const { context, afterwards } = prepared;
  const way = isAsked && wayOf(context) === 'paste' ? await chosenWay(given) : wayOf(context);
  if (way === null) return stopped(context);
  const account = accountOf(context, { rotation: 'written' });
  try {
    await logIn(context, account.login, { way, ...(isAsked && { picture: await loadPicture() }) });
    const code = afterwards === null ? null : keep(context, afterwards);
    return code ?? (await tellEnd(context, account, { isJson }));
  } finally {
    await account.close();
  }
}

interface Prepared {
  readonly context: CommandContext;
  /** To be written once the login works; null when nothing is. */
  readonly afterwards: Readonly<Record<string, string>> | null;
}

/** The profile with an application id of its own; or the exit code. */
async function withApplication(
  context: CommandContext,
  action: LoginAction,
  { isAsked }: { readonly isAsked: boolean },
): Promise<Prepared | number> {
  const { commandLine, output, profile } = context;
  const say = sayTo(context);
  const isOwn = profile.settings.application_id !== peerApplicationId;
  const typed: Record<string, string> = {};
  for (const [key, text, read] of [
    ['application_id', action.applicationId, readApplicationId],
    ['azure_tenant_id', action.tenant, readTenant],
  ] as const) {
    if (text === undefined) continue;
    const answer = read(text);
    if (answer.type === 'unfit') {
      output.errorLine(`ERROR: ${answer.why}`);
      return exitCodeOf('usage', commandLine);
    }
    typed[key] = answer.id;
  }
  if (!isOwn && typed['application_id'] === undefined) {
    for (const line of registrationText(profile)) say(line);
    if (!isAsked) {
      say('Then log in with it: tidemark auth --application-id ID --device');
      output.errorLine('ERROR: Cannot log in: no application_id is configured');
      return exitCodeOf('login', commandLine);
    }
    const id = await askFor(context, 'Application (client) ID: ', readApplicationId);
    if (id === null) return stopped(context);
    typed['application_id'] = id;
    const tenant = await askFor(
      context,
      'Directory (tenant) ID, if it is for one organisation only [none]: ',
      (text) => (text === '' ? { type: 'id', id: '' } : readTenant(text)),
    );
    if (tenant === null) return stopped(context);
    if (tenant !== '') typed['azure_tenant_id'] = tenant;
  }
  if (Object.keys(typed).length === 0) return { context, afterwards: null };
  if (existsSync(profile.locations.refreshToken)) {
    // The stored login belongs to the application that is configured: both change, or neither does.
    const settings = { ...profile.settings, ...typed };
    return { context: { ...context, profile: { ...profile, settings } }, afterwards: typed };
  }
  return keep(context, typed) ?? loadedAgain(context);
}

/** Writes into the config. An exit code when that cannot be done. */
function keep(context: CommandContext, settings: Readonly<Record<string, string>>): number | null {
  const { commandLine, output, profile } = context;
  const obstacle = keepSettings(profile, settings);
  if (obstacle === null) {
    sayTo(context)(`Written into "${escaped(profile.files.config)}": ${Object.keys(settings).join(' and ')}`);
    return null;
  }
  output.errorLine(`ERROR: ${obstacle[0]}`);
  output.errorLine(`       ${obstacle[1]}`);
  return exitCodeOf('configuration', commandLine);
}

function loadedAgain(context: CommandContext): Prepared | number {
  const loaded = loadProfile(context);
  if (loaded.ok) return { context: { ...context, profile: loaded.profile }, afterwards: null };
  for (const line of loaded.lines) context.output.errorLine(line);
  return loaded.exitCode;
}

function registrationText({ settings }: Profile): readonly string[] {
  const { cloud, login, developer } = endpointsOf(settings);
  const steps = developer ? registrationSteps(cloud) : registrationSteps(cloud, login);
  return [
    'A new login needs an application registration of your own at Microsoft. It is free, and takes a few minutes.',
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
  ];
}

/** Null: the input ended. */
async function askFor(
  context: CommandContext,
  question: string,
  read: (text: string) => ReadId,
): Promise<string | null> {
  for (;;) {
    const text = await ask(question, context.commandLine);
    if (text === null) return null;
    const answer = read(text);
    if (answer.type === 'id') return answer.id;
    sayTo(context)(`${answer.why}.`);
  }
}

/** Null: the input ended. */
async function chosenWay(context: CommandContext): Promise<Way | null> {
  const say = sayTo(context);
  say('How do you want to log in?');
  say('  1  in a browser on this machine');
  say('  2  in a browser elsewhere: you paste the address that it ends on');
  say('  3  with a code on another device, such as your phone');
  const usual = hasScreen(process.env) ? '1' : '3';
  for (;;) {
    const text = await ask(`Choose 1, 2 or 3 [${usual}]: `, context.commandLine);
    if (text === null) return null;
    const way = ways.get(text === '' ? usual : text);
    if (way !== undefined) return way;
  }
}

const ways: ReadonlyMap<string, Way> = new Map([
  ['1', 'browser'],
  ['2', 'paste'],
  ['3', 'device'],
]);

function stopped({ commandLine, output }: CommandContext): number {
  output.errorLine('');
  output.errorLine('Not logged in. To go on: tidemark auth');
  return exitCodeOf('login', commandLine);
}

/** Of an address, as a QR code: nothing where letters of Unicode or columns are missing, or it is no web address. */
async function loadPicture(): Promise<(url: string) => readonly string[]> {
  const { qrLines } = await import('./qr-lines.ts');
  return (text) => {
    const url = URL.parse(text);
    if (url?.protocol !== 'https:' || !isUnicode(process.env)) return [];
    const lines = qrLines(url.href);
    return (lines[0]?.length ?? 0) < (process.stdout.columns ?? 80) ? [...lines, ''] : [];
  };
}

async function tellEnd(
  { commandLine, output, profile }: CommandContext,
  account: Account,
  { isJson }: { readonly isJson: boolean },
): Promise<number> {
  const { names, missing, remarks } = judgeGranted(
    account.login.granted(),
    profile.settings.read_only_auth_scope ? 'readOnly' : 'readWrite',
  );
  const { kind, id } = await account.drive.info();
  if (isJson)
    output.line(JSON.stringify({ type: 'loggedIn', drive: { kind, id }, granted: names, missing, remarks }));
  else {
    output.line(`Logged in: ${kind} drive ${id}`);
    output.line(`Granted: ${names.length === 0 ? 'nothing of files' : escaped(names.join(', '))}`);
    for (const remark of remarks) output.line(`NOTE: ${remark}`);
  }
  if (missing !== null) {
    output.errorLine(`ERROR: ${missing}`);
    output.errorLine(
      '       Log in again and accept all permissions, or ask your administrator: tidemark auth',
    );
    return exitCodeOf('login', commandLine);
  }
  if (!isJson) output.line('Run this next: tidemark sync --dry-run   # shows what a sync would do');
  return 0;
}
