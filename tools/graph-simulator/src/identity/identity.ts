import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Random } from '../model/random.ts';
import type { Settings } from '../server/settings.ts';
import type { Account } from '../server/world.ts';

/** Grants and tokens of the one person who can sign in. */
export type Identity = {
  /** A refresh token that is good for any client id. */
  readonly seededRefreshToken: string;
  readonly issueTokens: (grant: Grant, origin: string) => TokenAnswer;
  readonly checkAccessToken: (token: string) => TokenVerdict;
  readonly refreshGrant: (token: string) => Grant | undefined;
  readonly revokeRefreshToken: (token: string) => void;
  readonly expireAccessTokens: () => void;
  /**
   * Continuous access evaluation: tokens issued so far get a claims challenge when their client declared `cp1`,
   * and a plain refusal when it did not.
   */
  readonly challengeAccessTokens: () => void;
  /** What `revoke sessions` does: every refresh and access token dies. */
  readonly revokeEverything: () => void;
  readonly openCode: (request: CodeRequest) => string;
  /** Codes work once and for ten minutes. */
  readonly redeemCode: (code: string) => CodeRequest | undefined;
  readonly openDeviceCode: (grant: Grant) => DeviceCode;
  readonly deviceCode: (deviceCode: string) => DeviceCode | undefined;
  readonly decideDeviceCode: (userCode: string | undefined, decision: 'approved' | 'declined') => number;
  readonly publicKeys: () => unknown;
};

/** `challenged`: refused until the client comes back with the claims it is shown. */
export type TokenVerdict = 'valid' | 'expired' | 'unknown' | 'missing' | 'challenged' | 'revoked';

export type Grant = {
  readonly clientId: string;
  readonly scope: string;
  readonly tenant: string;
  /** The client asked with `xms_cc: cp1`, so it understands claims challenges. */
  readonly declaresClaims?: boolean;
};

export type CodeRequest = Grant & {
  readonly redirectUri: string;
  readonly challenge: string | undefined;
  readonly challengeMethod: 'plain' | 'S256';
  readonly nonce: string | undefined;
  readonly expiresAtMs: number;
};

export type DeviceCode = {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly grant: Grant;
  readonly expiresAtMs: number;
  state: 'pending' | 'approved' | 'declined' | 'redeemed';
};

export type TokenAnswer = Readonly<Record<string, string | number>>;

export const consumerTenantId = '9188040d-6c67-4c5b-b112-36a304b66dad';
const tokensMax = 50_000;

