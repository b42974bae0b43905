import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** What the URL asks for after its `?`: texts, so that a shared address reads well. */
export type UrlSearch = Readonly<Record<string, string | undefined>>;

export const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

/** Fields that are empty are left out. */
export const stringifySearch = (search: Record<string, unknown>): string => {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value as string)])).toString();
  return text === "" ? "" : `?${text}`;
};

/** The search part of the address. */
export const useUrlSearch = (): UrlSearch => useSearch({ strict: false }) as UrlSearch;

/** Changes fields of the search part, without a new entry in the history. */
export const useSetSearch = (): ((change: UrlSearch) => void) => {
  const navigate = useNavigate();
  return useCallback(
    (change) =>
      void navigate({ to: ".", search: (before: UrlSearch) => ({ ...before, ...change }), replace: true } as never),
    [navigate],
  );
};

/** A part of the path, by its name in the route. */
export const useUrlParam = (name: string): string => {
  const value = (useParams({ strict: false }) as Readonly<Record<string, string | undefined>>)[name];
  if (value === undefined) throw new Error(`this page's address has no ${name}`);
  return value;
};
