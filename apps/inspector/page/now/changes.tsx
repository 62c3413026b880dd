/** What the user decides on: a button shows the plan, the dialog asks, and what came of it stays until it is put away. */
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ChangesMade, ChangesPlanned, Wish } from '../../src/offers.ts';
import { ask, order, Refused } from '../session.ts';

interface Asked {
  readonly wish: Wish;
  /** What the button says. */
  readonly button: string;
  /** Null while it is made. */
  readonly plan: ChangesPlanned | null;
  readonly problem: string;
}

const asked = signal<Asked | null>(null);
const outcome = signal<ChangesMade | 'underWay' | null>(null);

interface WishButtonProps {
  readonly wish: Wish;
  /** Of what, for those who do not see beside what the button stands. */
  readonly about: string;
  readonly children: string;
}

export const WishButton = ({ wish, about, children }: WishButtonProps) => (
  <button
    type="button"
    aria-label={`${children}: ${about}`}
    aria-haspopup="dialog"
    disabled={outcome.value === 'underWay'}
    onClick={() => void look(wish, children)}
  >
    {children}
  </button>
);

async function look(wish: Wish, button: string): Promise<void> {
  asked.value = { wish, button, plan: null, problem: '' };
  try {
    const plan = await ask<ChangesPlanned>('changes', queryOf(wish));
    if (asked.value?.wish === wish) asked.value = { wish, button, plan, problem: '' };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (asked.value?.wish === wish) asked.value = { wish, button, plan: null, problem: error.message };
  }
}

async function make(wish: Wish, plan: string): Promise<void> {
  asked.value = null;
  outcome.value = 'underWay';
  try {
    outcome.value = await order<ChangesMade>('changes', { ...queryOf(wish), plan });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    outcome.value = { isDone: false, lines: [error.message] };
  }
}

const queryOf = (wish: Wish): Readonly<Record<string, string | number>> =>
  wish.type === 'undo' ? { undo: wish.seq } : { keep: wish.keep, conflict: wish.conflict };

export const ChangesDialog = () => {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = asked.value !== null;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const { wish, button = '', plan = null, problem = '' } = asked.value ?? {};
  return (
    <dialog
      ref={dialog}
      class="plan"
      aria-label={button}
      onClose={() => {
        asked.value = null;
      }}
    >
      <div role="status">
        {problem !== '' ? (
          <p>{problem}</p>
        ) : plan === null ? (
          <p>Looking what that takes …</p>
        ) : (
          <Plan plan={plan} />
        )}
      </div>
      <div class="dialog-buttons">
        <button type="button" onClick={() => (asked.value = null)}>
          {plan === null || plan.hash === null ? 'Close' : 'Cancel'}
        </button>
        {wish === undefined || plan === null || plan.hash === null ? null : (
          <button type="button" class="primary" onClick={() => void make(wish, plan.hash ?? '')}>
            Yes, do it
          </button>
        )}
      </div>
    </dialog>
  );
};

const Plan = ({ plan: { title, changes, leftTitle, left, question } }: { readonly plan: ChangesPlanned }) => (
  <>
    <p>
      <bdi>{title}</bdi>
    </p>
    <Lines lines={changes} />
    {leftTitle === null ? null : <p>{leftTitle}</p>}
    <Lines lines={left} />
    {question === '' ? null : <p class="question">{question}</p>}
  </>
);

const Lines = ({ lines }: { readonly lines: readonly string[] }) =>
  lines.length === 0 ? null : (
    <ul class="plan-lines">
      {lines.map((line) => (
        <li key={line}>
          <bdi>{line}</bdi>
        </li>
      ))}
    </ul>
  );

/** The region is always there, so that a screen reader tells what comes into it. */
export const ChangesOutcome = () => {
  const told = outcome.value;
  return (
    <div class="outcome" role="status" aria-label="What came of it">
      {told === null ? null : told === 'underWay' ? (
        <Notice tone="busy">
          <p>The monitor makes the changes …</p>
        </Notice>
      ) : (
        <Notice tone={told.isDone ? 'good' : 'bad'}>
          {told.lines.map((line) => (
            <p key={line}>
              <bdi>{line}</bdi>
            </p>
          ))}
          <button type="button" onClick={() => (outcome.value = null)}>
            Close
          </button>
        </Notice>
      )}
    </div>
  );
};

const Notice = ({
  tone,
  children,
}: {
  readonly tone: 'busy' | 'good' | 'bad';
  readonly children: ComponentChildren;
}) => <div class={`notice notice-${tone}`}>{children}</div>;
