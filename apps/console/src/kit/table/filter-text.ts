/** A field that can be filtered by: typed as `key:value` or chosen from its values. */
export interface FilterField {
  readonly key: string;
  readonly title: string;
  /** The values that exist; empty: any text. */
  readonly values: readonly { readonly value: string; readonly title: string }[];
}

export interface FilterText {
  /** What is left for the search. */
  readonly words: string;
  readonly filters: Readonly<Record<string, string>>;
}

const TOKEN = /(\w+)\s*(?::|=)\s*(?:"([^"]*)"|(\S+))/g;

/** Takes `key:value`, `key=value` and `key:"two words"` of known fields out of a text; a value that a closed field does not have stays a word. */
export const readFilterText = (text: string, fields: readonly FilterField[]): FilterText => {
  const filters: Record<string, string> = {};
  const words = text.replace(TOKEN, (token, key: string, quoted?: string, plain?: string) => {
    const given = (quoted ?? plain ?? "").trim();
    const field = fields.find((each) => each.key.toLowerCase() === key.toLowerCase());
    if (field === undefined || given === "") return token;
    const known = field.values.find((each) =>
      [each.value, each.title].some((word) => word.toLowerCase() === given.toLowerCase()),
    );
    if (known === undefined && field.values.length > 0) return token;
    filters[field.key] = known?.value ?? given;
    return "";
  });
  return { words: words.replace(/\s+/g, " ").trim(), filters };
};
