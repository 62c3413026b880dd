/**
 * Which hosts may be talked to. Links in answers (paging, upload sessions, downloads) are data from outside: https only,
 * known hosts only, no literal addresses. Developer endpoints on loopback open loopback and nothing else.
 */
import type { Endpoints } from '../auth/clouds.ts';

export interface Target {
  readonly origin: string;
  /** Path and query exactly as received: re-encoding breaks signatures inside. */
  readonly path: string;
}

/** Where bearer tokens may go. */
export function graphTarget(endpoints: Endpoints, url: string): Target | null {
  const target = split(url);
  return target !== null && target.origin === endpoints.graph ? target : null;
}

/** Where content comes from and goes to, without a token. */
export function transferTarget(endpoints: Endpoints, url: string): Target | null {
  const target = split(url);
  if (target === null) return null;
  if (target.origin === endpoints.graph) return target;
  const { hostname } = new URL(target.origin);
  if (endpoints.developer) return isLoopback(hostname) ? target : null;
  return endpoints.transferHosts.some((suffix) => hostname.endsWith(suffix)) ? target : null;
}

export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}

function split(url: string): Target | null {
  if (url.length > 16_384 || !/^https:\/\/[\x21-\x7e]+$/i.test(url)) return null;
  const parsed = URL.parse(url);
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return null;
  const from = url.slice(8).search(/[/?#\\]/);
  if (from === -1) return { origin: parsed.origin, path: '/' };
  const rest = url.slice(8 + from);
  if (!rest.startsWith('/') || rest.includes('#')) return null;
  return { origin: parsed.origin, path: rest };
}
