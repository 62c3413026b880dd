import { invalidRequest, itemNotFound } from '../model/refusal.ts';
import { isObject, textIn, type JsonObject } from '../server/exchange.ts';
import { settingsIn } from '../server/setting-choices.ts';
import type { ContentSpec, DriveOperations, ItemSpec, MarkSpec } from './drive-operations.ts';
import type { FaultSpec } from './faults.ts';
import { lieNames, type LieSpec } from './lies.ts';
import { socketBreaks, type Operator } from './operator.ts';

/** What a POST to the control API does, once its body has been checked. The result is sent as JSON. */
export type ControlCommand = (operator: Operator, drive: DriveOperations) => unknown;

/** @throws Refusal 404 for an unknown path, 400 for a body that does not fit. */
export function parseCommand(path: string, body: unknown): ControlCommand {
  if (path === '/seed') return seedCommand(body);
  if (!isObject(body)) throw invalidRequest('The body must be an object');
  switch (path) {
    case '/create': {
      const spec = itemSpec(body);
      return (_operator, drive) => drive.seed([spec])[0];
    }
    case '/modify': {
      const target = required(body, 'path');
      const content = contentSpec(body['content']);
      return (_operator, drive) => drive.modify(target, content ?? '', textIn(body, 'modifiedAt'));
    }
    case '/set-modified-at': {
      const [target, modifiedAt] = [required(body, 'path'), required(body, 'modifiedAt')];
      return (_operator, drive) => drive.setModifiedAt(target, modifiedAt);
    }
    case '/rename': {
      const [target, name] = [required(body, 'path'), required(body, 'name')];
      return (_operator, drive) => drive.rename(target, name);
    }
    case '/move': {
      const [target, to] = [required(body, 'path'), required(body, 'to')];
      return (_operator, drive) => drive.move(target, to);
    }
    case '/remove': {
      const target = required(body, 'path');
      return (_operator, drive) => drive.remove(target);
    }
    case '/mark': {
      const target = required(body, 'path');
      const mark = markSpec(body);
      return (_operator, drive) => drive.mark(target, mark);
    }
    case '/bump-tag':
    case '/rewrite': {
      const target = required(body, 'path');
      return (_operator, drive) => (path === '/rewrite' ? drive.rewrite(target) : drive.bumpTag(target));
    }
    case '/add-pointer': {
      const [target, to] = [required(body, 'path'), required(body, 'targetPath')];
      const targetDrive = textIn(body, 'targetDrive');
      return (operator, drive) =>
        drive.addPointer(
          target,
          targetDrive === undefined ? operator.sharedDrive() : operator.drive(targetDrive),
          to,
        );
    }
    case '/share': {
      const [target, role] = [required(body, 'path'), required(body, 'role')];
      if (role !== 'read' && role !== 'write') throw invalidRequest('role is read or write');
      return (_operator, drive) => drive.share(target, role);
    }
    case '/unshare': {
      const target = required(body, 'path');
      return (_operator, drive) => drive.unshare(target);
    }
    case '/restore': {
      const id = required(body, 'id');
      return (_operator, drive) => drive.restore(id);
    }
    case '/faults': {
      const fault = faultSpec(body);
      return (operator) => ({ id: operator.addFault(fault) });
    }
    case '/lies': {
      const lie = lieSpec(body);
      return (operator) => ({ id: operator.addLie(lie) });
    }
    case '/remember':
      return (_operator, drive) => ({ moment: drive.remember() });
    case '/go-back': {
      const moment = numberIn(body, 'moment');
      return (_operator, drive) => drive.goBack(moment);
    }
    case '/settings': {
      const settings = settingsIn(body);
      return (operator) => {
        operator.set(settings);
        return operator.settings();
      };
    }
    case '/advance': {
      const byMs = numberIn(body, 'byMs');
      return (operator) => operator.advance(byMs);
    }
    case '/quota': {
      const totalBytes = numberIn(body, 'totalBytes');
      return (operator, drive) => operator.setQuotaTotal(totalBytes, drive.driveId);
    }
    case '/lifecycle': {
      const event = required(body, 'event');
      return (operator) => operator.sendLifecycle(event);
    }
    case '/break-sockets': {
      const how = socketBreaks.find((each) => each === body['how']);
      if (how === undefined) throw invalidRequest(`how is one of ${socketBreaks.join(', ')}`);
      return (operator) => ({ broken: operator.breakSockets(how) });
    }
    case '/expire-socket-addresses':
      return (operator) => ({ disconnected: operator.expireSocketAddresses() });
    case '/device-code': {
      const decision = body['decision'];
      if (decision !== 'approved' && decision !== 'declined')
        throw invalidRequest('decision is approved or declined');
      return (operator) => ({ decided: operator.decideDeviceCode(decision, textIn(body, 'userCode')) });
    }
    case '/expire-delta-tokens':
      return (operator) => operator.expireDeltaTokens();
    case '/expire-access-tokens':
      return (operator) => operator.expireAccessTokens();
    case '/challenge-access-tokens':
      return (operator) => operator.challengeAccessTokens();
    case '/revoke-sign-in':
      return (operator) => operator.revokeSignIn();
    default:
      throw itemNotFound();
  }
}

