import { MutationCache, QueryClient } from "@tanstack/react-query";
import { ProblemError } from "../client/problem-error.ts";

/** Answers stay fresh because the live stream says what changed; until it does, the cache is shown at once. */
export const createQueries = (): QueryClient => {
  const client: QueryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        // A refusal is an answer; only what may pass by itself is tried again.
        retry: (count, problem) =>
          count < 2 && (!(problem instanceof ProblemError) || problem.status === 0 || problem.status >= 502),
        retryDelay: (count) => 500 * 2 ** count,
      },
    },
    mutationCache: new MutationCache({
      onError: (problem) => {
        if (problem instanceof ProblemError && problem.status === 401)
          void client.invalidateQueries({ queryKey: ["access.show-session"] });
      },
    }),
  });
  return client;
};
