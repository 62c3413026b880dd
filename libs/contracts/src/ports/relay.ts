/**
 * The relay port: a host with a public name takes in the notifications for this drive, lets through those that are ours and
 * hands them on. It knows digests of secrets, never a secret.
 */
import type { SubscriptionTold } from '../events/event.ts';

/** What a relay is told. Each announcement takes the place of the one before. */
export interface Announcement {
  /** Whose notifications count; at most eight. */
  readonly known: readonly KnownSender[];
  /** Whether the service may ask now if the address is ours: for a minute, or until an announcement says that it may not. */
  readonly asking: boolean;
}

export interface KnownSender {
  /** null: the service has not named the subscription yet; then it counts only while it may ask. */
  readonly subscriptionId: string | null;
  /** SHA-256 of the secret in base64url. */
  readonly digest: string;
  /** Counts for so long from now on. Milliseconds; null: no end. */
  readonly forMs: number | null;
}

/** What a relay hands on. It does not say what changed, and its receiver does not have to believe it: it is a hint. */
export interface RelayedNotification {
  readonly subscriptionId: string;
  /** null: the drive changed. */
  readonly told: SubscriptionTold['told'] | null;
}

export interface RelayListener {
  /** What was not taken, because this rejects, comes again. */
  take(notification: RelayedNotification): Promise<void>;
  /** What is handed on while the line is down waits at its other end. `detail`: why, in words; empty when it is up again. */
  changed(state: 'connected' | 'lost', detail: string): void;
}

export interface RelayLine {
  /** Where the other end is, for people. */
  readonly address: string;
  /** Resolves when the relay has kept it. Failure `relayFailed`. */
  announce(announcement: Announcement): Promise<void>;
  close(): Promise<void>;
}

/** Notifications come from now on, and those that waited. Failure `relayFailed` when there is no line now; later it comes back by itself. */
export type OpenRelay = (listener: RelayListener) => Promise<RelayLine>;
