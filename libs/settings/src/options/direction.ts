import type { OptionTable } from '../option.ts';

/** Which way changes flow, and what may be deleted. */
export const directionOptions = {
  download_only: {
    type: 'boolean',
    default: false,
    cli: 'download-only',
    summary: 'Bring online changes here; never change anything online',
  },
  upload_only: {
    type: 'boolean',
    default: false,
    cli: 'upload-only',
    summary:
      'Bring local changes online; nothing here changes, but a conflict keeps a copy beside the local version',
  },
  cleanup_local_files: {
    type: 'boolean',
    default: false,
    cli: 'cleanup-local-files',
    summary: 'With --download-only: move to the trash what is here and not online',
  },
  no_remote_delete: {
    type: 'boolean',
    default: false,
    cli: 'no-remote-delete',
    summary: 'With --upload-only: keep online what was deleted here',
  },
  remove_source_files: {
    type: 'boolean',
    default: false,
    cli: 'remove-source-files',
    summary: 'With --upload-only: move the local file to the trash once the same bytes are online',
  },
  remove_source_folders: {
    type: 'boolean',
    default: false,
    cli: 'remove-source-folders',
    summary: 'With --remove-source-files: remove directories that this emptied as well',
  },
  local_first: {
    type: 'boolean',
    default: false,
    cli: 'local-first',
    summary: 'Treat the local folder as the truth; it keeps the name in a conflict',
  },
  mirror_local_state: {
    type: 'boolean',
    default: false,
    cli: 'mirror-local-state',
    summary: 'With --local-first: delete online what exists only online',
  },
  permanent_delete: {
    type: 'boolean',
    default: false,
    summary: 'Delete online for good instead of into the online recycle bin; not with a personal account',
  },
  use_recycle_bin: {
    type: 'boolean',
    default: false,
    summary: "Move files deleted online into the desktop trash, instead of Tidemark's own",
  },
  recycle_bin_path: {
    type: 'text',
    default: '~/.local/share/Trash/',
    tilde: 'expanded',
    empty: 'default',
    summary: 'The trash for use_recycle_bin; must lie outside sync_dir',
  },
  classify_as_big_delete: {
    type: 'integer',
    default: 1000,
    unit: 'count',
    minimum: 1,
    cli: 'classify-as-big-delete',
    summary: 'Number of local deletions that need --force to go online',
  },
  bypass_data_preservation: {
    type: 'boolean',
    default: false,
    summary: 'Overwrite local data without a safe backup in a conflict',
  },
} as const satisfies OptionTable;
