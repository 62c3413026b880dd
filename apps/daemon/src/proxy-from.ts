/** The proxy that the environment names, read as libcurl reads it. All that is asked is asked over HTTPS, so `http_proxy` means nothing. */
import { Failure } from '@tidemark/contracts';

export interface NamedProxy {
  readonly https: string;
  readonly except?: string;
}

/** Throws Failure `offline` for one that is no address: without it nothing would be reached, and with another way not as it is wanted. */
export function proxyFrom(environment: Readonly<Record<string, string | undefined>>): NamedProxy | null {
  // Empty ones count as not set.
  const of = (name: string): string | undefined =>
    environment[name] || environment[name.toUpperCase()] || undefined;
  const named = of('https_proxy') ?? of('all_proxy');
  if (named === undefined) return null;
  const https = named.includes('://') ? named : `http://${named}`;
  // It may have a password in it, so it is not shown.
  if (!URL.canParse(https))
    throw new Failure({ code: 'offline', detail: 'Cannot use the proxy of https_proxy: it is no address' });
  const except = of('no_proxy');
  return except === undefined ? { https } : { https, except };
}
