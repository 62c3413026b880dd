import { itemNotFound } from '../model/refusal.ts';
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
  const site = world.sites.find((candidate) => candidate.id === decodeSegment(id));
  if (site === undefined) throw itemNotFound();
  if (action === undefined || action === '') return jsonReply(200, siteJson(site));
  if (action === 'drives') {
    return jsonReply(200, { value: site.drives.map((drive) => driveJson(drive, world.account)) });
  }
  throw itemNotFound();
}

function siteJson(site: Site): Record<string, unknown> {
  return { id: site.id, name: site.name, displayName: site.name, webUrl: site.webUrl };
}
