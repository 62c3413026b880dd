/**
 * The login of one account. `refresh_token` is the only durable credential; access tokens and MSAL's cache live in memory.
 * Order matters: a rotated refresh token is on disk before the access token that came with it is used.
 */
import type { AuthenticationResult } from '@azure/msal-node';
import { Failure, type AbortSignalLike, type Clock, type Random } from '@tidemark/contracts';
import type { Budget } from '../http/budget.ts';
import type { TokenSource } from '../http/graph-client.ts';
import type { Network } from '../http/network.ts';
import type { Endpoints } from './clouds.ts';
import { createMsal, type Msal } from './msal.ts';
import { peerApplicationId, registrationNeeded } from './registration.ts';
import { isRefusedToken, refusalFailure } from './refusals.ts';
import {
  type Ask,
  type BroughtCode,
  type BrowserForms,
  codeByBrowser,
  codeByLoopback,
  codeByPaste,
  type CodeRequest,
  type LoopbackOptions,
} from './code-login.ts';
import type { Access } from './scopes.ts';
import { whileClaimed } from './token-claim.ts';
import type { TokenStore } from './token-file.ts';

export interface LoginOptions {
  readonly endpoints: Endpoints;
  /** `application_id`; null when none is configured. */
  readonly applicationId: string | null;
  /** `azure_tenant_id`; null for `common`. */
  readonly tenant: string | null;
  readonly access: Access;
  readonly tokenStore: TokenStore;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  /** Where login requests are counted. */
  readonly budget?: Budget;
}

export interface DeviceCode {
  readonly userCode: string;
  readonly verificationUrl: string;
  /** The service's own sentence for the user. */
  readonly message: string;
  readonly expiresInMs: number;
}

export interface Login extends TokenSource {
  /** Whether a refresh token is stored. Says nothing about whether it still works. */
  isStored(): Promise<boolean>;
  /** `ask` gets the address to open and resolves to the address that the browser ended on. */
  byPastedUrl(ask: Ask): Promise<void>;
  /** Starts a browser, which comes back to a listener on this machine, and takes a pasted address as well: whichever comes first. */
  byBrowser(forms: BrowserForms, options?: LoopbackOptions): Promise<void>;
  /** `show` gets the address to open; the browser comes back to a listener on this machine. */
  byLoopback(show: (authorizeUrl: string) => void | Promise<void>, options?: LoopbackOptions): Promise<void>;
  byDeviceCode(
    show: (code: DeviceCode) => void,
    options?: { readonly signal?: AbortSignalLike },
  ): Promise<void>;
  /** Takes over a refresh token that another client of the same application got. */
  byRefreshToken(refreshToken: string): Promise<void>;
  /** Forgets the login here; the service is not told. */
  forget(): Promise<void>;
  /** The permissions of the newest access token, as the service names them; empty before there is one. */
  granted(): readonly string[];
}

export function createLogin(options: LoginOptions): Login {
  return new AccountLogin(options);
}

const renewBeforeMs = 5 * 60_000;
const refusedForMs = 60_000;
const refreshAction = 'Cannot renew the login';

interface AccessToken {
  readonly token: string;
  /** On the monotonic clock. */
  readonly renewAt: number;
}

/** Tokens of one answer that are not yet both durable. */
interface Fresh {
  readonly access: AccessToken;
  readonly refreshToken: string;
}

class AccountLogin implements Login {
  readonly #options: LoginOptions;
  readonly #clock: Clock;
  #access: AccessToken | null = null;
  /** The token that worked before the stored one, until the stored one has worked. */
  #previous: string | null = null;
  #unsaved: Fresh | null = null;
  #renewal: Promise<string> | null = null;
  #msal: Msal | null = null;
  #granted: readonly string[] = [];
  /** What the service would not take, so that a crowd of requests does not ask again and again. */
  #refused: { readonly token: string; readonly until: number; readonly failure: Failure } | null = null;

