import type { ActionContract, InputOf, OutputOf } from "@pomona/contract";
import { useCallback, useMemo } from "react";
import { useActionPages } from "./use-action.ts";

type ItemOf<C> = OutputOf<C> extends { items: (infer Item)[] } ? Item : never;

/** A list as the rows that were read so far, and what reads on when a table's end comes into view. */
export const useRows = <C extends ActionContract>(contract: C, input: InputOf<C>) => {
  const list = useActionPages(contract, input);
  const rows = useMemo(
    () => (list.data?.pages ?? []).flatMap((page) => (page as unknown as { items: ItemOf<C>[] }).items),
    [list.data],
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { list, rows, onEnd };
};
