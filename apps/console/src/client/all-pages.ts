import type { ActionContract, InputOf, OutputOf } from "@pomona/contract";
import { type CallOptions, call } from "./call.ts";

type ItemOf<C> = OutputOf<C> extends { items: (infer Item)[] } ? Item : never;

/** Follows `nextCursor` to the end: for exports, which must hold every row that matches and not only those scrolled to. */
export const allPages = async <C extends ActionContract>(
  contract: C,
  input: InputOf<C>,
  options: CallOptions,
): Promise<readonly ItemOf<C>[]> => {
  const items: ItemOf<C>[] = [];
  let cursor: string | null = null;
  do {
    const page = (await call(
      contract,
      { ...input, limit: 1000, ...(cursor === null ? {} : { cursor }) } as InputOf<C>,
      options,
    )) as unknown as { items: ItemOf<C>[]; nextCursor: string | null };
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
};