  constructor(options: LoginOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  accessToken(): string | Promise<string> {
    const access = this.#access;
    if (access !== null && this.#clock.monotonic() < access.renewAt) return access.token;
    return this.#renewOnce(null);
  }

  renew(refused: string, claims: string | null): Promise<string> {
    const access = this.#access;
    // Another request was refused as well and has already fetched another token.
    if (access !== null && access.token !== refused && claims === null) return Promise.resolve(access.token);
    if (this.#renewal === null) this.#access = null;
    return this.#renewOnce(claims);
  }

  async isStored(): Promise<boolean> {
    const stored = await this.#options.tokenStore.read();
    return stored !== null && stored !== '';
  }

  byPastedUrl(ask: Ask): Promise<void> {
    return this.#byCode((request) => codeByPaste(request, ask));
  }

  byBrowser(forms: BrowserForms, options?: LoopbackOptions): Promise<void> {
    return this.#byCode((request) => codeByBrowser(request, forms, options));
  }

  byLoopback(show: (authorizeUrl: string) => void | Promise<void>, options?: LoopbackOptions): Promise<void> {
    return this.#byCode((request) => codeByLoopback(request, show, options));
  }

  async byDeviceCode(
    show: (code: DeviceCode) => void,
    options: { readonly signal?: AbortSignalLike } = {},
  ): Promise<void> {
    const action = 'Cannot log in';
    const msal = await this.#forNewLogin(action);
    await this.#takeIn(action, msal, () => msal.byDeviceCode(show, options.signal));
  }

  async byRefreshToken(refreshToken: string): Promise<void> {
    const action = 'Cannot take over the login';
    const msal = await this.#fresh();
    await this.#takeIn(action, msal, () => msal.byRefreshToken(refreshToken, null), refreshToken);
  }

  async forget(): Promise<void> {
    this.#access = null;
    this.#previous = null;
    this.#unsaved = null;
    this.#msal = null;
    await this.#alone('Cannot forget the login', () => this.#options.tokenStore.remove());
  }

  granted(): readonly string[] {
    return this.#granted;
  }

  async #byCode(bring: (request: CodeRequest) => Promise<BroughtCode>): Promise<void> {
    const action = 'Cannot log in';
    const { endpoints, tenant, random } = this.#options;
    const msal = await this.#forNewLogin(action);
    const pasteRedirectUri = `${endpoints.login}/${tenant ?? 'common'}/oauth2/nativeclient`;
    const brought = await bring({ action, msal, random, pasteRedirectUri });
    let outcome: 'loggedIn' | 'failed' = 'failed';
    try {
      await this.#takeIn(action, msal, brought.redeem);
      outcome = 'loggedIn';
    } finally {
      await brought.close(outcome);
    }
  }

  #renewOnce(claims: string | null): Promise<string> {
    this.#renewal ??= this.#alone(refreshAction, () => this.#renewNow(claims)).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renewNow(claims: string | null): Promise<string> {
    if (this.#unsaved !== null) return this.#save(this.#unsaved);
    const stored = await this.#options.tokenStore.read();
    if (stored === null || stored === '') {
      throw new Failure({
        code: 'loginRequired',
        detail:
          stored === null
            ? `${refreshAction}: there is no login yet ("${this.#options.tokenStore.path}" does not exist)`
            : `RefreshToken file exists but is empty: ${this.#options.tokenStore.path}`,
      });
    }
    const refused = this.#refused;
    if (refused !== null && refused.token === stored && this.#clock.monotonic() < refused.until) {
      throw refused.failure;
    }
    try {
      return await this.#redeem(stored, claims);
    } catch (error) {
      if (!isRefusedToken(error)) throw error;
      const previous = this.#previous;
      if (previous !== null && previous !== stored) return this.#redeem(previous, claims);
      this.#refused = { token: stored, until: this.#clock.monotonic() + refusedForMs, failure: error };
      throw error;
    }
  }

  async #redeem(refreshToken: string, claims: string | null): Promise<string> {
    this.#msal ??= await this.#fresh();
    const msal = this.#msal;
    try {
      const result = await msal.byRefreshToken(refreshToken, claims);
      return await this.#save(this.#freshOf(result, msal, refreshToken), refreshToken);
    } catch (error) {
      // MSAL refuses to repeat a request for a while after some failures; when to try again is decided here.
      this.#msal = null;
      throw loginFailure(refreshAction, error, msal);
    }
  }

  async #takeIn(
    action: string,
    msal: Msal,
    acquire: () => Promise<AuthenticationResult | null>,
    given: string | null = null,
  ): Promise<void> {
    let fresh: Fresh;
    try {
      fresh = this.#freshOf(await acquire(), msal, given);
    } catch (error) {
      throw loginFailure(action, error, msal);
    }
    this.#previous = null;
    this.#msal = msal;
    await this.#alone(action, () => this.#save(fresh));
  }

  #alone<Result>(action: string, work: () => Promise<Result>): Promise<Result> {
    return whileClaimed(() => this.#options.tokenStore.claim(), { action, clock: this.#clock }, work);
  }

  /** Makes the refresh token durable, then lets the access token be used. */
  async #save(fresh: Fresh, used: string | null = null): Promise<string> {
    this.#unsaved = fresh;
    if (fresh.refreshToken !== used) {
      await this.#options.tokenStore.write(fresh.refreshToken);
      this.#previous = used;
    } else {
      this.#previous = null;
    }
    this.#unsaved = null;
    this.#access = fresh.access;
    return fresh.access.token;
  }

  #freshOf(result: AuthenticationResult | null, msal: Msal, used: string | null): Fresh {
    if (result === null || result.accessToken === '') {
      throw new Failure({
        code: 'serviceUnavailable',
        detail: `${refreshAction}: the answer holds no access token`,
      });
    }
    const refreshToken = msal.cachedRefreshToken() ?? used;
    if (refreshToken === null) {
      throw new Failure({
        code: 'loginRefused',
        detail: `${refreshAction}: the answer holds no refresh token`,
      });
    }
    this.#granted = result.scopes;
    const livesMs = Math.max(0, (result.expiresOn?.getTime() ?? 0) - Date.now());
    const renewAt = this.#clock.monotonic() + livesMs - Math.min(renewBeforeMs, livesMs / 10);
    return { access: { token: result.accessToken, renewAt }, refreshToken };
  }

  /** New logins run under an application of the user's own. */
  async #forNewLogin(action: string): Promise<Msal> {
    const { applicationId } = this.#options;
    if (applicationId === null || applicationId === '' || applicationId === peerApplicationId) {
      throw registrationNeeded(action);
    }
    return this.#fresh();
  }

  #fresh(): Promise<Msal> {
    const { applicationId } = this.#options;
    return createMsal({
      ...this.#options,
      applicationId: applicationId === null || applicationId === '' ? peerApplicationId : applicationId,
    });
  }
}

/** The failure behind whatever MSAL made of it. */
function loginFailure(action: string, error: unknown, msal: Msal): Failure {
  if (error instanceof Failure) return error;
  const { lastFailure, lastRefusal } = msal.network;
  msal.network.lastFailure = null;
  msal.network.lastRefusal = null;
  if (lastFailure !== null) return lastFailure;
  if (lastRefusal !== null) return refusalFailure(action, lastRefusal);
  return msal.failureOf(action, error);
}
