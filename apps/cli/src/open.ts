/** Opens what commands that talk to the drive need, with a login if there is none, and closes it all again. */
import type { Account, AccountOptions, OpenedRun, StateFolderWait } from '@tidemark/daemon';
import { createStateFolderWait, openAccount, openRun } from '@tidemark/daemon';
import { Failure } from '@tidemark/contracts';
import { createSystemClock, createSystemRandom } from '@tidemark/graph';
import { keepPeerOut } from './beside-peer.ts';
import type { CommandContext } from './context.ts';
import { asksForJson } from './for-programs.ts';
import { logIn } from './log-in.ts';

export interface Opened extends OpenedRun {
  readonly account: Account;
  readonly patience: StateFolderWait;
}

export const clock = createSystemClock();
export const random = createSystemRandom();

export function accountOf(
  { profile, output, commandLine }: CommandContext,
  how: Pick<AccountOptions, 'rotation' | 'patience'>,
  /** `examined`: the login's file stays as it is, since what is wrong with it is reported. */
  loginFile: 'mended' | 'examined' = 'mended',
): Account {
  return openAccount({
    ...{ profile, clock, random, environment: process.env },
    ...how,
    trace: (line: string) => output.errorLine(line),
    say: (line: string) => {
      if (!asksForJson(commandLine)) output.line(line);
    },
    ...(commandLine.verbosity > 0 &&
      !asksForJson(commandLine) && { note: (line: string) => output.line(line) }),
    ...(loginFile === 'mended' && { warn: (line: string) => output.errorLine(line) }),
  });
}

export interface Opening {
  readonly mode: 'real' | 'rehearse';
  readonly resync: boolean;
  /** `known`: what the run is restricted to was looked at already. */
  readonly scope?: 'asked' | 'known';
}

export async function withRun<Result>(
  context: CommandContext,
  { mode, resync, scope = 'asked' }: Opening,
  use: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const letPeerIn = mode === 'real' ? await keepPeerOut(context) : () => {};
  try {
    return await withLoggedIn(context, { mode, resync, scope }, use);
  } finally {
    letPeerIn();
  }
}

async function withLoggedIn<Result>(
  context: CommandContext,
  { mode, resync, scope }: Opening,
  use: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const patience = patienceOf(context);
  const account = accountOf(context, { rotation: mode === 'real' ? 'written' : 'kept', patience });
  try {
    if (!(await account.login.isStored())) {
      if (mode === 'rehearse')
        throw new Failure({
          code: 'loginRequired',
          detail: 'Cannot look at the drive: nobody is logged in, and a dry run does not log in',
        });
      await logIn(context, account.login);
    }
    const opened = await openRun({
      profile: context.profile,
      account,
      clock,
      random,
      resync,
      mode,
      isFirst: scope === 'asked',
      patience,
    });
    try {
      for (const notice of opened.notices) context.output.errorLine(notice);
      return await use({ ...opened, account, patience });
    } finally {
      await opened.close();
    }
  } finally {
    await account.close();
  }
}

const patienceOf = ({ output, profile }: CommandContext): StateFolderWait =>
  createStateFolderWait({
    ...{ clock, folder: profile.locations.state, limitMs: patienceMs },
    warn: (line) => output.errorLine(line),
    say: (line) => output.errorLine(line),
  });

/** A run that ends by itself may be waited for. */
const patienceMs = 30_000;
