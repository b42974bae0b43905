/** Makes whole files from code: path relative to the root -> text. */
export type Generator = (root: string) => Promise<ReadonlyMap<string, string>>;
