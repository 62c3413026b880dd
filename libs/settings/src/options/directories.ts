import type { OptionTable } from '../option.ts';

const MEBIBYTE = 1_048_576;

/** The local folder, its permissions and the space it may take. */
export const directoryOptions = {
  sync_dir: {
    type: 'text',
    default: '~/OneDrive',
    tilde: 'expanded',
    empty: 'fatal',
    cli: 'syncdir',
    resync: 'onChange',
    resyncHere: true,
    summary:
      'Local folder that is kept in sync; nothing of Tidemark, nor what another profile syncs, may overlap it',
  },
  sync_dir_permissions: {
    type: 'integer',
    default: 700,
    unit: 'octal digits',
    minimum: 0,
    maximum: 777,
    summary: 'Permissions of directories made by the client',
  },
  sync_file_permissions: {
    type: 'integer',
    default: 600,
    unit: 'octal digits',
    minimum: 0,
    maximum: 777,
    summary: 'Permissions of downloaded files; when it is not set, a file that exists keeps its own',
  },
  disable_permission_set: {
    type: 'boolean',
    default: false,
    summary: 'Leave permissions to the umask and the parent directory',
  },
  space_reservation: {
    type: 'integer',
    default: 50 * MEBIBYTE,
    unit: 'megabytes',
    minimum: 1,
    below: 'minimum',
    factor: MEBIBYTE,
    cli: 'space-reservation',
    summary: 'Disk space that downloads leave free',
  },
  check_nomount: {
    type: 'boolean',
    default: false,
    cli: 'check-for-nomount',
    summary: 'Stop when the root of sync_dir holds a .nosync file',
  },
  check_nosync: {
    type: 'boolean',
    default: false,
    cli: 'check-for-nosync',
    resync: 'whenAdded',
    summary: 'Skip every directory that holds a .nosync file',
  },
  write_xattr_data: {
    type: 'boolean',
    default: false,
    summary:
      'Write who made and who last changed a file into its extended attributes; a request for each download',
  },
  display_manager_integration: {
    type: 'boolean',
    default: false,
    summary:
      'While a monitor runs, show sync_dir in the side bar of the file manager, with an icon (GNOME, KDE)',
  },
} as const satisfies OptionTable;
