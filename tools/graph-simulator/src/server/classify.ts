import type { RequestKind } from '../control/counters.ts';

/** Names a request by method and path (still percent-encoded, without the query). */
export function classify(method: string, path: string): RequestKind {
  if (path.includes('/_layouts/15/download.aspx')) return 'contentDownload';
  if (path.includes('/uploadSession'))
    return method === 'PUT' || method === 'POST' ? 'fragment' : 'sessionStatus';
  if (path.includes('/oauth2/')) return path.endsWith('/token') ? 'token' : 'identity';
  if (!path.startsWith('/v1.0/') && !path.startsWith('/beta/')) return 'identity';
  if (path.includes('/subscriptions')) return 'subscription';
  if (method === 'PATCH') return 'patch';
  if (method === 'DELETE' || path.endsWith('/permanentDelete')) return 'delete';
  if (path.endsWith('/content')) return method === 'PUT' ? 'simpleUpload' : 'contentRedirect';
  if (path.endsWith('/createUploadSession')) return 'sessionCreate';
  if (path.endsWith('/children') && method === 'POST') return 'createFolder';
  if (method !== 'GET') return 'other';
  if (path.endsWith('/delta') || path.includes('/delta(')) return 'deltaRead';
  if (/^\/(?:v1\.0|beta)\/(?:me|me\/drives?|drives\/[^/]+|users\/[^/]+\/drive)\/?$/.test(path))
    return 'driveRead';
  return 'metadata';
}
