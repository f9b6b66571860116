import { CloseButton } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnectedX, IconShieldExclamation, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useReachable } from "@/api/connection";
import { dismissNotices, useSession } from "@/api/session";
import { formatExact } from "@/ui/format";
import classes from "./Banners.module.css";

/** What holds for every page: a lost connection, a password that everybody knows, ended sessions. */
export function Banners() {
  const reachable = useReachable();
  const session = useSession();
  const signedIn = session.state === "signed-in" ? session : undefined;
  return (
    <>
      {!reachable && (
        <Banner tone="warn" icon={IconPlugConnectedX}>
          The connection is lost. What you see may be old, what you typed is kept; it goes on by itself when the server
          answers again.
        </Banner>
      )}
      {signedIn?.mustChangePassword && (
        <Banner tone="bad" icon={IconShieldExclamation}>
          You signed in with a password that everybody knows. <Link to="/account">Change it</Link> before anybody else
          does.
        </Banner>
      )}
      {signedIn && signedIn.notices.length > 0 && (
        <Banner tone="bad" icon={IconAlertTriangle} close={dismissNotices}>
          {signedIn.notices.map((notice) => (
            <div key={notice.at}>
              A session of yours was ended at {formatExact(new Date(notice.at))}, because its token was used twice
              {notice.ip && ` (last from ${notice.ip})`}. If that was not you, <Link to="/account">change your password</Link>.
            </div>
          ))}
        </Banner>
      )}
    </>
  );
}

interface Props {
  tone: "warn" | "bad";
  icon: Icon;
  close?: () => void;
  children: ReactNode;
}

function Banner({ tone, icon: Sign, close, children }: Props) {
  return (
    <div className={classes.banner} data-tone={tone} role="status">
      <Sign size={18} aria-hidden />
      <div className={classes.text}>{children}</div>
      {close && <CloseButton size="sm" aria-label="Dismiss" onClick={close} />}
    </div>
  );
}
