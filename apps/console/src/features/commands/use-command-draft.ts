import { listCommandTypes, type OutputOf } from "@pomona/contract";
import { useState } from "react";
import { useAction } from "../../client/use-action.ts";
import { defaultsOf, type FormSchema, faultsOf, isRecord } from "../../kit/form/json-schema.ts";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";

export type CommandType = OutputOf<typeof listCommandTypes>["items"][number];

/** A command that is being put together: its kind stands in the address, its input does not, for it may be a secret. */
export const useCommandDraft = () => {
  const types = useAction(listCommandTypes, {});
  const chosen = useUrlSearch()["type"] ?? null;
  const setSearch = useSetSearch();
  const [values, setValues] = useState<Readonly<Record<string, unknown>>>({});
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [isTried, setTried] = useState(false);
  const type: CommandType | undefined = types.data?.items.find((each) => each.requestType === chosen);
  const schema: FormSchema = isRecord(type?.input) ? (type.input as FormSchema) : {};
  const given = { ...defaultsOf(schema), ...values };
  const faults = faultsOf(schema, given);
  return {
    types,
    type,
    schema,
    given,
    /** As the API takes it. */
    command: {
      requestType: type?.requestType ?? "",
      ...(Object.keys(given).length > 0 ? { input: given } : {}),
    },
    isComplete: type !== undefined && Object.keys(faults).length === 0,
    /** From now on all faults are shown, also of fields that nobody touched. */
    showFaults: () => setTried(true),
    faultAt: (path: string): string | null => (isTried || touched.has(path) ? (faults[path] ?? null) : null),
    choose: (requestType: string | null) => {
      setValues({});
      setTouched(new Set());
      setTried(false);
      setSearch({ type: requestType ?? undefined });
    },
    change: (name: string, value: unknown, path: string) => {
      const { [name]: _, ...others } = values;
      setValues(value === undefined ? others : { ...others, [name]: value });
      setTouched(new Set([...touched, path]));
    },
  };
};
export type CommandDraft = ReturnType<typeof useCommandDraft>;
