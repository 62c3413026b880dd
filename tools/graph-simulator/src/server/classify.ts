import type { RequestKind } from '../control/counters.ts';

/** Names a request by method and path (still percent-encoded, without the query). */
export function classify(method: string, path: string): RequestKind {
  if (path.startsWith('/v1.0/') || path.startsWith('/beta/')) return classifyGraph(method, path);
  if (path.endsWith('/_layouts/15/download.aspx')) return 'contentDownload';
  if (path.endsWith('/uploadSession'))
    return method === 'PUT' || method === 'POST' ? 'fragment' : 'sessionStatus';
  return path.endsWith('/oauth2/v2.0/token') ? 'token' : 'identity';
}

const driveAddress = /^\/(?:v1\.0|beta)\/(?:me|me\/drives?|drives\/[^/:]+|users\/[^/]+\/drive)\/?$/;

function classifyGraph(method: string, path: string): RequestKind {
  if (/^\/[^/]+\/subscriptions(?:\/|$)/.test(path)) return 'subscription';
  if (path.endsWith('/subscriptions/socketIo')) return 'subscription';
  if (path.endsWith('/$batch')) return 'batch';
  if (method === 'PATCH') return 'patch';
  const action = actionOf(path);
  if (method === 'DELETE' || action === 'permanentDelete') return 'delete';
  if (action === 'content') return method === 'PUT' ? 'simpleUpload' : 'contentRedirect';
  if (action === 'createUploadSession') return 'sessionCreate';
  if (action === 'children' && method === 'POST') return 'createFolder';
  if (method !== 'GET') return 'other';
  if (action === 'delta' || action.startsWith('delta(')) return 'deltaRead';
  return driveAddress.test(path) ? 'driveRead' : 'metadata';
}

/** What stands after the address. A name between two colons is never an action, whatever it says. */
function actionOf(path: string): string {
  const first = path.indexOf(':');
  if (first < 0) return path.slice(path.lastIndexOf('/') + 1);
  const second = path.indexOf(':', first + 1);
  return second < 0 ? '' : path.slice(second + 2);
}
