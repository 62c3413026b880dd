/** A terminal session as an animated picture: SVG that any browser plays, without a script. */

export interface Shown {
  /** Since the session began. */
  readonly atMs: number;
  readonly kind: 'command' | 'output';
  /** One line. */
  readonly text: string;
}

const width = 860;
const lineHeight = 19;
const charWidth = 7.83;
const columns = Math.floor((width - 32) / charWidth);
/** What is typed comes letter by letter. */
const keyMs = 35;

/** How long the letters of a command take. */
export const typingMs = (command: string): number => command.length * keyMs;

/** Lines that are too long are cut, as in a terminal that does not wrap. */
export function terminalSvg(lines: readonly Shown[]): string {
  const height = 52 + lines.length * lineHeight;
  const rows = lines.map((line, index) => rowOf(line, 58 + index * lineHeight));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>A terminal: Tidemark syncs in both directions, and says why</title>
<style>
text { font: 13px ui-monospace, 'DejaVu Sans Mono', Menlo, monospace; fill: #d8dee6; white-space: pre; }
.c { fill: #8fd3a6; }
.s { animation: s 40ms linear both; }
@keyframes s { from { fill-opacity: 0; } to { fill-opacity: 1; } }
@media (prefers-reduced-motion: reduce) { .s { animation: none; } }
</style>
<rect width="${width}" height="${height}" rx="8" fill="#14181d"/>
<circle cx="20" cy="18" r="5" fill="#e06c60"/><circle cx="38" cy="18" r="5" fill="#e0b050"/><circle cx="56" cy="18" r="5" fill="#6bbf73"/>
${rows.join('\n')}
</svg>
`;
}

function rowOf({ atMs, kind, text }: Shown, y: number): string {
  const shown = text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
  if (kind === 'output') return `<text x="16" y="${y}"${appearing(atMs)}>${escaped(shown)}</text>`;
  const keys = [...shown].map(
    (key, index) => `<tspan${appearing(atMs + index * keyMs)}>${escaped(key)}</tspan>`,
  );
  return `<text x="16" y="${y}" class="c"><tspan${appearing(Math.max(0, atMs - 400))}>$ </tspan>${keys.join('')}</text>`;
}

const appearing = (atMs: number): string =>
  ` class="s" style="animation-delay:${(atMs / 1_000).toFixed(2)}s"`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