/** A list of items, as `--seed-tree` reads it from a file. @throws Refusal 400 */
export function itemSpecs(value: unknown): readonly ItemSpec[] {
  if (!Array.isArray(value)) throw invalidRequest('A tree is a list of items');
  return value.map((entry) => {
    if (!isObject(entry)) throw invalidRequest('Every item of a tree is an object');
    return itemSpec(entry);
  });
}

function seedCommand(body: unknown): ControlCommand {
  const specs = itemSpecs(body);
  return (_operator, drive) => ({ seeded: drive.seed(specs).length });
}

function itemSpec(body: JsonObject): ItemSpec {
  const content = contentSpec(body['content']);
  const kind = body['kind'];
  const modifiedAt = textIn(body, 'modifiedAt');
  if (kind !== undefined && kind !== 'file' && kind !== 'folder' && kind !== 'package') {
    throw invalidRequest('kind is file, folder or package');
  }
  return {
    path: required(body, 'path'),
    ...(content === undefined ? {} : { content }),
    ...(kind === undefined ? {} : { kind }),
    ...(modifiedAt === undefined ? {} : { modifiedAt }),
  };
}

function markSpec(body: JsonObject): MarkSpec {
  const download = contentSpec(body['download']);
  return {
    malware: body['malware'] === true,
    locked: body['locked'] === true,
    ...(download === undefined ? {} : { download }),
  };
}

function contentSpec(value: unknown): ContentSpec | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (isObject(value)) {
    const { base64, sizeBytes, seed } = value;
    if (typeof base64 === 'string') return { base64 };
    if (typeof sizeBytes === 'number' && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0) {
      return typeof seed === 'number' ? { sizeBytes, seed } : { sizeBytes };
    }
  }
  throw invalidRequest('content is a text, {"base64"} or {"sizeBytes","seed"}');
}

const effectTypes = new Set<string>([
  'status',
  'performThenStatus',
  'performThenDrop',
  'drop',
  'dropMidBody',
  'truncatedBody',
  'endlessBody',
  'malformedBody',
  'slowBody',
  'htmlBody',
  'latency',
  'hang',
  'resync',
]);

function faultSpec(body: JsonObject): FaultSpec {
  const effect = body['effect'];
  if (!isObject(effect) || !effectTypes.has(String(effect['type']))) {
    throw invalidRequest(`effect.type is one of ${[...effectTypes].join(', ')}`);
  }
  const route = textIn(body, 'route');
  if (route !== undefined) checkPattern(route);
  // The members of each effect are documented in docs/control-api.md; the type tag has been checked above.
  return body as unknown as FaultSpec;
}

function lieSpec(body: JsonObject): LieSpec {
  const lie = lieNames.find((name) => name === body['lie']);
  if (lie === undefined) throw invalidRequest(`lie is one of ${lieNames.join(', ')}`);
  const paths = body['paths'];
  if (paths !== undefined && !(Array.isArray(paths) && paths.every((path) => typeof path === 'string')))
    throw invalidRequest('paths is a list of paths');
  const rows = body['rows'];
  if (rows !== undefined && rows !== 'listed' && rows !== 'all')
    throw invalidRequest('rows is listed or all');
  return {
    lie,
    ...(paths === undefined ? {} : { paths }),
    ...(rows === undefined ? {} : { rows }),
    ...(body['times'] === undefined ? {} : { times: numberIn(body, 'times') }),
    ...(body['status'] === undefined ? {} : { status: numberIn(body, 'status') }),
  };
}

function checkPattern(route: string): void {
  try {
    new RegExp(route);
  } catch {
    throw invalidRequest('route is not a regular expression');
  }
}

function required(body: JsonObject, key: string): string {
  const value = textIn(body, key);
  if (value === undefined || value === '') throw invalidRequest(`'${key}' is missing`);
  return value;
}

function numberIn(body: JsonObject, key: string): number {
  const value = body[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalidRequest(`'${key}' must be a number`);
  return value;
}
