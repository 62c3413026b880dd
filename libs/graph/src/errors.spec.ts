import fc from 'fast-check';
import { failureGuide, type FailureCode } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { failureCodeOf, graphErrorOf, refusal, type Reply } from './errors.ts';
import { quoted, redact } from './redact.ts';

const replyOf = (status: number, json: unknown): Reply => ({
  status,
  json,
  requestId: 'req-1',
  location: undefined,
  challenge: undefined,
  retryAfterMs: null,
});
const envelope = (code: string, inner?: string, message = 'no') => ({
  error: {
    code,
    message,
    ...(inner === undefined ? {} : { innerError: { code: inner, 'request-id': 'x' } }),
  },
});

describe('what an answer means', () => {
  const table: readonly (readonly [number, unknown, FailureCode])[] = [
    [400, envelope('invalidRequest'), 'invalidRequest'],
    [400, envelope('invalidRequest', 'pathIsTooLong'), 'nameTooLong'],
    [400, envelope('INVALIDREQUEST', 'PathIsTooLong'), 'nameTooLong'],
    [400, envelope('invalidRequest', 'invalidPath'), 'invalidName'],
    [400, envelope('somethingNew'), 'invalidRequest'],
    [401, envelope('InvalidAuthenticationToken'), 'loginRequired'],
    [402, undefined, 'accessDenied'],
    [403, envelope('accessDenied'), 'accessDenied'],
    [403, envelope('accessDenied', 'accessRestricted'), 'accessDenied'],
    [403, envelope('accessDenied', 'malwareDetected'), 'malware'],
    [403, envelope('malwareDetected'), 'malware'],
    [403, envelope('activityLimitReached'), 'throttled'],
    [403, envelope('quotaLimitReached'), 'quotaReached'],
    [404, envelope('itemNotFound'), 'notFound'],
    [404, envelope('ItemNotFound'), 'notFound'],
    [404, undefined, 'notFound'],
    [405, undefined, 'invalidRequest'],
    [408, undefined, 'timedOut'],
    [409, envelope('nameAlreadyExists'), 'nameTaken'],
    [409, envelope('conflict', undefined, "ETag does not match current item's value"), 'preconditionFailed'],
    [409, envelope('resourceModified'), 'preconditionFailed'],
    [409, undefined, 'nameTaken'],
    [410, envelope('resyncRequired', 'resyncChangesApplyDifferences'), 'resyncRequired'],
    [410, '<html>', 'resyncRequired'],
    [412, envelope('notAllowed', 'entityTagDoesNotMatch'), 'preconditionFailed'],
    [412, undefined, 'preconditionFailed'],
    [413, undefined, 'invalidRequest'],
    [414, undefined, 'nameTooLong'],
    [416, envelope('invalidRange'), 'invalidRequest'],
    [422, undefined, 'invalidRequest'],
    [423, envelope('resourceLocked'), 'locked'],
    [423, undefined, 'locked'],
    [429, envelope('activityLimitReached'), 'throttled'],
    [429, '<html>', 'throttled'],
    [500, envelope('generalException'), 'serviceUnavailable'],
    [501, envelope('notSupported'), 'invalidRequest'],
    [502, undefined, 'serviceUnavailable'],
    [503, envelope('serviceNotAvailable'), 'serviceUnavailable'],
    [504, undefined, 'serviceUnavailable'],
    [507, envelope('quotaLimitReached'), 'quotaReached'],
    [507, undefined, 'quotaReached'],
    [509, undefined, 'throttled'],
    [409, envelope('lockMismatch'), 'locked'],
    [400, envelope('serviceReadOnly'), 'serviceUnavailable'],
    [302, undefined, 'serviceUnavailable'],
    [418, undefined, 'invalidRequest'],
    [400, envelope('constructor'), 'invalidRequest'],
    [599, undefined, 'serviceUnavailable'],
  ];
  it.each(table)('%d %j is %s', (status, json, code) => {
    expect(failureCodeOf(status, graphErrorOf(json))).toBe(code);
  });

  it('takes the deepest code that it knows', () => {
    const nested = {
      error: {
        code: 'invalidRequest',
        innererror: { code: 'unheardOf', innerError: { code: 'pathTooDeep' } },
      },
    };
    expect(failureCodeOf(400, graphErrorOf(nested))).toBe('nameTooLong');
    const unknownInside = { error: { code: 'nameAlreadyExists', innerError: { code: 'unheardOf' } } };
    expect(failureCodeOf(400, graphErrorOf(unknownInside))).toBe('nameTaken');
  });

  it('starts with the action and names the status, the code and the request', () => {
    const { details } = refusal(
      'Cannot delete item "01A"',
      replyOf(423, envelope('resourceLocked', undefined, 'Locked by Ada')),
    );
    expect(details).toEqual({
      code: 'locked',
      detail: 'Cannot delete item "01A": the service answered 423 (resourcelocked) "Locked by Ada"',
      answer: { status: 423, code: 'resourceLocked', message: 'Locked by Ada' },
      requestId: 'req-1',
    });
  });

  it('never throws, whatever the body is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.anything({ maxDepth: 4 }), (status, json) => {
        const failure = refusal('Cannot x', replyOf(status, json));
        expect(failureGuide[failure.code]).toBeDefined();
        const wrapped = refusal('Cannot x', replyOf(status, { error: json }));
        expect(wrapped.details.detail.startsWith('Cannot x: ')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('stops reading an envelope that contains itself', () => {
    const loop: { code: string; innerError?: unknown } = { code: 'accessDenied' };
    loop.innerError = loop;
    expect(failureCodeOf(403, graphErrorOf({ error: loop }))).toBe('accessDenied');
  });
});

describe('texts for people', () => {
  it.each([
    [
      'see https://contoso.sharepoint.com/_layouts/15/download.aspx?tempauth=v1.abcdef',
      'https://contoso.sharepoint.com/…',
    ],
    ['Bearer EwB4aaaaaaaaaaaaaaaaaaaaaaa', 'Bearer …'],
    ['tempauth=v1.eyJzaXRlaWQiOiI', 'tempauth=…'],
    ['eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiIwMDAwMDAwMi0wMDAw.c2lnbmF0dXJl', '…'],
  ])('%j loses its secret', (text, expected) => {
    expect(redact(text)).toContain(expected);
    expect(redact(text)).not.toMatch(/abcdef|aaaaaaaa|eyJ/);
  });

  it('lose what acts on a terminal', () => {
    expect(redact('a\u001b]0;title\u0007b\r\nc\u202ed')).toBe('a ]0;title b c d');
    expect(quoted('a\u001b[2Jb')).toBe('"a\ufffd[2Jb"');
  });

  it('have an end', () => {
    expect(redact('word '.repeat(10_000)).length).toBeLessThanOrEqual(300);
    expect(quoted('x'.repeat(10_000)).length).toBeLessThan(410);
  });
});
