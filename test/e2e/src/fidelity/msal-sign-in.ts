import { PublicClientApplication, type AuthenticationResult } from '@azure/msal-node';

/** Signs in with Microsoft's own library in three ways and prints what it got. First argument: a refresh token. */
const scopes = ['Files.ReadWrite.All'];
const application = new PublicClientApplication({
  auth: {
    clientId: '11111111-1111-4111-8111-111111111111',
    authority: 'https://login.microsoftonline.com/common',
  },
});

const taken = await application.acquireTokenByRefreshToken({
  refreshToken: process.argv[2] ?? '',
  scopes,
  forceCache: true,
});
const account = taken?.account;
if (account === null || account === undefined) throw new Error('The refresh token gave no account');
const silent = await application.acquireTokenSilent({ account, scopes, forceRefresh: true });
const device = await application.acquireTokenByDeviceCode({
  scopes,
  deviceCodeCallback: ({ userCode }) => process.stderr.write(`${userCode}\n`),
});
process.stdout.write(JSON.stringify([taken, silent, device].map(summary)));

function summary(result: AuthenticationResult | null): unknown {
  return { username: result?.account?.username, scopes: result?.scopes, fromCache: result?.fromCache };
}
