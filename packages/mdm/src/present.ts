/** The same object without the keys whose value is undefined, as exactOptionalPropertyTypes wants it. */
export const present = <T extends object>(value: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
