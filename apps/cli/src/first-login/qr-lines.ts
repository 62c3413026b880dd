/** A QR code as lines of text: two rows of modules in each, for light text on a dark ground, which most cameras read either way. */
import qrcode from 'qrcode-generator';

/** Modules around the code that stay light. */
export const quietModules = 2;

/** @param text at most some hundred characters of ASCII */
export function qrLines(text: string): readonly string[] {
  // 0: as large as it takes. M: a quarter of an eighth may be damaged, more would only make it larger.
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  const isLight = (row: number, column: number): boolean =>
    row < 0 || column < 0 || row >= size || column >= size || !code.isDark(row, column);
  const lines: string[] = [];
  for (let row = -quietModules; row < size + quietModules; row += 2) {
    let line = '';
    for (let column = -quietModules; column < size + quietModules; column += 1)
      line += halves[isLight(row, column) ? 1 : 0][isLight(row + 1, column) ? 1 : 0];
    lines.push(line);
  }
  return lines;
}

/** By the upper and the lower module: 1 is light. */
const halves = [
  [' ', '▄'],
  ['▀', '█'],
] as const;
