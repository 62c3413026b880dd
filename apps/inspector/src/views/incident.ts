/** Saves a part of the log as an incident: a bundle, and a page to begin its story with. */
import type { InspectorOptions } from '../inspector.ts';
import type { LogReader } from '../log/log-reader.ts';
import type { IncidentMade, IncidentRefused } from '../offers.ts';

/** A bundle is made, and sent to the page, as a whole. */
const eventsMax = 100_000;

export interface IncidentAsked {
  /** The event at the cursor. */
  readonly seq: number;
  /** The events of an item; null: all up to the cursor. */
  readonly around: readonly number[] | null;
  readonly keepsNames: boolean;
}

/** Throws what reading the log throws. */
export async function incidentMade(
  { options, reader }: { readonly options: InspectorOptions; readonly reader: LogReader },
  { seq, around, keepsNames }: IncidentAsked,
): Promise<IncidentMade | IncidentRefused> {
  if (around?.length === 0) return { why: 'No event of the log is about this item' };
  if (around === null && seq - options.first >= eventsMax)
    return {
      why: `More than ${eventsMax} events are too many for the page: take those around an item, or use tidemark incident create`,
    };
  const part = around === null ? { to: seq } : { around };
  const { events, about, content } = await options.incident(reader.log, { part, keepsNames });
  return {
    ...{ events, about, bytes: content.length, readme: readmeOf(seq) },
    content: Buffer.from(content).toString('base64'),
  };
}

/** No name of a file is in it. */
const readmeOf = (seq: number): string => `# What went wrong, in a few words

What was done on which side, what was expected, and what happened instead.

\`\`\`sh
tidemark log incident.gz --type Planned
tidemark replay incident.gz --to ${seq} --tree # how things stood then
tidemark inspect incident.gz
\`\`\`
`;
