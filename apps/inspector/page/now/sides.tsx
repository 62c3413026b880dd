/** The two sides: when each was looked at last, and how changes come to be known. */
import type { Now } from '../../src/protocol.ts';
import { Panel } from '../parts/text.tsx';
import { dayAndTime } from '../words.ts';

const channels = { webhook: 'Webhook', socketio: 'Socket.IO', polling: 'Polling only' } as const;

export const Sides = ({ status: { looks, drive, folder, daemon } }: { readonly status: Now['status'] }) => (
  <Panel title="Both sides">
    <dl class="facts">
      <Side name="Drive" look={looks.remote} where={drive === null ? null : `${drive.kind} ${drive.id}`} />
      {daemon === null ? null : (
        <div>
          <dt>Changes online</dt>
          <dd>
            {channels[daemon.channel.type]}: {daemon.channel.state}
            {daemon.channel.detail === null ? null : <p class="why">{daemon.channel.detail}</p>}
          </dd>
        </div>
      )}
      <Side name="Disk" look={looks.local} where={folder === '' ? null : folder} />
      {daemon === null ? null : (
        <div>
          <dt>Changes on disk</dt>
          <dd>
            {daemon.isWatching ? 'told at once' : 'found by the next look'}
            {daemon.watchLimit === null ? null : <p class="why">{daemon.watchLimit}</p>}
          </dd>
        </div>
      )}
    </dl>
  </Panel>
);

const Side = ({
  name,
  look,
  where,
}: {
  readonly name: string;
  readonly look: Now['status']['looks']['remote'];
  readonly where: string | null;
}) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {where === null ? null : (
        <bdi class="where" title={where}>
          {where}
        </bdi>
      )}
      <span>
        {look.isUnderWay
          ? 'being looked at now'
          : look.lastAt === null
            ? 'not looked at yet'
            : `looked at ${dayAndTime(Date.parse(look.lastAt))}`}
      </span>
      {look.failure === null ? null : <p class="why">{look.failure.detail}</p>}
    </dd>
  </div>
);
