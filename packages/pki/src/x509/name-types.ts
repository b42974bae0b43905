/** Attribute types with a short name (RFC 4519, RFC 2985); others appear by their OID. */
export type NameAttributeType =
  | "CN"
  | "SN"
  | "serialNumber"
  | "C"
  | "L"
  | "ST"
  | "O"
  | "OU"
  | "T"
  | "GN"
  | "UID"
  | "DC"
  | "emailAddress";

/** One attribute of a relative distinguished name; `type` is a short name where one exists, else the OID. */
export interface NameAttribute {
  readonly oid: string;
  readonly type: NameAttributeType | (string & {});
  readonly value: string;
}

/** An issuer or subject. Names are compared by `der`; `text` is RFC 4514 style in encoded order, for people. */
export interface DistinguishedName {
  readonly der: Uint8Array;
  readonly rdns: readonly (readonly NameAttribute[])[];
  readonly text: string;
}

/** A name to be encoded, one RDN per value, in the order of the keys: `{ O: "Acme", OU: ["a", "b"], CN: "device" }`. */
export type NameSpec = { readonly [type in NameAttributeType]?: string | readonly string[] };
