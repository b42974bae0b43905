import type { InputOf, listDevices } from "@pomona/contract";
import type { FilterField } from "../../kit/table/filter-text.ts";
import type { UrlSearch } from "../../kit/url.ts";

type DeviceQuestion = InputOf<typeof listDevices>;

const AGENT = ["online", "offline", "missing"] as const;
const MDM = ["enrolled", "not-enrolled"] as const;
const SORT = /^-?(name|serialNumber|model|osVersion|createdAt|agentLastSeenAt|mdmLastSeenAt)$/;

const oneOf = <Word extends string>(words: readonly Word[], value: string | undefined): Word | undefined =>
  words.find((word) => word === value);

/** What the address asks of the list; a value that the list does not know is passed over. */
export const deviceQuestion = (search: UrlSearch): DeviceQuestion => {
  const agent = oneOf(AGENT, search["agent"]);
  const mdm = oneOf(MDM, search["mdm"]);
  const sort = search["sort"] !== undefined && SORT.test(search["sort"]) ? search["sort"] : undefined;
  return {
    ...(search["q"] ? { q: search["q"].slice(0, 200) } : {}),
    ...(agent === undefined ? {} : { agent }),
    ...(mdm === undefined ? {} : { mdm }),
    ...(search["model"] ? { model: search["model"] } : {}),
    ...(search["os"] ? { osVersion: search["os"] } : {}),
    ...(sort === undefined ? {} : { sort }),
  };
};

/** The part of an address that says which Macs, for a page that asks the same question. */
export const filterInAddress = ({ q, agent, mdm, os, model }: UrlSearch): UrlSearch => ({ q, agent, mdm, os, model });

/** The filters, with the values that the fleet has. */
export const deviceFilterFields = (
  fleet: { models: readonly { model: string }[]; osVersions: readonly { osVersion: string }[] } | undefined,
): readonly FilterField[] => [
  {
    key: "agent",
    title: "Agent",
    values: [
      { value: "online", title: "Online" },
      { value: "offline", title: "Offline" },
      { value: "missing", title: "No agent" },
    ],
  },
  {
    key: "mdm",
    title: "MDM",
    values: [
      { value: "enrolled", title: "Enrolled" },
      { value: "not-enrolled", title: "Not enrolled" },
    ],
  },
  {
    key: "os",
    title: "macOS",
    values: (fleet?.osVersions ?? []).map(({ osVersion }) => ({ value: osVersion, title: osVersion })),
  },
  { key: "model", title: "Model", values: (fleet?.models ?? []).map(({ model }) => ({ value: model, title: model })) },
];
