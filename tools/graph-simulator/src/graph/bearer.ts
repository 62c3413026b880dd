import type { TokenVerdict } from '../identity/identity.ts';
import { Refusal } from '../model/refusal.ts';
import { headerOf, type Exchange } from '../server/exchange.ts';
import type { World } from '../server/world.ts';

/** @throws Refusal 401 with `WWW-Authenticate` unless the request carries a good bearer token. */
export function checkBearer(world: World, exchange: Exchange): void {
  const [scheme, token] = (headerOf(exchange.request, 'authorization') ?? '').split(' ');
  const verdict =
    scheme?.toLowerCase() === 'bearer' ? world.identity.checkAccessToken(token ?? '') : 'missing';
  if (verdict === 'valid') return;
  const { message, detail } = refusals[verdict];
  throw new Refusal(401, 'InvalidAuthenticationToken', message, {
    headers: {
      'www-authenticate': `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", ${detail}`,
    },
  });
}

const claims = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}').toString(
  'base64',
);

const refusals: Readonly<
  Record<Exclude<TokenVerdict, 'valid'>, { readonly message: string; readonly detail: string }>
> = {
  missing: { message: 'Access token is empty.', detail: 'error="invalid_token"' },
  unknown: { message: 'Access token validation failure.', detail: 'error="invalid_token"' },
  expired: {
    message: 'Lifetime validation failed, the token is expired.',
    detail: 'error="invalid_token", error_description="expired_token"',
  },
  revoked: { message: 'Access token has been revoked.', detail: 'error="invalid_token"' },
  challenged: {
    message: 'Continuous access evaluation resulted in challenge.',
    detail: `error="insufficient_claims", claims="${claims}"`,
  },
};
