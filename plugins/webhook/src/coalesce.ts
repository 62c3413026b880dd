/**
 * At most one message of each kind is on its way and one waits. Later calls join the one that waits, not the one on its way: its
 * receiver may have handled it already.
 */

/** Resolves when this message, or the one that it joined, was sent. */
export type Put<News> = (news: News) => Promise<void>;

interface Queue {
  readonly sending: Promise<void>;
  next: Promise<void> | null;
}

/** `News` is plain data: what reads the same is of one kind. */
export function coalesced<News>(send: (news: News) => Promise<void>): Put<News> {
  const queues = new Map<string, Queue>();

  function begin(key: string, news: News): Promise<void> {
    const queue: Queue = { sending: send(news), next: null };
    queues.set(key, queue);
    const leave = (): void => {
      if (queue.next === null) queues.delete(key);
    };
    queue.sending.then(leave, leave);
    return queue.sending;
  }

  return (news) => {
    const key = JSON.stringify(news);
    const queue = queues.get(key);
    if (queue === undefined) return begin(key, news);
    const go = (): Promise<void> => begin(key, news);
    queue.next ??= queue.sending.then(go, go);
    return queue.next;
  };
}
