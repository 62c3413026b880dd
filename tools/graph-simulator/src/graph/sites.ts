import type { DriveModel } from '../model/drive-model.ts';
import { itemNotFound, Refusal } from '../model/refusal.ts';
import type { Exchange } from '../server/exchange.ts';
import { jsonReply, type Reply } from '../server/reply.ts';
import type { Site, World } from '../server/world.ts';
import { driveJson } from './drive-json.ts';
import { decodeSegment } from './graph-path.ts';

/** `/sites?search=…`, `/sites/{id}`, `/sites/{id}/drives`. */
export function replySites(world: World, exchange: Exchange, path: string): Reply {
  if (path === '/sites' || path === '/sites/') {
    const wanted = (exchange.query.get('search') ?? '').toLowerCase();
    const isEverything = wanted === '' || wanted === '*';
    const found = world.sites.filter((site) => isEverything || site.name.toLowerCase().includes(wanted));
    return jsonReply(200, { value: found.map(siteJson) });
  }
  const [, , id = '', action] = path.split('/');
  const wanted = decodeSegment(id);
  const site = world.ownSite?.id === wanted ? world.ownSite : world.sites.find((one) => one.id === wanted);
  if (site === undefined) throw itemNotFound();
  if (action === undefined || action === '') {
    if (world.settings.dataLocation === 'refused') throw new Refusal(403, 'accessDenied', 'Access denied');
    return jsonReply(200, { ...siteJson(site), siteCollection: collectionJson(world, site) });
  }
  if (action === 'drives') {
    return jsonReply(200, { value: site.drives.map((drive) => driveJson(drive, world.account)) });
  }
  throw itemNotFound();
}

function siteJson(site: Site): Record<string, unknown> {
  return { id: site.id, name: site.name, displayName: site.name, webUrl: site.webUrl };
}

const collectionJson = ({ settings }: World, { webUrl }: Site): Record<string, unknown> => ({
  hostname: new URL(webUrl).hostname,
  ...(settings.dataLocation === 'told' ? { dataLocationCode: 'EUR' } : {}),
});

/** Shown to those who select it. */
export function sharePointIds({ sites, ownSite }: World, drive: DriveModel): Record<string, string> | null {
  const site = [...sites, ...(ownSite === null ? [] : [ownSite])].find(({ drives }) =>
    drives.includes(drive),
  );
  if (site === undefined) return null;
  const [, siteId = '', webId = ''] = site.id.split(',');
  return { siteId, webId, siteUrl: site.webUrl };
}
