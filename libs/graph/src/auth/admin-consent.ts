/** @see https://learn.microsoft.com/entra/identity-platform/v2-admin-consent */
import type { Endpoints } from './clouds.ts';
import { type Access, scopes } from './scopes.ts';

/** The page on which an administrator allows the application for everybody in the organisation. */
export function adminConsentUrl(
  { login, graph }: Endpoints,
  {
    applicationId,
    tenant,
    access,
  }: { readonly applicationId: string; readonly tenant: string | null; readonly access: Access },
): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: scopes[access].map((scope) => `${graph}/${scope}`).join(' '),
    redirect_uri: `${login}/common/oauth2/nativeclient`,
  });
  return `${login}/${encodeURIComponent(tenant ?? 'organizations')}/v2.0/adminconsent?${query}`;
}
