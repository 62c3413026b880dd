/** Everything that was found out about a webhook, hop by hop. Judging it needs nothing else: see `judge`. */
import type { ServiceAnswer } from '@tidemark/contracts';
import type { NginxConfiguration } from '../nginx/read-nginx.ts';
import type { ListenerAddress } from '../nginx/render-nginx.ts';

export interface WebhookSetting {
  readonly enabled: boolean;
  readonly publicUrl: string;
  readonly listener: ListenerAddress;
  /** Address of the server through which a relay hands on what arrives; null: it arrives here. */
  readonly relay: string | null;
  /** With it, no daemon asks to be told of changes. */
  readonly uploadOnly: boolean;
  readonly lifetimeSeconds: number;
  readonly renewalSeconds: number;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** How a TCP connection went. `closed`: refused, or there is no way to it. `silent`: no answer in time. */
export type Reach = 'open' | 'closed' | 'silent';

/** How a request went. Times in milliseconds. */
export type Posted =
  | {
      readonly type: 'answered';
      readonly status: number;
      readonly body: string;
      readonly contentType: string;
      /** Where a redirect leads. */
      readonly location: string;
      readonly tookMs: number;
    }
  /** `code` of the error: `ECONNREFUSED`, `CERT_HAS_EXPIRED`. */
  | { readonly type: 'failed'; readonly code: string }
  | { readonly type: 'late'; readonly afterMs: number };

export type ListenerFound =
  /** A Tidemark with this profile answers. */
  | { readonly type: 'ours'; readonly tookMs: number }
  /** No daemon listens, so the examination does. */
  | { readonly type: 'lent' }
  | { readonly type: 'foreign'; readonly status: number }
  | { readonly type: 'late'; readonly afterMs: number }
  /** Tidemark runs, by its process id, but it does not listen. */
  | { readonly type: 'missing'; readonly pid: number }
  /** No daemon listens, and the examination cannot either; `why` in words. */
  | { readonly type: 'impossible'; readonly why: string };

export type Resolved =
  | { readonly type: 'addresses'; readonly addresses: readonly string[] }
  | { readonly type: 'failed'; readonly code: string };

export interface ChainLink {
  readonly subject: string;
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly startsAt: number;
  readonly endsAt: number;
}

export interface CertificateFound {
  /** The server's own first. */
  readonly chain: readonly ChainLink[];
  readonly names: readonly string[];
  readonly matchesHost: boolean;
  /** OpenSSL's code; null when this machine trusts it. */
  readonly trustProblem: string | null;
  /** Whether its authority is one of those that come with browsers, and not just one that this machine knows. */
  readonly isPublic: boolean;
}

export type TlsAttempt =
  | { readonly type: 'accepted' }
  | { readonly type: 'refused'; readonly code: string }
  /** `why`: this client cannot speak it, or there was no connection. */
  | { readonly type: 'couldNotTry'; readonly why: string };

export interface Renewal {
  /** certbot's own note about the certificate; `unknown`: may not be looked at. */
  readonly noted: 'yes' | 'no' | 'unknown';
  /** What runs certbot now and then; null: nothing that is known. */
  readonly schedule: string | null;
}

export interface Denials {
  readonly selinux: 'enforcing' | 'off';
  /** `httpd_can_network_connect`; null where it does not exist. */
  readonly mayConnect: boolean | null;
  /** The last line of the audit log about nginx and our port. */
  readonly audited: string | null;
  /** What nginx logged last about not reaching what is behind it: `13: Permission denied`. */
  readonly logged: string | null;
}

export type ServiceAsked =
  | { readonly type: 'validated'; readonly tookMs: number }
  | { readonly type: 'refused'; readonly answer: ServiceAnswer }
  /** Not asked, or no answer: `why` in words. */
  | { readonly type: 'unknown'; readonly why: string };

export type NotificationSent =
  | { readonly type: 'arrived'; readonly tookMs: number }
  | { readonly type: 'lost'; readonly status: number; readonly tookMs: number }
  | { readonly type: 'unsent'; readonly why: string };

export interface WebhookFacts {
  readonly setting: WebhookSetting;
  /** Null when what is configured cannot be an address; then nothing below was tried. */
  readonly url: URL | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly resolved: Resolved | null;
  readonly listener: ListenerFound | null;
  readonly nginx: NginxConfiguration;
  /** Of the public address, and of the same port on this machine. */
  readonly reach: { readonly public: Reach; readonly local: Reach } | null;
  /** A validation call of ours with any TLS version and any certificate. */
  readonly called: Posted | null;
  readonly certificate: CertificateFound | null;
  readonly renewal: Renewal;
  readonly tls: Readonly<Record<TlsVersion, TlsAttempt>> | null;
  /** The same call as the service would make it: TLS 1.2 or later and a certificate that holds. */
  readonly strictlyCalled: Posted | null;
  readonly service: ServiceAsked;
  readonly notification: NotificationSent;
  /** Of the service itself, after a real change; null: not asked for. */
  readonly live: NotificationSent | null;
  readonly denials: Denials;
}
