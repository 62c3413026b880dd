import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldContent } from './content.ts';
import { DriveModel } from './drive-model.ts';
import type { Flavour } from './flavour.ts';
import { Refusal } from './refusal.ts';
import { isInside, type SimulatedItem } from './simulated-item.ts';
import { cTagOf, eTagOf } from './tags.ts';

function newDrive(flavour: Flavour = 'business', seed = 1): DriveModel {
  let timeMs = 1_700_000_000_000;
  return new DriveModel({
    flavour,
    seed,
    now: () => (timeMs += 1000),
    quotaTotalBytes: 10_000,
    name: 'Drive',
  });
}

const text = (value: string): ReturnType<typeof heldContent> => heldContent([Buffer.from(value)]);

type Action =
  | { readonly type: 'folder' | 'file'; readonly at: number; readonly name: string; readonly size: number }
  | { readonly type: 'rename'; readonly at: number; readonly name: string }
  | { readonly type: 'move' | 'remove' | 'restore' | 'touch'; readonly at: number; readonly to: number };

const name = fc.constantFrom('a', 'A', 'b', 'c.txt', 'C.TXT', 'dé', 'x');
const at = fc.nat(30);
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constantFrom('folder', 'file'), at, name, size: fc.nat(50) }),
  fc.record({ type: fc.constant('rename' as const), at, name }),
  fc.record({ type: fc.constantFrom('move', 'remove', 'restore', 'touch'), at, to: at }),
);

