/**
 * What every parser and builder of this package throws. `code` is stable (`der.length`, `x509.version`, `cms.decrypt`);
 * the message never holds key material, challenges or input bytes.
 */
export class PkiError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PkiError";
    this.code = code;
  }
}
