/** Which pages the site has, in the order in which they are read. */

export interface Part {
  /** For whom. */
  readonly title: string;
  /** Paths of pages, relative to the repository. */
  readonly pages: readonly string[];
}

export const contents: readonly Part[] = [
  {
    title: 'For those who sync',
    pages: [
      'README.md',
      'apps/cli/docs/five-minutes.md',
      'apps/cli/docs/installing.md',
      'apps/cli/docs/first-login.md',
      'apps/cli/docs/migrate.md',
      'apps/cli/docs/commands.md',
      'apps/daemon/docs/filters.md',
      'apps/daemon/docs/shared-folders.md',
      'apps/cli/docs/one-truth.md',
      'apps/cli/docs/output.md',
      'apps/cli/docs/plan-and-apply.md',
      'apps/daemon/docs/the-gate.md',
      'apps/cli/docs/conflicts.md',
      'apps/cli/docs/undo.md',
      'apps/inspector/docs/first-minute.md',
      'apps/cli/docs/inspect.md',
      'libs/engine/docs/incidents.md',
      'apps/cli/docs/replay.md',
      'libs/settings/docs/options.md',
      'test/e2e/docs/options.md',
      'apps/cli/docs/exit-codes.md',
      'CHANGELOG.md',
    ],
  },
  {
    title: 'For those who run it as a service',
    pages: [
      'apps/daemon/docs/running-as-a-service.md',
      'libs/doctor/docs/checks.md',
      'libs/doctor/docs/webhook-in-ten-minutes.md',
      'libs/doctor/docs/webhooks.md',
      'apps/relay/docs/relay-in-fifteen-minutes.md',
      'apps/relay/docs/set-up.md',
      'apps/daemon/docs/plugins-as-processes.md',
      'libs/control/docs/control-api.md',
      'libs/graph/docs/failures.md',
      'libs/graph/docs/login-refusals.md',
      'plugins/webhook/README.md',
      'plugins/socketio/README.md',
    ],
  },
  {
    title: 'For those who write plugins',
    pages: [
      'libs/plugin-sdk/README.md',
      'libs/plugin-sdk/docs/using-a-plugin.md',
      'libs/plugin-sdk/docs/reactions.md',
      'libs/plugin-sdk/docs/rules.md',
      'libs/plugin-sdk/docs/handlers.md',
      'libs/plugin-sdk/docs/observe.md',
      'libs/plugin-sdk/docs/content.md',
      'libs/plugin-sdk/docs/state.md',
      'libs/plugin-sdk/docs/files.md',
      'libs/plugin-sdk/docs/requests.md',
      'libs/plugin-sdk/docs/desktop.md',
      'libs/plugin-sdk/docs/good-neighbour.md',
      'libs/plugin-sdk/docs/misbehaving.md',
      'libs/plugin-testkit/README.md',
      'libs/plugin-sdk/docs/reference.md',
      'libs/plugin-sdk/docs/wire-protocol.md',
      'plugins-extra/README.md',
      'plugins-extra/crypt/README.md',
      'plugins-extra/desktop/README.md',
      'plugins-extra/gitignore/README.md',
      'plugins-extra/metrics/README.md',
      'plugins-extra/notify/README.md',
      'plugins-extra/versions/README.md',
    ],
  },
  {
    title: 'For those who work on it',
    pages: [
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'libs/machines/docs/item.md',
      'libs/machines/docs/look.md',
      'libs/machines/docs/subscription.md',
      'test/README.md',
      'tools/build/README.md',
      'tools/graph-simulator/README.md',
      'tools/graph-simulator/docs/control-api.md',
      'tools/graph-simulator/docs/fidelity.md',
    ],
  },
];
