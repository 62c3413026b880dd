/** Events in words, for people who read a trace. Short, and with everything that tells two traces apart. */
import type { Command, Event, LocalRow, RemoteRow, RemoteTombstone, RemoteUnread } from '@tidemark/contracts';

export function wordsOf(event: Event): string {
  switch (event.type) {
    case 'Started':
      return 'started';
    case 'RemoteSeen':
      return `drive shows ${event.rows.map(remoteWords).join(', ')}`;
    case 'RemoteRoundCompleted':
      return `${event.full ? 'full' : 'delta'} round ends${event.unseen.length > 0 ? `, not listed ${event.unseen.join(' ')}` : ''}`;
    case 'RemoteItemsRead':
      return `items are read: ${event.rows.map(remoteWords).join(', ')}`;
    case 'RemoteCursorLost':
      return 'cursor lost';
    case 'LocalSeen':
      return `disk shows ${event.rows.map(localWords).join(', ')}`;
    case 'LocalScanCompleted':
      return `scan ends${event.unseen.length > 0 ? `, not met ${event.unseen.join(' ')}` : ''}`;
    case 'NothingNew':
      return `nothing new, ${event.leftOut} events left out`;
    case 'HintReceived':
      return `hint ${event.side}: ${event.source}`;
    case 'Planned':
      return `plans ${event.commands.map(commandWords).join('; ')}`;
    case 'ContentMatched':
      return `${event.command} matches drive ${event.drive.hash} with disk ${event.disk.hash}`;
    case 'CommandSucceeded': {
      const { command, remote, local, kept, made, unconfirmed } = event;
      const facts = [
        remote && `drive: ${remoteWords(remote)}`,
        local && `disk: ${'gone' in local ? `${local.id} gone` : localWords(local)}`,
        kept && `kept: ${localWords(kept)}`,
        made && 'made by it',
        unconfirmed && 'no hash of the drive confirms it',
      ];
      return `${command} succeeded ${facts.filter((fact) => fact !== undefined).join('; ')}`;
    }
    case 'CommandFailed':
      return `${event.command} failed: ${event.failure.code}${event.remote === undefined ? '' : `; drive: ${remoteWords(event.remote)}`}`;
    case 'SubscriptionTold':
      return `subscription told: ${event.told}`;
    case 'StopRequested':
      return 'stop requested';
    case 'FactsChanged':
      return `${event.facts.length} facts${event.complete === true ? ', all known' : ''}`;
    case 'DeletionsConfirmed':
      return `confirmed: ${event.hash}`;
    case 'Paused':
      return `paused: ${event.why}`;
    case 'Resumed':
      return `resumed: ${event.why}`;
    case 'UserChangesPlanned':
    case 'UserChangeEnded':
    case 'UserChangesEnded':
      return event.type;
    case 'PruningPlanned':
      return `prunes the trash of ${event.files.map(({ trash, why }) => `${trash} (${why})`).join(', ')}`;
    case 'SharedFolderTold':
      return `shared folder "${event.path}": ${event.told}`;
    case 'PlanningEnded':
      return 'planning ended';
    case 'Woke':
      return 'woke';
    case 'Stopped':
      return `stopped: ${event.cause}`;
  }
}

function commandWords(command: Command): string {
  const what = `${command.id} ${command.type} #${command.item} "${command.path}"`;
  const why = `(${command.reason.rule})`;
  switch (command.type) {
    case 'MoveLocal':
      return `${what} to "${command.toPath}" ${why}`;
    case 'MoveRemote':
      return `${what} ${command.driveItemId} to "${command.toName}" in ${command.toParentId} ${why}`;
    case 'UploadFile':
      return `${what} ${command.target.as === 'new' ? 'as new' : `as version of ${command.target.ifMatch}`} ${why}`;
    case 'DownloadFile':
      return `${what} ${command.remote.id} ${command.remote.eTag}${command.keepAs === null ? '' : ' keeping'} ${why}`;
    case 'DeleteRemote':
      return `${what} ${command.driveItemId} ${command.ifMatch} ${why}`;
    default:
      return `${what} ${why}`;
  }
}

function remoteWords(row: RemoteRow | RemoteTombstone | RemoteUnread): string {
  if ('unread' in row) return `${row.id} unread`;
  if ('deleted' in row) return `${row.id} deleted`;
  return `${row.id} "${row.name}" ${row.kind} in ${row.parentId} ${row.eTag} ${row.sizeBytes}b`;
}

function localWords(row: LocalRow): string {
  return `${row.id} "${row.name}" ${row.kind} in ${row.parentId} ${row.stamp}${row.hash === null ? '' : ' read'}`;
}
