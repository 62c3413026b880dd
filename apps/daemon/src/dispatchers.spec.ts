import { type Command, commandId, itemId, seq } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { dispatchAllowed } from './dispatchers.ts';

const command = (type: Command['type'], path: string): Command =>
  ({ id: commandId(seq(1), 0), item: itemId(1), type, path }) as unknown as Command;

test('with the first change that is not allowed no other one is handed out, and looks still are', () => {
  const sent: string[] = [];
  const refused: string[] = [];
  const { dispatch } = dispatchAllowed(
    ({ path }) => sent.push(path),
    ({ path }) => path !== 'late',
    ({ path }) => refused.push(path),
  );
  dispatch(command('UploadFile', 'one'));
  dispatch(command('DownloadFile', 'late'));
  dispatch(command('UploadFile', 'two'));
  dispatch(command('HashFile', 'read'));
  expect({ sent, refused }).toEqual({ sent: ['one', 'read'], refused: ['late', 'two'] });
});
