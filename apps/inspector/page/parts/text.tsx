/** Small pieces of text that come up everywhere. Names are isolated, so that their direction of writing stays their own. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Filling } from '../../src/protocol.ts';
import { addressOf, chooseCursor } from '../address.ts';
import { overview } from '../log.ts';
import { bytes, clockTime, dayAndTime } from '../words.ts';

export const Path = ({ path }: { readonly path: string }) => {
  const cut = path.lastIndexOf('/') + 1;
  return (
    <bdi class="path" title={path}>
      <span class="path-folder">{path.slice(0, cut)}</span>
      <span class="path-name">{path.slice(cut)}</span>
    </bdi>
  );
};

export const Time = ({ at }: { readonly at: number }) => (
  <time dateTime={new Date(at).toISOString()} title={`${dayAndTime(at)} · ${new Date(at).toISOString()}`}>
    {clockTime(at)}
  </time>
);

/** Leads to an event, in whichever view shows events. */
export const Seq = ({ seq }: { readonly seq: number }) => (
  <a class="seq" href={addressOf({ view: 'timeline', seq, show: 'event' })} onClick={() => chooseCursor(seq)}>
    #{seq}
  </a>
);

/** A command for the terminal, with a button that copies it. Of a log that is not of this client there is nothing to command. */
export const Command = ({ text }: { readonly text: string }) => {
  const copied = useSignal(false);
  if (overview.value?.source.kind !== 'live') return null;
  return (
    <span class="command">
      <code>{text}</code>
      <button
        type="button"
        aria-label={`Copy the command ${text}`}
        onClick={() => {
          void navigator.clipboard.writeText(text).then(() => {
            copied.value = true;
          });
        }}
      >
        {copied.value ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
};

export const Meter = ({
  label,
  filling: { bytes: value, of, isPart },
}: {
  readonly label: string;
  readonly filling: Filling;
}) => {
  const filled = `${isPart ? 'more than ' : ''}${bytes(value)}`;
  const text = of === 0 ? filled : `${filled} of ${bytes(of)}`;
  return (
    <div class="meter">
      <span>{label}</span>
      <span class="figure">{text}</span>
      {of === 0 ? null : <progress aria-label={`${label}: ${text}`} max={of} value={Math.min(value, of)} />}
    </div>
  );
};

export const Panel = ({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) => (
  <section class="panel" aria-label={title}>
    <header>
      <h2>{title}</h2>
      {aside === undefined ? null : <span class="aside">{aside}</span>}
    </header>
    {children}
  </section>
);
