/** Every way in which the bus says no. */

export const busErrorMeanings = {
  invalidSubject: 'The subject is not dot-separated tokens, or has wildcards where none may be',
  invalidPayload: 'The payload is not JSON data',
  payloadTooLarge: 'The payload is larger than the bus takes',
  noResponders: 'Nobody answers requests on the subject',
  timeout: 'No answer came in time',
  responderFailed: 'The responder threw; its message is in the detail',
  slowConsumer: 'A subscriber is too far behind, and messages to it were dropped',
  undeliverable: 'A durable message failed too often and was given up',
  disconnected: 'The connection to the server failed for good',
  refused: 'The server and we do not accept each other: key, certificate, or no TLS',
  badCredentials: 'The file with our key, or with the certificate authorities, cannot be used',
  closed: 'The bus is closed',
} as const satisfies Record<string, string>;

export type BusErrorCode = keyof typeof busErrorMeanings;

export class BusError extends Error {
  readonly code: BusErrorCode;
  constructor(code: BusErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'BusError';
    this.code = code;
  }
}

/** Told about errors that no caller waits for: those of handlers, and messages that could not be delivered. */
export type OnBusError = (error: unknown, subject: string) => void;

/** Without a listener such an error is uncaught, so that it cannot go unnoticed. */
export const throwUncaught: OnBusError = (error) => {
  queueMicrotask(() => {
    throw error;
  });
};
