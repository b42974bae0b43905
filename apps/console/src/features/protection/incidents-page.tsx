import { listRules } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { Page } from "../../kit/page.tsx";
import { FilterBar } from "../../kit/table/filter-bar.tsx";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { IncidentsTable } from "./incidents-table.tsx";
import { ProtectionTabs } from "./protection-tabs.tsx";

/** What the rules saw and stopped, on all Macs. */
export const IncidentsPage = () => {
  const search = useUrlSearch();
  const setSearch = useSetSearch();
  const rules = useAction(listRules, { limit: 1000 });
  const state = search["state"] === "open" || search["state"] === "closed" ? search["state"] : undefined;
  const rule = search["rule"];
  return (
    <Page title="Protection" fills>
      <ProtectionTabs />
      <FilterBar
        fields={[
          {
            key: "state",
            title: "State",
            values: [
              { value: "open", title: "Open" },
              { value: "closed", title: "Closed" },
            ],
          },
          {
            key: "rule",
            title: "Rule",
            values: (rules.data?.items ?? []).map(({ id, name }) => ({ value: id, title: name })),
          },
        ]}
        filters={{ state, rule }}
        onChange={({ filters }) => setSearch({ ...filters })}
      />
      <IncidentsTable
        fills
        question={{ ...(state === undefined ? {} : { state }), ...(rule === undefined ? {} : { ruleId: rule }) }}
      />
    </Page>
  );
};
