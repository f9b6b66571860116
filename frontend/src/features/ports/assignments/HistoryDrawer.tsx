import { Drawer } from "@mantine/core";
import { useReturnFocus } from "@/ui/focus";
import { Empty, Loaded } from "@/ui/states";
import { Time } from "@/ui/Time";
import { type Service, useHistory } from "../api";
import classes from "./Assignments.module.css";

interface Props {
  suite: string;
  service: Service;
  onClose: () => void;
}

/** The ports that a service had: when, by whom and why. */
export function HistoryDrawer({ suite, service, onClose }: Props) {
  const history = useHistory(suite, service.service_id);
  useReturnFocus();
  return (
    <Drawer opened onClose={onClose} position="right" size="md" title={`Ports of ${service.title}`}>
      <Loaded query={history}>
        {(steps) =>
          steps.length === 0 ? (
            <Empty title="No port yet" />
          ) : (
            <ol className={classes.history} aria-label={`Ports of ${service.title}, newest first`}>
              {steps.map((step) => (
                <li key={step.at + step.port}>
                  <b className={classes.step}>{step.port}</b>
                  <span>
                    {step.reason} <span className={classes.soft}>by {step.by}</span>
                    <div className={classes.soft}>
                      <Time at={step.at} />
                    </div>
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </Drawer>
  );
}
