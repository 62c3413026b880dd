import type { OptionTable } from '../option.ts';

/** Who signs in, where, and which drive. */
export const identityOptions = {
  application_id: {
    type: 'text',
    default: 'd50ca740-c83f-4d1b-b616-12c519384f0c',
    empty: 'default',
    summary: 'Client id of the application registration that signs in',
  },
  azure_ad_endpoint: {
    type: 'choice',
    default: '',
    choices: ['', 'USL4', 'USL5', 'DE', 'CN'],
    summary: 'National cloud to use instead of the global one; needs azure_tenant_id',
  },
  azure_tenant_id: { type: 'text', default: '', summary: 'Tenant to sign in to instead of "common"' },
  drive_id: {
    type: 'text',
    default: '',
    empty: 'fatal',
    resync: 'onChange',
    summary: 'Drive to sync instead of the default one, for example a SharePoint library',
  },
  use_device_auth: { type: 'boolean', default: false, summary: 'Sign in with a code on another device' },
  use_intune_sso: {
    type: 'boolean',
    default: false,
    summary: 'Sign in through the Microsoft Identity Broker',
    withoutEffect:
      'Tidemark does not speak with the broker, and where no login is stored it says how to log in',
  },
  read_only_auth_scope: {
    type: 'boolean',
    default: false,
    summary: 'Ask for read-only permissions at sign-in',
  },
  user_agent: {
    type: 'text',
    default: 'ISV|Tidemark|Tidemark/VERSION',
    empty: 'default',
    summary: 'User-Agent header of every request',
  },
} as const satisfies OptionTable;
