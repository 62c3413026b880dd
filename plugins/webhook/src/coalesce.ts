/**
 * At most one message of each kind is on its way and one waits. Later calls join the one that waits, not the one on its way: its
 * receiver may have handled it already.
 */

/** Resolves when this message, or the one that it joined, was sent. */
export type Put<News> = (news: News) => Promise<void>;

interface Lane {
  readonly sending: Promise<void>;
  next: Promise<void> | null;
}

/** `News` is plain data: what reads the same is of one kind. */
export function coalesced<News>(send: (news: News) => Promise<void>): Put<News> {
  const lanes = new Map<string, Lane>();

  function begin(key: string, news: News): Promise<void> {
    const lane: Lane = { sending: send(news), next: null };
    lanes.set(key, lane);
    const leave = (): void => {
      if (lane.next === null) lanes.delete(key);
    };
    lane.sending.then(leave, leave);
    return lane.sending;
  }

  return (news) => {
    const key = JSON.stringify(news);
    const lane = lanes.get(key);
    if (lane === undefined) return begin(key, news);
    const go = (): Promise<void> => begin(key, news);
    lane.next ??= lane.sending.then(go, go);
    return lane.next;
  };
}