/** Does it, and shrugs when the drive refuses: a refusal must change nothing that the laws below would notice. */
function perform(drive: DriveModel, wanted: Action): void {
  const pick = (index: number): SimulatedItem => {
    const all = [...drive.items()];
    return all[index % all.length] ?? drive.root;
  };
  try {
    const item = pick(wanted.at);
    if (wanted.type === 'folder') drive.createFolder(item, wanted.name);
    if (wanted.type === 'file') drive.writeFile(item, wanted.name, heldContent([Buffer.alloc(wanted.size)]));
    if (wanted.type === 'rename') drive.update(item, { name: wanted.name });
    if (wanted.type === 'move') drive.update(item, { parent: pick(wanted.to) });
    if (wanted.type === 'touch') drive.update(item, { times: { modifiedAtMs: wanted.to * 1000 } });
    if (wanted.type === 'remove') drive.remove(item);
    if (wanted.type === 'restore') drive.restore(drive.recycled()[wanted.to % 5]?.id ?? 'none');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

describe('a drive after any actions', () => {
  const flavour = fc.constantFrom<Flavour>('personal', 'business', 'library');

  it('has folder sizes, quota and name index in step with its files', () => {
    fc.assert(
      fc.property(flavour, fc.array(action, { maxLength: 80 }), (kind, actions) => {
        const drive = newDrive(kind);
        for (const wanted of actions) perform(drive, wanted);
        const all = [...drive.items()];
        expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
        expect(drive.itemCount).toBe(all.length);
        let heldBytes = 0;
        for (const item of all) {
          expect(drive.find(item.id)).toBe(item);
          expect(item.removed).toBe(false);
          if (item.parent !== undefined)
            expect(item.parent.children?.get(item.name.toLowerCase())).toBe(item);
          const below = all.filter((other) => other.kind === 'file' && isInside(other, item));
          expect(item.sizeBytes).toBe(below.reduce((total, file) => total + file.sizeBytes, 0));
          if (item.kind === 'file') heldBytes += item.sizeBytes + item.olderVersionsBytes;
        }
        expect(drive.quota().usedBytes).toBe(heldBytes);
      }),
      { numRuns: 150 },
    );
  });

  it('has the same ids and tags again with the same seed', () => {
    fc.assert(
      fc.property(flavour, fc.array(action, { maxLength: 40 }), fc.integer(), (kind, actions, seed) => {
        const shown = (): unknown => {
          const drive = newDrive(kind, seed);
          for (const wanted of actions) perform(drive, wanted);
          return [...drive.items()].map((item) => [
            item.id,
            eTagOf(item, kind),
            cTagOf(item, kind),
            item.name,
          ]);
        };
        expect(shown()).toEqual(shown());
      }),
      { numRuns: 30 },
    );
  });
});

describe('a drive', () => {
  it('keeps an id over rename and move, and gives a new one after removal', () => {
    const drive = newDrive();
    const folder = drive.createFolder(drive.root, 'f');
    const { item } = drive.writeFile(drive.root, 'a.txt', text('a'));
    drive.update(item, { name: 'b.txt', parent: folder });
    expect(drive.findByPath(['F', 'B.TXT'])?.id).toBe(item.id);
    drive.remove(item);
    expect(drive.writeFile(folder, 'b.txt', text('a')).item.id).not.toBe(item.id);
  });

  it('moves the eTag with metadata and the cTag with content only', () => {
    const drive = newDrive();
    const { item } = drive.writeFile(drive.root, 'a.txt', text('a'));
    const [eTag, cTag] = [eTagOf(item, 'business'), cTagOf(item, 'business')];
    drive.update(item, { name: 'b.txt' });
    expect(eTagOf(item, 'business')).not.toBe(eTag);
    expect(cTagOf(item, 'business')).toBe(cTag);
    drive.replaceContent(item, text('b'));
    expect(cTagOf(item, 'business')).not.toBe(cTag);
  });

  it('refuses a second name that differs in case only, and a case-only rename is no collision', () => {
    const drive = newDrive();
    const folder = drive.createFolder(drive.root, 'Hello');
    expect(() => drive.createFolder(drive.root, 'hello')).toThrow(Refusal);
    expect(drive.update(folder, { name: 'HELLO' }).name).toBe('HELLO');
    expect(drive.createFolder(drive.root, 'hello', { onConflict: 'rename' }).name).toBe('hello 1');
  });

  it('resets the client time on a rename unless it is sent along', () => {
    const drive = newDrive();
    const times = { modifiedAtMs: 1_000_000 };
    const { item } = drive.writeFile(drive.root, 'a', text('a'), { times });
    drive.update(item, { name: 'b', times });
    expect(item.clientModifiedAtMs).toBe(1_000_000);
    drive.update(item, { name: 'c' });
    expect(item.clientModifiedAtMs).toBeGreaterThan(1_000_000);
  });

  it('counts a new time as a version on SharePoint and not on a personal drive', () => {
    for (const [flavour, versions] of [
      ['business', 2],
      ['personal', 1],
    ] as const) {
      const drive = newDrive(flavour);
      const { item } = drive.writeFile(drive.root, 'a', text('12345'));
      drive.update(item, { times: { modifiedAtMs: 5000 } });
      expect(item.versions).toBe(versions);
      expect(drive.quota().usedBytes).toBe(5 * versions);
    }
  });

  it('refuses a stale tag with 412 and a full drive with 507', () => {
    const drive = newDrive();
    const { item } = drive.writeFile(drive.root, 'a', text('a'));
    const stale = eTagOf(item, 'business');
    drive.update(item, { name: 'b' });
    expect(() => drive.remove(item, stale)).toThrow(expect.objectContaining({ status: 412 }));
    const large = heldContent([Buffer.alloc(20_000)]);
    expect(() => drive.writeFile(drive.root, 'c', large)).toThrow(expect.objectContaining({ status: 507 }));
    expect(drive.findByPath(['c'])).toBeUndefined();
  });

  it('refuses to move a folder into itself', () => {
    const drive = newDrive();
    const outer = drive.createFolder(drive.root, 'outer');
    const inner = drive.createFolder(outer, 'inner');
    expect(() => drive.update(outer, { parent: inner })).toThrow(Refusal);
  });

  it('brings a removed folder back whole, under its old id', () => {
    const drive = newDrive();
    const folder = drive.createFolder(drive.root, 'f');
    const { item } = drive.writeFile(folder, 'a', text('abc'));
    drive.remove(folder);
    expect(drive.find(item.id)).toBeUndefined();
    expect(drive.quota()).toMatchObject({ usedBytes: 0, deletedBytes: 3 });
    drive.restore(folder.id);
    expect(drive.findByPath(['f', 'a'])).toBe(item);
    expect(drive.quota()).toMatchObject({ usedBytes: 3, deletedBytes: 0 });
  });
});
