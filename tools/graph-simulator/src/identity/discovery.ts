import type { Exchange } from '../server/exchange.ts';
import { plainJsonReply, type Reply } from '../server/reply.ts';
import type { World } from '../server/world.ts';

/** OpenID configuration, instance discovery and signing keys; undefined for any other path. */
export function discoveryReply(world: World, exchange: Exchange): Reply | undefined {
  const { path, origin } = exchange;
  const tenant = path.split('/')[1] ?? 'common';
  if (path.endsWith('/.well-known/openid-configuration')) {
    const issuerTenant = ['common', 'organizations', 'consumers'].includes(tenant) ? '{tenantid}' : tenant;
    const base = `${origin}/${tenant}/oauth2/v2.0`;
    return plainJsonReply(200, {
      token_endpoint: `${base}/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code', 'id_token', 'code id_token'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: `${origin}/${issuerTenant}/v2.0`,
      authorization_endpoint: `${base}/authorize`,
      device_authorization_endpoint: `${base}/devicecode`,
      end_session_endpoint: `${base}/logout`,
      tenant_region_scope: null,
      cloud_instance_name: 'microsoftonline.com',
      msgraph_host: 'graph.microsoft.com',
    });
  }
  if (path === '/common/discovery/instance') {
    const alias = `${exchange.hostName}${exchange.port}`;
    const aliases = [
      'login.microsoftonline.com',
      'login.windows.net',
      'login.microsoft.com',
      'sts.windows.net',
    ];
    const isReal = aliases.includes(alias);
    return plainJsonReply(200, {
      tenant_discovery_endpoint: `${origin}/common/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [
        {
          preferred_network: isReal ? 'login.microsoftonline.com' : alias,
          preferred_cache: isReal ? 'login.windows.net' : alias,
          aliases: isReal ? aliases : [alias],
        },
      ],
    });
  }
  if (path.endsWith('/discovery/v2.0/keys')) return plainJsonReply(200, world.identity.publicKeys());
  return undefined;
}
