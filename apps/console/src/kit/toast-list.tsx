import { CloseButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { State } from "./state-badge.tsx";
import styles from "./toast-list.module.css";
import { currentToasts, dismissToast, onToasts } from "./toasts.ts";

/** The corner where toasts appear; a live region, so they are read out. */
export const ToastList = () => {
  const toasts = useSyncExternalStore(onToasts, currentToasts);
  return (
    <section className={styles.list} aria-live="polite" aria-label="Messages">
      {toasts.map((each) => (
        <div key={each.id} className={styles.toast}>
          <div className={styles.body}>
            <strong>
              <State tone={each.tone} word={each.title} />
            </strong>
            {each.text !== undefined && <div className={styles.text}>{each.text}</div>}
            {each.link !== undefined && (
              <Link to={each.link.to} onClick={() => dismissToast(each.id)}>
                {each.link.label}
              </Link>
            )}
          </div>
          <CloseButton size="sm" aria-label="Dismiss" onClick={() => dismissToast(each.id)} />
        </div>
      ))}
    </section>
  );
};
