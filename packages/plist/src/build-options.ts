/** How a property list is written. */
export interface BuildOptions {
  /** Keys in the order of their UTF-16 units, for output that does not depend on how the value was made. Default false. */
  readonly sortKeys?: boolean;
}

/** The keys of a dictionary in the order to write. */
export function keysOf(dictionary: object, options: BuildOptions): string[] {
  const keys = Object.keys(dictionary);
  return options.sortKeys === true ? keys.sort() : keys;
}
