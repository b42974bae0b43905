import { type Static, type TEnum, type TSchema, Type } from "typebox";

/** Our ids: UUIDv7, lower case. */
export const Id = Type.String({
  pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
  description: "UUIDv7",
});
/** RFC 3339 in UTC with milliseconds: `2026-01-02T03:04:05.678Z`. */
export const Time = Type.String({ format: "date-time", description: "RFC 3339" });
export const Name = Type.String({ minLength: 1, maxLength: 200 });
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** An object that refuses fields it does not know. */
export const closed = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });
/** One of these words. */
export const oneOf = <V extends string>(...values: V[]): TEnum<V[]> => Type.Enum(values);

/** Query fields of every list: how many, and where to go on. */
export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
};
/** Every list answers so; `nextCursor` is null at the end. */
export const page = <T extends TSchema>(item: T) =>
  closed({ items: Type.Array(item), nextCursor: nullable(Type.String()) });

/** What a caller gets when it does not go well (RFC 9457). `code` is stable, `detail` says what to do next. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.String(),
  instance: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
});
export type Problem = Static<typeof Problem>;
