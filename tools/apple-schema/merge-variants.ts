import type { TableEntry, TableKey } from "@pomona/apple-schema";

/**
 * One entry of several that describe the same payload type in parts (Apple has six files for com.apple.MCX): a payload may
 * hold the keys of any of them, so only what all of them require is required.
 */
export function mergeVariants(variants: readonly TableEntry[]): TableEntry {
  const usable = variants.filter(({ os }) => os.introduced !== null);
  const [first, ...rest] = usable;
  if (first === undefined) return variants[0]!;
  if (rest.length === 0) return first;
  const names = new Set(usable.flatMap(({ keys = [] }) => keys.map(({ key }) => key)));
  const keys = [...names].map((name) => {
    const forms = usable.flatMap(({ keys: own = [] }) => own.filter(({ key }) => key === name));
    return mergeKey(forms, forms.length === usable.length && forms.every(({ required }) => required === true));
  });
  return { os: first.os, keys, ...definitionsOf(usable) };
}

/** Where the parts describe a key in different ways, only its type is kept, and not even that where they differ in it. */
function mergeKey(forms: readonly TableKey[], isRequired: boolean): TableKey {
  const [first] = forms;
  const { required: _, ...loose } = first!;
  const texts = new Set(forms.map(({ required: __, ...form }) => JSON.stringify(form)));
  const isOneType = new Set(forms.map(({ type }) => type)).size === 1;
  const key = texts.size === 1 ? loose : { key: first!.key, type: isOneType ? first!.type : ("any" as const) };
  return isRequired ? { ...key, required: true } : key;
}

function definitionsOf(variants: readonly TableEntry[]): Pick<TableEntry, "definitions"> {
  const all = variants.flatMap(({ definitions = {} }) => Object.entries(definitions));
  if (new Set(all.map(([name]) => name)).size < all.length) {
    throw new Error("two files of one payload type define the same name");
  }
  return all.length === 0 ? {} : { definitions: Object.fromEntries(all) };
}
