import { Button } from "@mantine/core";
import { type Device, type InputOf, listDevices } from "@pomona/contract";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { allPages } from "../../client/all-pages.ts";
import { ProblemError } from "../../client/problem-error.ts";
import { useSession } from "../../client/session.tsx";
import type { Column } from "../../kit/table/column.ts";
import { csvOf, downloadCsv } from "../../kit/table/csv.ts";
import { toast } from "../../kit/toasts.ts";

interface CsvButtonProps {
  question: InputOf<typeof listDevices>;
  columns: readonly Column<Device>[];
}

/** Saves what is shown: these columns, these filters, this order, and every page of it. */
export const CsvButton = ({ question, columns }: CsvButtonProps) => {
  const tenantId = useSession().tenant.id;
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const devices = await allPages(listDevices, question, { tenantId });
      downloadCsv(`devices-${new Date().toISOString().slice(0, 10)}.csv`, csvOf(columns, devices));
      toast({ tone: "good", title: `${devices.length.toLocaleString("en")} Macs saved as CSV` });
    } catch (problem) {
      const known = problem instanceof ProblemError ? problem : null;
      toast({ tone: "act", title: known?.title ?? "The CSV was not made", text: String(known?.message ?? problem) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button leftSection={<IconDownload size={14} aria-hidden />} loading={busy} onClick={() => void save()}>
      CSV
    </Button>
  );
};
