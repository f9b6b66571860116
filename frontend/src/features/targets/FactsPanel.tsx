import { Link } from "react-router";
import { useCredentials } from "@/api/credentials";
import type { Target } from "@/api/targets";
import { Fact, Facts, Panel } from "@/ui/Panel";
import { Time } from "@/ui/Time";
import { showValue } from "./form";
import tagClasses from "./Tags.module.css";
import classes from "./TargetPage.module.css";
import { protocolWord } from "./words";

/** What is known of a target. */
export function FactsPanel({ target }: { target: Target }) {
  const metadata = Object.entries(target.metadata);
  return (
    <Panel title="About">
      <Facts>
        <Fact label="Host">{target.hostname}</Fact>
        <Fact label="Port">{target.port}</Fact>
        <Fact label="Protocol">{protocolWord(target.protocol)}</Fact>
        <Fact label="Credential">
          <CredentialLink id={target.credential_ref} />
        </Fact>
        <Fact label="Added">
          <Time at={target.created_at} />
        </Fact>
        <Fact label="Changed">
          <Time at={target.updated_at} />
        </Fact>
        <Fact label="Tags">
          {target.tags.length === 0 ? (
            <span className={classes.soft}>none</span>
          ) : (
            <span className={tagClasses.wrap}>
              {target.tags.map((tag) => (
                <Link key={tag} className={tagClasses.tag} to={`/targets?${new URLSearchParams({ tag }).toString()}`}>
                  {tag}
                </Link>
              ))}
            </span>
          )}
        </Fact>
      </Facts>
      {metadata.length > 0 && (
        <div className={classes.metadata}>
          <dl aria-label="Metadata">
            {metadata.map(([key, value]) => (
              <Entry key={key} name={key} value={value} />
            ))}
          </dl>
        </div>
      )}
    </Panel>
  );
}

function Entry({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{showValue(value)}</dd>
    </>
  );
}

function CredentialLink({ id }: { id: number | null | undefined }) {
  const { data } = useCredentials();
  if (!id) return <span className={classes.soft}>none</span>;
  return <Link to={`/credentials/${id}`}>{data?.find((one) => one.id === id)?.name ?? `credential ${id}`}</Link>;
}
