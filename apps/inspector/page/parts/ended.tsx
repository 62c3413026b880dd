/** A page that has nothing to show any more, and what to do about it. */
import type { ComponentChildren } from 'preact';

export const Ended = ({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) => (
  <main class="ended">
    <img src="/icon.svg" alt="" width="48" height="48" />
    <h1>{title}</h1>
    <p>{children}</p>
  </main>
);
