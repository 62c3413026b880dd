import type { Mutant } from '../mutant.ts';

const damage = ['libs/event-log/src/damage.spec.ts'];
const retention = ['libs/event-log/src/retention.spec.ts'];

export const log: readonly Mutant[] = [
  {
    file: 'libs/event-log/src/reading.ts',
    find: 'decodeHeader(pair.value)?.previous.equals(before.chain) !== true',
    replace: 'decodeHeader(pair.value)?.previous === undefined',
    harm: 'Events that were changed on disk are folded as if they had happened.',
    specs: damage,
  },
  {
    file: 'libs/event-log/src/reading.ts',
    find: 'if (first !== before.head + 1) {',
    replace: 'if (first < 0) {',
    harm: 'A log with a gap is folded as if nothing were missing.',
    specs: damage,
  },
  {
    file: 'libs/event-log/src/tail.ts',
    find: 'else if (!found.chain.equals(witnessed.chain)) {',
    replace: 'else if (found.chain.length === 0) {',
    harm: 'The log of an older backup passes for the current one.',
    specs: damage,
  },
  {
    file: 'libs/event-log/src/tail.ts',
    find: 'if (found.head < witnessed.head) {',
    replace: 'if (found.head < 0) {',
    harm: 'A log that lost its end is taken for whole, and what was agreed since is unknown.',
    specs: damage,
  },
  {
    file: 'libs/event-log/src/tail.ts',
    find: "lead === 'oneCommit' && next.commit !== witnessed.commit + 1",
    replace: "lead === 'oneCommit' && next.commit < 0",
    harm: 'An old witness vouches for a log that it never saw.',
    specs: damage,
  },
  {
    file: 'libs/event-log/src/verify.ts',
    find: "    if (expected.text() !== indexed.text()) {\n      throw new LogDamage(end.head, 'the index of items does not fit the events');\n    }\n",
    replace: '',
    harm: '`explain` leaves out events of a file, and `log --verify` finds nothing wrong.',
    specs: damage,
  },
  {
    file: 'libs/event-log/src/snapshots.ts',
    find: 'return seal(text).equals(value.subarray(0, SEAL_BYTES)) ? text : undefined;',
    replace: 'return text;',
    harm: 'A start takes a damaged snapshot for the state.',
    specs: ['libs/event-log/src/snapshots.spec.ts'],
  },
  {
    file: 'libs/event-log/src/snapshots.ts',
    find: 'if (found !== count) throw',
    replace: 'if (found > count) throw',
    harm: 'A start takes half a snapshot for the state, and the rest of the files for new.',
    specs: ['libs/event-log/src/snapshots.spec.ts'],
  },
  {
    file: 'libs/event-log/src/log-on-store.ts',
    find: 'seq(Math.min(to, commits.position.head))',
    replace: 'to',
    harm: 'A snapshot of events that the log lost is taken for the state.',
    specs: ['libs/testkit/src/conformance/event-log.spec.ts'],
  },
  {
    file: 'libs/event-log/src/archive.ts',
    find: "content.length !== entry.sizeBytes || !hash('sha256', body, 'buffer').equals(entry.digest)",
    replace: 'content.length !== entry.sizeBytes',
    harm: 'A flipped byte in an archive goes unnoticed.',
    specs: retention,
  },
  {
    file: 'libs/event-log/src/group-commit.ts',
    find: '        await witness.write(after);\n',
    replace: '',
    harm: 'The witness stays behind, so that a log that lost its end passes for whole.',
    specs: ['libs/event-log/src/group-commit.spec.ts'],
  },
  {
    file: 'libs/event-log/src/group-commit.ts',
    find: 'if (refusal !== undefined) throw refusal;',
    replace: '',
    harm: 'After a refused write the log goes on behind a gap.',
    specs: ['libs/event-log/src/group-commit.spec.ts'],
  },
  {
    file: 'libs/event-log/src/group-commit.ts',
    find: '      checkSeqs(events, taken);\n',
    replace: '',
    harm: 'Events with wrong numbers get into the log, which cannot be read afterwards.',
    specs: ['libs/testkit/src/conformance/event-log.spec.ts'],
  },
  {
    file: 'libs/engine/src/loop/run.ts',
    find: '    await writer.commit(batch.recorded);\n    inbox.settle();\n    for (const command of commands) if (!isLook(command)) dispatch(command);\n',
    replace:
      '    for (const command of commands) if (!isLook(command)) dispatch(command);\n    await writer.commit(batch.recorded);\n    inbox.settle();\n',
    harm: 'A file is changed before the log knows that it is to be, so that a crash leaves a change without a reason.',
    specs: ['libs/engine/src/loop/run.spec.ts'],
  },
  {
    file: 'libs/engine/src/loop/log-writer.ts',
    find: 'if (at - before.at >= heldBackMaxMs) await write();',
    replace: '',
    harm: 'After weeks of quiet a restart finds a delta link that the drive does not know any more.',
    specs: ['libs/engine/src/loop/log-writer.spec.ts'],
  },
  {
    file: 'libs/engine/src/loop/log-writer.ts',
    find: 'return event.unseen.length === 0;',
    replace: 'return true;',
    harm: 'A listing that lacked something is left out of the log, and nobody can say why it was asked about.',
    specs: ['libs/engine/src/loop/log-writer.spec.ts'],
  },
];
