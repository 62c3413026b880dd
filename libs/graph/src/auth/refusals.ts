/**
 * The identity platform's refusals. Decisions rest on `error`, `suberror` and `error_codes`, never on the text.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
import { Failure } from '@tidemark/contracts';
import { isRecord } from '../errors.ts';
import { redact } from '../redact.ts';
import { loginRemedies, type LoginRemedy, refused, required } from './login-remedies.ts';

export interface LoginRefusal {
  readonly error: string;
  readonly suberror: string;
  readonly codes: readonly number[];
  readonly description: string;
  readonly correlationId: string | undefined;
}

const byError: ReadonlyMap<string, LoginRemedy> = new Map(
  Object.entries<LoginRemedy>({
    invalid_grant: required('the login is no longer accepted; log in again'),
    interaction_required: required('the identity platform wants to see you; log in again'),
    login_required: required('you are not signed in; log in again'),
    consent_required: required('the permissions have not been granted; log in again and accept'),
    expired_token: refused('the code was not entered in time; start again'),
    authorization_declined: refused('the login was declined; log in again and accept'),
    access_denied: refused(
      'the login was declined or is not allowed; log in again and accept, or ask your administrator',
    ),
    bad_verification_code: refused('the device code is not known; start again'),
  }),
);

/** Reads the token endpoint's error envelope; null when the body is none. */
export function readRefusal(body: unknown): LoginRefusal | null {
  if (!isRecord(body) || typeof body['error'] !== 'string') return null;
  const description = typeof body['error_description'] === 'string' ? body['error_description'] : '';
  const listed = Array.isArray(body['error_codes'])
    ? body['error_codes'].map(Number).filter(Number.isFinite)
    : [];
  // Redirects carry the description only.
  const written = /\bAADSTS(\d{4,8})\b/.exec(description)?.[1];
  return {
    error: body['error'],
    suberror: typeof body['suberror'] === 'string' ? body['suberror'] : '',
    codes: listed.length > 0 || written === undefined ? listed : [Number(written)],
    description,
    correlationId: typeof body['correlation_id'] === 'string' ? body['correlation_id'] : undefined,
  };
}

/** True when the token itself is at fault, so that another one may still work. */
export function isTokenRefused(refusal: LoginRefusal): boolean {
  return refusal.error === 'invalid_grant' || refusal.error === 'interaction_required';
}

export function isRefusedToken(error: unknown): error is Failure {
  return error instanceof Failure && (error.code === 'loginRequired' || error.code === 'loginRefused');
}

export function refusalFailure(action: string, refusal: LoginRefusal): Failure {
  const number = refusal.codes.find((code) => loginRemedies[code] !== undefined) ?? refusal.codes[0];
  const remedy = (number === undefined ? undefined : loginRemedies[number]) ??
    byError.get(refusal.error) ?? { code: 'loginRefused', text: redact(refusal.description) };
  const label = number === undefined ? refusal.error : `AADSTS${number}`;
  return new Failure({
    code: remedy.code,
    detail: `${action}: ${redact(label)}, ${remedy.text}`,
    ...(refusal.correlationId === undefined ? {} : { requestId: refusal.correlationId.slice(0, 64) }),
  });
}
