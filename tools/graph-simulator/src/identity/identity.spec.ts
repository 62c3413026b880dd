import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWithClient, type Answer, type TestClient } from '../testing/test-client.ts';

let client: TestClient;

beforeEach(async () => {
  client = await startWithClient({ flavour: 'personal' });
});

afterEach(async () => {
  await client.close();
});

const refresh = (refreshToken: string, tenant?: string): Promise<Answer> =>
  client.token({ client_id: 'app', grant_type: 'refresh_token', refresh_token: refreshToken }, tenant);

describe('a refresh token', () => {
  it('gives an access token, an id token, client_info and a new refresh token', async () => {
    const { json } = await refresh(client.simulator.refreshToken);
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3599 });
    const claims = JSON.parse(Buffer.from(json.id_token.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({ aud: 'app', tid: '9188040d-6c67-4c5b-b112-36a304b66dad' });
    expect(JSON.parse(Buffer.from(json.client_info, 'base64url').toString())).toHaveProperty(
      'utid',
      claims.tid,
    );
    expect(json.refresh_token).not.toBe(client.simulator.refreshToken);
    expect((await refresh(client.simulator.refreshToken)).status).toBe(200);
    expect((await refresh(json.refresh_token)).status).toBe(200);
  });

  it('dies on use when rotation is strict, and on revocation, with the code of each', async () => {
    client.simulator.set({ refreshRotation: 'revokesOld', idToken: 'omitted' });
    const first = await refresh(client.simulator.refreshToken);
    expect(first.json).not.toHaveProperty('id_token');
    const reused = await refresh(client.simulator.refreshToken);
    expect(reused).toMatchObject({ status: 400, json: { error: 'invalid_grant', error_codes: [50173] } });
    expect(reused.json.error_description).toMatch(/^AADSTS50173: /);
    expect((await refresh('made up')).json.error_codes).toEqual([70000]);
    client.simulator.revokeSignIn();
    expect((await refresh(first.json.refresh_token)).status).toBe(400);
  });

  it('is refused through common for an application of a single tenant', async () => {
    client.simulator.set({ tenancy: 'single' });
    expect((await refresh(client.simulator.refreshToken)).json.error_codes).toEqual([50194]);
    const own = await refresh(client.simulator.refreshToken, '9188040d-6c67-4c5b-b112-36a304b66dad');
    expect(own.status).toBe(200);
  });
});

describe('an access token', () => {
  it('expires, and the answer says so', async () => {
    expect((await client.get('/me')).json.userPrincipalName).toBe('alex@outlook.example');
    client.simulator.advance(3_600_001);
    const late = await client.get('/me');
    expect(late).toMatchObject({ status: 401, json: { error: { code: 'InvalidAuthenticationToken' } } });
    expect(late.headers.get('www-authenticate')).toContain('expired_token');
  });
});

describe('a claims challenge', () => {
  it('goes to clients that declared cp1; others are refused plainly', async () => {
    const form = {
      client_id: 'app',
      grant_type: 'refresh_token',
      refresh_token: client.simulator.refreshToken,
    };
    const claims = '{"access_token":{"xms_cc":{"values":["cp1"]}}}';
    const declared = (await client.token({ ...form, claims })).json.access_token;
    client.simulator.challengeAccessTokens();
    const challenged = await client.get('/me', { authorization: `Bearer ${declared}` });
    expect(challenged.status).toBe(401);
    const shown = /error="insufficient_claims", claims="([^"]+)"/.exec(
      challenged.headers.get('www-authenticate') ?? '',
    );
    expect(JSON.parse(Buffer.from(shown?.[1] ?? '', 'base64').toString())).toHaveProperty('access_token');
    expect((await client.get('/me')).headers.get('www-authenticate')).not.toContain('claims=');
    const renewed = (await client.token({ ...form, claims })).json.access_token;
    expect((await client.get('/me', { authorization: `Bearer ${renewed}` })).status).toBe(200);
  });
});

describe('an authorization code', () => {
  const redirectUri = 'http://localhost:8400/back';
  const verifier = 'a-verifier-of-forty-three-characters-or-more-0123';
  const challenge = createHash('sha256').update(verifier).digest('base64url');

  async function authorize(): Promise<URL> {
    const query = new URLSearchParams({
      client_id: 'app',
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'Files.ReadWrite offline_access openid',
      state: 'st&te',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    const url = `${client.simulator.httpUrl}/common/oauth2/v2.0/authorize?${query.toString()}`;
    const answer = await client.send('GET', url, { anonymous: true });
    expect(answer.status).toBe(302);
    return new URL(answer.headers.get('location') ?? '');
  }

  const redeem = (code: string, more: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    client.token({
      client_id: 'app',
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...more,
    });

  it('comes back with the state and works once', async () => {
    const back = await authorize();
    expect(back.searchParams.get('state')).toBe('st&te');
    const code = back.searchParams.get('code') ?? '';
    expect((await redeem(code)).json).toHaveProperty('refresh_token');
    expect((await redeem(code)).json.error_codes).toEqual([70000]);
  });

  it('is refused with another verifier, another redirect, or after ten minutes', async () => {
    const code = async (): Promise<string> => (await authorize()).searchParams.get('code') ?? '';
    expect((await redeem(await code(), { code_verifier: 'wrong' })).json.error_codes).toEqual([501481]);
    expect((await redeem(await code(), { redirect_uri: 'http://other' })).json.error_codes).toEqual([50011]);
    const late = await code();
    client.simulator.advance(600_001);
    expect((await redeem(late)).json.error).toBe('invalid_grant');
  });
});

describe('a device code', () => {
  async function open(): Promise<Answer> {
    const url = `${client.simulator.httpUrl}/common/oauth2/v2.0/devicecode`;
    return client.send('POST', url, {
      anonymous: true,
      body: 'client_id=app&scope=Files.ReadWrite+offline_access',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  }
  const poll = (deviceCode: string): Promise<Answer> =>
    client.token({
      client_id: 'app',
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: deviceCode,
    });

  it('is pending until the operator decides', async () => {
    const { device_code: deviceCode, user_code: userCode } = (await open()).json;
    expect((await poll(deviceCode)).json.error).toBe('authorization_pending');
    expect(client.simulator.decideDeviceCode('approved', userCode)).toBe(1);
    expect((await poll(deviceCode)).json).toHaveProperty('access_token');
    expect((await poll(deviceCode)).json.error).toBe('bad_verification_code');
  });

  it('can be declined or run out', async () => {
    const declined = (await open()).json.device_code;
    client.simulator.decideDeviceCode('declined');
    expect((await poll(declined)).json.error).toBe('authorization_declined');
    const late = (await open()).json.device_code;
    client.simulator.advance(900_001);
    expect((await poll(late)).json.error).toBe('expired_token');
  });
});

describe('discovery', () => {
  it('tells endpoints on the origin it was asked at, and the key that signs', async () => {
    const base = client.simulator.httpUrl;
    const { json } = await client.send('GET', `${base}/common/v2.0/.well-known/openid-configuration`, {
      anonymous: true,
    });
    expect(json.token_endpoint).toBe(`${base}/common/oauth2/v2.0/token`);
    const keys = await client.send('GET', json.jwks_uri, { anonymous: true });
    expect(keys.json.keys[0]).toMatchObject({ kty: 'RSA', alg: 'RS256' });
    const instance = await client.send('GET', `${base}/common/discovery/instance?api-version=1.1`, {
      anonymous: true,
    });
    expect(instance.json.metadata[0].aliases).toEqual([new URL(base).host]);
  });
});
