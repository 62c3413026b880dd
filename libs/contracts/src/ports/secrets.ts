/** The secrets port: a few small texts that no other user may read. They survive a restart. Every method throws Failure. */

export interface Secrets {
  /** `name`: lower-case letters, digits and dashes. null when there is none. */
  read(name: string): Promise<string | null>;
  /** Resolves when it is durable. At most 64 KiB. */
  write(name: string, text: string): Promise<void>;
  /** Already gone counts as done. */
  remove(name: string): Promise<void>;
  /** SHA-256 in base64url: what may be known of a secret where the secret itself may not. */
  digest(text: string): string;
  /** Whether the text is the one with this digest, in a time that does not tell how near it comes. */
  matches(text: string, digest: string): boolean;
}
