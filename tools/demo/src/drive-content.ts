/** What is on the drive at first: a few hundred files as people keep them, and names that break careless programs. */
import type { ItemSpec } from '@tidemark/graph-simulator';

const mebibyte = 1024 * 1024;

export const largeFile = 'Videos/Holiday film.mp4';
export const largeFileBytes = 64 * mebibyte + 4321;

const unusualNames = [
  'with  two spaces.txt',
  'Größe und Maß – übergroß.txt',
  '日本語のファイル.txt',
  'кириллица.txt',
  '100% #1 + more & more.txt',
  "Grandma's apple pie.txt",
  'party 🎉🐙.txt',
  'no extension',
  '.hidden',
  'semicolons; commas, [brackets] {braces} (all).txt',
  `${'a very long name '.repeat(11)}.txt`,
];

export function driveContent(): ItemSpec[] {
  return [...documents(), ...photos(), ...projects(), ...oddities()];
}

function documents(): ItemSpec[] {
  const letters = numbers(60).map((n) => text(`Documents/Letters/letter ${n}.txt`));
  const taxes = ['2022', '2023', '2024'].flatMap((year) =>
    numbers(12).map((n) => text(`Documents/Taxes/${year}/month ${n}.csv`)),
  );
  return [text('Documents/plan.txt'), text('Documents/todo.txt'), ...letters, ...taxes];
}

function photos(): ItemSpec[] {
  const years = ['2021', '2022', '2023'].flatMap((year) =>
    numbers(40).map((n) => bytes(`Photos/${year}/IMG_${n}.jpg`, 20_000 + n.length * 997)),
  );
  return [...years, bytes(largeFile, largeFileBytes)];
}

/** Folders in folders. */
function projects(): ItemSpec[] {
  const parts = ['Boat', 'House', 'Garden'];
  return parts.flatMap((part) => {
    const deep = `Projects/${part}/Drawings/By floor/Ground/Details`;
    return [
      ...numbers(20).map((n) => bytes(`Projects/${part}/Drawings/sheet ${n}.dwg`, 4_096)),
      ...numbers(8).map((n) => text(`${deep}/note ${n}.md`)),
    ];
  });
}

function oddities(): ItemSpec[] {
  return [
    ...unusualNames.map((name) => text(`Odd names/${name}`)),
    { path: '/Odd names/Empty folder ☐' },
    { path: '/nothing in it.txt', content: '' },
  ];
}

const numbers = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(index + 1).padStart(2, '0'));

const text = (path: string): ItemSpec => ({ path: `/${path}`, content: `The first version of ${path}\n` });

const bytes = (path: string, sizeBytes: number): ItemSpec => ({ path: `/${path}`, content: { sizeBytes } });
