/**
 * The identity platform's refusals. Decisions rest on `error`, `suberror` and `error_codes`, never on the text.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
import { Failure, type FailureCode } from '@tidemark/contracts';
import { isRecord } from '../errors.ts';
import { redact } from '../redact.ts';

export interface LoginRefusal {
  readonly error: string;
  readonly suberror: string;
  readonly codes: readonly number[];
  readonly description: string;
  readonly correlationId: string | undefined;
}

type Remedy = { readonly code: FailureCode; readonly text: string };

const required = (text: string): Remedy => ({ code: 'loginRequired', text });
const refused = (text: string): Remedy => ({ code: 'loginRefused', text });

const remedies: Readonly<Record<number, Remedy>> = {
  70000: required(
    'the code or token is malformed, was used before or belongs to another application; log in again',
  ),
  70008: required('the login has expired or was revoked; log in again'),
  700082: required('the login was not used for 90 days; log in again'),
  50173: required('the login was revoked, for instance by a new password; log in again'),
  70043: required('the sign-in frequency your organisation allows has passed; log in again'),
  70044: required('the sign-in frequency your organisation allows has passed; log in again'),
  50132: required('the session was revoked; log in again'),
  50133: required('the password was changed; log in again'),
  50055: required('the password has expired; set a new one and log in again'),
  50076: required('a second factor is needed; log in again'),
  50079: required('a second factor has to be set up; log in again'),
  65001: required(
    'the permissions have not been granted; log in again and accept, or ask your administrator',
  ),
  50199: refused('the sign-in needs a confirmation that this flow cannot show; use the browser login'),
  53000: refused('a policy of your organisation demands a managed device; ask your administrator'),
  53003: refused('a policy of your organisation blocks this sign-in; ask your administrator'),
  65005: refused('the application cannot be used in this tenant; ask your administrator'),
  90094: refused('an administrator has to grant the permissions first'),
  50011: refused('the redirect address is not registered with the application; add it (see application_id)'),
  50020: refused('this kind of account or tenant is not allowed for the application'),
  50194: refused('the application is registered for one tenant only; set azure_tenant_id'),
  700016: refused(
    'the application is not known in this tenant or cloud; check application_id and azure_ad_endpoint',
  ),
  7000218: refused(
    'the registration does not allow public client flows; switch them on, and register the redirect address under "Mobile and desktop applications"',
  ),
  9002326: refused(
    'the redirect address is registered for single-page applications; register it under "Mobile and desktop applications"',
  ),
  70011: refused('the permissions asked for are not valid for this application'),
};

const byError: ReadonlyMap<string, Remedy> = new Map(
  Object.entries<Remedy>({
    invalid_grant: required('the login is no longer accepted; log in again'),
    interaction_required: required('the identity platform wants to see you; log in again'),
    login_required: required('log in again'),
    consent_required: required('the permissions have not been granted; log in again and accept'),
    expired_token: refused('the code was not entered in time; start again'),
    authorization_declined: refused('the login was declined'),
    access_denied: refused('the login was declined or is not allowed'),
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
  const number = refusal.codes.find((code) => remedies[code] !== undefined) ?? refusal.codes[0];
  const remedy = (number === undefined ? undefined : remedies[number]) ??
    byError.get(refusal.error) ?? { code: 'loginRefused', text: redact(refusal.description) };
  const label = number === undefined ? refusal.error : `AADSTS${number}`;
  return new Failure({
    code: remedy.code,
    detail: `${action}: ${redact(label)}, ${remedy.text}`,
    ...(refusal.correlationId === undefined ? {} : { requestId: refusal.correlationId.slice(0, 64) }),
  });
}
