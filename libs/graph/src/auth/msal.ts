/** `@azure/msal-node` as this library uses it: one public client, its network ours, its cache in memory. */
import type { AuthenticationResult } from '@azure/msal-node';
import { Failure, type AbortSignalLike, type Clock, type Random } from '@tidemark/contracts';
import { isRecord } from '../errors.ts';
import { redact } from '../redact.ts';
import type { Budget } from '../http/budget.ts';
import type { Network } from '../http/network.ts';
import type { Endpoints } from './clouds.ts';
import type { DeviceCode } from './login.ts';
import { createLoginNetwork, type LoginNetwork } from './msal-network.ts';
import { scopes, type Access } from './scopes.ts';

export interface MsalOptions {
  readonly endpoints: Endpoints;
  readonly applicationId: string;
  readonly tenant: string | null;
  readonly access: Access;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly budget?: Budget;
}

export interface CodeAttempt {
  readonly authorizeUrl: string;
  readonly state: string;
  redeem(code: string): Promise<AuthenticationResult>;
}

export interface Msal {
  readonly network: LoginNetwork;
  startCode(redirectUri: string, state: string): Promise<CodeAttempt>;
  byDeviceCode(
    show: (code: DeviceCode) => void,
    signal?: AbortSignalLike,
  ): Promise<AuthenticationResult | null>;
  byRefreshToken(refreshToken: string, claims: string | null): Promise<AuthenticationResult | null>;
  /** MSAL hands out refresh tokens in its serialized cache only. */
  cachedRefreshToken(): string | null;
  failureOf(action: string, error: unknown): Failure;
}

/** MSAL is loaded here and not before: it costs a good part of the start-up time. */
export async function createMsal(options: MsalOptions): Promise<Msal> {
  const { AuthError, CryptoProvider, PublicClientApplication } = await import('@azure/msal-node');
  const { endpoints, clock, random } = options;
  const network = createLoginNetwork({
    network: options.network,
    origins: [endpoints.login, ...endpoints.loginAliases],
    clock,
    random,
    budget: options.budget,
  });
  const client = new PublicClientApplication({
    auth: {
      clientId: options.applicationId,
      authority: `${endpoints.login}/${options.tenant ?? 'common'}`,
      // Without it MSAL asks login.microsoftonline.com about every host that it does not know.
      knownAuthorities: [new URL(endpoints.login).host],
    },
    system: { networkClient: network, disableInternalRetries: true },
  });
  const wanted = [...scopes[options.access]];

  return {
    network,
    startCode: async (redirectUri, state) => {
      const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
      const authorizeUrl = await client.getAuthCodeUrl({
        scopes: wanted,
        redirectUri,
        state,
        codeChallenge: challenge,
        codeChallengeMethod: 'S256',
        prompt: 'select_account',
      });
      return {
        authorizeUrl,
        state,
        redeem: (code) =>
          client.acquireTokenByCode({ code, scopes: wanted, redirectUri, codeVerifier: verifier }),
      };
    },
    byDeviceCode: async (show, signal) => {
      const request = {
        scopes: wanted,
        cancel: false,
        deviceCodeCallback: (code: {
          userCode: string;
          verificationUri: string;
          message: string;
          expiresIn: number;
        }) =>
          show({
            userCode: code.userCode,
            verificationUrl: code.verificationUri,
            message: code.message,
            expiresInMs: Number(code.expiresIn) * 1000,
          }),
      };
      const onAbort = (): void => {
        request.cancel = true;
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        return await client.acquireTokenByDeviceCode(request);
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    },
    byRefreshToken: (refreshToken, claims) =>
      client.acquireTokenByRefreshToken({
        refreshToken,
        scopes: wanted,
        // Without it MSAL Node 7.2 stores nothing, and the rotated token would be lost.
        forceCache: true,
        ...(claims === null ? {} : { claims }),
      }),
    cachedRefreshToken: () => newestRefreshToken(client.getTokenCache().serialize()),
    failureOf: (action, error) => {
      const code = error instanceof AuthError ? `${error.errorCode} ${error.errorMessage}` : String(error);
      return new Failure({ code: 'loginRefused', detail: `${action}: ${redact(code)}` }, { cause: error });
    },
  };
}

function newestRefreshToken(serialized: string): string | null {
  const cache: unknown = JSON.parse(serialized);
  const entries =
    isRecord(cache) && isRecord(cache['RefreshToken']) ? Object.values(cache['RefreshToken']) : [];
  let newest: { readonly secret: string; readonly at: number } | null = null;
  for (const entry of entries) {
    if (!isRecord(entry) || typeof entry['secret'] !== 'string' || entry['secret'] === '') continue;
    const at = Number(entry['last_modification_time'] ?? 0);
    if (newest === null || at >= newest.at) newest = { secret: entry['secret'], at };
  }
  return newest?.secret ?? null;
}
