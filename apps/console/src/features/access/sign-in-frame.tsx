import { type ReactNode, useEffect } from "react";
import mark from "../../kit/assets/pomona.svg";
import styles from "./sign-in-frame.module.css";

/** The quiet page before one is inside. */
export const SignInFrame = ({ title, children }: { title: string; children: ReactNode }) => {
  useEffect(() => {
    document.title = `${title} · Pomona`;
  }, [title]);
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <img src={mark} alt="" width={40} height={40} />
        <h1 className={styles.title}>{title}</h1>
        {children}
      </div>
    </main>
  );
};
