/** Two wordings of the peer are in use: the one of its source today, and an older one that documents and scripts quote. */
import type { Line } from './line.ts';
import { info, verbose } from './line.ts';

export interface Wording {
  readonly current: string;
  /** null where the older source is silent. */
  readonly legacy: string | null;
}

export const same = (text: string): Wording => ({ current: text, legacy: text });

export interface Speaking {
  readonly config: { readonly dialect: 'both' | 'current' | 'legacy' };
}

/** With both wordings the older one follows, unless a program that looks for it finds it in the line before. */
export function worded(
  { config }: Speaking,
  { current, legacy }: Wording,
  level: 'info' | 'verbose' = 'info',
): readonly Line[] {
  const line = level === 'info' ? info : verbose;
  switch (config.dialect) {
    case 'current':
      return [line(current)];
    case 'legacy':
      return legacy === null ? [] : [line(legacy)];
    case 'both':
      return legacy === null || current.includes(legacy) ? [line(current)] : [line(current), line(legacy)];
  }
}
