/** The ways to an authorization code: a person pastes it, or a browser on this machine brings it. */
import type { AuthenticationResult } from '@azure/msal-node';
import { Failure, type Random } from '@tidemark/contracts';
import { awaitLoopback, type LoopbackListener, type LoopbackOptions } from './loopback.ts';
import type { CodeAttempt, Msal } from './msal.ts';
import { pastedAnswer } from './pasted-url.ts';

export type { LoopbackOptions };

export interface CodeRequest {
  readonly action: string;
  readonly msal: Msal;
  readonly random: Random;
  /** Where a browser ends whose address is to be pasted. */
  readonly pasteRedirectUri: string;
}

export interface BroughtCode {
  readonly redeem: () => Promise<AuthenticationResult>;
  /** Tells a browser that waits how it ended. */
  readonly close: (outcome: 'loggedIn' | 'failed') => Promise<void>;
}

/** Gets the address to open, resolves to the address that the browser ended on. */
export type Ask = (authorizeUrl: string) => Promise<string>;

export interface BrowserForms {
  /**
   * Starts a browser with `startUrl`, which leads on to the authorization page; the answer is waited for at `redirectUri`.
   * Resolves to false when no browser was started: then nothing waits there.
   */
  open(addresses: { readonly startUrl: string; readonly redirectUri: string }): Promise<boolean>;
  /** As `Ask`. The signal says that the browser has come back; what it rejects with then is left out. */
  ask(authorizeUrl: string, signal: AbortSignal): Promise<string>;
  /** The browser is not waited for, or not any more, only what is pasted. `why`: in words. */
  tellNotWaiting(why: string): void;
}

export async function codeByPaste(request: CodeRequest, ask: Ask): Promise<BroughtCode> {
  const attempt = await begin(request, request.pasteRedirectUri);
  const { code } = pastedAnswer(request.action, await ask(attempt.authorizeUrl), [attempt]);
  return { redeem: () => attempt.redeem(code), close: async () => {} };
}

export async function codeByLoopback(
  request: CodeRequest,
  show: (authorizeUrl: string) => void | Promise<void>,
  options?: LoopbackOptions,
): Promise<BroughtCode> {
  const { listener, attempt } = await listen(request, options);
  try {
    await show(attempt.authorizeUrl);
    const code = await listener.code;
    if (code === null) {
      const detail = `${request.action}: no answer from the browser in time`;
      throw new Failure({ code: 'loginRefused', detail });
    }
    return { redeem: () => attempt.redeem(code), close: listener.close };
  } catch (error) {
    await listener.close('failed');
    throw error;
  }
}

/**
 * Two logins are begun, each with a redirect address of its own, and the first answer counts: a registration that does not know
 * `http://localhost` shows an error in the browser, and the pasted address works all the same.
 */
export async function codeByBrowser(
  request: CodeRequest,
  forms: BrowserForms,
  options?: LoopbackOptions,
): Promise<BroughtCode> {
  const toPaste = await begin(request, request.pasteRedirectUri);
  const opened = await openBrowser(request, forms, options);
  if (opened === null) {
    const pasted = await forms.ask(toPaste.authorizeUrl, new AbortController().signal);
    const { code } = pastedAnswer(request.action, pasted, [toPaste]);
    return { redeem: () => toPaste.redeem(code), close: async () => {} };
  }
  const { listener, attempt: inBrowser } = opened;
  const stop = new AbortController();
  const pasted = forms
    .ask(toPaste.authorizeUrl, stop.signal)
    // The address that a browser on another machine ends on is pasted as well.
    .then((text) => pastedAnswer(request.action, text, [toPaste, inBrowser]));
  const brought = listener.code.then(async (code) => {
    if (code !== null) return { attempt: inBrowser, code };
    await listener.close('failed');
    forms.tellNotWaiting('it has not come back in time');
    return pasted;
  });
  try {
    const { attempt, code } = await Promise.race([pasted, brought]);
    return { redeem: () => attempt.redeem(code), close: listener.close };
  } catch (error) {
    await listener.close('failed');
    throw error;
  } finally {
    stop.abort();
    await Promise.allSettled([pasted]);
  }
}

type Listening = { readonly listener: LoopbackListener; readonly attempt: CodeAttempt };

/** Null: there is no port, or no browser. */
async function openBrowser(
  request: CodeRequest,
  forms: BrowserForms,
  options?: LoopbackOptions,
): Promise<Listening | null> {
  let opened: Listening;
  try {
    opened = await listen(request, options);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    forms.tellNotWaiting(error.message);
    return null;
  }
  const { listener, attempt } = opened;
  const startUrl = listener.startUrl(attempt.authorizeUrl);
  try {
    if (await forms.open({ startUrl, redirectUri: listener.redirectUri })) return opened;
  } catch (error) {
    await listener.close('failed');
    throw error;
  }
  await listener.close('failed');
  return null;
}

async function listen(request: CodeRequest, options?: LoopbackOptions): Promise<Listening> {
  const { action, random, msal } = request;
  const state = random.uuid();
  const listener = await awaitLoopback({ action, state, start: random.uuid() }, options);
  try {
    return { listener, attempt: await msal.startCode(listener.redirectUri, state) };
  } catch (error) {
    await listener.close('failed');
    throw error;
  }
}

const begin = ({ msal, random }: CodeRequest, redirectUri: string): Promise<CodeAttempt> =>
  msal.startCode(redirectUri, random.uuid());
