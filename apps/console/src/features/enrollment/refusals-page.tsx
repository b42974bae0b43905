import { type EnrollmentRefusal, type InputOf, listRefusals } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useRows } from "../../client/use-rows.ts";
import { CopyText } from "../../kit/copy-text.tsx";
import { Empty } from "../../kit/empty.tsx";
import { Page } from "../../kit/page.tsx";
import type { Column } from "../../kit/table/column.ts";
import { DataTable } from "../../kit/table/data-table.tsx";
import { FilterBar } from "../../kit/table/filter-bar.tsx";
import type { FilterField } from "../../kit/table/filter-text.ts";
import { ListCard } from "../../kit/table/list-card.tsx";
import { When } from "../../kit/time/when.tsx";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { EnrollmentTabs } from "./enrollment-tabs.tsx";
import { REFUSAL_REASONS, refusalWord } from "./refusal-words.ts";

const FIELDS: readonly FilterField[] = [{ key: "reason", title: "Reason", values: REFUSAL_REASONS }];

const copied = (value: string | null, what: string) =>
  value === null ? <span data-dimmed>not known</span> : <CopyText text={value} what={what} />;

const columns: readonly Column<EnrollmentRefusal>[] = [
  {
    id: "last",
    title: "Last",
    min: 110,
    cell: (each) => <When at={each.lastAt} />,
    text: (each) => each.lastAt,
    live: (each) => each.lastAt,
  },
  {
    id: "why",
    title: "Refused because",
    min: 260,
    grow: 3,
    cell: (each) => (
      <span title={each.detail ?? refusalWord(each.reason)}>
        {refusalWord(each.reason)}
        {each.detail !== null && <span data-dimmed> {each.detail}</span>}
      </span>
    ),
    text: (each) => [refusalWord(each.reason), each.detail ?? ""].join(" ").trim(),
  },
  {
    id: "times",
    title: "Times",
    min: 70,
    align: "right",
    cell: (each) => each.times.toLocaleString("en"),
    text: (each) => String(each.times),
    live: (each) => each.times,
  },
  {
    id: "mac",
    title: "Certificate of",
    min: 150,
    grow: 1,
    cell: (each) =>
      each.deviceId === null ? (
        <span data-dimmed>no Mac yet</span>
      ) : (
        <Link to={`/devices/${each.deviceId}`}>
          <bdi>{each.deviceName ?? "a Mac"}</bdi>
        </Link>
      ),
    text: (each) => each.deviceName ?? "",
  },
  {
    id: "serial",
    title: "Said to be",
    min: 130,
    cell: (each) => copied(each.claimedSerialNumber, "serial number"),
    text: (each) => each.claimedSerialNumber ?? "",
  },
  {
    id: "udid",
    title: "With the UDID",
    min: 150,
    grow: 1,
    cell: (each) => copied(each.claimedUdid, "UDID"),
    text: (each) => each.claimedUdid ?? "",
  },
  {
    id: "address",
    title: "Address",
    min: 120,
    cell: (each) => copied(each.address, "address"),
    text: (each) => each.address ?? "",
  },
  {
    id: "first",
    title: "First",
    min: 110,
    cell: (each) => <When at={each.firstAt} />,
    text: (each) => each.firstAt,
  },
];

/** MDM messages that were refused, whoever they came from: those played back, and those of Macs that may not. */
export const RefusalsPage = () => {
  const { reason } = useUrlSearch();
  const setSearch = useSetSearch();
  const asked = useMemo<InputOf<typeof listRefusals>>(() => {
    const known = REFUSAL_REASONS.find(({ value }) => value === reason)?.value;
    return { limit: 200, ...(known === undefined ? {} : { reason: known }) };
  }, [reason]);
  const { list, rows, onEnd } = useRows(listRefusals, asked);
  return (
    <Page title="Enrollment" fills>
      <EnrollmentTabs />
      <FilterBar
        fields={FIELDS}
        filters={{ reason }}
        onChange={({ filters }) => filters !== undefined && setSearch(filters)}
      />
      <ListCard list={list} fills>
        <DataTable
          label="Refused messages"
          fills
          columns={columns}
          rows={rows}
          idOf={(each) => each.id}
          questionKey={reason ?? ""}
          onEnd={onEnd}
          empty={
            reason === undefined ? (
              <Empty title="Nothing was refused">
                A message that was recorded and is played back, or that comes with a certificate that is not the Mac's
                own, changes nothing and stands here with where it came from.
              </Empty>
            ) : (
              <Empty title="Nothing was refused for this reason">Take the filter away to see the others.</Empty>
            )
          }
        />
      </ListCard>
    </Page>
  );
};
