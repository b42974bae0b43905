import { Button } from "@mantine/core";
import { type InputOf, listReinstalls, type OutputOf } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useRows } from "../../client/use-rows.ts";
import { Empty } from "../../kit/empty.tsx";
import { Page } from "../../kit/page.tsx";
import { State, type Tone } from "../../kit/state-badge.tsx";
import type { Column } from "../../kit/table/column.ts";
import { DataTable } from "../../kit/table/data-table.tsx";
import { FilterBar } from "../../kit/table/filter-bar.tsx";
import { ListCard } from "../../kit/table/list-card.tsx";
import { When } from "../../kit/time/when.tsx";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { CommandsTabs } from "../commands/commands-tabs.tsx";

type Reinstall = OutputOf<typeof listReinstalls>["items"][number];
type ReinstallState = NonNullable<InputOf<typeof listReinstalls>["state"]>;

const STATES: Record<ReinstallState, { readonly word: string; readonly tone: Tone }> = {
  trying: { word: "Installing again", tone: "progress" },
  gaveUp: { word: "Given up", tone: "act" },
};

const columns: readonly Column<Reinstall>[] = [
  { id: "mac", title: "Mac", min: 160, grow: 1.6, cell: (each) => <bdi>{each.name}</bdi>, text: (each) => each.name },
  {
    id: "state",
    title: "State",
    min: 140,
    cell: (each) => <State {...STATES[each.state]} />,
    text: (each) => STATES[each.state].word,
    live: (each) => each.state,
  },
  {
    id: "attempts",
    title: "Attempts",
    min: 80,
    grow: 0.5,
    align: "right",
    cell: (each) => each.attempts,
    text: (each) => String(each.attempts),
    live: (each) => each.attempts,
  },
  {
    id: "outcome",
    title: "What became of the last one",
    min: 240,
    grow: 3,
    cell: (each) => <span title={each.outcome}>{each.outcome}</span>,
    text: (each) => each.outcome,
    live: (each) => each.outcome,
  },
  {
    id: "last",
    title: "Last attempt",
    min: 104,
    cell: (each) => <When at={each.lastAttemptAt} />,
    text: (each) => each.lastAttemptAt ?? "",
  },
  {
    id: "next",
    title: "Next attempt",
    min: 104,
    cell: (each) => <When at={each.nextAttemptAt} never="none" />,
    text: (each) => each.nextAttemptAt ?? "",
  },
  {
    id: "seen",
    title: "Agent seen",
    min: 104,
    cell: (each) => <When at={each.agentLastSeenAt} />,
    text: (each) => each.agentLastSeenAt ?? "",
  },
];

/** Macs that MDM hears and whose agent it does not: what is done about it, and where it came to nothing. */
export const SilentAgentsPage = () => {
  const search = useUrlSearch();
  const setSearch = useSetSearch();
  const state = (["trying", "gaveUp"] as const).find((each) => each === search["state"]);
  const { list, rows, onEnd } = useRows(listReinstalls, { limit: 100, ...(state === undefined ? {} : { state }) });
  return (
    <Page title="Commands" fills>
      <CommandsTabs />
      <FilterBar
        fields={[
          {
            key: "state",
            title: "State",
            values: (["trying", "gaveUp"] as const).map((value) => ({ value, title: STATES[value].word })),
          },
        ]}
        filters={{ state }}
        onChange={({ filters }) => setSearch({ ...filters })}
      />
      <ListCard list={list} fills>
        <DataTable
          label="Silent agents"
          fills
          columns={columns}
          rows={rows}
          idOf={(each) => each.deviceId}
          linkOf={(each) => ({ to: `/devices/${each.deviceId}` })}
          questionKey={state ?? ""}
          onEnd={onEnd}
          empty={
            <Empty
              title={state === undefined ? "No agent is silent" : "No agent like this"}
              action={
                <Button
                  renderRoot={(props) => <Link to="/devices" search={{ agent: "offline" } as never} {...props} />}
                >
                  See the Macs that are offline
                </Button>
              }
            >
              A Mac that checks in over MDM, and whose agent was not heard for a week, is asked to install it again:
              five times within ten days. That it worked is known when the agent comes; after that it is given up, and
              someone has to look at the Mac.
            </Empty>
          }
        />
      </ListCard>
    </Page>
  );
};
