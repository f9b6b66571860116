/** What a page shows when there is nothing to show: loading, empty, failed, denied. */

import { Button, Skeleton } from "@mantine/core";
import { IconLock, IconMoodEmpty, IconPlugConnectedX, IconSearchOff, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Problem } from "@/api/problem";
import classes from "./states.module.css";

interface NoticeProps {
  icon: Icon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Read out at once, as for a failure. */
  alert?: boolean;
  /** That nothing is there is good. */
  tone?: "good";
}

function Notice({ icon: Sign, title, children, action, alert = false, tone }: NoticeProps) {
  return (
    <div className={classes.notice} role={alert ? "alert" : undefined} data-tone={tone}>
      <Sign size={36} stroke={1.4} aria-hidden className={classes.icon} />
      <div className={classes.title}>{title}</div>
      {children && <div className={classes.text}>{children}</div>}
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}

/** Nothing there yet: says what would be here and how it comes to be. */
export function Empty({ icon = IconMoodEmpty, ...rest }: Omit<NoticeProps, "icon" | "alert"> & { icon?: Icon }) {
  return <Notice icon={icon} {...rest} />;
}

/** Nothing fits the filter. */
export function NoMatch({ clear }: { clear?: () => void }) {
  return (
    <Notice
      icon={IconSearchOff}
      title="Nothing fits the filter"
      action={
        clear && (
          <Button variant="default" size="xs" onClick={clear}>
            Clear the filter
          </Button>
        )
      }
    />
  );
}

/** The role does not allow it. */
export function Denied({ children = "Ask an administrator if you need it." }: { children?: ReactNode }) {
  return (
    <Notice icon={IconLock} title="Your role may not see this">
      {children}
    </Notice>
  );
}

/** What went wrong, and the way on. */
export function Failure({ problem, retry }: { problem: Problem; retry?: () => void }) {
  if (problem.status === 403) return <Denied>{problem.detail}</Denied>;
  const missing = problem.status === 404;
  return (
    <Notice
      icon={missing ? IconSearchOff : IconPlugConnectedX}
      title={missing ? "There is no such thing" : "This could not be loaded"}
      alert
      action={
        retry &&
        !missing && (
          <Button variant="default" size="xs" onClick={retry}>
            Try again
          </Button>
        )
      }
    >
      {problem.detail}
      {problem.requestId && !missing && <div className={classes.request}>Request {problem.requestId}</div>}
    </Notice>
  );
}

/** Bars in the place of rows that are on their way. */
export function Loading({ rows = 6 }: { rows?: number }) {
  return (
    <div className={classes.loading} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={20} radius="sm" width={`${92 - ((index * 17) % 40)}%`} />
      ))}
    </div>
  );
}

/** What is read of a query, of one answer or of pages. */
interface Query<T> {
  data: T | undefined;
  error: Problem | null;
  refetch: () => Promise<unknown>;
}

interface LoadedProps<T> {
  query: Query<T>;
  /** In the place of the content until it is there. */
  loading?: ReactNode;
  children: (data: T) => ReactNode;
}

/** The content of a query, or the state that it is in. Known data stays while it is read anew. */
export function Loaded<T>({ query, loading = <Loading />, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failure problem={query.error} retry={() => void query.refetch()} />;
  return <>{loading}</>;
}
