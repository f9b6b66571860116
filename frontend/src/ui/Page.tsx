import { Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import { Link } from "react-router";
import classes from "./Page.module.css";

interface Props {
  title: string;
  /** Shown beside the title, such as a state. */
  badge?: ReactNode;
  /** One line about what the page is for, or about the thing on it. */
  lead?: ReactNode;
  /** Where the thing belongs, such as the list that it is in. */
  up?: { to: string; label: string };
  /** Buttons. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: its title, what can be done, and its content. */
export function Page({ title, badge, lead, up, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · OpsConductor`;
  }, [title]);
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <div className={classes.heading}>
          {up && (
            <Link to={up.to} className={classes.up}>
              ← {up.label}
            </Link>
          )}
          <div className={classes.line}>
            <Title order={1} size="h2" className={classes.title}>
              {title}
            </Title>
            {badge}
          </div>
          {lead && <div className={classes.lead}>{lead}</div>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
