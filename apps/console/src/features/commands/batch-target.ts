import type { createBatch, InputOf } from "@pomona/contract";
import type { UrlSearch } from "../../kit/url.ts";
import { deviceQuestion } from "../devices/device-filters.ts";

export type Target = Pick<InputOf<typeof createBatch>, "filter" | "deviceIds">;
/** How the Macs of a batch are said. */
export type TargetKind = "named" | "filter" | "all";

const ID = /^[0-9a-f-]{36}$/;

/** The Macs that an address names. */
export const devicesInAddress = (search: UrlSearch): readonly string[] =>
  (search["devices"] ?? "").split(",").filter((id) => ID.test(id));

const filterOf = (search: UrlSearch): NonNullable<Target["filter"]> => {
  const { sort: _, limit: __, cursor: ___, ...filter } = deviceQuestion(search);
  return filter;
};

/** What the address says, or what it must mean: a filter where one stands there, else the Macs by name. */
export const targetKind = (search: UrlSearch): TargetKind => {
  const who = search["who"];
  if (who === "named" || who === "filter" || who === "all") return who;
  return Object.keys(filterOf(search)).length > 0 ? "filter" : "named";
};

/** The Macs as the API takes them; null while nobody is meant, so that an empty filter is never taken for all of them. */
export const targetOf = (search: UrlSearch): Target | null => {
  switch (targetKind(search)) {
    case "all":
      return { filter: {} };
    case "filter": {
      const filter = filterOf(search);
      return Object.keys(filter).length === 0 ? null : { filter };
    }
    case "named": {
      const deviceIds = [...devicesInAddress(search)];
      return deviceIds.length === 0 ? null : { deviceIds };
    }
  }
};
