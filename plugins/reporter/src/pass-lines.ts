/** The lines about a pass that programs go by, and that a run of several folders tells once. */
export const passLines = {
  begins: 'Starting a sync with Microsoft OneDrive',
  examines:
    'Performing a last examination of the most recent online data within Microsoft OneDrive to complete the reconciliation process',
  complete: 'Sync with Microsoft OneDrive is complete',
  incomplete: 'Sync with Microsoft OneDrive has completed, however there are items that failed to sync.',
  interrupted: 'Sync with Microsoft OneDrive was interrupted (SIGINT) before completion',
  /** It begins with this. */
  summary: 'Summary',
} as const;
