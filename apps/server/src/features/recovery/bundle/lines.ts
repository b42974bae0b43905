import type { SealedForKms, SecretPlace } from "../../../kernel/secret.ts";

/**
 * A recovery bundle is a CMS EnvelopedData around JSON lines, so that OpenSSL and a text editor open it when Pomona is gone. The
 * first line says what it is, the last one how many there have to be and what they add up to. Binary values are base64.
 */
export type BundleLine =
  | {
      readonly type: "pomona-recovery";
      readonly v: 1;
      readonly bundleId: string;
      readonly createdAt: string;
      readonly pomona: string;
      readonly tenants: readonly { readonly id: string; readonly name: string }[];
    }
  /** Made for this bundle alone; what a drill proves it with. */
  | { readonly type: "canary"; readonly value: string }
  /** Opens what a backup of the database holds under this name. */
  | { readonly type: "data-key"; readonly tenantId: string; readonly kid: string; readonly key: string }
  | ValueLine
  /** Sealed so that only a KMS opens it; what the KMS has to decrypt is `sealed.wrappedKey`. */
  | (Omit<ValueLine, "type" | "text" | "base64"> & {
      readonly type: "sealed-to-kms";
      readonly place: SecretPlace;
      readonly sealed: SealedForKms;
    })
  /** A recovery key as the Mac sent it, encrypted to one of the escrow certificates. */
  | {
      readonly type: "envelope";
      readonly tenantId: string;
      readonly deviceId: string;
      readonly serialNumber: string | null;
      readonly cms: string;
      /** Whether the server could open it. */
      readonly opens: boolean;
    }
  /** It did not open on the server when the bundle was made. */
  | {
      readonly type: "unreadable";
      readonly tenantId: string;
      readonly table: string;
      readonly field: string;
      readonly row: Fields;
    }
  | { readonly type: "end"; readonly lines: number; readonly sha256: string };

type Fields = Readonly<Record<string, unknown>>;

/** One secret in the open, with the row that it stands in. Text stands under `text`, anything else under `base64`. */
export interface ValueLine {
  readonly type: "value";
  readonly tenantId: string;
  readonly table: string;
  readonly field: string;
  readonly serialNumber: string | null;
  readonly device: string | null;
  readonly row: Fields;
  readonly text?: string;
  readonly base64?: string;
}
