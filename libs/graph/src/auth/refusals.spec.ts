import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loginRemediesPage } from './login-remedies-page.ts';
import { loginRemedies } from './login-remedies.ts';
import { readRefusal, refusalFailure } from './refusals.ts';

describe('refusals of the identity platform', () => {
  it.each([
    [70000, 'invalid_grant', 'loginRequired'],
    [70008, 'invalid_grant', 'loginRequired'],
    [700082, 'invalid_grant', 'loginRequired'],
    [50173, 'invalid_grant', 'loginRequired'],
    [70043, 'invalid_grant', 'loginRequired'],
    [70044, 'invalid_grant', 'loginRequired'],
    [50132, 'invalid_grant', 'loginRequired'],
    [50133, 'invalid_grant', 'loginRequired'],
    [50055, 'invalid_grant', 'loginRequired'],
    [50076, 'interaction_required', 'loginRequired'],
    [50079, 'invalid_grant', 'loginRequired'],
    [53000, 'invalid_grant', 'loginRefused'],
    [53003, 'interaction_required', 'loginRefused'],
    [65001, 'invalid_grant', 'loginRequired'],
    [65005, 'access_denied', 'loginRefused'],
    [90094, 'access_denied', 'loginRefused'],
    [50011, 'invalid_request', 'loginRefused'],
    [50020, 'invalid_request', 'loginRefused'],
    [50194, 'invalid_request', 'loginRefused'],
    [700016, 'unauthorized_client', 'loginRefused'],
    [7000218, 'invalid_client', 'loginRefused'],
    [9002326, 'invalid_request', 'loginRefused'],
    [70011, 'invalid_scope', 'loginRefused'],
    [50034, 'invalid_grant', 'loginRequired'],
    [65004, 'access_denied', 'loginRefused'],
    [90002, 'invalid_request', 'loginRefused'],
    [900023, 'invalid_request', 'loginRefused'],
    [500113, 'invalid_request', 'loginRefused'],
    [70019, 'expired_token', 'loginRefused'],
    [99999, 'invalid_grant', 'loginRequired'],
    [99999, 'something_else', 'loginRefused'],
    [99999, 'constructor', 'loginRefused'],
  ])('AADSTS%d (%s) is %s', (number, error, code) => {
    const refusal = readRefusal({
      error,
      error_codes: [number],
      error_description: `AADSTS${number}: text\r\nTrace ID: 1`,
      correlation_id: 'c-1',
    });
    if (refusal === null) throw new Error('not read');
    const { details } = refusalFailure('Cannot renew the login', refusal);
    expect(details.code).toBe(code);
    expect(details.detail).toContain(`AADSTS${number}`);
    expect(details.requestId).toBe('c-1');
  });

  it('are the page docs/login-refusals.md (npm run pages writes it anew)', () => {
    expect(readFileSync(new URL('../../docs/login-refusals.md', import.meta.url), 'utf8')).toBe(
      loginRemediesPage(),
    );
  });

  it('each say what is wrong and what to do, in a line without a full stop', () => {
    for (const [number, { text }] of Object.entries(loginRemedies))
      expect(text, number).toMatch(/^[a-z][^\n;]*; [^\n]*[^.\n]$/);
  });
});
