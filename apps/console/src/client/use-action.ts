import type { ActionContract, InputOf, OutputOf } from "@pomona/contract";
import {
  type InfiniteData,
  type QueryKey,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { call } from "./call.ts";
import type { ProblemError } from "./problem-error.ts";
import { useSession } from "./session.tsx";

/** Cache key of a read: action, tenant, input. A fact names the action; its device narrows the input. */
export const actionKey = (contract: { readonly name: string }, tenantId: string, input: unknown): QueryKey => [
  contract.name,
  tenantId,
  input,
];

/** Reads one answer of an action; what is cached shows at once. */
export const useAction = <C extends ActionContract>(
  contract: C,
  input: InputOf<C>,
  options?: { enabled?: boolean },
) => {
  const tenantId = useSession().tenant.id;
  return useQuery<OutputOf<C>, ProblemError>({
    queryKey: actionKey(contract, tenantId, input),
    queryFn: ({ signal }) => call(contract, input, { tenantId, signal }),
    enabled: options?.enabled ?? true,
  });
};

/** Reads a list page by page, following `nextCursor`. */
export const useActionPages = <C extends ActionContract>(contract: C, input: InputOf<C>) => {
  const tenantId = useSession().tenant.id;
  return useInfiniteQuery<OutputOf<C>, ProblemError, InfiniteData<OutputOf<C>>, QueryKey, string | null>({
    queryKey: [...actionKey(contract, tenantId, input), "pages"],
    queryFn: ({ pageParam, signal }) =>
      call(contract, { ...input, ...(pageParam === null ? {} : { cursor: pageParam }) } as InputOf<C>, {
        tenantId,
        signal,
      }),
    initialPageParam: null,
    getNextPageParam: (last) => (last as { readonly nextCursor: string | null }).nextCursor,
  });
};

/** Reads lists again that are shown, after something was done that no fact tells of. */
export const useReadAgain = (): ((reads: readonly { readonly name: string }[]) => Promise<void>) => {
  const tenantId = useSession().tenant.id;
  const queries = useQueryClient();
  return (reads) =>
    Promise.all(reads.map((read) => queries.invalidateQueries({ queryKey: [read.name, tenantId] }))).then(
      () => undefined,
    );
};

/** Performs an action that changes something; lists named in `refreshes` are read again at once. */
export const usePerform = <C extends ActionContract>(
  contract: C,
  refreshes: readonly { readonly name: string }[] = [],
) => {
  const tenantId = useSession().tenant.id;
  const readAgain = useReadAgain();
  return useMutation<OutputOf<C>, ProblemError, InputOf<C>>({
    mutationFn: (input) => call(contract, input, { tenantId }),
    onSuccess: () => readAgain(refreshes),
  });
};
