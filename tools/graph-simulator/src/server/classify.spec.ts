import { expect, it } from 'vitest';
import { classify } from './classify.ts';

it.each([
  ['GET', '/v1.0/me', 'driveRead'],
  ['GET', '/v1.0/me/drive', 'driveRead'],
  ['GET', '/v1.0/drives/b!x/', 'driveRead'],
  ['GET', '/v1.0/drives/b!x/root', 'metadata'],
  ['GET', '/v1.0/drives/b!x/root/delta', 'deltaRead'],
  ['GET', "/v1.0/drives/b!x/root/delta(token='a')", 'deltaRead'],
  ['GET', '/v1.0/drives/b!x/items/01A/content', 'contentRedirect'],
  ['GET', '/v1.0/me/drive/root:/a/content', 'metadata'],
  ['PUT', '/v1.0/me/drive/root:/content:/content', 'simpleUpload'],
  ['GET', '/v1.0/me/drive/root:/uploadSession:', 'metadata'],
  ['GET', '/v1.0/me/drive/root:/oauth2/v2.0/token', 'metadata'],
  ['POST', '/v1.0/drives/b!x/items/01A:/a:/createUploadSession', 'sessionCreate'],
  ['POST', '/v1.0/drives/b!x/items/01A/children', 'createFolder'],
  ['PATCH', '/v1.0/drives/b!x/items/01A', 'patch'],
  ['DELETE', '/v1.0/drives/b!x/items/01A', 'delete'],
  ['POST', '/v1.0/drives/b!x/items/01A/permanentDelete', 'delete'],
  ['POST', '/v1.0/subscriptions', 'subscription'],
  ['POST', '/common/oauth2/v2.0/token', 'token'],
  ['GET', '/common/v2.0/.well-known/openid-configuration', 'identity'],
  ['GET', '/personal/x/_layouts/15/download.aspx', 'contentDownload'],
  ['PUT', '/personal/x/_api/v2.0/drives/b!x/uploadSession', 'fragment'],
  ['GET', '/personal/x/_api/v2.0/drives/b!x/uploadSession', 'sessionStatus'],
])('%s %s is %s', (method, path, kind) => {
  expect(classify(method, path)).toBe(kind);
});
