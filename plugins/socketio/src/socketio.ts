/** Hears of changes on the drive over the service's Socket.IO channel: no inbound port, no public name. */
import { definePlugin } from '@tidemark/plugin-sdk';
import { Observable } from 'rxjs';
import { listen } from './listen.ts';

export const socketio = definePlugin({
  name: 'socketio',
  version: '0.1.0',
  needs: {
    notifications: true,
    // Where the service has been seen to put its channel, and loopback for the simulator; the run allows less.
    connect: ['*.svc.ms', '*.microsoft.com', '*.office.com', '*.sharepoint.com', '127.0.0.1', 'localhost'],
  },
  observe: (context) =>
    new Observable((subscriber) => {
      const stopping = new AbortController();
      listen(context, stopping.signal).catch((error: unknown) => subscriber.error(error));
      return () => stopping.abort();
    }),
});
