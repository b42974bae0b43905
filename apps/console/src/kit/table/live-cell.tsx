import { type ReactNode, useEffect, useRef, useState } from "react";
import styles from "./data-table.module.css";

/** A cell that is tinted for a moment when its value changes. */
export const LiveCell = ({ value, children }: { value: string | number | boolean | null; children: ReactNode }) => {
  const before = useRef(value);
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    setChanges((count) => count + 1);
  }, [value]);
  return (
    <span key={changes} className={changes > 0 ? styles.tinted : styles.inner}>
      {children}
    </span>
  );
};
