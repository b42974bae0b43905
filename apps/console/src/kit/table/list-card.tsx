import type { ReactNode } from "react";
import { ProblemPanel } from "../problem-panel.tsx";
import { RowsSkeleton } from "../skeletons.tsx";
import { TableCard } from "./table-card.tsx";

interface ListCardProps {
  /** What is read: the table is shown once there is something of it, also when a later try failed. */
  readonly list: { readonly data: unknown; readonly error: Error | null; refetch(): unknown };
  /** As high as the page. */
  readonly fills?: boolean;
  readonly skeletonRows?: number;
  readonly children: ReactNode;
}

/** The frame around a table of what is read: what went wrong, the shape of rows while they come, then the table. */
export const ListCard = ({ list, fills = false, skeletonRows = 8, children }: ListCardProps) => (
  <>
    {list.error !== null && <ProblemPanel problem={list.error} retry={() => void list.refetch()} />}
    <TableCard fills={fills}>
      {list.data === undefined ? list.error === null && <RowsSkeleton rows={skeletonRows} /> : children}
    </TableCard>
  </>
);
