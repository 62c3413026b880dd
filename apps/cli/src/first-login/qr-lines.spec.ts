import decoder from 'jsqr';
import { expect, it } from 'vitest';
import { qrLines } from './qr-lines.ts';

/** What a camera sees of the printed lines: light letters on a dark ground, some pixels a module. */
function read(lines: readonly string[]): string | undefined {
  const scale = 4;
  const rows = lines.flatMap((line) =>
    [
      ['▀', '█'],
      ['▄', '█'],
    ].map((lit) => [...line].map((letter) => lit.includes(letter))),
  );
  const [width, height] = [(rows[0]?.length ?? 0) * scale, rows.length * scale];
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const isLit = rows[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true;
      pixels.set([...(isLit ? [255, 255, 255] : [0, 0, 0]), 255], (y * width + x) * 4);
    }
  return decoder.default(pixels, width, height, { inversionAttempts: 'dontInvert' })?.data;
}

it.each([
  'https://microsoft.com/devicelogin',
  'https://login.microsoft.us/oauth2/deviceauth?x=gr%C3%B6%C3%9Fe',
])('shows %s to a camera', (url) => {
  const lines = qrLines(url);
  expect(read(lines)).toBe(url);
  expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
  expect(lines.length).toBeLessThan(24);
});

it('does not show it any more when rows of it are missing', () => {
  expect(read(qrLines('https://microsoft.com/devicelogin').slice(6))).toBeUndefined();
});
