import { Type } from "typebox";

/** Bytes in base64, of no more than this many characters. */
export const base64 = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: "^[A-Za-z0-9+/]+={0,2}$", description });

/** A bundle identifier, as Apple spells it. */
export const bundleId = Type.String({ minLength: 1, maxLength: 255, description: "bundle identifier" });

export const httpsUrl = (description: string) => Type.String({ pattern: "^https://", maxLength: 2048, description });

/** Any JSON object; it becomes a property list. */
export const jsonObject = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description });

/** An object that refuses fields it does not know. */
export const closed = <P extends Parameters<typeof Type.Object>[0]>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });
