/**
 * The notifications port: how the service can be asked to tell of changes on one drive. Every method throws Failure.
 *
 * @see https://learn.microsoft.com/graph/api/subscription-post-subscriptions
 */
export interface Notifications {
  /**
   * The service calls `url` before it answers, so the listener must be up. `exists`: an identical subscription is alive,
   * with the secret it was made with.
   */
  create(request: {
    readonly url: string;
    /** At most 128 characters; comes back in every notification. */
    readonly clientState: string;
    readonly lifetimeMs: number;
  }): Promise<SubscriptionGrant | { readonly type: 'exists'; readonly id: string }>;
  /** Failure `notFound` when it is gone. */
  renew(id: string, lifetimeMs: number): Promise<SubscriptionGrant>;
  /** Already gone counts as done. */
  delete(id: string): Promise<{ readonly requestIds: readonly string[] }>;
  /**
   * Where changes are told over Socket.IO. The address is a credential. Failure `notSupported` when the account has no such
   * channel now.
   */
  socketAddress(): Promise<{
    readonly url: string;
    /** Milliseconds since 1970; null when not told. */ readonly expiresAt: number | null;
  }>;
}

export interface SubscriptionGrant {
  readonly type: 'granted';
  readonly id: string;
  /** Milliseconds since 1970; may be sooner than asked for. */
  readonly expiresAt: number;
  readonly requestIds: readonly string[];
}
