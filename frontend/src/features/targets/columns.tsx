import { UnstyledButton } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "react-router";
import type { Target } from "@/api/targets";
import type { Column } from "@/ui/DataTable";
import { Status } from "@/ui/Status";
import { Time } from "@/ui/Time";
import classes from "./Tags.module.css";
import { addressOf, outcomeOf, protocolWord, usualPort } from "./words";

/** So many tags fit in a row; of the others only how many there are. */
const TAGS_SHOWN = 2;

/** The columns of the list; a tag that is clicked becomes a filter. */
export function useColumns(filter: (tag: string) => void, credentials: ReadonlyMap<number, string>): Column<Target>[] {
  return useMemo(
    () => [
      {
        id: "name",
        header: "Name",
        cell: (target) => <span title={target.name}>{target.name}</span>,
        sort: (target) => target.name.toLowerCase(),
      },
      { id: "address", header: "Address", cell: (target) => <Address target={target} />, sort: addressOf, priority: 2 },
      {
        id: "protocol",
        header: "Protocol",
        cell: (target) => protocolWord(target.protocol),
        sort: (target) => target.protocol,
        width: "5.75rem",
        priority: 3,
      },
      {
        id: "tags",
        header: "Tags",
        cell: (target) => <Tags tags={target.tags} filter={filter} />,
        sort: (target) => target.tags.join(" ") || null,
        width: "12rem",
        priority: 3,
      },
      {
        id: "credential",
        header: "Credential",
        cell: ({ credential_ref: id }) =>
          id ? <Link to={`/credentials/${id}`}>{credentials.get(id) ?? `credential ${id}`}</Link> : <span className={classes.none}>none</span>,
        sort: ({ credential_ref: id }) => (id ? credentials.get(id) : null),
        width: "8.5rem",
        priority: 3,
      },
      {
        id: "tested",
        header: "Last test",
        cell: ({ last_test: test }) => <Status state="test" {...outcomeOf(test)} />,
        sort: ({ last_test: test }) => (test ? (test.ok ? 2 : 0) : 1),
        width: "11rem",
      },
      {
        id: "at",
        header: "Tested",
        cell: ({ last_test: test }) => (test ? <Time at={test.at} /> : <span className={classes.none}>never</span>),
        sort: ({ last_test: test }) => test?.at,
        width: "7.5rem",
        priority: 2,
      },
    ],
    [filter, credentials],
  );
}

function Address({ target }: { target: Target }) {
  const address = addressOf(target);
  // The usual port says nothing that the protocol does not.
  const short = target.port === usualPort(target.protocol) ? target.hostname : address;
  return (
    <span className={classes.address} title={address}>
      {short}
    </span>
  );
}

function Tags({ tags, filter }: { tags: readonly string[]; filter: (tag: string) => void }) {
  const rest = tags.slice(TAGS_SHOWN);
  return (
    <span className={classes.row}>
      {tags.slice(0, TAGS_SHOWN).map((tag) => (
        <UnstyledButton key={tag} className={classes.tag} title={`Show only ${tag}`} onClick={() => filter(tag)}>
          {tag}
        </UnstyledButton>
      ))}
      {rest.length > 0 && (
        <span className={classes.rest} title={rest.join(", ")}>
          +{rest.length}
        </span>
      )}
    </span>
  );
}
