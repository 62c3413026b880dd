/** The drive said no: what Graph would answer, as data. Thrown by the model, written out by the HTTP layer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  /** The more specific code, shown inside `innerError`. */
  readonly innerCode: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly innerCode?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.innerCode = more.innerCode;
    this.headers = more.headers ?? {};
  }
}

export const itemNotFound = (): Refusal =>
  new Refusal(404, 'itemNotFound', 'The resource could not be found.');

export const nameAlreadyExists = (): Refusal =>
  new Refusal(409, 'nameAlreadyExists', 'An item with the same name already exists under the parent');

export const invalidRequest = (message: string, innerCode?: string): Refusal =>
  new Refusal(400, 'invalidRequest', message, innerCode === undefined ? {} : { innerCode });

export const locked = (): Refusal =>
  new Refusal(423, 'resourceLocked', 'The resource you are attempting to access is locked');

export const tagMismatch = (): Refusal =>
  new Refusal(412, 'resourceModified', "ETag does not match current item's value", {
    innerCode: 'entityTagDoesNotMatch',
  });
