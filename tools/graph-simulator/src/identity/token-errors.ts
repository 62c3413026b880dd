import type { Random } from '../model/random.ts';
import { plainJsonReply, type Reply } from '../server/reply.ts';

/** What the token endpoint says when it refuses; `code` is the number of the AADSTS code. */
export type TokenError = {
  readonly error: string;
  readonly code: number;
  readonly text: string;
  readonly status?: number;
};

export const tokenErrors = {
  badGrant: { error: 'invalid_grant', code: 70000, text: 'The provided grant is invalid or malformed.' },
  expiredGrant: {
    error: 'invalid_grant',
    code: 70008,
    text: 'The provided authorization code or refresh token has expired.',
  },
  unusedGrant: {
    error: 'invalid_grant',
    code: 700082,
    text: 'The refresh token has expired due to inactivity.',
  },
  revokedGrant: {
    error: 'invalid_grant',
    code: 50173,
    text: 'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
  },
  signInFrequency: {
    error: 'invalid_grant',
    code: 70043,
    text: 'The refresh token has expired or is invalid due to sign-in frequency checks by conditional access.',
  },
  secondFactor: {
    error: 'invalid_grant',
    code: 50076,
    text: 'You must use multi-factor authentication to access the resource.',
  },
  blockedByPolicy: {
    error: 'invalid_grant',
    code: 53003,
    text: 'Access has been blocked by Conditional Access policies.',
  },
  noConsent: {
    error: 'invalid_grant',
    code: 65001,
    text: 'The user or administrator has not consented to use the application.',
  },
  redirectMismatch: {
    error: 'invalid_request',
    code: 50011,
    text: 'The redirect URI does not match the one registered.',
  },
  singleTenant: {
    error: 'invalid_request',
    code: 50194,
    text: 'The application is not configured as a multi-tenant application. Usage of the /common endpoint is not supported.',
  },
  unknownClient: {
    error: 'unauthorized_client',
    code: 700016,
    text: 'The application was not found in the directory.',
  },
  secretNeeded: {
    error: 'invalid_client',
    code: 7000218,
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    status: 401,
  },
  missingParameter: {
    error: 'invalid_request',
    code: 900144,
    text: 'The request body must contain a required parameter.',
  },
  wrongVerifier: {
    error: 'invalid_grant',
    code: 501481,
    text: 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  },
  unsupportedGrant: {
    error: 'unsupported_grant_type',
    code: 70003,
    text: 'The app requested an unsupported grant type.',
  },
  devicePending: {
    error: 'authorization_pending',
    code: 70016,
    text: 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
  },
  deviceDeclined: {
    error: 'authorization_declined',
    code: 70017,
    text: 'The user declined the device authorization.',
  },
  deviceExpired: { error: 'expired_token', code: 70020, text: 'The device code has expired.' },
  deviceUnknown: { error: 'bad_verification_code', code: 70019, text: 'The device code was not recognised.' },
} as const satisfies Readonly<Record<string, TokenError>>;

export type TokenErrorName = keyof typeof tokenErrors;

/** The token endpoint's error envelope. */
export function tokenErrorReply(error: TokenError, random: Random, nowMs: number): Reply {
  const traceId = guid(random);
  const correlationId = guid(random);
  const timestamp = `${new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return plainJsonReply(error.status ?? 400, {
    error: error.error,
    error_description: `AADSTS${error.code}: ${error.text}\r\nTrace ID: ${traceId}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${timestamp}`,
    error_codes: [error.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${error.code}`,
  });
}

export function guid(random: Random): string {
  const hex = random.hex(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