export function createIdentity(
  settings: Settings,
  account: Account,
  random: Random,
  now: () => number,
): Identity {
  const seededRefreshToken = `M.C_simulated.${random.hex(48)}`;
  const seedGrant: Grant = {
    clientId: 'any',
    scope: 'Files.ReadWrite Files.ReadWrite.All Sites.ReadWrite.All offline_access openid profile',
    tenant: 'common',
  };
  const refreshTokens = new Map<string, Grant>([[seededRefreshToken, seedGrant]]);
  const accessTokens = new Map<string, AccessToken>();
  const codes = new Map<string, CodeRequest>();
  const deviceCodes = new Map<string, DeviceCode>();
  return {
    seededRefreshToken,
    issueTokens: (grant, origin) => {
      dropOldest(accessTokens);
      dropOldest(refreshTokens, seededRefreshToken);
      const accessToken = `EwB4simulated${random.hex(64)}`;
      const expiresAtMs = now() + settings.accessTokenLifetimeMs;
      accessTokens.set(accessToken, {
        expiresAtMs,
        declaresClaims: grant.declaresClaims === true,
        state: 'good',
      });
      const expiresIn = Math.max(1, Math.floor(settings.accessTokenLifetimeMs / 1000) - 1);
      const granted = settings.grants === 'asked' ? grant.scope : grant.scope.replaceAll('ReadWrite', 'Read');
      const scopes = granted.split(' ').filter((scope) => scope !== '');
      const answer: Record<string, string | number> = {
        token_type: 'Bearer',
        scope: scopes.filter((scope) => scope !== 'offline_access').join(' '),
        expires_in: expiresIn,
        ext_expires_in: expiresIn,
        access_token: accessToken,
      };
      if (scopes.includes('offline_access')) {
        const refreshToken = `M.C_simulated.${random.hex(48)}`;
        refreshTokens.set(refreshToken, grant);
        answer['refresh_token'] = refreshToken;
      }
      if (settings.idToken === 'sent') {
        answer['id_token'] = idToken(signingKey(), account, grant, origin, now());
        const client = { uid: account.id, utid: account.tenantId };
        answer['client_info'] = Buffer.from(JSON.stringify(client)).toString('base64url');
      }
      return answer;
    },
    checkAccessToken: (token) => {
      const held = accessTokens.get(token);
      if (token === '') return 'missing';
      if (held === undefined) return 'unknown';
      if (held.expiresAtMs < now()) return 'expired';
      if (held.state === 'good') return 'valid';
      return held.declaresClaims ? 'challenged' : 'revoked';
    },
    refreshGrant: (token) => refreshTokens.get(token),
    revokeRefreshToken: (token) => {
      refreshTokens.delete(token);
    },
    expireAccessTokens: () => {
      for (const token of accessTokens.values()) token.expiresAtMs = 0;
    },
    challengeAccessTokens: () => {
      for (const token of accessTokens.values()) token.state = 'questioned';
    },
    revokeEverything: () => {
      refreshTokens.clear();
      accessTokens.clear();
    },
    openCode: (request) => {
      const code = `0.simulated${random.hex(32)}`;
      codes.set(code, request);
      return code;
    },
    redeemCode: (code) => {
      const request = codes.get(code);
      codes.delete(code);
      return request !== undefined && request.expiresAtMs >= now() ? request : undefined;
    },
    openDeviceCode: (grant) => {
      const opened: DeviceCode = {
        deviceCode: `D${random.hex(40)}`,
        userCode: random.hex(5).toUpperCase().slice(0, 9),
        grant,
        expiresAtMs: now() + 900_000,
        state: 'pending',
      };
      deviceCodes.set(opened.deviceCode, opened);
      return opened;
    },
    deviceCode: (deviceCode) => deviceCodes.get(deviceCode),
    decideDeviceCode: (userCode, decision) => {
      const open = [...deviceCodes.values()].filter(
        (code) => code.state === 'pending' && (userCode === undefined || code.userCode === userCode),
      );
      for (const code of open) code.state = decision;
      return open.length;
    },
    publicKeys: () => ({
      keys: [{ ...signingKey().publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: 'RS256' }],
    }),
  };
}

type AccessToken = { expiresAtMs: number; readonly declaresClaims: boolean; state: 'good' | 'questioned' };

type KeyPair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

const keyId = 'simulated-key';

let pair: KeyPair | undefined;

/** One a process, on first need: making a key is slow, and nobody relies on two simulators having different ones. */
function signingKey(): KeyPair {
  return (pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 }));
}

function idToken(key: KeyPair, account: Account, grant: Grant, origin: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  const header = encode({ typ: 'JWT', alg: 'RS256', kid: keyId });
  const payload = encode({
    ver: '2.0',
    iss: `${origin}/${account.tenantId}/v2.0`,
    sub: account.id,
    aud: grant.clientId,
    exp: seconds + 86_400,
    iat: seconds,
    nbf: seconds,
    name: account.displayName,
    preferred_username: account.userPrincipalName,
    oid: account.id,
    tid: account.tenantId,
  });
  const signature = createSign('RSA-SHA256').update(`${header}.${payload}`).sign(key.privateKey, 'base64url');
  return `${header}.${payload}.${signature}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function dropOldest(tokens: Map<string, unknown>, keep?: string): void {
  if (tokens.size < tokensMax) return;
  for (const token of tokens.keys()) {
    if (token === keep) continue;
    tokens.delete(token);
    return;
  }
}
