import type { Program } from '../measure.ts';
import type { Service } from '../service.ts';

/** A sync client that is measured. */
export type Client = {
  readonly name: ClientName;
  readonly version: () => string;
  /** Writes settings and login for a fresh profile and tells how to run it. */
  readonly profile: (place: Place, service: Service) => Promise<Profile>;
};

export type ClientName = 'tidemark' | 'onedrive' | 'rclone';

export type Place = {
  /** The client's own folder, empty. */
  readonly folder: string;
  /** The folder that is synced; exists. */
  readonly syncFolder: string;
  readonly home: string;
};

/** Two-way clients run the same program for both; rclone copies one side onto the other. */
export type Profile = {
  readonly bringDown: Program;
  readonly bringUp: Program;
  /** The folder of the event log. */
  readonly log?: string;
};
