import type { OptionTable } from '../option.ts';

/** How content travels and how it is checked. */
export const transferOptions = {
  threads: {
    type: 'integer',
    default: 8,
    unit: 'count',
    minimum: 1,
    maximum: 16,
    cli: 'threads',
    summary: 'Requests at the same time when a run begins; then more or fewer, as the service answers',
  },
  transfer_order: {
    type: 'choice',
    default: 'default',
    choices: ['default', 'size_asc', 'size_dsc', 'name_asc', 'name_dsc'],
    summary: 'Order in which waiting transfers start; folders come before what is in them in any case',
  },
  file_fragment_size: {
    type: 'integer',
    default: 10,
    unit: 'mebibytes',
    minimum: 10,
    maximum: 60,
    cli: 'file-fragment-size',
    summary: 'Size of the fragments in which large files are uploaded',
  },
  force_session_upload: {
    type: 'boolean',
    default: false,
    summary: 'Use an upload session for small files as well',
  },
  disable_upload_hash_streaming: {
    type: 'boolean',
    default: false,
    summary: 'Hash a file before its upload instead of during it',
    withoutEffect: 'reading a file twice changes nothing of what is uploaded',
  },
  disable_upload_validation: {
    type: 'boolean',
    default: false,
    cli: 'disable-upload-validation',
    summary: 'Count a file as uploaded though the drive stored other bytes than were sent; a run names it',
  },
  disable_download_validation: {
    type: 'boolean',
    default: false,
    cli: 'disable-download-validation',
    summary: 'Do not compare size and hash after a download',
  },
  create_new_file_version: {
    type: 'boolean',
    default: false,
    summary: 'Accept a new online version where SharePoint changes a file after its upload',
    always: 'what SharePoint made of a document is accepted as the same file, and not downloaded',
  },
  rate_limit: {
    type: 'integer',
    default: 0,
    unit: 'bytes per second',
    minimum: 131_072,
    zero: 'off',
    below: 'minimum',
    summary: 'Upper bound of the speed of each transfer; 0 means none',
  },
  display_transfer_metrics: {
    type: 'boolean',
    default: false,
    summary: 'Print size, time and speed of each transfer',
  },
} as const satisfies OptionTable;
