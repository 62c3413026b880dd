/** What is asked for. MSAL adds `offline_access` (and `openid profile`) itself. */
export type Access = 'readWrite' | 'readOnly';

export const scopes: Readonly<Record<Access, readonly string[]>> = {
  readWrite: ['Files.ReadWrite', 'Files.ReadWrite.All', 'Sites.ReadWrite.All'],
  readOnly: ['Files.Read', 'Files.Read.All', 'Sites.Read.All'],
};
