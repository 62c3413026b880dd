import { fingerprint } from './random.ts';

/** What a delta link remembers. `full` enumerates the state at `upTo` without tombstones; `changes` reads on to the head. */
export type DeltaCursor = {
  readonly mode: 'full' | 'changes';
  /** Last feed position already returned. */
  readonly position: number;
  /** Last feed position of a full enumeration; zero for `changes`. */
  readonly upTo: number;
  readonly issuedAtMs: number;
  /** Tokens of an older epoch have been expired by the control API. */
  readonly epoch: number;
};

/** An opaque, checksummed text bound to one drive. */
export function encodeDeltaToken(driveId: string, cursor: DeltaCursor): string {
  const body = [cursor.mode, cursor.position, cursor.upTo, cursor.issuedAtMs, cursor.epoch].join(';');
  return Buffer.from(`${body};${fingerprint(driveId.toLowerCase() + body)}`).toString('base64url');
}

/** Undefined for a token that was edited or belongs to another drive. */
export function decodeDeltaToken(driveId: string, token: string): DeltaCursor | undefined {
  const text = Buffer.from(token, 'base64url').toString();
  const [mode, position, upTo, issuedAtMs, epoch] = text.split(';');
  if (mode !== 'full' && mode !== 'changes') return undefined;
  const cursor: DeltaCursor = {
    mode,
    position: Number(position),
    upTo: Number(upTo),
    issuedAtMs: Number(issuedAtMs),
    epoch: Number(epoch),
  };
  return encodeDeltaToken(driveId, cursor) === token ? cursor : undefined;
}
