import { Failure } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { createFullDrive } from './full-drive.ts';

const refused = new Failure({ code: 'quotaReached', detail: 'Insufficient Space Available' });

it('what waits while the drive refuses an upload is not sent, unless it is smaller or begins later', () => {
  const drive = createFullDrive();
  const first = drive.begin(10, 'Cannot upload "a"');
  const [alike, smaller] = [drive.begin(10, 'Cannot upload "b"'), drive.begin(9, 'Cannot upload "c"')];
  expect(alike.notSent()).toBeNull();
  first.failed(refused);
  expect(alike.notSent()?.details).toEqual({
    code: 'quotaReached',
    detail: 'Cannot upload "b": not sent, the drive is full and has just refused 10 bytes',
  });
  expect(smaller.notSent()).toBeNull();
  const later = drive.begin(10, 'Cannot upload "d"');
  // What was not sent is no refusal of the drive's.
  alike.failed(alike.notSent());
  expect(later.notSent()).toBeNull();
});
