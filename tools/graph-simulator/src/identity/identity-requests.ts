import { createHash } from 'node:crypto';
import { itemNotFound } from '../model/refusal.ts';
import { readText, type Exchange } from '../server/exchange.ts';
import { emptyReply, plainJsonReply, textReply, type Reply } from '../server/reply.ts';
import type { World } from '../server/world.ts';
import { discoveryReply } from './discovery.ts';
import type { Grant } from './identity.ts';
import { tokenErrorReply, tokenErrors, type TokenErrorName } from './token-errors.ts';

/** Answers the login host: sign-in page, token and device-code endpoints, discovery documents. */
export function replyIdentity(world: World, exchange: Exchange): Reply | Promise<Reply> {
  const { path, method } = exchange;
  const discovered = discoveryReply(world, exchange);
  if (discovered !== undefined) return discovered;
  const tenant = path.split('/')[1] ?? '';
  if (path.endsWith('/oauth2/v2.0/authorize')) return replyAuthorize(world, exchange, tenant);
  if (path.endsWith('/oauth2/v2.0/token') && method === 'POST') return replyToken(world, exchange, tenant);
  if (path.endsWith('/oauth2/v2.0/devicecode') && method === 'POST')
    return replyDeviceCode(world, exchange, tenant);
  if (path.endsWith('/oauth2/v2.0/logout')) return textReply(200, 'Signed out', 'text/plain');
  if (path.endsWith('/oauth2/nativeclient') || path === '/')
    return textReply(200, '<!doctype html>', 'text/html');
  throw itemNotFound();
}

/** Consents at once as the seeded person and sends the browser back. */
function replyAuthorize(world: World, exchange: Exchange, tenant: string): Reply {
  const { query } = exchange;
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!URL.canParse(redirectUri)) return refuse(world, 'redirectMismatch');
  const back = new URL(redirectUri);
  if (world.settings.loopbackRedirect === 'unknown' && back.hostname === 'localhost')
    return refuse(world, 'redirectMismatch');
  const state = query.get('state');
  if (state !== null) back.searchParams.set('state', state);
  const clientId = query.get('client_id');
  if (query.get('response_type') !== 'code' || clientId === null || isWrongTenant(world, tenant)) {
    back.searchParams.set('error', isWrongTenant(world, tenant) ? 'unauthorized_client' : 'invalid_request');
    back.searchParams.set('error_description', 'AADSTS90014: The request is not valid.');
    return emptyReply(302, { location: back.href });
  }
  const code = world.identity.openCode({
    clientId,
    scope: query.get('scope') ?? '',
    tenant,
    redirectUri,
    challenge: query.get('code_challenge') ?? undefined,
    challengeMethod: query.get('code_challenge_method') === 'S256' ? 'S256' : 'plain',
    nonce: query.get('nonce') ?? undefined,
    expiresAtMs: world.now() + 600_000,
  });
  back.searchParams.set('code', code);
  return emptyReply(302, { location: back.href });
}

async function replyToken(world: World, exchange: Exchange, tenant: string): Promise<Reply> {
  const form = new URLSearchParams(await readText(exchange, 262_144));
  if (isWrongTenant(world, tenant)) return refuse(world, 'singleTenant');
  switch (form.get('grant_type')) {
    case 'refresh_token':
      return redeemRefreshToken(world, exchange, form);
    case 'authorization_code':
      return redeemCode(world, exchange, form);
    case 'urn:ietf:params:oauth:grant-type:device_code':
    case 'device_code':
      return redeemDeviceCode(world, exchange, form);
    default:
      return refuse(world, 'unsupportedGrant');
  }
}

function redeemRefreshToken(world: World, exchange: Exchange, form: URLSearchParams): Reply {
  const token = form.get('refresh_token');
  if (token === null || token === '') return refuse(world, 'missingParameter');
  const grant = world.identity.refreshGrant(token);
  if (grant === undefined)
    return refuse(world, token.startsWith('M.C_simulated.') ? 'revokedGrant' : 'badGrant');
  if (world.settings.refreshRotation === 'revokesOld') world.identity.revokeRefreshToken(token);
  const clientId = form.get('client_id') ?? grant.clientId;
  // A refresh always renews itself, whether or not offline_access is asked for again.
  const scope = `${form.get('scope') ?? grant.scope} offline_access`;
  return answer(world, exchange, form, { clientId, scope: uniqueWords(scope), tenant: grant.tenant });
}

function redeemCode(world: World, exchange: Exchange, form: URLSearchParams): Reply {
  const request = world.identity.redeemCode(form.get('code') ?? '');
  if (request === undefined || request.clientId !== form.get('client_id')) return refuse(world, 'badGrant');
  if (request.redirectUri !== form.get('redirect_uri')) return refuse(world, 'redirectMismatch');
  if (request.challenge !== undefined) {
    const verifier = form.get('code_verifier') ?? '';
    const hashed = createHash('sha256').update(verifier).digest('base64url');
    if ((request.challengeMethod === 'S256' ? hashed : verifier) !== request.challenge) {
      return refuse(world, 'wrongVerifier');
    }
  }
  return answer(world, exchange, form, { ...request, scope: form.get('scope') ?? request.scope });
}

function redeemDeviceCode(world: World, exchange: Exchange, form: URLSearchParams): Reply {
  const code = world.identity.deviceCode(form.get('device_code') ?? '');
  if (code === undefined || code.state === 'redeemed') return refuse(world, 'deviceUnknown');
  if (code.expiresAtMs < world.now()) return refuse(world, 'deviceExpired');
  if (code.state === 'declined') return refuse(world, 'deviceDeclined');
  if (code.state === 'pending') return refuse(world, 'devicePending');
  code.state = 'redeemed';
  return answer(world, exchange, form, code.grant);
}

async function replyDeviceCode(world: World, exchange: Exchange, tenant: string): Promise<Reply> {
  const form = new URLSearchParams(await readText(exchange, 262_144));
  const clientId = form.get('client_id');
  if (isWrongTenant(world, tenant)) return refuse(world, 'singleTenant');
  if (clientId === null) return refuse(world, 'missingParameter');
  const code = world.identity.openDeviceCode({ clientId, scope: form.get('scope') ?? '', tenant });
  const page = 'https://microsoft.com/devicelogin';
  return plainJsonReply(200, {
    user_code: code.userCode,
    device_code: code.deviceCode,
    verification_uri: page,
    expires_in: 900,
    interval: 5,
    message: `To sign in, use a web browser to open the page ${page} and enter the code ${code.userCode} to authenticate.`,
  });
}

function answer(world: World, exchange: Exchange, form: URLSearchParams, grant: Grant): Reply {
  const declaresClaims = /"xms_cc"[^\]]*"cp1"/i.test(form.get('claims') ?? '');
  return plainJsonReply(200, world.identity.issueTokens({ ...grant, declaresClaims }, exchange.origin));
}

function refuse(world: World, name: TokenErrorName): Reply {
  return tokenErrorReply(tokenErrors[name], world.random, world.now());
}

function isWrongTenant(world: World, tenant: string): boolean {
  return world.settings.tenancy === 'single' && tenant.toLowerCase() !== world.account.tenantId;
}

function uniqueWords(text: string): string {
  return [...new Set(text.split(' ').filter((word) => word !== ''))].join(' ');
}
