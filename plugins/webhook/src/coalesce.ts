/**
 * Of each kind one is on its way, and one more waits for it: whatever comes meanwhile joins the one that waits. Not the one
 * on its way, because that may have been acted upon before what comes now had happened.
 */

/** Resolves when it, or one that stands for it, was sent. */
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
