import { Button } from "@mantine/core";
import { createBatch, type Device, listDevices, showFleet } from "@pomona/contract";
import { Link, useNavigate } from "@tanstack/react-router";
import { useAction } from "../../client/use-action.ts";
import { useRows } from "../../client/use-rows.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { counted } from "../../kit/count-words.ts";
import { Empty } from "../../kit/empty.tsx";
import { Page } from "../../kit/page.tsx";
import { chosenColumns } from "../../kit/table/column.ts";
import { ColumnMenu } from "../../kit/table/column-menu.tsx";
import { DataTable } from "../../kit/table/data-table.tsx";
import { FilterBar } from "../../kit/table/filter-bar.tsx";
import { ListCard } from "../../kit/table/list-card.tsx";
import { useSelection } from "../../kit/table/use-selection.ts";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { CsvButton } from "./csv-button.tsx";
import { deviceColumns } from "./device-columns.tsx";
import { deviceFilterFields, deviceQuestion, filterInAddress } from "./device-filters.ts";
import { SelectionBar } from "./selection-bar.tsx";

const idOf = (device: Device) => device.id;
const linkOf = (device: Device) => ({ to: `/devices/${device.id}` });

/** The fleet as a table that can be queried. */
export const DevicesPage = () => {
  const search = useUrlSearch();
  const setSearch = useSetSearch();
  const navigate = useNavigate();
  const question = deviceQuestion(search);
  const fleet = useAction(showFleet, {});
  const { list, rows, onEnd } = useRows(listDevices, { ...question, limit: 200 });
  const { selected, toggle, clear } = useSelection();
  const total = list.data?.pages[0]?.total ?? 0;
  const columns = chosenColumns(deviceColumns, search["columns"]);
  const isFiltered = Object.keys(question).some((key) => key !== "sort");
  const unfiltered = { q: undefined, agent: undefined, mdm: undefined, os: undefined, model: undefined };
  return (
    <Page
      title="Devices"
      fills
      beside={
        list.data && (
          <span data-dimmed className="tabular">
            {counted(total, "Mac")}
            {isFiltered ? " match" : ""}
          </span>
        )
      }
      actions={
        <>
          <CsvButton question={question} columns={columns} />
          <ColumnMenu
            columns={deviceColumns}
            shown={columns}
            onChange={(columnsText) => setSearch({ columns: columnsText })}
          />
          {isFiltered && total > 0 && (
            <ActionButton
              action={createBatch}
              onClick={() => void navigate({ to: "/commands/new", search: filterInAddress(search) as never })}
            >
              Send a command to {counted(total, "Mac")}
            </ActionButton>
          )}
          <Button variant="filled" renderRoot={(props) => <Link to="/enrollment" search={{ new: "1" }} {...props} />}>
            Enroll Macs
          </Button>
        </>
      }
    >
      <FilterBar
        placeholder="Search name, serial number, model"
        words={search["q"] ?? ""}
        fields={deviceFilterFields(fleet.data)}
        filters={{ agent: question.agent, mdm: question.mdm, os: question.osVersion, model: question.model }}
        onChange={({ words, filters }) =>
          setSearch({ ...(words === undefined ? {} : { q: words || undefined }), ...filters })
        }
      />
      <ListCard list={list} fills skeletonRows={14}>
        <DataTable
          label="Devices"
          fills
          columns={columns}
          rows={rows}
          idOf={idOf}
          linkOf={linkOf}
          sort={search["sort"] ?? ""}
          onSort={(sort) => setSearch({ sort })}
          questionKey={JSON.stringify(question)}
          total={total}
          onEnd={onEnd}
          selected={selected}
          onSelect={toggle}
          empty={
            isFiltered ? (
              <Empty
                title="No Mac matches"
                action={<Button onClick={() => setSearch(unfiltered)}>Remove all filters</Button>}
              >
                Every word and every filter must fit. Remove one, or all.
              </Empty>
            ) : (
              <Empty
                title="No Macs yet"
                action={
                  <Button
                    variant="filled"
                    renderRoot={(props) => <Link to="/enrollment" search={{ new: "1" }} {...props} />}
                  >
                    Make an enrollment link
                  </Button>
                }
              >
                A Mac appears here the moment it enrolls. Make a link, open it on the Mac, install the profile.
              </Empty>
            )
          }
        />
      </ListCard>
      {selected.size > 0 && <SelectionBar selected={[...selected]} onClear={clear} />}
    </Page>
  );
};
