import { listApplications } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { Mono } from "../../kit/copy-text.tsx";
import { Empty } from "../../kit/empty.tsx";
import type { Column } from "../../kit/table/column.ts";
import { DataTable } from "../../kit/table/data-table.tsx";
import { FilterBar } from "../../kit/table/filter-bar.tsx";
import { ListCard } from "../../kit/table/list-card.tsx";
import { readSort } from "../../kit/table/sort.ts";
import { byteSize } from "../../kit/time/format-duration.ts";
import { When } from "../../kit/time/when.tsx";
import { useSetSearch, useUrlParam, useUrlSearch } from "../../kit/url.ts";
import { type MergedApplication, mergeApplications } from "./merge-applications.ts";

const sourceWords = (app: MergedApplication): string =>
  app.sources.map((source) => (source === "mdm" ? "MDM" : "Agent")).join(", ");

const columns: readonly Column<MergedApplication>[] = [
  {
    id: "name",
    title: "Name",
    min: 180,
    grow: 2,
    sortBy: "name",
    cell: (app) => <bdi>{app.name}</bdi>,
    text: (app) => app.name,
  },
  { id: "version", title: "Version", min: 100, cell: (app) => app.version, text: (app) => app.version },
  {
    id: "bundleId",
    title: "Bundle id",
    min: 200,
    grow: 2,
    sortBy: "bundleId",
    cell: (app) => <Mono>{app.bundleId}</Mono>,
    text: (app) => app.bundleId,
  },
  {
    id: "path",
    title: "Path",
    min: 200,
    grow: 2,
    cell: (app) => <Mono>{app.path ?? ""}</Mono>,
    text: (app) => app.path ?? "",
  },
  {
    id: "size",
    title: "Size",
    min: 84,
    align: "right",
    cell: (app) => (app.sizeBytes === null ? "" : byteSize(app.sizeBytes)),
    text: (app) => String(app.sizeBytes ?? ""),
  },
  {
    id: "source",
    title: "Reported by",
    min: 92,
    cell: (app) => sourceWords(app),
    text: sourceWords,
  },
];

/** What is installed on the Mac; the list is complete, so it is searched and sorted here. */
export const ApplicationsTab = () => {
  const deviceId = useUrlParam("deviceId");
  const search = useUrlSearch();
  const setSearch = useSetSearch();
  const read = useAction(listApplications, { deviceId });
  const words = (search["q"] ?? "").toLowerCase().split(/\s+/);
  const sort = readSort(search["sort"]);
  const field = sort?.field === "bundleId" ? ("bundleId" as const) : ("name" as const);
  const rows = mergeApplications(read.data?.items ?? [])
    .filter((app) =>
      words.every((word) => `${app.name} ${app.bundleId} ${app.path ?? ""}`.toLowerCase().includes(word)),
    )
    .toSorted((a, b) => a[field].localeCompare(b[field]) * (sort?.descending ? -1 : 1));
  return (
    <>
      <FilterBar
        placeholder="Search name, bundle id, path"
        words={search["q"] ?? ""}
        fields={[]}
        filters={{}}
        onChange={(change) => setSearch({ q: change.words || undefined })}
      >
        {read.data !== undefined && (
          <span data-dimmed>
            {rows.length} {rows.length === 1 ? "application" : "applications"}, reported{" "}
            <When at={read.data.reportedAt} />
          </span>
        )}
      </FilterBar>
      <ListCard list={read}>
        <DataTable
          label="Applications"
          columns={columns}
          rows={rows}
          idOf={(app) => `${app.sources.join()} ${app.bundleId} ${app.path ?? ""} ${app.version}`}
          sort={search["sort"] ?? ""}
          onSort={(next) => setSearch({ sort: next })}
          questionKey={JSON.stringify([words, sort])}
          empty={
            <Empty title={search["q"] ? "No application matches" : "No applications reported"}>
              {search["q"]
                ? "Change or clear the search."
                : "The Mac answers InstalledApplicationList after it enrolls, and the agent reports its own list. Press Refresh facts to ask now."}
            </Empty>
          }
        />
      </ListCard>
    </>
  );
};
