import type { SimulatedItem } from './simulated-item.ts';

/** `name 1.ext`: the form of the suffix is not documented; clients must read the name from the answer. */
export function freeName(parent: SimulatedItem, name: string): string {
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const extension = dot > 0 ? name.slice(dot) : '';
  for (let count = 1; ; count += 1) {
    const candidate = `${stem} ${count}${extension}`;
    if (parent.children?.has(candidate.toLowerCase()) !== true) return candidate;
  }
}
