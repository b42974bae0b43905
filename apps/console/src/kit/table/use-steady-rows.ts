import { useRef } from "react";
import { type SteadyRows, steadyRows } from "./steady-rows.ts";

/** Holds the order while `held`, and lets go when the question (`questionKey`: filters, sort) changes. */
export const useSteadyRows = <Row>(
  fresh: readonly Row[],
  idOf: (row: Row) => string,
  held: boolean,
  questionKey: string,
): SteadyRows<Row> => {
  const last = useRef<{ rows: readonly Row[]; questionKey: string }>({ rows: [], questionKey });
  const result: SteadyRows<Row> =
    held && last.current.questionKey === questionKey && last.current.rows.length > 0
      ? steadyRows(last.current.rows, fresh, idOf)
      : { rows: fresh, moved: false };
  last.current = { rows: result.rows, questionKey };
  return result;
};
