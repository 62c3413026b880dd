/** Orders for the daemon that runs: each is asked for once more before it is given. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Now } from '../../src/protocol.ts';
import type { OrderName } from '../../src/offers.ts';
import { order, Refused } from '../session.ts';

interface Spoken {
  readonly button: string;
  readonly question: string;
  readonly query: (now: Now) => Readonly<Record<string, string>>;
}

const hourMs = 3_600_000;

const spoken: Readonly<Record<OrderName, Spoken>> = {
  look: { button: 'Look now', question: 'Look at both sides now?', query: () => ({}) },
  pause: {
    button: 'Pause for an hour',
    question: 'Change nothing on either side for an hour? Both sides are looked at as ever.',
    query: () => ({ until: new Date(Date.now() + hourMs).toISOString() }),
  },
  resume: { button: 'Resume', question: 'End every pause, and go on?', query: () => ({}) },
  apply: {
    button: 'Let it go on',
    question: 'Let exactly the plan that is held go on? What it deletes or replaces can be undone.',
    query: ({ status }): Readonly<Record<string, string>> =>
      status.held === null ? {} : { plan: status.held.hash },
  },
};

export const Order = ({ name, now }: { readonly name: OrderName; readonly now: Now }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const answer = useSignal<readonly string[]>([]);
  useEffect(() => {
    const timer = answer.value.length === 0 ? undefined : setTimeout(() => (answer.value = []), 8000);
    return () => clearTimeout(timer);
  }, [answer.value]);
  if (!now.orders.includes(name)) return null;
  const { button, question, query } = spoken[name];
  async function give(): Promise<void> {
    dialog.current?.close();
    try {
      answer.value = await order<readonly string[]>(name, query(now));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      answer.value = [error.message];
    }
  }
  return (
    <span class="order">
      <button type="button" onClick={() => dialog.current?.showModal()}>
        {button}
      </button>
      <span role="status" class="quiet">
        {answer.value.join(' ')}
      </span>
      <dialog ref={dialog} aria-label={button}>
        <p>{question}</p>
        <div class="dialog-buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="button" class="primary" onClick={() => void give()}>
            {button}
          </button>
        </div>
      </dialog>
    </span>
  );
};
