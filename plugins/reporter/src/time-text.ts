/** A given time as text, UTC. */

/** @param at milliseconds since 1970. */
export function timeText(at: number): string {
  // oxlint-disable-next-line no-restricted-globals -- it spells a time that came with an event and reads no clock
  return new Date(at).toISOString();
}
