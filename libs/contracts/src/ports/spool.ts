/**
 * The spool port: files of our own that hold what a plugin made of a file, on its way to the drive. They outlive the process, so that
 * an upload can go on with the same bytes. Every method throws Failure; `diskFull` when there is no space.
 */
import type { ByteSource } from './drive.ts';

export interface Spool {
  /** What an earlier attempt made complete under this key; null when there is none. Its bytes are for the caller to prove. */
  find(key: string): Promise<SpooledFile | null>;
  /** Begins anew under this key. `path`: what it is for, in messages. */
  create(key: string, path: string): Promise<SpoolWriter>;
}

export interface SpooledFile extends ByteSource {
  /** What its writer noted. */
  readonly note: string;
  /** Already gone counts as done. */
  discard(): Promise<void>;
}

export interface SpoolWriter {
  write(chunk: Uint8Array): Promise<void>;
  /** It is complete. */
  finish(note: string): Promise<SpooledFile>;
  discard(): Promise<void>;
}
