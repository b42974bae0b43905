import { Skeleton } from "@mantine/core";
import styles from "./skeletons.module.css";

/** Rows that are on their way. */
export const RowsSkeleton = ({ rows = 8 }: { rows?: number }) => (
  <div aria-busy="true" aria-label="Loading" role="status">
    {Array.from({ length: rows }, (_, index) => (
      <div key={index} className={styles.row}>
        <Skeleton h={12} w={`${22 + ((index * 7) % 12)}%`} />
        <Skeleton h={12} w="14%" />
        <Skeleton h={12} w="18%" />
        <Skeleton h={12} w="10%" />
      </div>
    ))}
  </div>
);

/** A block of text that is on its way. */
export const BlockSkeleton = ({ lines = 4 }: { lines?: number }) => (
  <div aria-busy="true" aria-label="Loading" role="status" className={styles.block}>
    {Array.from({ length: lines }, (_, index) => (
      <Skeleton key={index} h={12} w={`${40 + ((index * 17) % 45)}%`} />
    ))}
  </div>
);
